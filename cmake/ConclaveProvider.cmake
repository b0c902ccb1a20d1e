# The target conclave_boringssl: the default provider, on BoringSSL, libsodium and libdecaf.
set(sources ${CONCLAVE_PROVIDERS_BORINGSSL} ${CONCLAVE_CAPI_BORINGSSL})
list(TRANSFORM sources PREPEND "${PROJECT_SOURCE_DIR}/")
if(NOT sources)
  message(WARNING "lib/providers/boringssl is empty: no provider is built")
  set(CONCLAVE_BUILD_PROVIDER OFF)
  return()
endif()

add_library(conclave_provider_boringssl OBJECT ${sources})
target_compile_definitions(conclave_provider_boringssl PRIVATE ${CONCLAVE_BORINGSSL_FEATURES})
target_link_libraries(conclave_provider_boringssl PRIVATE
                      conclave_library_options ${CONCLAVE_PROVIDER_DEPENDENCIES})

add_library(conclave_boringssl $<TARGET_OBJECTS:conclave_provider_boringssl>)
add_library(conclave::boringssl ALIAS conclave_boringssl)
set_target_properties(conclave_boringssl PROPERTIES EXPORT_NAME boringssl LINKER_LANGUAGE CXX)
conclave_shared_library(conclave_boringssl)
target_link_libraries(conclave_boringssl PUBLIC conclave)
if(TARGET conclave_bssl_objects)
  # BoringSSL from source becomes a part of the library; see cmake/BoringSSL.cmake.
  target_sources(conclave_boringssl PRIVATE $<TARGET_OBJECTS:conclave_bssl_objects>)
  set(libraries ${CONCLAVE_PROVIDER_DEPENDENCIES})
  list(REMOVE_ITEM libraries conclave_deps::crypto)
  target_link_libraries(conclave_boringssl PRIVATE ${libraries} Threads::Threads)
else()
  target_link_libraries(conclave_boringssl PRIVATE ${CONCLAVE_PROVIDER_DEPENDENCIES})
endif()
