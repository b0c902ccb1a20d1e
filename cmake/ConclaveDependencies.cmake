# Finds the libraries under the default provider and SqliteStorage, and gives each an imported target in conclave_deps::.
# Used by the build and, installed beside conclave-config.cmake, by those who find_package us.

function(conclave_import_library name include_dir library)
  if(NOT TARGET conclave_deps::${name})
    add_library(conclave_deps::${name} UNKNOWN IMPORTED GLOBAL)
    set_target_properties(conclave_deps::${name} PROPERTIES
                          IMPORTED_LOCATION "${library}"
                          INTERFACE_INCLUDE_DIRECTORIES "${include_dir}"
                          INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${include_dir}")
  endif()
endfunction()

# Defines conclave_deps::crypto, if there is an installed BoringSSL. Debian keeps it in directories of
# its own, named android, because OpenSSL has the usual ones; is_boringssl.h tells the two apart.
function(conclave_find_system_boringssl)
  find_path(CONCLAVE_BORINGSSL_INCLUDE_DIR openssl/is_boringssl.h PATH_SUFFIXES android boringssl)
  find_library(CONCLAVE_BORINGSSL_LIBRARY crypto PATH_SUFFIXES android boringssl)
  mark_as_advanced(CONCLAVE_BORINGSSL_INCLUDE_DIR CONCLAVE_BORINGSSL_LIBRARY)
  if(CONCLAVE_BORINGSSL_INCLUDE_DIR AND CONCLAVE_BORINGSSL_LIBRARY)
    conclave_import_library(crypto "${CONCLAVE_BORINGSSL_INCLUDE_DIR}"
                            "${CONCLAVE_BORINGSSL_LIBRARY}")
  endif()
endfunction()

# Each of these defines conclave_deps::<its library>, if that is there.
function(conclave_find_sodium)
  find_path(CONCLAVE_SODIUM_INCLUDE_DIR sodium.h)
  find_library(CONCLAVE_SODIUM_LIBRARY sodium)
  mark_as_advanced(CONCLAVE_SODIUM_INCLUDE_DIR CONCLAVE_SODIUM_LIBRARY)
  if(CONCLAVE_SODIUM_INCLUDE_DIR AND CONCLAVE_SODIUM_LIBRARY)
    conclave_import_library(sodium "${CONCLAVE_SODIUM_INCLUDE_DIR}" "${CONCLAVE_SODIUM_LIBRARY}")
  endif()
endfunction()

function(conclave_find_decaf)
  find_path(CONCLAVE_DECAF_INCLUDE_DIR decaf/ed448.h PATH_SUFFIXES decaf)
  find_library(CONCLAVE_DECAF_LIBRARY decaf)
  mark_as_advanced(CONCLAVE_DECAF_INCLUDE_DIR CONCLAVE_DECAF_LIBRARY)
  if(CONCLAVE_DECAF_INCLUDE_DIR AND CONCLAVE_DECAF_LIBRARY)
    conclave_import_library(decaf "${CONCLAVE_DECAF_INCLUDE_DIR}" "${CONCLAVE_DECAF_LIBRARY}")
  endif()
endfunction()

function(conclave_find_sqlite)
  find_path(CONCLAVE_SQLITE_INCLUDE_DIR sqlite3.h)
  find_library(CONCLAVE_SQLITE_LIBRARY sqlite3)
  mark_as_advanced(CONCLAVE_SQLITE_INCLUDE_DIR CONCLAVE_SQLITE_LIBRARY)
  if(CONCLAVE_SQLITE_INCLUDE_DIR AND CONCLAVE_SQLITE_LIBRARY)
    conclave_import_library(sqlite3 "${CONCLAVE_SQLITE_INCLUDE_DIR}" "${CONCLAVE_SQLITE_LIBRARY}")
  endif()
endfunction()
