# The targets conclave_<layer> (objects) and conclave (the library made of them all).

# How our own code is compiled. Nothing of this reaches those who link us.
add_library(conclave_options INTERFACE)
target_include_directories(conclave_options INTERFACE
                           "${PROJECT_SOURCE_DIR}/include" "${PROJECT_SOURCE_DIR}/lib")
if(CONCLAVE_RULE_SWITCH)
  target_compile_definitions(conclave_options INTERFACE CONCLAVE_RULE_SWITCH)
endif()
if(NOT MSVC)
  target_compile_options(conclave_options INTERFACE
                         -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
  # The warnings that GCC 12's optimizer gives see faults in its own vectors and variants. Clang and
  # the sanitizers look for such faults in ours.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(conclave_options INTERFACE
                           -Wno-array-bounds -Wno-maybe-uninitialized -Wno-restrict
                           -Wno-stringop-overflow -Wno-stringop-overread -Wno-uninitialized)
  endif()
  if(CONCLAVE_WARNINGS_AS_ERRORS)
    target_compile_options(conclave_options INTERFACE -Werror)
  endif()
endif()

# The same for the library's sources, which neither throw nor use RTTI.
add_library(conclave_library_options INTERFACE)
target_link_libraries(conclave_library_options INTERFACE conclave_options)
if(NOT CONCLAVE_EXCEPTIONS_AND_RTTI AND NOT MSVC)
  target_compile_options(conclave_library_options INTERFACE
                         $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions;-fno-rtti>)
endif()
if(BUILD_SHARED_LIBS)
  target_compile_definitions(conclave_library_options INTERFACE CONCLAVE_SHARED CONCLAVE_BUILDING)
endif()

# What a shared library of ours shows (cmake/exported_symbols.map), and that nothing of a static
# library under it shows through; it can be loaded where pages have 16 KiB.
function(conclave_show_only_our_symbols target)
  if(CMAKE_SYSTEM_NAME MATCHES "^(Linux|Android)$")
    set(map "${PROJECT_SOURCE_DIR}/cmake/exported_symbols.map")
    target_link_options(${target} PRIVATE "-Wl,--version-script=${map}" -Wl,--exclude-libs,ALL
                        -Wl,-z,max-page-size=16384)
    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS "${map}")
  endif()
endfunction()

# What holds for each library of ours that is shared: its SONAME names the version of the ABI
# (docs/stability.md).
function(conclave_shared_library target)
  set_target_properties(${target} PROPERTIES
                        VERSION ${CONCLAVE_ABI_VERSION}.${PROJECT_VERSION}
                        SOVERSION ${CONCLAVE_ABI_VERSION})
  if(BUILD_SHARED_LIBS)
    conclave_show_only_our_symbols(${target})
  endif()
endfunction()

include("${PROJECT_SOURCE_DIR}/gen/sources.cmake")
# The C API is compiled with exceptions, so that its noexcept ends what a callback throws.
if(NOT MSVC)
  set(capi_sources ${CONCLAVE_CAPI} ${CONCLAVE_CAPI_BORINGSSL} ${CONCLAVE_CAPI_SQLITE})
  list(TRANSFORM capi_sources PREPEND "${PROJECT_SOURCE_DIR}/")
  set_source_files_properties(${capi_sources} PROPERTIES COMPILE_OPTIONS -fexceptions)
endif()
set(CONCLAVE_OBJECTS)
foreach(layer IN LISTS CONCLAVE_LAYERS)
  string(TOUPPER "${layer}" list)
  set(sources ${CONCLAVE_${list}})
  list(TRANSFORM sources PREPEND "${PROJECT_SOURCE_DIR}/")
  if(sources)
    add_library(conclave_${layer} OBJECT ${sources})
    target_link_libraries(conclave_${layer} PRIVATE conclave_library_options)
    list(APPEND CONCLAVE_OBJECTS $<TARGET_OBJECTS:conclave_${layer}>)
  endif()
endforeach()

add_library(conclave ${CONCLAVE_OBJECTS})
add_library(conclave::conclave ALIAS conclave)
target_compile_features(conclave PUBLIC cxx_std_20)
target_include_directories(conclave PUBLIC
                           $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                           $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
set_target_properties(conclave PROPERTIES LINKER_LANGUAGE CXX)
conclave_shared_library(conclave)
if(BUILD_SHARED_LIBS)
  target_compile_definitions(conclave PUBLIC CONCLAVE_SHARED)
endif()
