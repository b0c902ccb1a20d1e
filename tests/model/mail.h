// For the model: what has been made and given to the delivery service, which keeps all of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conclave/external_join.h"
#include "model/history.h"

namespace conclave::testing::model {

enum class MailKind : std::uint8_t { application, proposal, commit };

// A message, and what its sender meant.
struct Mail {
  Number number = 0;
  MailKind kind{};
  Number group = 0;
  Epoch epoch = 0;
  // Where it was made. Nothing for what outsiders propose: they sign no more than the epoch, so
  // that any fork can take it.
  std::optional<PointId> point = {};
  Number client = 0;  // who made it; for an external sender its key
  LeafIndex leaf = {};
  bool is_private = false;
  std::uint32_t generation = 0;  // of a private message
  Bytes bytes = {};

  std::string text = {};  // of an application message

  Proposed proposed = {};                      // of a proposal
  std::optional<Number> external_sender = {};  // the index in the extension
  bool from_newcomer = false;
  ProposalRef reference = {};

  Effect effect = {};  // of a commit
  bool is_external = false;
  // What the committer had to send when it was accepted: for each of `packages`, in order.
  std::vector<Number> packages = {};
  std::size_t joiners_per_welcome = 0;
  std::vector<Bytes> welcomes = {};
  Bytes tree = {};
  bool tree_inside = false;
  std::optional<Number> origin = {};  // the group that the joiners must be in
  bool is_successor = false;          // of that group

  bool is_welcomed() const { return !welcomes.empty(); }
};

struct Package {
  Number number = 0;
  Number client = 0;
  bool last_resort = false;
  Bytes bytes = {};
  KeyPackageRef reference = {};
};

struct PublishedInfo {
  Number number = 0;
  PointId point = 0;
  Bytes bytes = {};
  Bytes tree = {};
  bool tree_inside = false;
};

}  // namespace conclave::testing::model
