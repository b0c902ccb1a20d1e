# Runs packaging/vcpkg/portfile.cmake where there is no vcpkg, with stand-ins for its functions that do
# what those do for one release build:
#   cmake -DPORT_DIRECTORY= -DWORK= -DBORINGSSL= -DJOBS= -DFLAGS= -P <this>
# The package is in ${WORK}/packages.
cmake_minimum_required(VERSION 3.25)
set(PORT conclave)
set(FEATURES core provider sqlite)
set(CURRENT_PACKAGES_DIR "${WORK}/packages")
file(MAKE_DIRECTORY "${CURRENT_PACKAGES_DIR}")

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

function(vcpkg_check_features)
  cmake_parse_arguments(arg "" "OUT_FEATURE_OPTIONS" "FEATURES" ${ARGN})
  set(options)
  while(arg_FEATURES)
    list(POP_FRONT arg_FEATURES feature option)
    if(feature IN_LIST FEATURES)
      list(APPEND options -D${option}=ON)
    else()
      list(APPEND options -D${option}=OFF)
    endif()
  endwhile()
  set(${arg_OUT_FEATURE_OPTIONS} ${options} PARENT_SCOPE)
endfunction()

function(vcpkg_from_git)
  cmake_parse_arguments(arg "" "OUT_SOURCE_PATH;URL;REF" "" ${ARGN})
  if(NOT arg_URL OR NOT arg_REF MATCHES "^[0-9a-f]+$")
    message(FATAL_ERROR "vcpkg_from_git wants a URL and a commit")
  endif()
  set(${arg_OUT_SOURCE_PATH} "${BORINGSSL}" PARENT_SCOPE)
endfunction()

function(vcpkg_cmake_configure)
  cmake_parse_arguments(arg "" "SOURCE_PATH" "OPTIONS" ${ARGN})
  run("${CMAKE_COMMAND}" -S "${arg_SOURCE_PATH}" -B "${WORK}/build" -G Ninja
      -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF "-DCMAKE_C_FLAGS_RELEASE=${FLAGS}"
      "-DCMAKE_CXX_FLAGS_RELEASE=${FLAGS}"
      "-DCMAKE_INSTALL_PREFIX=${CURRENT_PACKAGES_DIR}" -DCMAKE_INSTALL_LIBDIR=lib ${arg_OPTIONS})
endfunction()

function(vcpkg_cmake_install)
  run("${CMAKE_COMMAND}" --build "${WORK}/build" -j "${JOBS}")
  run("${CMAKE_COMMAND}" --install "${WORK}/build")
endfunction()

# The package's files move to share/<port>; with a release build alone, no path in them changes but the
# way up to the prefix.
function(vcpkg_cmake_config_fixup)
  cmake_parse_arguments(arg "" "PACKAGE_NAME;CONFIG_PATH" "" ${ARGN})
  set(from "${CURRENT_PACKAGES_DIR}/${arg_CONFIG_PATH}")
  set(to "${CURRENT_PACKAGES_DIR}/share/${arg_PACKAGE_NAME}")
  file(GLOB files "${from}/*.cmake")
  if(NOT files)
    message(FATAL_ERROR "nothing was installed in ${arg_CONFIG_PATH}")
  endif()
  file(MAKE_DIRECTORY "${to}")
  foreach(file IN LISTS files)
    file(READ "${file}" text)
    string(REPLACE "\${CMAKE_CURRENT_LIST_DIR}/../../../" "\${CMAKE_CURRENT_LIST_DIR}/../../" text "${text}")
    string(REGEX REPLACE
           "(get_filename_component\\(_IMPORT_PREFIX \"\\\${_IMPORT_PREFIX}\" PATH\\)[\r\n]+)(get_filename_component\\(_IMPORT_PREFIX \"\\\${_IMPORT_PREFIX}\" PATH\\)[\r\n]+)"
           "\\1" text "${text}")
    get_filename_component(name "${file}" NAME)
    file(WRITE "${to}/${name}" "${text}")
  endforeach()
  file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/lib/cmake")
endfunction()

function(vcpkg_fixup_pkgconfig)
  file(GLOB files "${CURRENT_PACKAGES_DIR}/lib/pkgconfig/*.pc")
  if(NOT files)
    message(FATAL_ERROR "no pkg-config files were installed")
  endif()
endfunction()

function(vcpkg_install_copyright)
  cmake_parse_arguments(arg "" "" "FILE_LIST" ${ARGN})
  file(COPY_FILE "${arg_FILE_LIST}" "${CURRENT_PACKAGES_DIR}/share/${PORT}/copyright")
endfunction()

include("${PORT_DIRECTORY}/portfile.cmake")
