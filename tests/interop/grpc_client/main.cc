// The interop client: serves the harness's MLSClient on a loopback port of its own choice, which is
// the one line that it prints.
//
//   grpc_client [<port>]
//
// It ends when its standard input does, so it does not outlive whoever started it, and when nobody
// has called for ten minutes.
#include <poll.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstring>
#include <iostream>
#include <memory>
#include <string>

#include "interop/grpc_client/service.h"

namespace {

using std::chrono::steady_clock;

constexpr auto kIdleLimit = std::chrono::minutes(10);
constexpr int kMaxMessageSize = 16 << 20;
constexpr int kMaxThreads = 8;
constexpr std::size_t kMaxMemory = std::size_t{256} << 20;

// Until the end of standard input, or of anybody's interest.
void WaitForEnd(conclave::interop::Service& service) {
  while (steady_clock::now() - service.last_call() < kIdleLimit) {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (poll(&input, 1, 1000) <= 0) continue;
    std::array<char, 256> ignored;
    if (read(STDIN_FILENO, ignored.data(), ignored.size()) <= 0) return;
  }
}

bool ParsePort(const char* text, int& port) {
  const char* end = text + std::strlen(text);
  const auto [rest, error] = std::from_chars(text, end, port);
  return error == std::errc() && rest == end && port >= 0 && port <= 65535;
}

}  // namespace

int main(int argc, char** argv) {
  int port = 0;
  if (argc > 2 || (argc == 2 && !ParsePort(argv[1], port))) {
    std::cerr << "usage: grpc_client [<port>]\n";
    return 2;
  }
  conclave::interop::Service service;
  grpc::ResourceQuota quota;
  quota.Resize(kMaxMemory);
  quota.SetMaxThreads(kMaxThreads);
  grpc::ServerBuilder builder;
  builder.SetResourceQuota(quota);
  builder.SetMaxReceiveMessageSize(kMaxMessageSize);
  builder.SetMaxSendMessageSize(kMaxMessageSize);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.RegisterService(&service);
  int bound = 0;
  builder.AddListeningPort("127.0.0.1:" + std::to_string(port), grpc::InsecureServerCredentials(),
                           &bound);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || bound == 0) {
    std::cerr << "grpc_client: cannot listen\n";
    return 1;
  }
  std::cout << bound << std::endl;
  WaitForEnd(service);
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
  return 0;
}
