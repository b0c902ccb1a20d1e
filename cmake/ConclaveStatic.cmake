# The file libconclave-static.a, target conclave_static: the library, its provider and its storage in an
# SQLite file, with BoringSSL, libsodium and libdecaf inside. None of them can be seen: all of it is
# linked into one object, in which every symbol is local but those of our own interface. So a program
# may link it beside OpenSSL, or beside another libsodium. The storage is an object of its own, so that
# who does not use it needs no SQLite.
#
# It needs BoringSSL from source, static libraries of the others, and binutils (or LLVM's objcopy).
if(NOT TARGET conclave_bssl_objects OR MSVC OR APPLE OR EMSCRIPTEN)
  return()
endif()
set(missing)
set(archives)
foreach(library sodium decaf)
  if(TARGET conclave_deps::${library})
    string(TOUPPER ${library} name)
    find_library(CONCLAVE_${name}_ARCHIVE lib${library}.a)
    mark_as_advanced(CONCLAVE_${name}_ARCHIVE)
    list(APPEND archives "${CONCLAVE_${name}_ARCHIVE}")
    if(NOT CONCLAVE_${name}_ARCHIVE)
      list(APPEND missing lib${library}.a)
    endif()
  endif()
endforeach()
if(NOT CMAKE_OBJCOPY)
  list(APPEND missing objcopy)
endif()
if(missing)
  message(STATUS "libconclave-static.a is not built: no ${missing}")
  return()
endif()

set(parts ${CONCLAVE_OBJECTS} $<TARGET_OBJECTS:conclave_provider_boringssl>)
add_library(conclave_static_parts STATIC EXCLUDE_FROM_ALL ${parts})
set_target_properties(conclave_static_parts PROPERTIES LINKER_LANGUAGE CXX)

separate_arguments(flags NATIVE_COMMAND "${CMAKE_CXX_FLAGS}")
# conclave_one_object(<name> <archive> <other archives>...): <name>.o, with all of the first archive and
# what it needs of the others.
function(conclave_one_object name whole)
  set(object "${PROJECT_BINARY_DIR}/${name}.o")
  add_custom_command(OUTPUT "${object}"
    COMMAND "${CMAKE_CXX_COMPILER}" ${flags} -r -nostdlib -Wl,--force-group-allocation -o "${object}"
            -Wl,--whole-archive $<TARGET_FILE:${whole}> -Wl,--no-whole-archive ${ARGN}
    COMMAND "${CMAKE_OBJCOPY}" --localize-hidden --wildcard
            -G "conclave_*" -G "_ZN8conclave*" -G "_ZNK8conclave*" -G "_ZT[ISVhv]*8conclave*"
            "${object}"
    DEPENDS ${whole} ${ARGN}
    COMMENT "Linking ${name}.o and hiding what is inside" VERBATIM COMMAND_EXPAND_LISTS)
endfunction()

conclave_one_object(conclave-static conclave_static_parts $<TARGET_FILE:conclave_bssl> ${archives})
set(objects "${PROJECT_BINARY_DIR}/conclave-static.o")
if(TARGET conclave_sqlite_storage)
  add_library(conclave_static_sqlite_parts STATIC EXCLUDE_FROM_ALL
              $<TARGET_OBJECTS:conclave_sqlite_storage>)
  set_target_properties(conclave_static_sqlite_parts PROPERTIES LINKER_LANGUAGE CXX)
  conclave_one_object(conclave-static-sqlite conclave_static_sqlite_parts ${archives})
  list(APPEND objects "${PROJECT_BINARY_DIR}/conclave-static-sqlite.o")
endif()

set(CONCLAVE_STATIC_ARCHIVE
    "${PROJECT_BINARY_DIR}/${CMAKE_STATIC_LIBRARY_PREFIX}conclave-static.a")
add_custom_command(OUTPUT "${CONCLAVE_STATIC_ARCHIVE}"
  COMMAND "${CMAKE_COMMAND}" -E rm -f "${CONCLAVE_STATIC_ARCHIVE}"
  COMMAND "${CMAKE_AR}" rcs "${CONCLAVE_STATIC_ARCHIVE}" ${objects}
  DEPENDS ${objects} VERBATIM)
add_custom_target(conclave_static_archive ALL DEPENDS "${CONCLAVE_STATIC_ARCHIVE}")

# As those see it who embed this build tree; conclave-config.cmake has the same for the installed file.
add_library(conclave_static INTERFACE)
add_library(conclave::conclave-static ALIAS conclave_static)
add_dependencies(conclave_static conclave_static_archive)
target_compile_features(conclave_static INTERFACE cxx_std_20)
target_include_directories(conclave_static INTERFACE "${PROJECT_SOURCE_DIR}/include")
target_link_libraries(conclave_static INTERFACE "${CONCLAVE_STATIC_ARCHIVE}" Threads::Threads)
