# Finds or builds BoringSSL, and finds libsodium and libdecaf, for the default provider.
#
# CONCLAVE_BORINGSSL selects where BoringSSL comes from:
#   system   installed headers and libcrypto (Debian: android-libboringssl-dev)
#   fetch    upstream's source at the pinned commit, by FetchContent
#   <path>   a source checkout
# The default is "system" if found, else "fetch".
#
# From source, BoringSSL becomes part of conclave_boringssl: its objects are in the library, its
# symbols are hidden and carry the prefix conclave_bssl_, so that OpenSSL, or another BoringSSL, may
# live in the same process, linked statically or dynamically.
#
# CONCLAVE_DECAF=OFF leaves out libdecaf, and with it X448, Ed448 and suites 4 and 6, where there is no
# such package.
#
# What the chosen BoringSSL offers is found by compiling, not by version. Each definition below is 1
# or 0 and is private to lib/providers/boringssl:
#   CONCLAVE_HAVE_DECAF          <decaf.h>, X448 and Ed448
#   CONCLAVE_HAVE_HPKE_P256      EVP_hpke_p256_hkdf_sha256      DHKEM(P-256)
#   CONCLAVE_HAVE_HPKE_XWING     EVP_hpke_xwing                 X-Wing as an HPKE KEM
#   CONCLAVE_HAVE_HPKE_MLKEM     EVP_hpke_mlkem768, _mlkem1024  ML-KEM as an HPKE KEM
#   CONCLAVE_HAVE_HPKE_SHA384    EVP_hpke_hkdf_sha384
#   CONCLAVE_HAVE_HPKE_DERIVE    EVP_HPKE_KEY_derive            DeriveKeyPair
#   CONCLAVE_HAVE_MLKEM          <openssl/mlkem.h>, MLKEM768_*, MLKEM1024_*
#   CONCLAVE_HAVE_MLDSA          <openssl/mldsa.h>, MLDSA44_*, MLDSA65_*, MLDSA87_*
#   CONCLAVE_HAVE_XWING          <openssl/xwing.h>, XWING_*
#   CONCLAVE_HAVE_HKDF           <openssl/hkdf.h>, HKDF_extract, HKDF_expand
#   CONCLAVE_HAVE_ECDSA_P1363    ECDSA_sign_p1363, ECDSA_verify_p1363
#   CONCLAVE_HAVE_EC_SCALAR_KEY  EVP_PKEY_from_ec_private_scalar
#
# Sets CONCLAVE_BORINGSSL_FEATURES (the definitions) and CONCLAVE_PROVIDER_DEPENDENCIES (targets).

include(CheckCXXSourceCompiles)
include(CMakePushCheckState)
include(ConclaveDependencies)

set(CONCLAVE_BORINGSSL "" CACHE STRING "BoringSSL: system, fetch, or the path of its source")
set(CONCLAVE_BORINGSSL_COMMIT a0689af29e8e460f1e5380e0fb74cef1b342e810)

set(origin "${CONCLAVE_BORINGSSL}")
if(NOT origin)
  conclave_find_system_boringssl()
  if(TARGET conclave_deps::crypto)
    set(origin system)
  else()
    set(origin fetch)
  endif()
endif()

set(CONCLAVE_BORINGSSL_IS_SYSTEM OFF)
if(origin STREQUAL "system")
  set(CONCLAVE_BORINGSSL_IS_SYSTEM ON)
  conclave_find_system_boringssl()
  if(NOT TARGET conclave_deps::crypto)
    message(FATAL_ERROR "No installed BoringSSL was found (Debian: android-libboringssl-dev)")
  endif()
  message(STATUS "BoringSSL: system, ${CONCLAVE_BORINGSSL_LIBRARY}")
elseif(origin STREQUAL "fetch")
  include(FetchContent)
  # SOURCE_SUBDIR names a directory without a CMakeLists.txt: download, but add nothing.
  FetchContent_Declare(conclave_bssl
    GIT_REPOSITORY https://boringssl.googlesource.com/boringssl
    GIT_TAG ${CONCLAVE_BORINGSSL_COMMIT}
    SOURCE_SUBDIR include)
  message(STATUS "BoringSSL: fetching ${CONCLAVE_BORINGSSL_COMMIT}")
  FetchContent_MakeAvailable(conclave_bssl)
  set(source_dir "${conclave_bssl_SOURCE_DIR}")
else()
  get_filename_component(source_dir "${origin}" ABSOLUTE BASE_DIR "${CMAKE_SOURCE_DIR}")
  message(STATUS "BoringSSL: source in ${source_dir}")
endif()

