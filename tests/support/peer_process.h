// For tests: a program that answers JSON lines (tests/interop/json_peer.cc), in a process of its
// own.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace conclave::testing {

class PeerProcess {
 public:
  explicit PeerProcess(const std::string& program);
  PeerProcess(const PeerProcess&) = delete;
  PeerProcess& operator=(const PeerProcess&) = delete;
  ~PeerProcess();

  // The reply to a request, which must be ok. Fails the test otherwise.
  nlohmann::json Ask(const std::string& op, nlohmann::json fields = nlohmann::json::object());
  // The error of a request, which must not be ok.
  std::string AskInVain(const std::string& op, nlohmann::json fields = nlohmann::json::object());
  // The reply to a line, as it is.
  nlohmann::json AskLine(const std::string& line);

  // Ends its input, and waits. Its exit status.
  int Close();

 private:
  nlohmann::json Exchange(const std::string& op, nlohmann::json fields);

  int process_ = -1;
  int socket_ = -1;
  std::string unread_;
  int next_id_ = 1;
};

}  // namespace conclave::testing
