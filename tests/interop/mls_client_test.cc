// What the interop harness's scripts do, by direct calls: two MlsClients, between whom the actors
// of a script are divided, on every suite and in both framings. Whoever enters an epoch must be
// where the others are.
#include "interop/grpc_client/mls_client.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/must.h"

namespace conclave::interop {

namespace {

using test::KindOf;
using test::Must;

using Names = std::vector<std::string>;

// The actors of a script, and where each of them is.
class Script {
 public:
  Script(int number, bool encrypt) : suite(static_cast<CipherSuite>(number)), encrypt_(encrypt) {}

  MlsClient& At(const std::string& actor) {
    return clients_[places_.try_emplace(actor, places_.size() % 2).first->second];
  }
  std::uint32_t& State(const std::string& actor) { return states_[actor]; }
  std::uint32_t& Transaction(const std::string& actor) { return transactions_[actor]; }

  void Create(const std::string& creator, const Names& members = {}) {
    State(creator) =
        Must(At(creator).CreateGroup(ToBytes("room"), suite, encrypt_, AsBytes(creator)));
    CommitOrder order;
    for (const std::string& member : members) order.by_value.push_back(Add(member));
    if (!members.empty()) FullCommit(creator, order, {}, members);
  }

  Bytes KeyPackage(const std::string& actor) {
    const MadeKeyPackage made = Must(At(actor).CreateKeyPackage(suite, AsBytes(actor)));
    REQUIRE_FALSE(made.secrets.init.empty());
    REQUIRE_FALSE(made.secrets.encryption.empty());
    REQUIRE_FALSE(made.secrets.signature.empty());
    Transaction(actor) = made.transaction_id;
    return made.message;
  }
  ProposalDescription Add(const std::string& actor) {
    return {.proposal_type = "add", .key_package = KeyPackage(actor)};
  }

  // The committer commits, the members follow, the joiners join.
  void FullCommit(const std::string& committer, CommitOrder order, const Names& members,
                  const Names& joiners = {}) {
    order.state_id = State(committer);
    const MadeCommit made = Must(At(committer).Commit(order));
    REQUIRE(made.ratchet_tree.empty() != order.external_tree);
    const EnteredState entered = Must(At(committer).HandlePendingCommit(State(committer)));
    authenticator_ = entered.epoch_authenticator;
    for (const std::string& member : members) {
      Follow(member, Must(At(member).HandleCommit(State(member), order.by_reference, made.commit)));
    }
    for (const std::string& joiner : joiners) {
      const WelcomeOrder welcome{Transaction(joiner), made.welcome, made.ratchet_tree};
      Follow(joiner, Must(At(joiner).JoinGroup(welcome, encrypt_)));
    }
  }

  void ExternalJoin(const std::string& joiner, MlsClient::ExternalJoinOrder order,
                    bool external_tree, const Names& members) {
    const std::string& host = members.front();
    MadeGroupInfo info = Must(At(host).GroupInfo(State(host), external_tree));
    REQUIRE(info.ratchet_tree.empty() != external_tree);
    order.group_info = std::move(info.group_info);
    order.ratchet_tree = std::move(info.ratchet_tree);
    order.identity = ToBytes(joiner);
    order.encrypt_handshake = encrypt_;
    const MadeExternalJoin made = Must(At(joiner).ExternalJoin(order));
    State(joiner) = made.entered.state_id;
    authenticator_ = made.entered.epoch_authenticator;
    for (const std::string& member : members) {
      Follow(member, Must(At(member).HandleCommit(State(member), {}, made.commit)));
    }
  }

  void Follow(const std::string& actor, const EnteredState& entered) {
    State(actor) = entered.state_id;
    REQUIRE(entered.epoch_authenticator == authenticator_);
  }

  // All are in one epoch, export one secret, and read what each of them says.
  void RequireAgreement(const Names& actors) {
    const Bytes expected = Must(At(actors[0]).StateAuth(State(actors[0])));
    const auto exported = [this](const std::string& actor) {
      return Must(At(actor).Export(State(actor), "test", AsBytes("context"), 40));
    };
    const Secret secret = exported(actors[0]);
    REQUIRE(secret.size() == 40);
    for (const std::string& actor : actors) {
      REQUIRE(Must(At(actor).StateAuth(State(actor))) == expected);
      REQUIRE(ConstantTimeEquals(exported(actor), secret));
      const Bytes message = Must(At(actor).Protect(State(actor), AsBytes("aad"), AsBytes("hello")));
      for (const std::string& reader : actors) {
        if (reader == actor) continue;
        const ApplicationMessage heard = Must(At(reader).Unprotect(State(reader), message));
        REQUIRE(heard.plaintext == ToBytes("hello"));
        REQUIRE(heard.authenticated_data == ToBytes("aad"));
      }
    }
  }

