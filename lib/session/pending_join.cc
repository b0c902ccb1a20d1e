// External joins between the offer and the decision (RFC 9420, section 12.4.3.2).
#include "session/pending_join.h"

#include <algorithm>
#include <utility>

#include "base/result_macros.h"
#include "base/rule.h"
#include "session/group_records.h"
#include "session/load_group.h"
#include "session/session_state.h"
#include "storage/scan.h"

namespace conclave {

PendingJoin::PendingJoin(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PendingJoin::PendingJoin(PendingJoin&&) noexcept = default;
PendingJoin& PendingJoin::operator=(PendingJoin&&) noexcept = default;
PendingJoin::~PendingJoin() = default;

const Bytes& PendingJoin::commit() const { return impl_->commit; }
const CommitSummary& PendingJoin::summary() const { return impl_->staged.summary; }
const GroupId& PendingJoin::group_id() const { return impl_->group_id; }
const std::vector<Member>& PendingJoin::expired() const { return impl_->expired; }
bool PendingJoin::IsOurs(BytesView message) const {
  return std::ranges::equal(message, impl_->commit);
}

// The group as it will be, less ourselves, and with whom our commit removes.
std::vector<Member> PendingJoin::members() const {
  std::vector<Member> members = MembersOf(impl_->staged.next->group);
  const LeafIndex own = impl_->staged.next->own_leaf();
  std::erase_if(members, [own](const Member& member) { return member.leaf == own; });
  const std::vector<Member>& removed = summary().removed;
  members.insert(members.end(), removed.begin(), removed.end());
  std::ranges::sort(members, {}, &Member::leaf);
  return members;
}

namespace {

Result<std::optional<PendingJoinRecord>> ReadRecord(const Storage& storage, BytesView group_id) {
  CONCLAVE_ASSIGN_OR_RETURN(const std::optional<Secret> stored,
                            storage.Read(record_key::PendingJoin(group_id)));
  if (!stored.has_value()) return std::optional<PendingJoinRecord>();
  auto record =
      wire::Parse<PendingJoinRecord>(stored->ExposeForProvider(), wire::Reader::Budget::paid);
  CONCLAVE_RETURN_IF_ERROR(
      Rule("storage:pending-join-record-decodes", ErrorKind::kStorage, record.ok()));
  return std::optional<PendingJoinRecord>(std::move(*record));
}

}  // namespace

Result<void> RecordPendingJoin(const PendingJoinAccess::Impl& join, WriteBatch& batch) {
  CONCLAVE_ASSIGN_OR_RETURN(const std::optional<PendingJoinRecord> earlier,
                            ReadRecord(join.client->storage, join.group_id));
  if (earlier.has_value()) {
    batch.ErasePrefix(record_key::Membership(join.group_id, earlier->membership).prefix());
  }
  const PendingJoinRecord record{join.membership, join.commit, join.staged.summary, join.expired,
                                 join.replaces ? std::uint8_t{1} : std::uint8_t{0}};
  batch.Put(record_key::PendingJoin(join.group_id), wire::Serialize(record));
  RecordMembership({join.group_id, join.membership}, *join.staged.next, batch);
  return {};
}

Result<std::vector<GroupId>> PendingJoins(const Client& client) {
  std::vector<GroupId> groups;
  const auto add = [&groups](BytesView key, BytesView) {
    groups.push_back(record_key::GroupIdIn(key).value_or(Bytes()));
  };
  CONCLAVE_RETURN_IF_ERROR(
      ScanRecords(ClientAccess::State(client)->storage, record_key::PendingJoins(), add));
  return groups;
}

Result<PendingJoin> ResumeExternalJoin(Client& client, BytesView group_id) {
  const std::shared_ptr<ClientState>& state = ClientAccess::State(client);
  CONCLAVE_ASSIGN_OR_RETURN(std::optional<PendingJoinRecord> record,
                            ReadRecord(state->storage, group_id));
  CONCLAVE_RETURN_IF_ERROR(
      Rule("session:join-is-in-storage", ErrorKind::kMissing, record.has_value()));
  PendingJoinAccess::Impl join{state, ToBytes(group_id), record->membership, {}, {}, {}};
  CONCLAVE_ASSIGN_OR_RETURN(join.staged.next, LoadPendingEpoch(*state, group_id, record->membership,
                                                               record->summary.epoch));
  join.staged.summary = std::move(record->summary);
  join.commit = std::move(record->commit);
  join.expired = std::move(record->expired);
  join.replaces = record->replaces != 0;
  return PendingJoinAccess::Make(std::move(join));
}

Result<void> AbandonExternalJoin(Client& client, BytesView group_id) {
  Storage& storage = ClientAccess::State(client)->storage;
  CONCLAVE_ASSIGN_OR_RETURN(const std::optional<PendingJoinRecord> record,
                            ReadRecord(storage, group_id));
  if (!record.has_value()) return {};
  WriteBatch batch;
  batch.Erase(record_key::PendingJoin(group_id));
  batch.ErasePrefix(record_key::Membership(group_id, record->membership).prefix());
  return storage.Write(batch);
}

Result<Session> EnterExternally(Client& client, PendingJoin pending) {
  const std::shared_ptr<ClientState>& state = ClientAccess::State(client);
  auto& join = PendingJoinAccess::Of(pending);
  CONCLAVE_RETURN_IF_ERROR(
      Rule("session:join-is-the-clients", ErrorKind::kMisuse, join.client == state));
  CONCLAVE_ASSIGN_OR_RETURN(const std::optional<PendingJoinRecord> record,
                            ReadRecord(state->storage, join.group_id));
  CONCLAVE_RETURN_IF_ERROR(Rule("session:join-is-pending", ErrorKind::kMisuse,
                                record.has_value() && record->membership == join.membership));
  CONCLAVE_ASSIGN_OR_RETURN(const std::optional<GroupHead> left,
                            ReadGroupHead(state->storage, join.group_id));
  EpochState& next = *join.staged.next;
  GroupHead head;
  head.membership = join.membership;
  head.epoch = next.group.epoch();
  WriteBatch batch;
  batch.Erase(record_key::PendingJoin(join.group_id));
  if (join.replaces && left.has_value()) {
    head.version = left->version + 1;
    RecordRejoin(*left, head, next, state->policy, batch);
  } else {
    RecordJoin(head, next, batch);
  }
  CONCLAVE_RETURN_IF_ERROR(state->storage.Write(batch));
  if (join.index.has_value()) {
    join.index->Follow(join.before->tree(), join.staged, state->verifier);
  }
  return SessionAccess::Make(state, Group(std::move(next), std::move(join.index)), head);
}

}  // namespace conclave
