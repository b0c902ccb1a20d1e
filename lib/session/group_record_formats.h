// The records of a group, as structs (docs/storage_format.md). Those that hold secrets encode with
// SecretWriter only. The storage's format record says that they are of this format.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "conclave/secret.h"
#include "conclave/types.h"
#include "rfc9420/framing.h"
#include "schedule/epoch_secrets.h"
#include "session/record_codec.h"

namespace conclave {

// The group's head: rewritten by each call that changes anything, which expects it to be as the
// last one left it.
struct GroupHead {
  std::uint64_t version = 0;     // one more with each write
  std::uint64_t membership = 0;  // the number that all other records are under
  Epoch epoch = 0;
  std::uint64_t next_offer = 1;
  std::uint64_t messages_sent = 0;
  std::uint8_t restored = 0;      // from a backup: nothing may be sent
  std::uint64_t fresh_offer = 0;  // the first offer that was made since then
};

struct NodeKeyRecord {
  std::uint32_t node = 0;
  Secret key;
};
struct PathRecord {
  LeafIndex leaf;
  Secret leaf_key;
  std::vector<NodeKeyRecord> node_keys;
};

// Calls `each` for every secret of an epoch that is stored with it. The secret tree has taken
// encryption_secret.
template <class Secrets, class Each>
void ForEachStoredSecret(Secrets& secrets, const Each& each) {
  each(secrets.sender_data_secret);
  each(secrets.exporter_secret);
  each(secrets.external_secret);
  each(secrets.confirmation_key);
  each(secrets.membership_key);
  each(secrets.resumption_psk);
  each(secrets.epoch_authenticator);
  each(secrets.init_secret.value);
}
template <class W>
void EncodeWire(W& w, const EpochSecrets& secrets) {
  ForEachStoredSecret(secrets, [&w](const Secret& secret) { wire::Encode(w, secret); });
}
inline void DecodeWire(wire::Reader& r, EpochSecrets& secrets) {
  ForEachStoredSecret(secrets, [&r](Secret& secret) { wire::Decode(r, secret); });
}

// EpochPart::current.
struct CurrentEpochRecord {
  std::uint32_t width = 0;  // of the tree
  Bytes context;            // the GroupContext
  Bytes confirmation_tag;
  PathRecord path;
  EpochSecrets secrets;
  std::optional<rfc9420::ReInit> closed_by;
};

// EpochPart::past.
struct PastEpochRecord {
  std::uint32_t width = 0;
  Bytes context;
  LeafIndex own_leaf;
  Secret sender_data_secret;
};

// EpochPart::ratchet and retained_key.
struct RatchetRecord {
  std::uint64_t head = 0;
  Secret secret;
};
struct RetainedKeyRecord {
  Secret key;
  Secret nonce;
};

// EpochPart::proposal and own_update. The signature key names the signer.
struct ProposalRecord {
  ProposalRef ref;
  rfc9420::Sender sender;
  rfc9420::Proposal proposal;
};
struct OwnUpdateRecord {
  Bytes encryption_key;
  Secret private_key;
  Bytes signature_key;
};

// EpochPart::offer: the commit, and the epoch that it leads to, as far as it differs from this one.
struct NodeRecord {
  std::uint32_t index = 0;
  Bytes content;
};
struct OfferRecord {
  Bytes message;
  std::vector<Bytes> welcomes;
  CommitSummary summary;
  CurrentEpochRecord next;
  Secret encryption_secret;
  std::vector<NodeRecord> nodes;
};

// Table::pending_join. The epoch that it leads to is under the membership.
struct PendingJoinRecord {
  std::uint64_t membership = 0;
  Bytes commit;
  CommitSummary summary;
  std::vector<Member> expired;
  std::uint8_t replaces = 0;
};

}  // namespace conclave
