#include "model/world.h"

#include <algorithm>
#include <utility>

#include "session/session_state.h"
#include "support/test_suite.h"

namespace conclave::testing::model {

GroupId IdOf(Number group) { return ToBytes(AsBytes("group " + std::to_string(group))); }

std::vector<Extension> ExtensionsOf(Number flags, const std::vector<SoftwareSigner>& senders) {
  std::vector<Extension> extensions;
  if ((flags & kSomeExtension) != 0) {
    extensions.push_back({kModelExtension, Bytes(3, std::uint8_t{0x42})});
  }
  if ((flags & kRequiredCapabilities) != 0) {
    extensions.push_back(MakeRequiredCapabilities({.extension_types = {kModelExtension},
                                                   .proposal_types = {kModelProposal},
                                                   .credential_types = {CredentialType::basic}}));
  }
  std::vector<ExternalSenderEntry> entries;
  for (const Number sender : SendersIn(flags)) {
    entries.push_back({ToBytes(senders[sender].public_key()), BasicCredential{{'s'}}});
  }
  if (!entries.empty()) extensions.push_back(MakeExternalSenders(entries));
  return extensions;
}

World::World(const Setting& setting)
    : setting_(setting), crypto_(test::Provider()), history_(setting.lie) {
  crypto_.Seed(setting.seed, 0);
  const SignatureScheme scheme =
      test::TestSuite(static_cast<CipherSuite>(setting.suite)).signature();
  for (int i = 0; i < 2; ++i) {
    external_senders_.push_back(Need(SoftwareSigner::Generate(crypto_, scheme), "no key"));
  }
  for (Number i = 0; i < setting.clients; ++i) parties_.emplace_back(i, setting, crypto_);
}

Outcome World::Do(const Operation& operation) {
  now_ = operation.number;
  touched_ = operation.Get(Key::group);
  crypto_.Seed(setting_.seed, now_);
  if (operation.verb == Verb::outside) return ProposeFromOutside(operation);
  const Number who = operation.Get(Key::who);
  if (who >= parties_.size()) return {};
  Party& party = parties_[who];
  const Outcome outcome = Dispatch(operation, party);
  if (outcome.kind == Outcome::Kind::done) Inspect(party, touched_);
  return outcome;
}

Outcome World::Dispatch(const Operation& operation, Party& party) {
  switch (operation.verb) {
    case Verb::create:
      return Create(operation, party);
    case Verb::package:
      return MakePackage(operation, party);
    case Verb::send:
      return Send(operation, party);
    case Verb::propose:
      return Propose(operation, party);
    case Verb::request:
      return Request(operation, party);
    case Verb::commit:
      return Commit(operation, party);
    case Verb::withdraw:
      return Withdraw(operation, party);
    case Verb::deliver:
      return Deliver(operation, party);
    case Verb::publish:
      return Publish(operation, party);
    case Verb::external:
      return JoinExternally(operation, party);
    case Verb::enter:
      return Enter(operation, party);
    case Verb::abandon:
      return Abandon(operation, party);
    case Verb::join:
      return Join(operation, party);
    case Verb::delivered:
      return Delivered(operation, party);
    case Verb::give:
      return GivePsk(operation, party);
    case Verb::take:
      return TakePsk(operation, party);
    case Verb::forget:
      return ForgetPackage(operation, party);
    case Verb::close:
      return Close(operation, party);
    case Verb::open:
      return Open(operation, party);
    case Verb::copy:
      return Copy(operation, party);
    case Verb::restore:
      return Restore(operation, party);
    case Verb::roll_back:
      return RollBack(operation, party);
    case Verb::leave:
      return Leave(operation, party);
    case Verb::branch:
    case Verb::succeed:
      return Branch(operation, party);
    case Verb::audit:
      return Audit(operation, party);
    case Verb::outside:
      break;
  }
  return {};
}

World::Before World::Look(Party& party, Number group) {
  Before before{DigestOf(party.storage), std::nullopt};
  if (const Session* session = party.FindSession(group)) {
    before.session = DigestOf(Need(SessionAccess::Of(*session).member(), "not a member")->state());
  }
  return before;
}

void World::RequireUnchanged(const Before& before, Party& party, Number group) {
  const Before now = Look(party, group);
  Require(now.storage == before.storage, "the storage has changed");
  Require(now.session == before.session, "the session has changed");
}

void World::RequireExpected(const std::optional<Error>& error, const Errors& expected) {
  const std::optional<ErrorKind> kind =
      error.has_value() ? std::optional(error->kind) : std::nullopt;
  if (std::ranges::find(expected, kind) != expected.end()) return;
  const auto name = [](const std::optional<ErrorKind>& one) {
    return std::string(one.has_value() ? ErrorKindName(*one) : "success");
  };
  std::string what = "expected";
  for (const auto& one : expected) what += " " + name(one);
  what += ", got " + name(kind);
  if (error.has_value()) what += std::string(": ") + error->detail;
  throw Disagreement{what};
}

Session* World::FindSession(Party& party, const Operation& operation) {
  return party.FindSession(operation.Get(Key::group));
}

const Mail* World::FindMail(Number number) const {
  const auto found = mails_.find(number);
  return found == mails_.end() ? nullptr : &found->second;
}

Member World::MemberAt(PointId point, LeafIndex leaf) const {
  const Person& person = history_[point].members.at(leaf);
  const Party& party = parties_[person.client];
  return {leaf, party.CredentialOf(person.identity), party.KeyOf(person.identity)};
}

}  // namespace conclave::testing::model
