// For the model: looking inside. All that a session holds, as a number to compare and as the list
// of its secrets; and all secrets that there have been, to be looked for in stores.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "conclave/session.h"
#include "group/group_state.h"
#include "model/history.h"

namespace conclave::testing::model {

// A number that tells storages apart, and states of a session: secrets, public state, and what is
// pending.
std::uint64_t DigestOf(const Storage& storage);
std::uint64_t DigestOf(const GroupState& state);

enum class SecretKind : std::uint8_t {
  epoch,       // init, exporter, external and other secrets that go with the epoch
  resumption,  // kept in a table of their own
  late,        // what reads messages of an epoch: its sender_data_secret
  message,     // nodes and ratchets of the secret tree, keys and nonces
  tree,        // private keys of leaves and nodes
  package,     // private keys of a key package
};

struct HeldSecret {
  SecretKind kind{};
  bool is_current = true;  // of the epoch, and not of an offer or a past one
  Bytes bytes = {};
};
std::vector<HeldSecret> SecretsOf(const EpochState& epoch);
std::vector<HeldSecret> SecretsOf(const GroupState& state);

// The secrets of the whole run.
class Vault {
 public:
  struct Known {
    Bytes bytes;
    SecretKind kind{};
    std::optional<PointId> point;  // of what belongs to one
  };

  // `point` is given for what belongs to that one alone, which is required.
  void Add(const HeldSecret& secret, std::optional<PointId> point);
  const Known* Find(BytesView secret) const;
  // Calls `found` for every secret that occurs in `content`.
  void Search(BytesView content, const std::function<void(const Known&)>& found) const;

 private:
  static constexpr std::size_t kPrefix = 8;
  static constexpr std::size_t kFilterBits = std::size_t{1} << 21;
  static std::uint64_t PrefixOf(const std::uint8_t* bytes);
  static std::size_t FilterBit(std::uint64_t prefix) {
    return static_cast<std::size_t>((prefix * 0x9e3779b97f4a7c15) >> 43);
  }

  std::unordered_map<std::uint64_t, std::vector<Known>> by_prefix_;
  std::vector<bool> filter_ = std::vector<bool>(kFilterBits);
};

}  // namespace conclave::testing::model
