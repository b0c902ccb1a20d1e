// HashRatchet: the keys and nonces of one sender, one for each message (RFC 9420, sections 9.1, 9.2
// and 15.3).
//
//     secret_[0] --> secret_[1] --> ... --> secret_[head] --> ...
//         |              |                      |
//     key, nonce     key, nonce             key, nonce
//
// A ratchet holds secret_[head], and the keys of generations before it that were skipped: messages
// that are late. A generation's key is there until it is used, and then never again.
//
// Sealing: Next() has erased what it answers with. Opening has two steps, since a message shows
// only when it has been opened and its signature verified that it came from the sender it names:
// PrepareOpening() derives on the side and changes nothing; Install() erases. So a forged message
// costs its pretended sender nothing.
//
// Thread rule: like a std::vector.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "conclave/result.h"
#include "conclave/secret.h"
#include "crypto/cipher_suite.h"

namespace conclave {

// The key and the nonce for one message.
struct MessageKey {
  std::uint32_t generation = 0;
  Secret key;
  Secret nonce;
};

// How far a sender's messages may come out of order (section 15.3).
struct RatchetWindow {
  std::uint32_t max_forward = 1000;  // generations that one message may skip
  std::uint32_t max_retained = 100;  // keys of skipped generations that are kept; the newest stay
};

// What opening one message will change in a ratchet, once the message has proved authentic.
struct RatchetStep {
  MessageKey opened;
  // For a late message, `skipped` and `next_secret` are empty and `next` is zero.
  std::vector<MessageKey> skipped = {};  // in order; those worth keeping
  std::uint64_t next = 0;                // the head afterwards
  Secret next_secret = {};
  std::uint32_t max_retained = 0;
};

class HashRatchet {
 public:
  // The head after the last generation, 0xffffffff.
  static constexpr std::uint64_t kUsedUp = std::uint64_t{1} << 32;

  // The ratchet at generation zero.
  explicit HashRatchet(Secret secret) : secret_(std::move(secret)) {}

  // The ratchet in a state that it had before: the values of the three accessors below.
  HashRatchet(std::uint64_t head, Secret secret, std::vector<MessageKey> retained);

  HashRatchet(HashRatchet&&) noexcept = default;
  HashRatchet& operator=(HashRatchet&&) noexcept = default;

  std::uint64_t head() const { return head_; }
  const Secret& secret() const { return secret_; }  // empty when the ratchet is used up
  const std::vector<MessageKey>& retained() const { return retained_; }  // by generation
  // The retained key of a generation, or null.
  const MessageKey* FindRetained(std::uint32_t generation) const;

  // The next key to seal with, already erased here. kCommitFirst if all generations are used up.
  Result<MessageKey> Next(const Suite& suite);

  // The key for a received message. kAlreadyUsed if it is gone, or was never kept;
  // kRejectedByPolicy if it is too far ahead.
  Result<RatchetStep> PrepareOpening(const Suite& suite, std::uint32_t generation,
                                     const RatchetWindow& window) const;

  // Erases the key that `step` opened and all that leads to it. A step prepared before others were
  // installed is welcome: only what is still there is taken from it. The generations whose retained
  // keys came or went.
  std::vector<std::uint32_t> Install(RatchetStep step);

  // What this ratchet will be when `generations` more keys have been taken, without those keys; or
  // used up, if there are not so many.
  Result<HashRatchet> Ahead(const Suite& suite, std::uint64_t generations) const;

 private:
  std::uint64_t head_ = 0;
  Secret secret_;
  std::vector<MessageKey> retained_;
};

static_assert(!std::is_copy_constructible_v<HashRatchet>);
static_assert(std::is_nothrow_move_constructible_v<HashRatchet>);

}  // namespace conclave
