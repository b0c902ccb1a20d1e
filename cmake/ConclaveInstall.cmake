# Installs the library, its headers, the CMake package and the pkg-config files, in three components:
# runtime (shared libraries), development and tools. A static and a shared build may be installed into
# one prefix: each brings export files of its own, and conclave-config.cmake chooses.
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
  install(TARGETS ${target} EXPORT ${target}-${linkage}-targets
          RUNTIME COMPONENT runtime
          LIBRARY COMPONENT runtime NAMELINK_COMPONENT development
          ARCHIVE COMPONENT development)
  install(EXPORT ${target}-${linkage}-targets NAMESPACE conclave:: DESTINATION "${package_dir}"
          COMPONENT development)
endforeach()
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/conclave" TYPE INCLUDE COMPONENT development
        FILES_MATCHING PATTERN "*.h" ${headers_left_out})
if(CONCLAVE_STATIC_ARCHIVE)
  install(FILES "${CONCLAVE_STATIC_ARCHIVE}" TYPE LIB COMPONENT development)
endif()

# `conclave`, the inspector, and its manual page.
if(TARGET conclave_cli)
  set_target_properties(conclave_cli PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
  install(TARGETS conclave_cli RUNTIME COMPONENT tools)
  file(GLOB_RECURSE manual_pages "${PROJECT_SOURCE_DIR}/tools/*.1")
  install(FILES ${manual_pages} DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT tools)
endif()

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/conclave-config.cmake.in"
  "${PROJECT_BINARY_DIR}/conclave-config.cmake" INSTALL_DESTINATION "${package_dir}"
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
# Before 1.0, a minor version may change the C++ interface.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/conclave-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/conclave-config.cmake"
              "${PROJECT_BINARY_DIR}/conclave-config-version.cmake"
              "${PROJECT_SOURCE_DIR}/cmake/ConclaveDependencies.cmake"
        DESTINATION "${package_dir}" COMPONENT development)

# pkg-config. Paths below the prefix are relative to it, so that the installation can be moved. What a
# library of ours needs is in Requires where it has a pkg-config file itself, else in Libs; of a shared
# one, which brings it along, in Requires.private and Libs.private.
file(RELATIVE_PATH pc_to_prefix "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
find_package(PkgConfig QUIET)
# Sets `requires` and `libs` to what links the given dependencies, where they are libraries of their own.
function(conclave_link_flags requires libs)
  set(packages)
  set(flags)
  foreach(dependency IN LISTS ARGN)
    get_target_property(imported ${dependency} IMPORTED)
    if(NOT imported)
      continue()
    endif()
    get_target_property(location ${dependency} IMPORTED_LOCATION)
    get_filename_component(directory "${location}" DIRECTORY)
    string(REPLACE "conclave_deps::" "" name ${dependency})
    string(REPLACE sodium libsodium name ${name})
    # The pkg-config file must be of that very library; there is more than one libcrypto.
    if(PKG_CONFIG_FOUND AND name MATCHES "^(libsodium|sqlite3)$")
      pkg_get_variable(CONCLAVE_${name}_LIBDIR ${name} libdir)
      if(CONCLAVE_${name}_LIBDIR STREQUAL directory)
        list(APPEND packages ${name})
        continue()
      endif()
    endif()
    string(APPEND flags " ${location}")
    if(NOT directory IN_LIST CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES)
      string(APPEND flags " -Wl,-rpath,${directory}")
    endif()
  endforeach()
  list(JOIN packages ", " packages)
  set(${requires} "${packages}" PARENT_SCOPE)
  set(${libs} "${flags}" PARENT_SCOPE)
endfunction()

set(pc_cflags)
if(BUILD_SHARED_LIBS)
  set(pc_cflags " -DCONCLAVE_SHARED")
endif()
# conclave_pkg_config(<name> <dependencies>...): writes and installs <name>.pc.
function(conclave_pkg_config name)
  conclave_link_flags(pc_requires pc_libs ${ARGN})
  if(TARGET conclave_bssl_objects AND name STREQUAL "conclave-boringssl")
    string(APPEND pc_libs " ${CMAKE_THREAD_LIBS_INIT}")
  endif()
  set(pc_requires_private)
  set(pc_libs_private)
  if(BUILD_SHARED_LIBS)
    set(pc_requires_private "${pc_requires}")
    set(pc_libs_private "${pc_libs}")
    set(pc_requires)
    set(pc_libs)
  elseif(pc_requires)
    string(PREPEND pc_requires ", ")
  endif()
  configure_file("${PROJECT_SOURCE_DIR}/cmake/${name}.pc.in" "${PROJECT_BINARY_DIR}/${name}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${name}.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig"
          COMPONENT development)
endfunction()
conclave_pkg_config(conclave)
if(TARGET conclave_boringssl)
  conclave_pkg_config(conclave-boringssl ${CONCLAVE_PROVIDER_DEPENDENCIES})
endif()
if(TARGET conclave_sqlite)
  conclave_pkg_config(conclave-sqlite ${CONCLAVE_SQLITE_DEPENDENCIES})
endif()
if(CONCLAVE_STATIC_ARCHIVE)
  conclave_pkg_config(conclave-static)
endif()
