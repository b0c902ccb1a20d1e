# grpc_client: the harness's MLSClient service. Debian: libgrpc++-dev, protobuf-compiler-grpc.
#
# Debian's gRPC brings OpenSSL, and the provider BoringSSL. Both are in this process and nothing in it
# uses OpenSSL: the channels are insecure ones, on the loopback interface. tools/interop.sh runs it.
set(CONCLAVE_INTEROP_PROTO "" CACHE FILEPATH "mls_client.proto of the interop harness")
if(NOT EXISTS "${CONCLAVE_INTEROP_PROTO}")
  message(FATAL_ERROR "CONCLAVE_INTEROP_PROTO names no file: \"${CONCLAVE_INTEROP_PROTO}\"")
endif()
find_program(CONCLAVE_PROTOC protoc REQUIRED)
find_program(CONCLAVE_GRPC_PLUGIN grpc_cpp_plugin REQUIRED)
set(grpc_libraries)
foreach(library grpc++ grpc gpr protobuf absl_synchronization)
  find_library(CONCLAVE_LIBRARY_${library} ${library} REQUIRED)
  list(APPEND grpc_libraries "${CONCLAVE_LIBRARY_${library}}")
endforeach()

get_filename_component(proto_dir "${CONCLAVE_INTEROP_PROTO}" DIRECTORY)
get_filename_component(proto_name "${CONCLAVE_INTEROP_PROTO}" NAME_WE)
set(made_dir "${CMAKE_CURRENT_BINARY_DIR}/interop_proto")
set(made "${made_dir}/${proto_name}.pb.cc" "${made_dir}/${proto_name}.grpc.pb.cc")
file(MAKE_DIRECTORY "${made_dir}")
add_custom_command(
  OUTPUT ${made}
  COMMAND "${CONCLAVE_PROTOC}" "--proto_path=${proto_dir}" "--cpp_out=${made_dir}"
          "--grpc_out=${made_dir}" "--plugin=protoc-gen-grpc=${CONCLAVE_GRPC_PLUGIN}"
          "${CONCLAVE_INTEROP_PROTO}"
  DEPENDS "${CONCLAVE_INTEROP_PROTO}"
  VERBATIM)
add_library(mls_client_proto STATIC ${made})
target_include_directories(mls_client_proto SYSTEM PUBLIC "${made_dir}")
target_compile_options(mls_client_proto PRIVATE -w)

add_executable(grpc_client
  ${mls_client_files} "${mls_client}/main.cc" "${mls_client}/service.cc")
conclave_link_test(grpc_client LAYERS ${CONCLAVE_LAYERS} PROVIDER)
target_link_libraries(grpc_client PRIVATE mls_client_proto ${grpc_libraries})
