# Packages, by `cpack -G DEB` (Debian) and `cpack -G TGZ`, from the install rules. Debian's are made of a
# build with BUILD_SHARED_LIBS=ON and the prefix /usr: libconclave<ABI version> with the libraries,
# libconclave-dev, and conclave-tools where the inspector was built.
set(CPACK_PACKAGE_NAME conclave)
set(CPACK_PACKAGE_CONTACT "The Conclave developers")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL runtime development)
if(TARGET conclave_cli)
  list(APPEND CPACK_COMPONENTS_ALL tools)
endif()

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(runtime_package "libconclave${CONCLAVE_ABI_VERSION}")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME "${runtime_package}")
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION "Messaging Layer Security (RFC 9420): shared libraries")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_GENERATE_SHLIBS ON)
# dpkg-shlibdeps has to find the libraries of ours that others of ours need.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${PROJECT_BINARY_DIR}")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libconclave-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "Messaging Layer Security (RFC 9420): headers")
# libsodium and SQLite because pkg-config wants the files of what is private, too.
set(needed "${runtime_package} (= ${PROJECT_VERSION})" libsodium-dev)
if(TARGET conclave_sqlite)
  list(APPEND needed libsqlite3-dev)
endif()
list(JOIN needed ", " CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS)

set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME conclave-tools)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SHLIBDEPS ON)
set(CPACK_COMPONENT_TOOLS_DESCRIPTION
    "Messaging Layer Security (RFC 9420): the command-line inspector")

include(CPack)