if(NOT CONCLAVE_BORINGSSL_IS_SYSTEM)
  foreach(file gen/sources.cmake include/openssl/prefix_symbols.h)
    if(NOT EXISTS "${source_dir}/${file}")
      message(FATAL_ERROR "${source_dir} is no source tree of BoringSSL, or too old: no ${file}")
    endif()
  endforeach()
  find_package(Threads REQUIRED)
  include("${source_dir}/gen/sources.cmake")
  set(bssl_sources ${CRYPTO_SOURCES} ${BCM_SOURCES})
  if(UNIX)
    enable_language(ASM)
    list(APPEND bssl_sources ${CRYPTO_SOURCES_ASM} ${BCM_SOURCES_ASM})
  endif()
  list(TRANSFORM bssl_sources PREPEND "${source_dir}/")
  add_library(conclave_bssl_objects OBJECT ${bssl_sources})
  set_target_properties(conclave_bssl_objects PROPERTIES CXX_STANDARD 17)
  target_include_directories(conclave_bssl_objects SYSTEM PUBLIC "${source_dir}/include")
  target_compile_definitions(conclave_bssl_objects
    PUBLIC BORINGSSL_PREFIX=conclave_bssl
    PRIVATE BORINGSSL_IMPLEMENTATION $<$<NOT:$<BOOL:${UNIX}>>:OPENSSL_NO_ASM>)
  if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    target_compile_definitions(conclave_bssl_objects PRIVATE _XOPEN_SOURCE=700)
  endif()
  if(NOT MSVC)
    target_compile_options(conclave_bssl_objects PRIVATE
      -w -fno-strict-aliasing -fno-common
      $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions;-fno-rtti>
      $<$<COMPILE_LANGUAGE:ASM>:-Wa,--noexecstack>)
  endif()

  # For executables that link the provider's objects rather than the library.
  add_library(conclave_bssl STATIC EXCLUDE_FROM_ALL $<TARGET_OBJECTS:conclave_bssl_objects>)
  set_target_properties(conclave_bssl PROPERTIES LINKER_LANGUAGE CXX)
  target_include_directories(conclave_bssl SYSTEM PUBLIC "${source_dir}/include")
  target_compile_definitions(conclave_bssl PUBLIC BORINGSSL_PREFIX=conclave_bssl)
  target_link_libraries(conclave_bssl PUBLIC Threads::Threads)
  add_library(conclave_deps::crypto ALIAS conclave_bssl)
endif()

option(CONCLAVE_DECAF "Build the provider with libdecaf, which has X448 and Ed448" ON)
conclave_find_sodium()
set(libraries sodium)
if(CONCLAVE_DECAF)
  conclave_find_decaf()
  list(APPEND libraries decaf)
endif()
set(CONCLAVE_PROVIDER_DEPENDENCIES conclave_deps::crypto)
foreach(library IN LISTS libraries)
  if(NOT TARGET conclave_deps::${library})
    message(FATAL_ERROR "lib${library} was not found (Debian: lib${library}-dev)")
  endif()
  list(APPEND CONCLAVE_PROVIDER_DEPENDENCIES conclave_deps::${library})
endforeach()

# Features. Declared is enough: from source the library is made of these very headers, and the
# system's libcrypto comes in one package with its own.
set(CONCLAVE_BORINGSSL_FEATURES CONCLAVE_HAVE_DECAF=$<BOOL:${CONCLAVE_DECAF}>)
function(conclave_check_feature name header expression)
  cmake_push_check_state(RESET)
  if(CONCLAVE_BORINGSSL_IS_SYSTEM)
    set(include_dir "${CONCLAVE_BORINGSSL_INCLUDE_DIR}")
  else()
    set(include_dir "${source_dir}/include")
  endif()
  set(CMAKE_REQUIRED_INCLUDES "${include_dir}")
  set(CMAKE_REQUIRED_QUIET ON)
  set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
  # One cached answer for each BoringSSL, so that changing it asks again.
  string(MD5 which "${include_dir}")
  string(SUBSTRING "${which}" 0 8 which)
  check_cxx_source_compiles("
    #include <openssl/${header}>
    int main() { return (${expression}) ? 0 : 1; }" CONCLAVE_HAVE_${name}_${which})
  cmake_pop_check_state()
  set(have 0)
  if(CONCLAVE_HAVE_${name}_${which})
    set(have 1)
  endif()
  set(CONCLAVE_BORINGSSL_FEATURES
      ${CONCLAVE_BORINGSSL_FEATURES} CONCLAVE_HAVE_${name}=${have} PARENT_SCOPE)
endfunction()
conclave_check_feature(HPKE_P256 hpke.h "&EVP_hpke_p256_hkdf_sha256")
conclave_check_feature(HPKE_XWING hpke.h "&EVP_hpke_xwing")
conclave_check_feature(HPKE_MLKEM hpke.h "&EVP_hpke_mlkem768 && &EVP_hpke_mlkem1024")
conclave_check_feature(HPKE_SHA384 hpke.h "&EVP_hpke_hkdf_sha384")
conclave_check_feature(HPKE_DERIVE hpke.h "&EVP_HPKE_KEY_derive")
conclave_check_feature(MLKEM mlkem.h "&MLKEM768_encap && &MLKEM1024_encap")
conclave_check_feature(MLDSA mldsa.h "&MLDSA44_sign && &MLDSA65_sign && &MLDSA87_sign")
conclave_check_feature(XWING xwing.h "&XWING_encap")
conclave_check_feature(HKDF hkdf.h "&HKDF_extract && &HKDF_expand")
conclave_check_feature(ECDSA_P1363 ecdsa.h "&ECDSA_sign_p1363 && &ECDSA_verify_p1363")
conclave_check_feature(EC_SCALAR_KEY evp.h "&EVP_PKEY_from_ec_private_scalar")
message(STATUS "BoringSSL offers: ${CONCLAVE_BORINGSSL_FEATURES}")
