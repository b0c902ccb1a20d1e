# The test of constant time: the objects of this build, with secrets marked for memcheck.
file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_LIST_DIR}/*.cc")
add_executable(constant_time ${sources})
conclave_link_test(constant_time LAYERS ${CONCLAVE_LAYERS} PROVIDER)
target_include_directories(constant_time SYSTEM PRIVATE "${CONCLAVE_VALGRIND_INCLUDE}")
target_compile_options(constant_time PRIVATE ${print_bytes})
target_link_libraries(constant_time PRIVATE Catch2::Catch2WithMain)
# Functions that secrets.cc stands in front of.
foreach(symbol
        _ZN8conclave18ConstantTimeEqualsESt4spanIKhLm18446744073709551615EES2_
        _ZN8conclave18ConstantTimeEqualsERKNS_6SecretES2_
        _ZN8conclave12RandomSecretERKNS_14CryptoProviderEm
        crypto_scalarmult_curve25519 decaf_x448 ECDSA_sign)
  target_link_options(constant_time PRIVATE "-Wl,--wrap=${symbol}")
endforeach()
add_test(NAME constant_time
         COMMAND "${CONCLAVE_VALGRIND}" --quiet --undef-value-errors=yes --leak-check=no
                 --error-limit=no --num-callers=30
                 "--suppressions=${CMAKE_CURRENT_LIST_DIR}/valgrind.supp"
                 $<TARGET_FILE:constant_time>
         WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
