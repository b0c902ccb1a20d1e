// SecretTree: every member's message keys for one epoch, grown from one secret
// (RFC 9420, section 9).
//
//           (G)          D has sent a message: the nodes above D and D's own are erased, E and C
//          /   \         are held, and D has two ratchets.
//         E    (F)
//             /   \      Every member's secret can be derived from exactly one of the nodes that
//            C    (D)    are held, or is already in the member's ratchets.
//
// The tree is sparse: at first it holds its root alone. The first message of a member derives the
// path to that member's leaf, keeps the nodes beside the path and erases the path; at the leaf two
// HashRatchets begin, one for handshake messages and one for application messages. So the state is
// a map of nodes and a map of ratchets. A member's first message changes O(log N) entries, each
// later one a single ratchet, and each entry can be stored as a record of its own.
//
// Sealing and opening are as in schedule/hash_ratchet.h: NextKey() has erased what it answers with;
// PrepareOpening() changes nothing, and Install() erases.
//
// Thread rule: like a std::map.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "conclave/result.h"
#include "conclave/secret.h"
#include "conclave/types.h"
#include "crypto/cipher_suite.h"
#include "schedule/hash_ratchet.h"
#include "tree/tree_math.h"

namespace conclave {

enum class RatchetType : std::uint8_t { handshake = 1, application = 2 };

struct RatchetId {
  LeafIndex sender;
  RatchetType type{};
  auto operator<=>(const RatchetId&) const = default;
};

// What has come or gone in a secret tree since somebody last asked: for storing it piece by piece.
// An entry that is named twice, or has come and gone, does no harm.
struct SecretTreeChanges {
  struct RetainedKey {
    RatchetId ratchet;
    std::uint32_t generation = 0;
  };
  std::vector<NodeIndex> nodes;
  std::vector<RatchetId> ratchets;
  std::vector<RetainedKey> retained;
};

// A key to open one message with, and what Install() needs to erase it. Dropping it leaves the tree
// as it was.
class OpeningKey {
 public:
  LeafIndex sender() const { return id_.sender; }
  RatchetType type() const { return id_.type; }
  std::uint32_t generation() const { return step_.opened.generation; }
  const Secret& key() const { return step_.opened.key; }
  const Secret& nonce() const { return step_.opened.nonce; }

 private:
  friend class SecretTree;

  // The way down to a leaf that has no ratchets yet.
  struct Descent {
    struct Node {
      NodeIndex index;
      Secret secret;
    };
    std::vector<Node> beside;  // the sibling of each node on the way
    HashRatchet handshake;
    HashRatchet application;
  };

  OpeningKey(RatchetId id, std::optional<Descent> descent, RatchetStep step);

  RatchetId id_;
  std::optional<Descent> descent_;
  RatchetStep step_;
};

class SecretTree {
 public:
  // A tree of `width` leaves, a power of two: the width of the epoch's ratchet tree.
  SecretTree(Secret encryption_secret, std::uint32_t width);
  // A tree in a state that it had before: what the accessors below gave.
  SecretTree(std::uint32_t width, std::map<NodeIndex, Secret> nodes,
             std::map<RatchetId, HashRatchet> ratchets)
      : width_(width), nodes_(std::move(nodes)), ratchets_(std::move(ratchets)) {}

  SecretTree(SecretTree&&) noexcept = default;
  SecretTree& operator=(SecretTree&&) noexcept = default;

  std::uint32_t width() const { return width_; }

  // What is held, for storing and for tests.
  const std::map<NodeIndex, Secret>& nodes() const { return nodes_; }
  const std::map<RatchetId, HashRatchet>& ratchets() const { return ratchets_; }
  const Secret* FindNode(NodeIndex node) const;
  const HashRatchet* FindRatchet(RatchetId id) const;
  // What has changed since the last call, or since the tree was made.
  SecretTreeChanges TakeChanges() { return std::exchange(changes_, {}); }

  // The next key that we, at leaf `own`, seal with. kCommitFirst if all generations are used up.
  Result<MessageKey> NextKey(const Suite& suite, LeafIndex own, RatchetType type);

  // The key for a received message. `sender` lies within the width. kAlreadyUsed if the key is
  // gone, kRejectedByPolicy if `generation` is beyond the window.
  Result<OpeningKey> PrepareOpening(const Suite& suite, LeafIndex sender, RatchetType type,
                                    std::uint32_t generation, const RatchetWindow& window) const;

  // Erases the key, and all from which it could be derived again. Call it when the signature inside
  // the message has verified. Keys may be installed in another order than they were prepared in.
  void Install(OpeningKey key);

  // For an epoch that we have left, whose late application messages are all we still read: erases
  // the handshake ratchets and begins no more.
  void ForgetHandshake();

 private:
  using Descent = OpeningKey::Descent;

  std::optional<NodeIndex> HeldAbove(LeafIndex leaf) const;
  // The way from the node held above `leaf`, which has no ratchets yet, down to it.
  Result<Descent> Descend(const Suite& suite, LeafIndex leaf) const;
  void InstallDescent(LeafIndex leaf, Descent descent);
  HashRatchet* FindRatchet(RatchetId id);

  std::uint32_t width_;
  std::map<NodeIndex, Secret> nodes_;  // none above another
  std::map<RatchetId, HashRatchet> ratchets_;
  SecretTreeChanges changes_;
  bool handshake_forgotten_ = false;
};

static_assert(!std::is_copy_constructible_v<OpeningKey>);
static_assert(!std::is_copy_constructible_v<SecretTree>);
static_assert(std::is_nothrow_move_constructible_v<SecretTree>);

}  // namespace conclave
