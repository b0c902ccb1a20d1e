# Installs the library, its headers, the CMake package and the pkg-config files. A static and a shared
# build may be installed into one prefix: each brings export files of its own, and conclave-config.cmake
# chooses.
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/conclave")
set(linkage static)
if(BUILD_SHARED_LIBS)
  set(linkage shared)
endif()

set(targets conclave)
set(headers_left_out)
if(TARGET conclave_boringssl)
  list(APPEND targets conclave_boringssl)
else()
  list(APPEND headers_left_out PATTERN boringssl_provider.h EXCLUDE PATTERN x509.h EXCLUDE
       PATTERN c_boringssl.h EXCLUDE)
endif()
if(TARGET conclave_sqlite)
  list(APPEND targets conclave_sqlite)
else()
  list(APPEND headers_left_out PATTERN sqlite_storage.h EXCLUDE PATTERN c_sqlite.h EXCLUDE)
endif()

foreach(target IN LISTS targets)
  # So that the installed library finds the other one, and a libcrypto in a directory of its own.
  set_target_properties(${target} PROPERTIES
                        INSTALL_RPATH "$ORIGIN" INSTALL_RPATH_USE_LINK_PATH ON)
  install(TARGETS ${target} EXPORT ${target}-${linkage}-targets)
  install(EXPORT ${target}-${linkage}-targets NAMESPACE conclave:: DESTINATION "${package_dir}")
endforeach()
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/conclave" TYPE INCLUDE
        FILES_MATCHING PATTERN "*.h" ${headers_left_out})

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/conclave-config.cmake.in"
  "${PROJECT_BINARY_DIR}/conclave-config.cmake" INSTALL_DESTINATION "${package_dir}")
# Before 1.0, a minor version may change the C++ interface.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/conclave-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/conclave-config.cmake"
              "${PROJECT_BINARY_DIR}/conclave-config-version.cmake"
              "${PROJECT_SOURCE_DIR}/cmake/ConclaveDependencies.cmake"
        DESTINATION "${package_dir}")

# pkg-config. Paths below the prefix are relative to it, so that the installation can be moved.
file(RELATIVE_PATH pc_to_prefix "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
# Sets `out` to what links the given dependencies, where they are libraries of their own.
function(conclave_link_flags out)
  set(flags)
  foreach(dependency IN LISTS ARGN)
    get_target_property(imported ${dependency} IMPORTED)
    if(imported)
      get_target_property(location ${dependency} IMPORTED_LOCATION)
      get_filename_component(directory "${location}" DIRECTORY)
      string(APPEND flags " ${location}")
      if(NOT directory IN_LIST CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES)
        string(APPEND flags " -Wl,-rpath,${directory}")
      endif()
    endif()
  endforeach()
  set(${out} "${flags}" PARENT_SCOPE)
endfunction()
conclave_link_flags(pc_provider_libraries ${CONCLAVE_PROVIDER_DEPENDENCIES})
conclave_link_flags(pc_sqlite_libraries ${CONCLAVE_SQLITE_DEPENDENCIES})
if(TARGET conclave_bssl_objects)
  string(APPEND pc_provider_libraries " ${CMAKE_THREAD_LIBS_INIT}")
endif()
set(pc_cflags)
set(pc_private_libraries)
set(pc_sqlite_private_libraries)
if(BUILD_SHARED_LIBS)
  set(pc_cflags " -DCONCLAVE_SHARED")
  set(pc_private_libraries "${pc_provider_libraries}")
  set(pc_provider_libraries)
  set(pc_sqlite_private_libraries "${pc_sqlite_libraries}")
  set(pc_sqlite_libraries)
endif()
foreach(name conclave conclave-boringssl conclave-sqlite)
  string(REPLACE - _ target ${name})
  if(TARGET ${target})
    configure_file("${PROJECT_SOURCE_DIR}/cmake/${name}.pc.in" "${PROJECT_BINARY_DIR}/${name}.pc"
                   @ONLY)
    install(FILES "${PROJECT_BINARY_DIR}/${name}.pc"
            DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
  endif()
endforeach()
