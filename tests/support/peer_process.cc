#include "support/peer_process.h"

#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstddef>
#include <string_view>
#include <utility>

namespace conclave::testing {

PeerProcess::PeerProcess(const std::string& program) {
  std::array<int, 2> ends{};
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  posix_spawn_file_actions_t actions;
  REQUIRE(posix_spawn_file_actions_init(&actions) == 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  std::string name = program;
  std::array<char*, 2> arguments{name.data(), nullptr};
  const int failed =
      posix_spawn(&process_, program.c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  socket_ = ends[0];
  INFO(program);
  REQUIRE(failed == 0);
}

PeerProcess::~PeerProcess() { Close(); }

int PeerProcess::Close() {
  if (socket_ < 0) return 0;
  close(std::exchange(socket_, -1));
  int status = -1;
  return waitpid(process_, &status, 0) == process_ ? status : -1;
}

nlohmann::json PeerProcess::AskLine(const std::string& line) {
  std::string_view left = line;
  const std::string end = "\n";
  for (const std::string_view part : {left, std::string_view(end)}) {
    for (left = part; !left.empty();) {
      const ssize_t sent = send(socket_, left.data(), left.size(), MSG_NOSIGNAL);
      REQUIRE(sent > 0);
      left.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  std::size_t found = unread_.find('\n');
  while (found == std::string::npos) {
    std::array<char, 65536> buffer;
    const ssize_t received = recv(socket_, buffer.data(), buffer.size(), 0);
    REQUIRE(received > 0);
    const std::size_t before = unread_.size();
    unread_.append(buffer.data(), static_cast<std::size_t>(received));
    found = unread_.find('\n', before);
  }
  const nlohmann::json reply = nlohmann::json::parse(unread_.substr(0, found), nullptr, false);
  unread_.erase(0, found + 1);
  REQUIRE(reply.is_object());
  return reply;
}

nlohmann::json PeerProcess::Exchange(const std::string& op, nlohmann::json fields) {
  fields["id"] = next_id_;
  fields["op"] = op;
  nlohmann::json reply = AskLine(fields.dump());
  REQUIRE(reply.value("id", nlohmann::json()) == nlohmann::json(next_id_));
  ++next_id_;
  return reply;
}

nlohmann::json PeerProcess::Ask(const std::string& op, nlohmann::json fields) {
  nlohmann::json reply = Exchange(op, std::move(fields));
  INFO(op << ": " << reply.value("error", ""));
  REQUIRE(reply["ok"] == true);
  return reply;
}

std::string PeerProcess::AskInVain(const std::string& op, nlohmann::json fields) {
  const nlohmann::json reply = Exchange(op, std::move(fields));
  INFO(op);
  REQUIRE(reply["ok"] == false);
  return reply.value("error", "");
}

}  // namespace conclave::testing
