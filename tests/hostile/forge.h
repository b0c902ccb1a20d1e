// For hostile tests: what a client could send if it were free to break the rules.
//
// Everything is signed, MACed and sealed with the real keys of a test's client, and what follows
// from a change (hashes, signatures, tags) is computed anew, so that a message reaches exactly the
// rule it breaks. An Edit is a change made at one step; without one, the step is honest.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "conclave/conclave.h"
#include "group/next_epoch.h"
#include "group/own_leaf.h"
#include "rfc9420/framing.h"
#include "session/session_state.h"
#include "support/parties.h"
#include "tree/update_path.h"

namespace conclave::testing {

template <class T>
using Edit = std::function<void(T&)>;

// -- The parts.

const Signer& SignerOf(const TestClient& client);
const PublicGroup& GroupOf(const Session& session);
// The state of a member's epoch. Forging takes keys from it that the library would not hand out.
EpochState& EpochOf(Session& session);

rfc9420::KeyPackage ParseKeyPackage(BytesView message);

// The current leaf of a session, for changing.
rfc9420::LeafNode LeafOf(const Session& session);
// `leaf` signed for a place in a group, as its source demands.
void SignLeaf(const Signer& signer, rfc9420::LeafNode& leaf, BytesView group_id = {},
              LeafIndex index = {});
// Signed by `signer`.
void SignKeyPackage(const Signer& signer, rfc9420::KeyPackage& key_package);

struct KeyPackageEdits {
  Edit<rfc9420::LeafNode> leaf = {};
  Edit<rfc9420::LeafNode> signed_leaf = {};
  Edit<rfc9420::KeyPackage> key_package = {};
  Edit<rfc9420::KeyPackage> signed_key_package = {};
};
rfc9420::KeyPackage ForgeKeyPackage(const TestClient& client, const KeyPackageEdits& edits = {});

// The new leaf of an Update by the member at `session`, or whatever the edits make of it.
struct LeafEdits {
  Edit<rfc9420::LeafNode> leaf = {};
  Edit<rfc9420::LeafNode> signed_leaf = {};
  const Signer* signer = nullptr;        // instead of the member's
  std::optional<LeafIndex> index = {};   // to be signed for
  std::optional<GroupId> group_id = {};  // to be signed for
};
rfc9420::LeafNode ForgeUpdateLeaf(Session& session, const LeafEdits& edits = {});

// Another DER signature that verifies wherever the ECDSA signature (r, s) does: (r, n - s).
Bytes TurnedAround(CipherSuite suite, BytesView signature);

rfc9420::PreSharedKeyID ExternalPsk(const Suite& suite, BytesView id);
rfc9420::PreSharedKeyID ResumptionPsk(const Suite& suite, rfc9420::ResumptionPSKUsage usage,
                                      const GroupId& group_id, Epoch epoch);

// Proposals by value and by reference.
template <class T>
rfc9420::Proposal AsProposal(T proposal) {
  return rfc9420::Proposal::Of(std::move(proposal));
}
inline rfc9420::ProposalOrRef ByValue(rfc9420::Proposal proposal) {
  return rfc9420::ProposalOrRef::Of(std::move(proposal));
}
template <class T>
  requires(!std::same_as<T, rfc9420::Proposal>)
rfc9420::ProposalOrRef ByValue(T proposal) {
  return ByValue(AsProposal(std::move(proposal)));
}
inline rfc9420::ProposalOrRef ByRef(ProposalRef ref) {
  return rfc9420::ProposalOrRef::Of(std::move(ref));
}

// -- Messages of a member.

// How content becomes a message.
struct Framing {
  HandshakeFraming as = HandshakeFraming::public_message;
  Edit<rfc9420::FramedContent> content = {};
  const Signer* signer = nullptr;  // instead of the member's
  std::optional<rfc9420::WireFormat> signed_as = {};
  // Signature and confirmation tag, once they are made.
  Edit<rfc9420::FramedContentAuthData> auth = {};
  // A public message, once it has its membership tag.
  Edit<rfc9420::PublicMessage> public_message = {};
  // A private message: its plaintext; its sender data; what its content's AAD is made of; the
  // whole.
  Edit<Bytes> plaintext = {};
  Edit<rfc9420::SenderData> sender_data = {};
  Edit<rfc9420::PrivateMessage> header = {};
  Edit<rfc9420::PrivateMessage> private_message = {};
  // Whose ratchet, and which generation of it, instead of the member's next.
  std::optional<LeafIndex> ratchet_of = {};
  std::uint32_t generation = 0;
};

rfc9420::FramedContent FrameOf(const Session& session, rfc9420::Content content);
// Signed, for the group of `session`; a commit lacks its confirmation tag.
rfc9420::AuthenticatedContent Sign(const Signer& signer, const Session& session,
                                   rfc9420::FramedContent content, const Framing& framing);
// A message of signed content: with the proof that a member sent it, or without.
Bytes SealAsMember(Session& session, rfc9420::AuthenticatedContent content, const Framing& framing);
Bytes SealFromOutside(rfc9420::AuthenticatedContent content, const Framing& framing);
// Both at once.
Bytes Send(Session& session, rfc9420::FramedContent content, const Framing& framing = {});
Bytes SendProposal(Session& session, rfc9420::Proposal proposal, const Framing& framing = {});
Bytes SendApplication(Session& session, BytesView text, Framing framing = {});
// A signed content that nobody's membership key vouches for: of external senders and newcomers.
Bytes SendFromOutside(const Signer& signer, const Session& session, rfc9420::Sender sender,
                      rfc9420::Content content, const Framing& framing = {});

// -- Commits.

struct CommitEdits {
  std::vector<rfc9420::ProposalOrRef> proposals = {};
  // What the tree, extensions and PSKs are computed from, if it is not `proposals`: for lists that
  // cannot be applied.
  std::optional<std::vector<rfc9420::Proposal>> applied = {};
  bool path = true;
  // The keys of the path, before anything is hashed; the leaf; the sealed path.
  Edit<PreparedPath> keys = {};
  Edit<rfc9420::LeafNode> leaf = {};
  Edit<rfc9420::LeafNode> signed_leaf = {};
  const Signer* leaf_signer = nullptr;  // of the leaf, instead of the member's
  Edit<rfc9420::UpdatePath> sealed = {};
  Framing framing = {};
};

// A commit by the member at `session`, with the confirmation tag that follows from it, as far as
// one does. References are looked up in the session's own store.
Bytes ForgeCommit(TestClient& client, Session& session, const CommitEdits& edits);

// A commit by which `joiner`, who knows what a GroupInfo of `session` says, joins. An honest one
// has an ExternalInit, which is put before `proposals` unless `no_external_init`.
struct ExternalCommitEdits {
  CommitEdits commit = {};
  bool no_external_init = false;
  Edit<rfc9420::ExternalInit> external_init = {};
};
Bytes ForgeExternalCommit(TestClient& joiner, const Session& session,
                          const ExternalCommitEdits& edits = {});

}  // namespace conclave::testing
