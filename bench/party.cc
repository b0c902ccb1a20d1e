#include "party.h"

#include <utility>
#include <variant>

#include "session/session_state.h"
#include "storage/record_key.h"

namespace conclave::bench {

void Written::Count(const WriteBatch& batch) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto [kind, key, value] = batch[i];
    if (kind == WriteBatch::Kind::put) {
      ++rows;
      bytes += key.size() + value.size();
    } else if (kind == WriteBatch::Kind::erase || kind == WriteBatch::Kind::erase_prefix) {
      ++erasures;
    }
  }
}

Result<void> GrouplessStorage::Write(const WriteBatch& batch) {
  using record_key::Table;
  last_write_ = {};
  last_write_.Count(batch);
  WriteBatch kept;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto table = static_cast<Table>(batch[i].key.front());
    if (table != Table::group && table != Table::membership) kept.Add(batch[i]);
  }
  return below_.Write(kept);
}

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
  GroupHead head;
  head.epoch = epoch.group.epoch();
  session_ = SessionAccess::Make(ClientAccess::State(client_),
                                 Group(std::move(epoch), std::move(index)), head);
}

void Party::Leave() { session_.reset(); }

GroupIndex Party::LeaveWithIndex() {
  GroupIndex index = *std::get<Group>(SessionAccess::Of(*session_).state).TakeIndex();
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
