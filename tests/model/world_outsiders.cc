// The model's external joins: of newcomers, and of members who have lost their state.
#include <algorithm>
#include <utility>

#include "model/world.h"

namespace conclave::testing::model {

Outcome World::Publish(const Operation& operation, Party& party) {
  const Session* session = FindSession(party, operation);
  if (session == nullptr) return {};
  const bool inside = operation.Has(Key::tree);
  infos_[now_] = {now_, party.FindSeat(touched_)->point(),
                  Need(MakeGroupInfo(*session, {.ratchet_tree = inside}), "no GroupInfo"),
                  Need(ExportRatchetTree(*session), "no tree"), inside};
  return {Outcome::Kind::done, "GroupInfo"};
}

Errors World::ExpectExternal(const Operation& operation, const Party& party,
                             const PublishedInfo& info, const Effect& effect) const {
  const Point& point = history_[info.point];
  if (!info.tree_inside && !operation.Has(Key::tree)) return {ErrorKind::kMissing};
  const auto replaced = operation.Find(Key::replace);
  if (party.model.seats.contains(point.group) && !replaced.has_value()) {
    return {ErrorKind::kMisuse};
  }
  if (replaced.has_value() && !point.members.contains({*replaced})) {
    return {ErrorKind::kInvalidProposal};
  }
  for (const Listed& listed : effect.list) {
    const bool is_psk = listed.proposed.kind != ProposalKind::remove;
    if (is_psk && !FindPsk(party, point.group, listed.proposed).has_value()) {
      return {ErrorKind::kMissing};
    }
  }
  const auto leaf = point.FindClient(party.number());
  if (leaf.has_value() && replaced != leaf->value) return {ErrorKind::kInvalidCommit};
  return {std::nullopt};
}

Outcome World::JoinExternally(const Operation& operation, Party& party) {
  const auto found = infos_.find(operation.Get(Key::info));
  if (found == infos_.end()) return {};
  const PublishedInfo& info = found->second;
  const Point& point = history_[info.point];
  touched_ = point.group;
  Effect effect{.newcomer = {party.number(), 0}, .has_path = true};
  ExternalJoinOptions options;
  if (operation.Has(Key::tree)) options.ratchet_tree = info.tree;
  if (const auto leaf = operation.Find(Key::replace)) {
    options.replace = LeafIndex{*leaf};
    effect.list.push_back({.proposed = {ProposalKind::remove, *leaf}});
  }
  for (const auto& [key, kind] : {std::pair{Key::psk, ProposalKind::psk},
                                  std::pair{Key::resumption, ProposalKind::resumption}}) {
    for (const Number what : operation.All(key)) {
      options.psks.push_back(PskIdOf(kind, what, touched_));
      effect.list.push_back({.proposed = {kind, what}});
    }
  }
  const Bytes group_info = Altered(operation, info.bytes);
  Errors expected = ExpectExternal(operation, party, info, effect);
  if (group_info != info.bytes) {
    expected.insert(expected.end(),
                    {ErrorKind::kMalformed, ErrorKind::kNotAuthentic, ErrorKind::kMissing,
                     ErrorKind::kUnsupported, ErrorKind::kMisuse, ErrorKind::kInvalidCommit});
    std::erase(expected, std::nullopt);
  }
  const Before before = Look(party, touched_);
  auto made = StartExternalJoin(*party.client, group_info, options);
  if (const auto refused = Refusal(made, expected, before, party, touched_)) return *refused;
  for (const Listed& listed : effect.list) {
    if (listed.proposed.kind == ProposalKind::remove) continue;
    effect.psks.push_back(FindPsk(party, touched_, listed.proposed).value());
  }
  Mail mail{.number = now_,
            .kind = MailKind::commit,
            .group = touched_,
            .epoch = point.epoch,
            .point = info.point,
            .client = party.number(),
            .bytes = made->commit(),
            .effect = std::move(effect),
            .is_external = true};
  const std::vector<Member> members = made->members();
  Require(members.size() == point.members.size(), "a group of another number of members");
  for (const Member& member : members) {
    Require(member == MemberAt(info.point, member.leaf), "a group of other members");
  }
  CheckSummary(mail, info.point, made->summary());
  party.model.joins[touched_] = now_;
  mails_[now_] = std::move(mail);
  return {Outcome::Kind::done, operation.Has(Key::replace) ? "resync" : "external join"};
}

Outcome World::Enter(const Operation& operation, Party& party) {
  const Mail* mail = FindMail(operation.Get(Key::mail));
  if (mail == nullptr || !mail->is_external || mail->client != party.number()) return {};
  touched_ = mail->group;
  const auto pending = party.model.joins.find(touched_);
  if (pending == party.model.joins.end() || pending->second != mail->number) return {};
  PendingJoin join =
      Need(ResumeExternalJoin(*party.client, IdOf(touched_)), "the pending join is not there");
  Require(join.IsOurs(mail->bytes), "another pending join");
  const bool replaces = std::ranges::any_of(mail->effect.list, [](const Listed& listed) {
    return listed.proposed.kind == ProposalKind::remove;
  });
  // Somebody invited us in the meantime.
  const bool is_in_group = party.model.seats.contains(touched_) && !replaces;
  const Errors expected = {is_in_group ? std::optional(ErrorKind::kStorage) : std::nullopt};
  const Before before = Look(party, touched_);
  auto session = EnterExternally(*party.client, std::move(join));
  if (const auto refused = Refusal(session, expected, before, party, touched_)) return *refused;
  party.model.joins.erase(touched_);
  const PointId point = history_.Follow(*mail->point, mail->number, mail->effect);
  Sit(party, now_, std::move(session).value(), point);
  return {Outcome::Kind::done, replaces ? "resync" : "external join"};
}

Outcome World::Abandon(const Operation&, Party& party) {
  const Before before = Look(party, touched_);
  Need(AbandonExternalJoin(*party.client, IdOf(touched_)), "a join cannot be abandoned");
  if (party.model.joins.erase(touched_) == 0) RequireUnchanged(before, party, touched_);
  return {Outcome::Kind::done, "join abandoned"};
}

}  // namespace conclave::testing::model
