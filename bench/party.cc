#include "party.h"

#include <utility>
#include <variant>

#include "session/client_state.h"

namespace conclave::bench {

Policy BenchPolicy() {
  Policy policy;
  policy.handshakes = HandshakeFraming::public_message;
  policy.padding = Padding::none;
  policy.grease = false;
  policy.tree_in_welcome = false;
  return policy;
}

Party::Party(const Suite& suite, std::string_view identity, SoftwareSigner signer,
             const Policy& policy, Executor* executor)
    : signer_(std::move(signer)),
      client_(Client::Create({.identity = identity,
                              .crypto = suite.provider(),
                              .clock = clock_,
                              .verifier = verifier_,
                              .storage = storage_,
                              .suite = suite.id(),
                              .signer = &signer_,
                              .policy = policy,
                              .executor = executor})
                  .value()) {}

Party::Party(const Suite& suite, std::string_view identity, const Policy& policy,
             Executor* executor)
    : Party(suite, identity, SoftwareSigner::Generate(suite.provider(), suite.signature()).value(),
            policy, executor) {}

void Party::Enter(EpochState epoch, GroupIndex index) {
  WriteBatch batch;
  RecordNewGroup(epoch, batch);
  storage_.Write(batch).value();
  session_ =
      SessionAccess::Make(ClientAccess::State(client_), Group(std::move(epoch), std::move(index)));
}

void Party::Leave() {
  if (!session_.has_value()) return;
  const GroupId group_id = session_->group_id();
  session_.reset();
  client_.ForgetGroup(group_id).value();
}

GroupIndex Party::LeaveWithIndex() {
  // A Group shows its index and lends it to nobody; this one is about to end.
  GroupIndex index = std::move(const_cast<GroupIndex&>(group().index()));
  Leave();
  return index;
}

const LeafProfile& Party::profile() const { return ClientAccess::State(client_)->profile; }

const Group& Party::group() const { return std::get<Group>(SessionAccess::Of(*session_).state); }

Entered ReceiveAndApply(Session& session, BytesView commit) {
  Event event = session.Receive(commit).value();
  return session.Apply(std::get<StagedCommit>(std::move(event))).value();
}

}  // namespace conclave::bench
