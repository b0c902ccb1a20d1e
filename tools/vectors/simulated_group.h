// A group and everybody in it (RFC 9420, sections 11 and 12), and a record of what they send, as
// somebody who only listens receives it.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "client.h"
#include "group/group.h"
#include "vectors/lent.h"

namespace conclave::vectors {

struct CommitShape {
  HandshakeFraming framing = HandshakeFraming::private_message;
  PathPolicy path = PathPolicy::when_required;
  bool tree_in_welcome = true;
};

template <class T>
rfc9420::MLSMessage Wrapped(T body) {
  rfc9420::MLSMessage message;
  message.message = decltype(message.message)::Of(std::move(body));
  return message;
}

class SimulatedGroup {
 public:
  // Of one member.
  explicit SimulatedGroup(const Source& source);
  // Its members point into it.
  SimulatedGroup(const SimulatedGroup&) = delete;
  SimulatedGroup& operator=(const SimulatedGroup&) = delete;

  const Source& source() const { return source_; }
  // The current epoch, as the first member sees it.
  const EpochState& epoch() const { return members_.begin()->second.epoch(); }
  std::vector<LeafIndex> leaves() const;

  // Proposals to be made. The client of an Add joins when that is committed.
  rfc9420::Proposal NewAdd();
  // A PSK that the application gave to everybody, and that of the current epoch.
  rfc9420::Proposal NewExternalPsk();
  rfc9420::Proposal NewResumptionPsk();

  // A proposal on its own. All members receive it.
  void Propose(LeafIndex sender, const rfc9420::Proposal& proposal, HandshakeFraming framing);
  void ProposeUpdate(LeafIndex sender, HandshakeFraming framing);
  // From the first of the group's external senders.
  void ProposeExternally(const Signer& sender, const rfc9420::Proposal& proposal);
  // A commit of everything that was proposed and of `by_value`. All members receive it, and those
  // it adds join. The Welcome, if there is one.
  Bytes Commit(LeafIndex committer, const std::vector<rfc9420::Proposal>& by_value,
               const CommitShape& shape = {});
  // Somebody joins by an external commit.
  void JoinExternally();
  // Members join one by one until there are so many.
  void Grow(std::size_t members);

  // In the format of the passive client's vectors: the external PSKs, and what was sent since
  // StartRecording().
  const nlohmann::json& external_psks() const { return external_psks_; }
  const nlohmann::json& epochs() const { return epochs_; }
  void StartRecording() { epochs_ = nlohmann::json::array(); }

 private:
  Environment Lent() { return {policy_, verifier_, psks_, kNow}; }
  void ProposeAs(LeafIndex sender, rfc9420::Proposal proposal, HandshakeFraming framing,
                 std::optional<OwnUpdate> update);
  void DeliverProposal(std::optional<LeafIndex> sender, const Bytes& message);
  void DeliverCommit(std::optional<LeafIndex> sender, const Bytes& message);
  void Join(const SimulatedClient& client, const rfc9420::Welcome& welcome, const Bytes& tree);
  void EndEpoch(const Bytes& commit);

  const Source& source_;
  test::TrustingVerifier verifier_;
  test::PskTable psks_;
  Policy policy_ = test::PermissivePolicy();
  std::deque<SimulatedClient> clients_;  // all there ever were
  std::map<LeafIndex, Group> members_;
  std::vector<const SimulatedClient*> joining_;
  nlohmann::json external_psks_ = nlohmann::json::array();
  nlohmann::json proposals_ = nlohmann::json::array();
  nlohmann::json epochs_ = nlohmann::json::array();
};

}  // namespace conclave::vectors