  // Before they are members, or after.
  void StorePsk(std::string_view id, const Names& actors) {
    for (const std::string& actor : actors) {
      const auto state = states_.find(actor);
      const std::uint32_t place = state == states_.end() ? Transaction(actor) : state->second;
      REQUIRE(At(actor).StorePsk(place, AsBytes(id), Secret::CopyOf(AsBytes("a secret"))).ok());
    }
  }

  CipherSuite suite;

 private:
  bool encrypt_;
  MlsClient clients_[2];
  std::map<std::string, std::size_t> places_;
  std::map<std::string, std::uint32_t> states_;
  std::map<std::string, std::uint32_t> transactions_;
  Bytes authenticator_;
};

// Of the group's extensions, those that everybody understands.
const std::vector<Extension> kExtensions = {{ExtensionType::required_capabilities, {0, 0, 0}},
                                            {ExtensionType::external_senders, {0}}};

}  // namespace

TEST_CASE("Actors join by a Welcome, with and without path, PSK and tree") {
  Script script(GENERATE(1, 2, 3, 4, 5, 6, 7), GENERATE(false, true));
  script.Create("alice");
  MlsClient& alice = script.At("alice");
  const bool path = GENERATE(false, true);
  const Bytes add = Must(alice.AddProposal(script.State("alice"), script.KeyPackage("bob")));
  script.StorePsk("psk", {"alice", "bob"});
  const Bytes psk = Must(alice.ExternalPskProposal(script.State("alice"), AsBytes("psk")));
  script.FullCommit("alice",
                    {.by_reference = {add, psk}, .force_path = path, .external_tree = path}, {},
                    {"bob"});
  script.RequireAgreement({"alice", "bob"});
}

TEST_CASE("Actors propose and commit everything, by reference and by value") {
  Script script(GENERATE(1, 2, 3, 4, 5, 6, 7), GENERATE(false, true));
  script.Create("alice", {"bob", "carol", "dave"});
  script.FullCommit("alice", {}, {"bob", "carol", "dave"});
  script.StorePsk("first", {"alice", "bob"});
  script.StorePsk("second", {"alice", "bob"});
  MlsClient& bob = script.At("bob");
  const std::uint32_t state = script.State("bob");
  CommitOrder order;
  order.by_reference = {Must(bob.AddProposal(state, script.KeyPackage("erin"))),
                        Must(bob.RemoveProposal(state, AsBytes("carol"))),
                        Must(bob.GroupContextExtensionsProposal(state, kExtensions)),
                        Must(bob.ExternalPskProposal(state, AsBytes("first"))),
                        Must(bob.ResumptionPskProposal(state, 1)),
                        Must(bob.UpdateProposal(state))};
  order.by_value = {script.Add("frank"),
                    {.proposal_type = "remove", .removed_id = ToBytes("dave")},
                    {.proposal_type = "externalPSK", .psk_id = ToBytes("second")},
                    {.proposal_type = "resumptionPSK", .epoch_id = 2}};
  // The joiners have no PSK of an epoch before they came.
  order.by_reference.erase(order.by_reference.begin());
  order.by_value.erase(order.by_value.begin());
  script.FullCommit("alice", order, {"bob"});
  order = {.by_reference = {Must(bob.AddProposal(state, script.KeyPackage("erin")))},
           .by_value = {script.Add("frank"),
                        {.proposal_type = "groupContextExtensions", .extensions = {}}}};
  script.FullCommit("alice", order, {"bob"}, {"erin", "frank"});
  script.RequireAgreement({"alice", "bob", "erin", "frank"});
}

TEST_CASE("A proposal that a commit does not name is left out of it") {
  Script script(1, GENERATE(false, true));
  script.Create("alice", {"bob"});
  MlsClient& alice = script.At("alice");
  const Bytes wanted = Must(alice.AddProposal(script.State("alice"), script.KeyPackage("carol")));
  REQUIRE(alice.AddProposal(script.State("alice"), script.KeyPackage("dave")).ok());
  script.FullCommit("alice", {.by_reference = {wanted}}, {"bob"}, {"carol"});
  script.RequireAgreement({"alice", "bob", "carol"});
  REQUIRE(KindOf(alice.RemoveProposal(script.State("alice"), AsBytes("dave"))) ==
          ErrorKind::kMisuse);
}

TEST_CASE("Actors read what was said out of order, in an epoch and across epochs") {
  Script script(GENERATE(1, 2, 3, 4, 5, 6, 7), GENERATE(false, true));
  script.Create("alice", {"bob"});
  std::vector<Bytes> said;
  for (int i = 0; i < 4; ++i) {
    if (i == 2) script.FullCommit("alice", {}, {"bob"});
    said.push_back(Must(script.At("alice").Protect(script.State("alice"), AsBytes("aad"),
                                                   AsBytes(std::to_string(i)))));
  }
  for (const std::size_t i : {std::size_t{3}, std::size_t{2}, std::size_t{1}, std::size_t{0}}) {
    const auto heard = Must(script.At("bob").Unprotect(script.State("bob"), said[i]));
    REQUIRE(heard.plaintext == ToBytes(std::to_string(i)));
    REQUIRE(heard.authenticated_data == ToBytes("aad"));
  }
}

TEST_CASE("Actors join by external commits, and come back so") {
  Script script(GENERATE(1, 2, 3, 4, 5, 6, 7), GENERATE(false, true));
  const bool external_tree = GENERATE(false, true);
  script.Create("alice", {"bob"});
  script.StorePsk("psk", {"alice", "bob"});
  MlsClient::ExternalJoinOrder with_psk;
  with_psk.psks.emplace_back(ToBytes("psk"), Secret::CopyOf(AsBytes("a secret")));
  script.ExternalJoin("carol", std::move(with_psk), external_tree, {"alice", "bob"});
  script.RequireAgreement({"alice", "bob", "carol"});
  script.ExternalJoin("bob", {.remove_prior = true}, external_tree, {"carol", "alice"});
  script.RequireAgreement({"alice", "bob", "carol"});

  MlsClient::ExternalJoinOrder nobody{
      .group_info = Must(script.At("alice").GroupInfo(script.State("alice"), false)).group_info,
      .identity = ToBytes("mallory"),
      .remove_prior = true};
  REQUIRE(KindOf(script.At("mallory").ExternalJoin(nobody)) == ErrorKind::kMisuse);
}

TEST_CASE("A newcomer and two external signers make proposals") {
  Script script(GENERATE(1, 2, 3, 4, 5, 6, 7), GENERATE(false, true));
  script.Create("alice", {"bob"});
  MlsClient& alice = script.At("alice");
  Bytes info = Must(alice.GroupInfo(script.State("alice"), false)).group_info;
  const auto request = Must(script.At("carol").NewMemberAddProposal(info, AsBytes("carol")));
  script.Transaction("carol") = request.transaction_id;
  script.FullCommit("alice", {.by_reference = {request.message}}, {"bob"}, {"carol"});

  std::map<std::string, std::uint32_t> signers;
  for (const std::string name : {"first", "second"}) {
    const auto made = Must(script.At(name).CreateExternalSigner(script.suite, AsBytes(name)));
    signers[name] = made.signer_id;
    const Bytes listing =
        Must(alice.AddExternalSigner(script.State("alice"), made.external_sender));
    script.FullCommit("alice", {.by_reference = {listing}}, {"bob", "carol"});
  }
  script.StorePsk("psk", {"alice", "bob", "carol"});
  const auto propose = [&](const std::string& name, const ProposalDescription& description) {
    const auto group = Must(alice.GroupInfo(script.State("alice"), true));
    return Must(script.At(name).ExternalSignerProposal(signers[name], group.group_info,
                                                       group.ratchet_tree, description));
  };
  CommitOrder order;
  order.by_reference = {
      propose("second", {.proposal_type = "externalPSK", .psk_id = ToBytes("psk")}),
      propose("first", {.proposal_type = "resumptionPSK", .epoch_id = 2}),
      propose("second", {.proposal_type = "remove", .removed_id = ToBytes("carol")})};
  script.FullCommit("alice", order, {"bob"});
  order.by_reference = {
      propose("first", script.Add("dave")),
      propose("first", {.proposal_type = "groupContextExtensions", .extensions = kExtensions})};
  script.FullCommit("alice", order, {"bob"}, {"dave"});
  script.RequireAgreement({"alice", "bob", "dave"});
  REQUIRE(KindOf(script.At("first").ExternalSignerProposal(
              signers["first"], Must(alice.GroupInfo(script.State("alice"), false)).group_info, {},
              {.proposal_type = "reinit"})) == ErrorKind::kMisuse);  // no longer listed
}

TEST_CASE("A group is re-initialised, under its own id or another, in its suite or another") {
  const int suite = GENERATE(1, 2, 3, 4, 5, 6, 7);
  const bool moves = GENERATE(false, true);
  Script script(suite, GENERATE(false, true));
  const Names members = {"bob", "carol"};
  script.Create("alice", members);
  const ProposedReInit reinit{
      .group_id = ToBytes(moves ? "another" : "room"),
      .cipher_suite = moves ? static_cast<CipherSuite>(suite % 7 + 1) : script.suite,
      .extensions = kExtensions};
  MlsClient& alice = script.At("alice");
  const Bytes proposal = Must(alice.ReInitProposal(script.State("alice"), reinit));
  MlsClient& bob = script.At("bob");
  const auto commit =
      Must(bob.Commit({.state_id = script.State("bob"), .by_reference = {proposal}}));
  std::map<std::string, ClosedGroup> closed;
  closed["bob"] = Must(bob.HandlePendingReInitCommit(script.State("bob")));
  for (const std::string name : {"alice", "carol"}) {
    closed[name] =
        Must(script.At(name).HandleReInitCommit(script.State(name), {proposal}, commit.commit));
    REQUIRE(closed[name].epoch_authenticator == closed["bob"].epoch_authenticator);
  }

  const auto made = Must(script.At("carol").ReInitWelcome(
      closed["carol"].reinit_id, {closed["alice"].key_package, closed["bob"].key_package}, moves));
  REQUIRE(made.ratchet_tree.empty() != moves);
  script.State("carol") = made.entered.state_id;
  for (const std::string name : {"alice", "bob"}) {
    const EnteredState entered = Must(script.At(name).HandleReInitWelcome(
        {closed[name].reinit_id, made.welcome, made.ratchet_tree}));
    REQUIRE(entered.epoch_authenticator == made.entered.epoch_authenticator);
    script.State(name) = entered.state_id;
  }
  script.RequireAgreement({"alice", "bob", "carol"});
}

TEST_CASE("Some members of a group branch off") {
  Script script(GENERATE(1, 2, 3, 4, 5, 6, 7), GENERATE(false, true));
  const bool external_tree = GENERATE(false, true);
  script.Create("alice", {"bob", "carol"});
  const std::uint32_t old = script.State("bob");
  const auto made = Must(script.At("alice").CreateBranch(
      script.State("alice"), {.id = ToBytes("branch"), .extensions = kExtensions},
      {script.KeyPackage("bob")}, external_tree));
  REQUIRE(made.ratchet_tree.empty() != external_tree);
  const EnteredState entered = Must(script.At("bob").HandleBranch(
      {script.State("bob"), made.welcome, made.ratchet_tree}, script.Transaction("bob")));
  REQUIRE(entered.epoch_authenticator == made.entered.epoch_authenticator);
  script.State("alice") = made.entered.state_id;
  script.State("bob") = entered.state_id;
  script.RequireAgreement({"alice", "bob"});
  REQUIRE(script.At("bob").Free(old).ok());
  REQUIRE(KindOf(script.At("bob").StateAuth(old)) == ErrorKind::kMisuse);
}

TEST_CASE("An MlsClient refuses what makes no sense, and goes on") {
  MlsClient client;
  REQUIRE(client.SupportedCiphersuites().size() == 7);
  REQUIRE(KindOf(client.CreateGroup({}, CipherSuite{99}, true, AsBytes("alice"))) ==
          ErrorKind::kUnsupported);
  REQUIRE(KindOf(client.HandlePendingCommit(1)) == ErrorKind::kMisuse);
  const auto suite = CipherSuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519;
  const std::uint32_t id = Must(client.CreateGroup(ToBytes("room"), suite, true, AsBytes("alice")));
  REQUIRE(KindOf(client.HandlePendingCommit(id)) == ErrorKind::kMalformed);  // there is none
  REQUIRE(KindOf(client.Commit({.state_id = id, .by_value = {{.proposal_type = "update"}}})) ==
          ErrorKind::kUnsupported);
  REQUIRE(KindOf(client.HandlePendingReInitCommit(id)) == ErrorKind::kMalformed);
  const MadeKeyPackage made = Must(client.CreateKeyPackage(suite, AsBytes("bob")));
  REQUIRE(KindOf(client.JoinGroup({made.transaction_id, {}}, true)) == ErrorKind::kMalformed);
  REQUIRE(KindOf(client.JoinGroup({id, {}}, true)) == ErrorKind::kMisuse);
  REQUIRE(KindOf(client.ReInitWelcome(id, {}, false)) == ErrorKind::kMisuse);
  REQUIRE(client.Free(id).ok());
  REQUIRE(KindOf(client.Free(id)) == ErrorKind::kMisuse);
}

}  // namespace conclave::interop
