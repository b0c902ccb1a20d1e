// Policy: the limits and habits of a client. Every default is safe for a messenger; a group's
// members need not agree on them, except where said.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "conclave/types.h"

namespace conclave {

// How our proposals and commits are framed (RFC 9420, section 6). Application messages are always
// private.
enum class HandshakeFraming : std::uint8_t { private_message, public_message };

// How much zero padding a private message gets (section 15.1): none, up to a multiple of
// `Policy::padding_block`, or Padme's: at most 12 %, growing with the message.
enum class Padding : std::uint8_t { none, block, padme };

// When a commit carries a path though RFC 9420 does not require one (section 12.4).
enum class PathPolicy : std::uint8_t { when_required, always };

struct Policy {
  // -- What is accepted from others. Enforced before memory is set aside.
  std::size_t max_message_size = std::size_t{64} << 20;  // bytes, any one message or ratchet tree
  std::uint32_t max_group_size = 1 << 20;                // leaves
  std::size_t max_extensions_size = 1 << 20;             // bytes, of one GroupContext's extensions
  std::uint64_t max_key_package_lifetime = 100 * 86400;  // seconds (section 7.2)
  // Whether a tree that we receive may hold leaves whose lifetime is over. They are reported.
  bool accept_expired_leaves = true;
  std::size_t max_pending_proposals = 10000;

  // -- Out-of-order messages (section 15.3).
  std::uint32_t max_forward_generations = 1000;
  std::uint32_t max_retained_keys = 100;  // skipped generations, each sender
  std::size_t past_epochs = 3;            // whose late application messages still open
  std::size_t max_own_messages = 1000;    // that are recognised when they come back, each epoch

  // -- What we send.
  HandshakeFraming handshakes = HandshakeFraming::private_message;
  Padding padding = Padding::padme;
  std::size_t padding_block = 64;                                 // for Padding::block
  std::uint64_t max_messages_per_epoch = std::uint64_t{1} << 23;  // section 15.2; then kCommitFirst
  bool tree_in_welcome = true;                                    // else it travels out of band
  std::uint64_t key_package_lifetime = 90 * 86400;                // seconds
  // How many application messages one write to the storage reserves generations for. With 1, each
  // message is a write; with more, a crash skips what was reserved and not used, at most one less
  // than so many. Members who read us must accept such gaps (max_forward_generations). What we sent
  // under the last lease before a crash is not recognised when it comes back: kAlreadyUsed.
  std::uint32_t sending_lease = 1;
  // Random unknown values in what we send (section 13.5), so that others stay able to ignore them.
  bool grease = true;

  // -- Commits.
  std::size_t max_offers = 4;       // of one epoch
  std::size_t resumption_psks = 8;  // past epochs of a group whose PSK is kept (section 8.6)
  bool allow_external_commits = true;
  bool allow_resync = true;          // external commits that replace the joiner's old leaf
  bool resync_requires_psk = false;  // ... and prove the past membership
  // Custom proposal types that need no path (section 12.4), and that external senders may send
  // (section 12.1.8). All others need one and may not. Every member must agree on both.
  std::vector<ProposalType> pathless_proposals = {};
  std::vector<ProposalType> external_proposals = {};
};

}  // namespace conclave
