#include "session/session_state.h"

#include <algorithm>

#include "base/check.h"
#include "base/overloaded.h"
#include "base/result_macros.h"
#include "base/rule.h"
#include "session/load_group.h"

namespace conclave {

Session SessionAccess::Make(std::shared_ptr<ClientState> client, Group group, const GroupHead& head,
                            std::vector<const Signer*> signers) {
  const Recorded recorded = Recorded::Of(group.state());
  const record_key::Membership keys(group.epoch().group.group_id(), head.membership);
  return Session(std::make_unique<Session::Impl>(Session::Impl{
      std::move(client), std::move(group), head, keys, recorded, std::move(signers)}));
}

const PublicGroup& Session::Impl::public_group() const {
  return std::visit(
      Overloaded{[](const Group& group) -> const PublicGroup& { return group.epoch().group; },
                 [](const auto& left) -> const PublicGroup& { return left.group; }},
      state);
}

LeafIndex Session::Impl::own_leaf() const {
  return std::visit(Overloaded{[](const Group& group) { return group.epoch().own_leaf(); },
                               [](const auto& left) { return left.own_leaf; }},
                    state);
}

Result<Group*> Session::Impl::member() {
  if (std::holds_alternative<Unloaded>(state)) CONCLAVE_RETURN_IF_ERROR(Reload());
  if (auto* group = std::get_if<Group>(&state)) return group;
  return Error{ErrorKind::kNotMember, "session: we were removed"};
}

GroupHead Session::Impl::NextHead() const {
  const auto* group = std::get_if<Group>(&state);
  CONCLAVE_CHECK(group != nullptr);
  GroupHead next = head;
  next.next_offer = group->state().next_offer;
  next.messages_sent = group->state().messages_sent;
  // What is reserved counts as sent.
  const HashRatchet* own = group->epoch().own_ratchet();
  if (own != nullptr && own->head() < recorded.leased_until) {
    next.messages_sent += recorded.leased_until - own->head();
  }
  return next;
}

GroupHead Session::Impl::HeadInNextEpoch(const Offer* offer) const {
  GroupHead next = NextHead();
  ++next.epoch;
  next.messages_sent = 0;
  // An epoch that nobody can have been in before, with this storage or another.
  if (offer != nullptr && restored() && offer->id >= head.fresh_offer) next.restored = 0;
  return next;
}

void Session::Impl::Remember(const Signer* signer) {
  if (std::ranges::find(signers, signer) == signers.end()) signers.push_back(signer);
}

bool Session::Impl::IsLeased() const {
  const auto* group = std::get_if<Group>(&state);
  CONCLAVE_CHECK(group != nullptr);
  const HashRatchet* own = group->epoch().own_ratchet();
  return own != nullptr && own->head() <= recorded.leased_until;
}

Result<void> Session::Impl::AddMessages(WriteBatch& batch) {
  auto* group = std::get_if<Group>(&state);
  CONCLAVE_CHECK(group != nullptr);
  const Result<void> added = RecordMessages(keys, *group, client->policy, recorded, batch);
  // Memory would stay ahead of the storage.
  if (!added.ok()) (void)Reload();
  return added;
}

Result<void> Session::Impl::WriteMessages(std::span<const AppRow> rows, BytesView output,
                                          WriteBatch batch) {
  CONCLAVE_RETURN_IF_ERROR(AddMessages(batch));
  if (batch.empty()) return {};
  AddAppRows(rows, output, batch);
  return Write(batch, NextHead());
}

Result<void> Session::Impl::Write(WriteBatch& batch, GroupHead next) {
  next.version = head.version + 1;
  RecordHead(public_group().group_id(), head, next, batch);
  CONCLAVE_RETURN_IF_ERROR(WriteOrReload(batch));
  head = next;
  return {};
}

Result<void> Session::Impl::WriteOrReload(const WriteBatch& batch) {
  const Result<void> written = client->storage.Write(batch);
  // Whether it took effect is for the storage to say. If it cannot say now, the next call asks.
  if (!written.ok()) (void)Reload();
  return written;
}

//= rfc9420#12.4.2
//# In this case, the client cannot send any more messages in the group and SHOULD promptly delete
//# its group state and secret tree.
Result<void> Session::Impl::Depart(WriteBatch& batch) {
  const PublicGroup group = public_group();
  RecordDeparture(keys, head, group.group_id(), batch);
  CONCLAVE_RETURN_IF_ERROR(WriteOrReload(batch));
  state = Departed{group, own_leaf()};
  return {};
}

Result<Session> BeginSession(const std::shared_ptr<ClientState>& client, Group group,
                             WriteBatch batch, const UndeliveredWelcomes* welcomes) {
  const EpochState& epoch = group.epoch();
  GroupHead head;
  CONCLAVE_ASSIGN_OR_RETURN(head.membership, NewMembership(*client));
  head.epoch = epoch.group.epoch();
  head.next_offer = group.state().next_offer;
  const record_key::Membership keys(epoch.group.group_id(), head.membership);
  RecordMembership(keys, epoch, batch);
  RecordJoin(head, epoch, batch);
  if (welcomes != nullptr) {
    batch.Put(keys.Welcomes(welcomes->offer.value), wire::Serialize(welcomes->welcomes));
  }
  CONCLAVE_RETURN_IF_ERROR(client->storage.Write(batch));
  return SessionAccess::Make(client, std::move(group), head);
}

Result<void> MarkRestored(Storage& storage, BytesView group_id, std::uint64_t seen,
                          GroupHead& head) {
  GroupHead marked = head;
  marked.restored = 1;
  marked.fresh_offer = head.next_offer;
  marked.version = std::max(head.version, seen) + 1;
  WriteBatch batch;
  RecordHead(group_id, head, marked, batch);
  CONCLAVE_RETURN_IF_ERROR(storage.Write(batch));
  head = marked;
  return {};
}

Result<void> Session::Impl::Reload() {
  // What is in memory may be ahead of the storage: nobody goes on from it.
  if (auto* group = std::get_if<Group>(&state)) {
    Unloaded unloaded{group->epoch().group, group->epoch().own_leaf()};
    state = std::move(unloaded);
  }
  ++loads;
  const GroupId group_id = public_group().group_id();
  CONCLAVE_ASSIGN_OR_RETURN(std::optional<LoadedGroup> loaded,
                            LoadGroup(*client, group_id, signers));
  if (!loaded.has_value()) {
    state = Departed{public_group(), own_leaf()};
    return {};
  }
  // Whoever joins again without having left goes on with the version.
  const bool rolled_back = loaded->head.version < head.version;
  const std::uint64_t seen = head.version;
  head = loaded->head;
  keys = record_key::Membership(group_id, head.membership);
  if (rolled_back) {
    CONCLAVE_RETURN_IF_ERROR(MarkRestored(client->storage, group_id, seen, head));
  }
  recorded = Recorded::Of(loaded->state);
  state.emplace<Group>(std::move(loaded->state));
  return {};
}

void AddAppRows(std::span<const AppRow> rows, BytesView output, WriteBatch& batch) {
  for (const AppRow& row : rows) {
    const Bytes key = AppRowKey(row.key);
    switch (row.content) {
      case AppRowContent::value:
        batch.Put(key, row.value);
        break;
      case AppRowContent::value_and_output: {
        Secret value(row.value.size() + output.size());
        const MutableBytesView bytes = value.MutableForProvider();
        std::ranges::copy(row.value, bytes.begin());
        std::ranges::copy(output, bytes.subspan(row.value.size()).begin());
        batch.Put(key, value.ExposeForProvider());
        break;
      }
      case AppRowContent::none:
        batch.Erase(key);
        break;
    }
  }
}

}  // namespace conclave
