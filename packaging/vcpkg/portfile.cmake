# Builds Conclave from the tree that this port is in: use it as an overlay port,
#   vcpkg install conclave --overlay-ports=<Conclave>/packaging/vcpkg
# BoringSSL is built in from source and hidden, so that it gets along with the port openssl. libdecaf
# has no port, so suites 4 and 6 (X448, Ed448) are left out.
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)

vcpkg_check_features(OUT_FEATURE_OPTIONS FEATURE_OPTIONS
  FEATURES
    provider CONCLAVE_BUILD_PROVIDER
    sqlite CONCLAVE_BUILD_SQLITE)

set(BORINGSSL_OPTIONS)
if("provider" IN_LIST FEATURES)
  # The same commit as in cmake/BoringSSL.cmake.
  vcpkg_from_git(OUT_SOURCE_PATH BORINGSSL_PATH
    URL https://boringssl.googlesource.com/boringssl
    REF a0689af29e8e460f1e5380e0fb74cef1b342e810)
  set(BORINGSSL_OPTIONS "-DCONCLAVE_BORINGSSL=${BORINGSSL_PATH}" -DCONCLAVE_DECAF=OFF)
endif()

vcpkg_cmake_configure(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS
    ${FEATURE_OPTIONS}
    ${BORINGSSL_OPTIONS}
    -DCONCLAVE_BUILD_TESTS=OFF
    -DCONCLAVE_BUILD_EXAMPLES=OFF
    -DCONCLAVE_BUILD_BENCH=OFF
    -DCONCLAVE_BUILD_TOOLS=OFF)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(PACKAGE_NAME conclave CONFIG_PATH lib/cmake/conclave)
vcpkg_fixup_pkgconfig()
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include")

file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
