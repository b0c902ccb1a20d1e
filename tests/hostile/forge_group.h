// For hostile tests: a group as a Welcome or a GroupInfo shows it, made from a real one and changed
// at will. All that follows from a change (tree hash, epoch secrets, confirmation tag, signature)
// is computed anew, so that whoever reads it gets to the rule it breaks.
#pragma once

#include <optional>
#include <vector>

#include "hostile/forge.h"
#include "hostile/refusal.h"
#include "rfc9420/welcome.h"

namespace conclave::testing {

using TreeNodes = std::vector<std::optional<rfc9420::Node>>;

class ForgedGroup {
 public:
  // The epoch of `inviter`, who signs.
  ForgedGroup(TestClient& client, const Session& inviter);

  rfc9420::GroupContext context;
  TreeNodes nodes;
  LeafIndex signer;
  const Signer* signer_key;
  std::vector<rfc9420::PreSharedKeyID> psks = {};
  std::vector<Extension> extensions = {};  // of the GroupInfo, beside those that are made here
  std::optional<Bytes> path_secret = {};
  bool tree_inside = true;
  bool external_pub = false;

  // -- Changes to what is computed.
  std::optional<Bytes> tree_bytes = {};     // the ratchet_tree extension, instead of `nodes`
  Edit<rfc9420::GroupContext> hashed = {};  // with its tree hash
  Edit<rfc9420::GroupInfo> info = {};
  Edit<rfc9420::GroupInfo> signed_info = {};
  Edit<Bytes> info_plaintext = {};
  Edit<Bytes> sealed_info = {};
  Edit<rfc9420::GroupSecrets> secrets = {};
  Edit<Bytes> secrets_plaintext = {};
  Edit<rfc9420::Welcome> welcome = {};

  // The node of a leaf or a parent. Fails the test if it is blank.
  rfc9420::LeafNode& Leaf(std::uint32_t leaf);
  rfc9420::ParentNode& Parent(std::uint32_t node);
  // Changes a leaf and signs it again, with that member's key.
  void EditLeaf(std::uint32_t leaf, const Signer& key, const Edit<rfc9420::LeafNode>& edit);

  Bytes TreeExtension() const;
  // MLSMessages.
  Bytes GroupInfo() const;
  Bytes WelcomeFor(BytesView key_package) const;

 private:
  struct Computed {
    rfc9420::GroupInfo info;
    JoinerSecret joiner_secret;
    PskSecret psk_secret;
  };
  Computed Compute() const;

  Suite suite_;
  const ClientState& client_;
};

// A group of several, one of whom invites somebody: who has not read the Welcome yet.
class Invitation {
 public:
  // With `parents`, each of the `size` members has committed once, so that the tree has them.
  explicit Invitation(std::size_t size = 4, const TestClientOptions& options = {},
                      bool parents = true);
  // With a history of its own: what `history` has the members do. The first of them stays.
  Invitation(std::size_t size, const Edit<HostileRoom>& history);

  HostileRoom& room() { return room_; }
  TestClient& joiner() { return *joiner_; }
  ForgedGroup Forge() { return ForgedGroup(room_.client(0), room_[0]); }
  const Bytes& key_package() const { return key_package_; }

  // The Welcome that `forged` makes is refused, and the joiner's storage is as it was.
  void RequireRefused(const ForgedGroup& forged, ErrorKind kind, std::string_view rule,
                      const JoinOptions& options = {});
  void RequireMessageRefused(BytesView message, ErrorKind kind, std::string_view rule,
                             const JoinOptions& options = {});
  // Neither a Welcome nor a GroupInfo of `forged` leads anybody into the group.
  void RequireUnjoinable(const ForgedGroup& forged, ErrorKind kind, std::string_view rule);
  // The honest Welcome still works, and the joiner talks with everybody.
  void RequireJoins();

  const Bytes& honest_welcome() const { return welcomes_.front(); }

 private:
  HostileRoom room_;
  TestClient* joiner_ = nullptr;
  Bytes key_package_;
  std::vector<Bytes> welcomes_;
};

}  // namespace conclave::testing
