#include "party.h"

#include <utility>
#include <variant>

#include "session/session_state.h"
#include "storage/record_key.h"

namespace conclave::bench {

Result<void> GrouplessStorage::Write(const WriteBatch& batch) {
  using record_key::Table;
  WriteBatch kept;
  last_write_ = {};
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto [kind, key, value] = batch[i];
    if (kind == WriteBatch::Kind::put) {
      ++last_write_.rows;
      last_write_.bytes += key.size() + value.size();
    } else if (kind == WriteBatch::Kind::erase || kind == WriteBatch::Kind::erase_prefix) {
      ++last_write_.erasures;
    }
    const auto table = static_cast<Table>(key.front());
    if (table == Table::group || table == Table::membership) continue;
    if (kind == WriteBatch::Kind::put) kept.Put(key, value);
    if (kind == WriteBatch::Kind::erase) kept.Erase(key);
    if (kind == WriteBatch::Kind::erase_prefix) kept.ErasePrefix(key);
    if (kind == WriteBatch::Kind::expect) kept.Expect(key, value);
    if (kind == WriteBatch::Kind::expect_absent) kept.ExpectAbsent(key);
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
