// The delivery service of offline_chat.cc: a directory that everybody shares, in place of a server.
// It does what any delivery service must: each group has one order of messages that all see alike,
// and what it has accepted stays, however often it is sent. It reads nothing of what it carries.
//
//   log/<group>/<number>.<hash>     the messages of a group, counted from 1
//   welcomes/<hash>                 a server would hand them to those whose key packages they name
//   key_packages/<name>/<hash>      with ".taken" behind it once it was given to somebody
#pragma once

#include <conclave/bytes.h>
#include <conclave/crypto_provider.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

class DeliveryService {
 public:
  using Bytes = conclave::Bytes;
  using BytesView = conclave::BytesView;

  DeliveryService(std::filesystem::path directory, const conclave::CryptoProvider& crypto)
      : directory_(std::move(directory)), crypto_(crypto) {}

  // Whoever gets false from one of these tries again. What is there already is not taken twice.
  bool Send(BytesView group_id, BytesView message) {
    const Lock lock(directory_);
    const std::filesystem::path log = LogOf(group_id);
    const std::vector<std::string> names = NamesIn(log);
    const std::string hash = HashOf(message);
    for (const std::string& name : names) {
      if (name.ends_with(hash)) return true;
    }
    char number[16];
    std::snprintf(number, sizeof(number), "%08zu.", names.size() + 1);
    return lock.held() && Put(log / (number + hash), message);
  }
  bool LeaveWelcome(BytesView welcome) {
    return Put(directory_ / "welcomes" / HashOf(welcome), welcome);
  }
  bool Publish(const std::string& name, BytesView key_package) {
    const std::filesystem::path path = KeyPackagesOf(name) / HashOf(key_package);
    return std::filesystem::exists(path.string() + kTaken) || Put(path, key_package);
  }

  // The messages of a group behind the first `read` ones, in order.
  std::vector<Bytes> MessagesAfter(BytesView group_id, std::size_t read) const {
    const std::filesystem::path log = LogOf(group_id);
    const std::vector<std::string> names = NamesIn(log);
    std::vector<Bytes> messages;
    for (std::size_t i = read; i < names.size(); ++i) messages.push_back(Get(log / names[i]));
    return messages;
  }
  std::vector<Bytes> Welcomes() const {
    std::vector<Bytes> welcomes;
    const std::filesystem::path place = directory_ / "welcomes";
    for (const std::string& name : NamesIn(place)) welcomes.push_back(Get(place / name));
    return welcomes;
  }
  std::size_t KeyPackagesLeft(const std::string& name) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        NamesIn(KeyPackagesOf(name)), [](const auto& file) { return !file.ends_with(kTaken); }));
  }
  // Gives each key package to one caller.
  std::optional<Bytes> TakeKeyPackage(const std::string& name) {
    for (const std::string& file : NamesIn(KeyPackagesOf(name))) {
      if (file.ends_with(kTaken)) continue;
      const std::filesystem::path path = KeyPackagesOf(name) / file;
      std::error_code failed;
      std::filesystem::rename(path, path.string() + kTaken, failed);
      if (!failed) return Get(path.string() + kTaken);
    }
    return std::nullopt;
  }

 private:
  static constexpr const char* kTaken = ".taken";

  // Held by one process at a time, and let go of when it dies.
  class Lock {
   public:
    explicit Lock(const std::filesystem::path& directory)
        : file_(open((directory / "lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)) {
      held_ = file_ >= 0 && lockf(file_, F_LOCK, 0) == 0;
    }
    ~Lock() { close(file_); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    bool held() const { return held_; }

   private:
    int file_;
    bool held_;
  };

  static std::string Hex(BytesView bytes) {
    std::string hex;
    for (const std::uint8_t byte : bytes) {
      for (const int digit : {byte >> 4, byte & 15}) hex += "0123456789abcdef"[digit];
    }
    return hex;
  }
  std::string HashOf(BytesView bytes) const {
    Bytes hash(32);
    crypto_.Hash(conclave::HashId::sha256, {&bytes, 1}, hash).value();
    return Hex(hash);
  }
  std::filesystem::path LogOf(BytesView group_id) const {
    return directory_ / "log" / Hex(group_id);
  }
  std::filesystem::path KeyPackagesOf(const std::string& name) const {
    return directory_ / "key_packages" / Hex(conclave::AsBytes(name));
  }

  // In order, less those that are being written.
  static std::vector<std::string> NamesIn(const std::filesystem::path& directory) {
    std::vector<std::string> names;
    std::error_code not_there;
    for (const auto& entry : std::filesystem::directory_iterator(directory, not_there)) {
      const std::string name = entry.path().filename();
      if (!name.starts_with('.')) names.push_back(name);
    }
    std::ranges::sort(names);
    return names;
  }
  static Bytes Get(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  // A file that is there whole and on the disk when this returns true, or else not there.
  static bool Put(const std::filesystem::path& path, BytesView bytes) {
    std::error_code failed;
    std::filesystem::create_directories(path.parent_path(), failed);
    const std::filesystem::path draft = path.parent_path() / ("." + std::to_string(getpid()));
    const int file = open(draft.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return false;
    bool done = write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
                fsync(file) == 0;
    close(file);
    done = done && std::rename(draft.c_str(), path.c_str()) == 0;
    const int directory = open(path.parent_path().c_str(), O_RDONLY | O_CLOEXEC);
    done = done && directory >= 0 && fsync(directory) == 0;
    if (directory >= 0) close(directory);
    return done;
  }

  const std::filesystem::path directory_;
  const conclave::CryptoProvider& crypto_;
};
