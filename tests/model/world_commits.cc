// The model's commits: offered, received and applied.
#include <algorithm>
#include <set>
#include <utility>

#include "model/world.h"

namespace conclave::testing::model {

// What a commit carries by value, in the order in which the library lists it.
std::vector<Listed> World::Requested(const Operation& operation, CommitRequest& request) const {
  std::vector<Listed> list;
  const auto add = [&list](ProposalKind kind, Number what) {
    list.push_back({.proposed = {kind, what}});
  };
  if (const auto flags = operation.Find(Key::extensions)) {
    request.extensions = ExtensionsOf(*flags & kAllExtensions, external_senders_);
    add(ProposalKind::extensions, *flags & kAllExtensions);
  }
  for (const Number leaf : operation.All(Key::remove)) {
    request.remove.push_back({leaf});
    add(ProposalKind::remove, leaf);
  }
  for (const Number package : operation.All(Key::add)) {
    const auto found = packages_.find(package);
    if (found == packages_.end()) continue;
    request.add.push_back(found->second.bytes);
    list.push_back({.proposed = {ProposalKind::add, 0, {found->second.client, 0}, package}});
  }
  for (const auto& [key, kind] : {std::pair{Key::psk, ProposalKind::psk},
                                  std::pair{Key::resumption, ProposalKind::resumption}}) {
    for (const Number what : operation.All(key)) {
      request.psks.push_back(PskIdOf(kind, what, touched_));
      add(kind, what);
    }
  }
  if (operation.Has(Key::reinit)) {
    request.reinit = ReInitOf(now_, setting_);
    add(ProposalKind::reinit, now_);
  }
  if (operation.Has(Key::custom)) {
    request.custom.push_back({kModelProposal, {1, 2, 3}});
    add(ProposalKind::custom, 0);
  }
  request.joiners_per_welcome = operation.Get(Key::joiners);
  if (operation.Has(Key::path)) request.path = PathPolicy::always;
  request.authenticated_data = ToBytes(AsBytes("commit " + std::to_string(now_)));
  return list;
}

std::optional<UsedPsk> World::FindPsk(const Party& party, Number group,
                                      const Proposed& proposed) const {
  if (proposed.kind == ProposalKind::resumption) {
    const auto found = party.model.resumption.find({group, proposed.what});
    if (found == party.model.resumption.end()) return std::nullopt;
    return UsedPsk{proposed.kind, proposed.what, found->second};
  }
  const auto found = party.model.psks.find(proposed.what);
  if (found == party.model.psks.end()) return std::nullopt;
  return UsedPsk{proposed.kind, proposed.what, found->second};
}

// Somebody who lacks a PSK of a commit, or has another in its place, cannot follow.
std::optional<ErrorKind> World::WhyNotPsks(const Party& party, Number group,
                                           const std::vector<UsedPsk>& psks) const {
  bool differs = false;
  for (const UsedPsk& used : psks) {
    const auto own = FindPsk(party, group, {used.kind, used.what});
    if (!own.has_value()) return ErrorKind::kMissing;
    differs = differs || own->value != used.value;
  }
  return differs ? std::optional(ErrorKind::kNotAuthentic) : std::nullopt;
}

Errors World::ExpectOffer(const Party& party, const Seat& seat,
                          const std::vector<Listed>& requested,
                          const std::vector<Number>& excluded) const {
  const Point& point = history_[seat.point()];
  for (const Listed& listed : requested) {
    if (listed.proposed.kind == ProposalKind::remove &&
        !point.members.contains({listed.proposed.what})) {
      return {ErrorKind::kInvalidProposal};
    }
  }
  if (BrokenListRule(seat.leaf(), requested) != nullptr) return {ErrorKind::kInvalidCommit};
  if (point.successor.has_value()) return {ErrorKind::kGroupClosed};
  if (seat.offers.size() >= party.policy().max_offers) return {ErrorKind::kMisuse};
  for (const Listed& listed : requested) {
    const bool is_psk = listed.proposed.kind == ProposalKind::psk ||
                        listed.proposed.kind == ProposalKind::resumption;
    if (is_psk && !FindPsk(party, touched_, listed.proposed).has_value()) {
      return {ErrorKind::kMissing};
    }
  }
  // Whoever is added may be somebody whose removal has been proposed.
  std::vector<Listed> with = requested;
  for (const Number number : seat.pending) {
    const Listed pending = ListedAs(number);
    const bool is_excluded = std::ranges::find(excluded, number) != excluded.end();
    if (pending.proposed.kind == ProposalKind::remove && !is_excluded &&
        LeafIndex{pending.proposed.what} != seat.leaf()) {
      with.push_back(pending);
    }
  }
  if (BrokenMemberRule(point, with) != nullptr) return {ErrorKind::kInvalidCommit};
  return {std::nullopt};
}

// A proposal that travelled on its own, in a commit's list.
Listed World::ListedAs(Number number) const {
  const Mail& mail = mails_.at(number);
  const bool is_of_member = !mail.external_sender.has_value() && !mail.from_newcomer;
  return {mail.proposed, number, is_of_member ? std::optional(mail.leaf) : std::nullopt};
}

Outcome World::Commit(const Operation& operation, Party& party) {
  Session* session = FindSession(party, operation);
  if (session == nullptr) return {};
  Seat& seat = party.model.seats.at(touched_);
  CommitRequest request;
  const std::vector<Listed> requested = Requested(operation, request);
  for (const Number proposal : operation.All(Key::exclude)) {
    if (const Mail* mail = FindMail(proposal)) request.exclude.push_back(mail->reference);
  }
  if (operation.Has(Key::identity)) request.new_identity = party.MakeIdentity(now_);

  const Before before = Look(party, touched_);
  auto made = session->CreateCommit(request);
  const Errors expected = ExpectOffer(party, seat, requested, operation.All(Key::exclude));
  if (const auto refused = Refusal(made, expected, before, party, touched_)) return *refused;
  Effect effect{.committer = seat.leaf()};
  Choose(operation, party, seat, made->skipped, effect.list);
  effect.list.insert(effect.list.end(), requested.begin(), requested.end());
  Require(BrokenListRule(seat.leaf(), effect.list) == nullptr &&
              BrokenMemberRule(history_[seat.point()], effect.list) == nullptr,
          "an offer that breaks a rule");
  bool needs_path = effect.list.empty();
  std::vector<Number> packages;
  for (const Listed& listed : effect.list) {
    const ProposalKind kind = listed.proposed.kind;
    needs_path = needs_path || kind == ProposalKind::update || kind == ProposalKind::remove ||
                 kind == ProposalKind::extensions || kind == ProposalKind::custom;
    if (kind == ProposalKind::add) packages.push_back(listed.proposed.package);
    if (kind != ProposalKind::psk && kind != ProposalKind::resumption) continue;
    effect.psks.push_back(FindPsk(party, touched_, listed.proposed).value());
  }
  effect.has_path = needs_path || operation.Has(Key::path) || operation.Has(Key::identity);
  if (operation.Has(Key::identity)) effect.identity = Person{party.number(), now_};
  Mail mail{.number = now_,
            .kind = MailKind::commit,
            .group = touched_,
            .epoch = session->epoch(),
            .point = seat.point(),
            .client = party.number(),
            .leaf = seat.leaf(),
            .bytes = std::move(made->commit),
            .effect = std::move(effect),
            .packages = std::move(packages),
            .joiners_per_welcome = request.joiners_per_welcome};
  NoteKey(mail, *session);
  Require(!seat.restored.has_value() || !mail.is_private, "a restored session sealed a commit");
  seat.offers.push_back(now_);
  mails_[now_] = std::move(mail);
  return {Outcome::Kind::done, "commit"};
}

// Of the proposals that wait, those that the library has not skipped; and for each that it has, why
// it could not be taken.
void World::Choose(const Operation& operation, const Party& party, const Seat& seat,
                   const std::vector<SkippedProposal>& skipped, std::vector<Listed>& list) const {
  std::vector<Number> left;
  for (const Number number : seat.pending) {
    const bool is_skipped = std::ranges::any_of(skipped, [&](const SkippedProposal& one) {
      return one.ref == mails_.at(number).reference;
    });
    if (is_skipped) {
      left.push_back(number);
    } else {
      list.push_back(ListedAs(number));
    }
  }
  Require(left.size() == skipped.size(), "a proposal is skipped that was not there");
  const std::vector<Number> excluded = operation.All(Key::exclude);
  CommitRequest ignored;
  const std::vector<Listed> requested = Requested(operation, ignored);
  for (const Number number : left) {
    if (std::ranges::find(excluded, number) != excluded.end()) continue;
    const Listed skipped_one = ListedAs(number);
    const ProposalKind kind = skipped_one.proposed.kind;
    const bool is_psk = kind == ProposalKind::psk || kind == ProposalKind::resumption;
    if (is_psk && !FindPsk(party, touched_, skipped_one.proposed).has_value()) continue;
    std::vector<Listed> with = list;
    with.push_back(skipped_one);
    with.insert(with.end(), requested.begin(), requested.end());
    Require(BrokenListRule(seat.leaf(), with) != nullptr ||
                BrokenMemberRule(history_[seat.point()], with) != nullptr,
            "a proposal is skipped without need");
    // Of what concerns one leaf, a Remove goes before Updates, and a later Update before others.
    for (const Listed& taken : list) {
      if (taken.proposed.kind != ProposalKind::update) continue;
      const bool is_worse =
          (kind == ProposalKind::remove && LeafIndex{skipped_one.proposed.what} == *taken.author) ||
          (kind == ProposalKind::update && skipped_one.author == taken.author &&
           std::ranges::find(seat.pending, number) >
               std::ranges::find(seat.pending, taken.reference));
      Require(!is_worse, "the wrong one of two proposals is skipped");
    }
  }
}

Outcome World::Withdraw(const Operation& operation, Party& party) {
  Session* session = FindSession(party, operation);
  if (session == nullptr) return {};
  Seat& seat = party.model.seats.at(touched_);
  const auto offer = std::ranges::find(seat.offers, operation.Get(Key::mail));
  if (offer == seat.offers.end()) return {};
  const auto at = static_cast<std::size_t>(offer - seat.offers.begin());
  Need(conclave::Withdraw(*session, Offers(*session)[at].id), "an offer cannot be withdrawn");
  seat.offers.erase(offer);
  return {Outcome::Kind::done, "withdrawn"};
}

// A commit says of itself what the model says of it.
void World::CheckSummary(const Mail& mail, PointId point, const CommitSummary& summary) const {
  const Effect& effect = mail.effect;
  const Change change = history_.ChangeOf(point, effect);
  Require(summary.epoch == mail.epoch + 1, "a commit to another epoch");
  Require(summary.has_path == effect.has_path, "a path that should not be, or none");
  Require(summary.proposals.size() == effect.list.size() + (mail.is_external ? 1 : 0),
          "another number of proposals");
  const auto are_at = [](const auto& members, const std::vector<LeafIndex>& leaves, auto leaf_of) {
    return std::ranges::equal(members, leaves, {}, leaf_of);
  };
  Require(are_at(summary.added, change.added, &Member::leaf), "others are added");
  Require(are_at(summary.removed, change.removed, &Member::leaf), "others are removed");
  Require(are_at(summary.updated, change.updated,
                 [](const MemberChange& one) { return one.before.leaf; }),
          "others are updated");
  for (const Member& removed : summary.removed) {
    Require(removed == MemberAt(point, removed.leaf), "somebody else is removed");
  }
  Require(summary.psks.size() == effect.psks.size(), "another number of PSKs");
  Require(summary.reinit.has_value() == std::ranges::any_of(effect.list,
                                                            [](const Listed& one) {
                                                              return one.proposed.kind ==
                                                                     ProposalKind::reinit;
                                                            }),
          "a ReInit that should not be, or none");
  if (effect.committer.has_value()) {
    const auto* committer = std::get_if<Member>(&summary.committer);
    Require(committer != nullptr && *committer == MemberAt(point, *effect.committer),
            "another committer");
  } else {
    const auto* newcomer = std::get_if<Newcomer>(&summary.committer);
    Require(
        newcomer != nullptr && newcomer->signature_key == parties_[effect.newcomer.client].KeyOf(0),
        "another newcomer");
  }
}

Outcome World::Apply(Party& party, const Mail& mail, StagedCommit staged) {
  Session& session = *party.FindSession(touched_);
  Seat& seat = party.model.seats.at(touched_);
  const PointId from = seat.point();
  CheckSummary(mail, from, staged.summary());
  const bool is_ours = std::ranges::find(seat.offers, mail.number) != seat.offers.end();
  const Change change = history_.ChangeOf(from, mail.effect);
  const bool leaves = std::ranges::find(change.removed, seat.leaf()) != change.removed.end();
  Require(staged.is_ours() == is_ours, "ours, or not");
  Require(staged.removes_us() == leaves, "it removes us, or not");
  std::vector<ProposalRef> left_out;
  for (const Number number : seat.pending) {
    const Mail& own = mails_.at(number);
    const bool is_carried =
        std::ranges::find(mail.effect.list, number, &Listed::reference) != mail.effect.list.end();
    const bool is_own = own.point.has_value() && own.leaf == seat.leaf();
    if (is_own && !is_carried) left_out.push_back(own.reference);
  }
  Entered entered = Need(session.Apply(std::move(staged)), "a staged commit cannot be applied");
  if (leaves) {
    Require(!session.is_member(), "still a member");
    party.sessions.erase(touched_);
    party.model.Leave(touched_);
    return {Outcome::Kind::done, "removed"};
  }
  Require(std::ranges::equal(entered.left_out, left_out, {}, &ReceivedProposal::ref),
          "other proposals are left out");
  Require(entered.offer.has_value() == is_ours, "ours, or not");
  if (is_ours) {
    const bool is_fresh = seat.restored.has_value() && mail.number > *seat.restored;
    if (is_fresh) seat.restored.reset();
    if (!mail.packages.empty()) {
      seat.undelivered.insert(mail.number);
      Mail& sent = mails_.at(mail.number);
      sent.welcomes = std::move(entered.welcomes);
      sent.tree = Need(ExportRatchetTree(session), "no tree");
      sent.tree_inside = party.policy().tree_in_welcome;
      const std::size_t each =
          sent.joiners_per_welcome == 0 ? sent.packages.size() : sent.joiners_per_welcome;
      Require(sent.welcomes.size() == (sent.packages.size() + each - 1) / each,
              "another number of Welcomes");
    } else {
      Require(entered.welcomes.empty(), "Welcomes for nobody");
    }
  }
  EnterPoint(party, seat, mail);
  if (is_ours) return {Outcome::Kind::done, "own commit"};
  return {Outcome::Kind::done, mail.is_external ? "external commit" : "commit"};
}

void World::EnterPoint(Party& party, Seat& seat, const Mail& mail) {
  const PointId next = history_.Follow(seat.point(), mail.number, mail.effect);
  seat.Enter(next, seat.leaf(), party.policy());
  party.model.KeepResumption(touched_, history_[next].epoch, next, party.policy());
}

}  // namespace conclave::testing::model
