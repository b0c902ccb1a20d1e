// RFC 9420, sections 12.4.3 and 12.4.3.1: Welcomes and GroupInfos by which nobody may join.
#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "hostile/forge_group.h"
#include "wire/parse.h"

namespace conclave::testing {
namespace {

using rfc9420::GroupInfo;
using rfc9420::GroupSecrets;
using test::Must;

constexpr ExtensionType kExtension{0xf0a1};

TEST_CASE("A forged Welcome that breaks no rule is accepted, and so is a GroupInfo") {
  Invitation invitation;
  ForgedGroup forged = invitation.Forge();
  REQUIRE(ErrorOf(invitation.joiner()->ReadWelcome(forged.WelcomeFor(invitation.key_package()))) ==
          "ok");
  forged.external_pub = true;
  TestClient outsider("outsider");
  REQUIRE(ErrorOf(StartExternalJoin(*outsider, forged.GroupInfo())) == "ok");
  invitation.RequireJoins();
}

TEST_CASE("A group that begins in the last of all epochs does not go on in epoch 0") {
  Invitation invitation;
  ForgedGroup forged = invitation.Forge();
  forged.context.epoch = std::numeric_limits<Epoch>::max();
  Session joined = invitation.joiner().Join(forged.WelcomeFor(invitation.key_package()));
  const Observed before = Observe(joined, invitation.joiner());
  const std::string refusal = Describe(ErrorKind::kInvalidCommit, "8.1:epoch-has-a-successor");
  REQUIRE(ErrorOf(joined.CreateCommit({})) == refusal);
  TestClient outsider("outsider");
  REQUIRE(ErrorOf(joined.Receive(ForgeExternalCommit(outsider, joined))) == refusal);
  REQUIRE(Observe(joined, invitation.joiner()) == before);
  // What it can be used for is left.
  REQUIRE(ErrorOf(joined.Protect(AsBytes("the last epoch"))) == "ok");
}

TEST_CASE("A Welcome is opened with the key package it was made for, in that suite") {
  Invitation invitation;
  ForgedGroup forged = invitation.Forge();
  const auto edited = [&](const char* how, const Edit<rfc9420::Welcome>& edit, ErrorKind kind,
                          std::string_view rule) {
    const Mutation mutation(how);
    forged.welcome = edit;
    invitation.RequireRefused(forged, kind, rule);
  };
  edited(
      "for nobody", [](rfc9420::Welcome& welcome) { welcome.secrets.clear(); }, ErrorKind::kMissing,
      "12.4.3.1:key-package-is-ours");
  edited(
      "for another key package",
      [](rfc9420::Welcome& welcome) { welcome.secrets[0].new_member.value[0] ^= 1; },
      ErrorKind::kMissing, "12.4.3.1:key-package-is-ours");
  edited(
      "for a key package without a name",
      [](rfc9420::Welcome& welcome) { welcome.secrets[0].new_member.value.clear(); },
      ErrorKind::kMissing, "12.4.3.1:key-package-is-ours");
  for (const auto suite : std::vector<std::uint16_t>{0, 2, 3, 0x0a0a}) {
    edited(
        "in another suite",
        [suite](rfc9420::Welcome& welcome) { welcome.cipher_suite = CipherSuite{suite}; },
        ErrorKind::kUnsupported, "12.4.3.1:welcome-suite");
  }
  invitation.RequireJoins();
}

TEST_CASE("A Welcome that was changed on the way does not open") {
  Invitation invitation;
  const auto edited = [&](const char* how, const Edit<rfc9420::Welcome>& edit) {
    const Mutation mutation(how);
    ForgedGroup forged = invitation.Forge();
    forged.welcome = edit;
    invitation.RequireRefused(forged, ErrorKind::kNotAuthentic, "12.4.3.1:group-secrets-open");
  };
  const auto secrets_edited = [&](const char* how, const Edit<rfc9420::HPKECiphertext>& edit) {
    edited(how, [&edit](auto& welcome) { edit(welcome.secrets[0].encrypted_group_secrets); });
  };
  secrets_edited("other secrets", [](auto& secrets) { secrets.ciphertext[0] ^= 1; });
  secrets_edited("no secrets", [](auto& secrets) { secrets.ciphertext.clear(); });
  secrets_edited("less than a tag", [](auto& secrets) { secrets.ciphertext.resize(15); });
  secrets_edited("another KEM output", [](auto& secrets) { secrets.kem_output[0] ^= 1; });
  secrets_edited("no KEM output", [](auto& secrets) { secrets.kem_output.clear(); });
  secrets_edited("a KEM output of low order",
                 [](auto& secrets) { secrets.kem_output.assign(32, 0); });
  // The secrets are sealed in the context of the sealed GroupInfo.
  edited("another GroupInfo", [](auto& welcome) { welcome.encrypted_group_info.back() ^= 1; });
  edited("no GroupInfo", [](auto& welcome) { welcome.encrypted_group_info.clear(); });

  // Whoever makes a Welcome can seal the secrets for any GroupInfo.
  ForgedGroup forged = invitation.Forge();
  const std::pair<const char*, Edit<Bytes>> infos[] = {
      {"a GroupInfo that is changed", [](Bytes& sealed) { sealed.front() ^= 1; }},
      {"a GroupInfo of a tag alone", [](Bytes& sealed) { sealed.resize(16); }}};
  for (const auto& [how, edit] : infos) {
    const Mutation mutation(how);
    forged.sealed_info = edit;
    invitation.RequireRefused(forged, ErrorKind::kNotAuthentic, "12.4.3.1:group-info-opens");
  }
  for (const std::size_t size : {0u, 1u, 15u}) {
    forged.sealed_info = [size](Bytes& sealed) { sealed.resize(size); };
    invitation.RequireRefused(forged, ErrorKind::kMalformed, "12.4.3.1:group-info-has-tag");
  }
  invitation.RequireJoins();
}

TEST_CASE("What is inside a Welcome decodes, to its end") {
  Invitation invitation;
  const auto push = [](Bytes& plaintext) { plaintext.push_back(0); };
  const auto pop = [](Bytes& plaintext) { plaintext.pop_back(); };
  for (const bool info : {false, true}) {
    const Mutation mutation(info ? "the GroupInfo" : "the secrets");
    ForgedGroup forged = invitation.Forge();
    (info ? forged.info_plaintext : forged.secrets_plaintext) = push;
    invitation.RequireRefused(forged, ErrorKind::kMalformed, "2.1:no-trailing-bytes");
    (info ? forged.info_plaintext : forged.secrets_plaintext) = pop;
    invitation.RequireRefused(forged, ErrorKind::kMalformed, "2.1:decodes");
  }
  invitation.RequireMessageRefused({}, ErrorKind::kMalformed, "2.1:decodes");
  Bytes longer = invitation.honest_welcome();
  longer.push_back(0);
  invitation.RequireMessageRefused(longer, ErrorKind::kMalformed, "2.1:no-trailing-bytes");
  invitation.RequireJoins();
}

TEST_CASE("The secrets of a Welcome have the sizes of the suite") {
  Invitation invitation;
  const auto edited = [&](const Edit<GroupSecrets>& edit, ErrorKind kind, std::string_view rule) {
    ForgedGroup forged = invitation.Forge();
    forged.secrets = edit;
    invitation.RequireRefused(forged, kind, rule);
  };
  for (const std::size_t size : {0u, 31u, 33u}) {
    edited(
        [size](GroupSecrets& secrets) { secrets.joiner_secret = Secret::CopyOf(Bytes(size, 1)); },
        ErrorKind::kMalformed, "12.4.3.1:secret-sizes");
    const Mutation mutation("the path secret");
    edited(
        [size](GroupSecrets& secrets) {
          secrets.path_secret = rfc9420::PathSecret{Secret::CopyOf(Bytes(size, 1))};
        },
        ErrorKind::kMalformed, "12.4.3.1:secret-sizes");
    ForgedGroup forged = invitation.Forge();
    forged.psks = {ExternalPsk(invitation.room().suite(), AsBytes("psk"))};
    forged.psks[0].psk_nonce.resize(size);
    invitation.RequireRefused(forged, ErrorKind::kInvalidCommit, "12.4.3.1:psk-nonce-size");
  }
  // A joiner secret of another epoch.
  edited([](GroupSecrets& secrets) { secrets.joiner_secret = Secret::CopyOf(Bytes(32, 1)); },
         ErrorKind::kNotAuthentic, "12.4.3.1:group-info-opens");
  invitation.RequireJoins();
}

// P17.
TEST_CASE("A path secret is that of the tree's nodes") {
  Invitation invitation;
  ForgedGroup forged = invitation.Forge();
  forged.path_secret = Bytes(32, 5);
  invitation.RequireRefused(forged, ErrorKind::kInvalidCommit,
                            "7.5:derived-public-key-is-the-nodes");
  invitation.RequireJoins();
}

TEST_CASE("A PSK that a Welcome names is there, and is the right one") {
  Invitation invitation;
  HostileRoom& room = invitation.room();
  Must(room.client(0)->AddPsk(AsBytes("psk"), Secret::CopyOf(AsBytes("alice's"))));
  ForgedGroup forged = invitation.Forge();
  forged.psks = {ExternalPsk(room.suite(), AsBytes("psk"))};
  invitation.RequireRefused(forged, ErrorKind::kMissing, "12.4.2:psk-available");
  Must(invitation.joiner()->AddPsk(AsBytes("psk"), Secret::CopyOf(AsBytes("not alice's"))));
  invitation.RequireRefused(forged, ErrorKind::kNotAuthentic, "12.4.3.1:group-info-opens");
  invitation.RequireJoins();
}

TEST_CASE("A group is joined in the version and suite of the key package") {
  Invitation invitation;
  for (const auto version : std::vector<std::uint16_t>{0, 2, 0xffff}) {
    ForgedGroup forged = invitation.Forge();
    forged.context.version = ProtocolVersion{version};
    invitation.RequireUnjoinable(forged, ErrorKind::kUnsupported, "12.4.3:group-version");
  }
  for (const auto suite : std::vector<std::uint16_t>{0, 2, 3, 7, 0x0a0a}) {
    ForgedGroup forged = invitation.Forge();
    forged.context.cipher_suite = CipherSuite{suite};
    invitation.RequireUnjoinable(forged, ErrorKind::kInvalidCommit, "12.4.3.1:group-info-suite");
  }
  invitation.RequireJoins();
}

TEST_CASE("A GroupInfo is signed by the member that it names") {
  Invitation invitation;
  HostileRoom& room = invitation.room();
  for (const std::uint32_t leaf : {5u, 7u, 8u, 1u << 24, 1u << 30, (1u << 31) - 1, 1u << 31, ~0u}) {
    ForgedGroup forged = invitation.Forge();
    forged.signer = {leaf};
    invitation.RequireUnjoinable(forged, ErrorKind::kNotAuthentic,
                                 "12.4.3.1:group-info-signer-exists");
  }
  ForgedGroup forged = invitation.Forge();
  forged.signer = {1};
  for (const std::size_t signer : {0u, 2u}) {
    const Mutation mutation("by another member");
    forged.signer_key = &SignerOf(room.client(signer));
    invitation.RequireUnjoinable(forged, ErrorKind::kNotAuthentic, "12.4.3.1:group-info-signature");
  }
  const std::pair<const char*, Edit<GroupInfo>> edits[] = {
      {"a signature of another length", [](GroupInfo& info) { info.signature.clear(); }},
      {"a signature of another length", [](GroupInfo& info) { info.signature.pop_back(); }},
      {"a signature of another length", [](GroupInfo& info) { info.signature.push_back(0); }},
      {"a signature that is changed", [](GroupInfo& info) { info.signature.front() ^= 1; }},
      {"another epoch", [](GroupInfo& info) { info.group_context.epoch += 1; }},
      {"another group", [](GroupInfo& info) { info.group_context.group_id.push_back(0); }},
      {"another confirmation tag", [](GroupInfo& info) { info.confirmation_tag.front() ^= 1; }},
      {"other extensions", [](GroupInfo& info) { info.extensions.push_back({kExtension, {}}); }}};
  for (const auto& [how, edit] : edits) {
    const Mutation mutation(how);
    ForgedGroup changed = invitation.Forge();
    changed.signed_info = edit;
    invitation.RequireUnjoinable(changed, ErrorKind::kNotAuthentic,
                                 "12.4.3.1:group-info-signature");
  }
  invitation.RequireJoins();
}

TEST_CASE("Nobody is invited by themselves, or into a group where they are not") {
  Invitation invitation;
  ForgedGroup forged = invitation.Forge();
  forged.signer = {4};
  forged.signer_key = &SignerOf(invitation.joiner());
  invitation.RequireRefused(forged, ErrorKind::kInvalidCommit, "12.4.3.1:inviter-is-another");

  ForgedGroup absent = invitation.Forge();
  absent.nodes.resize(7);
  invitation.RequireRefused(absent, ErrorKind::kInvalidCommit, "12.4.3.1:own-leaf-in-tree");
  const Mutation mutation("there with another leaf");
  ForgedGroup other = invitation.Forge();
  other.Leaf(4) = ParseKeyPackage(invitation.joiner().KeyPackage()).leaf_node;
  invitation.RequireRefused(other, ErrorKind::kInvalidCommit, "12.4.3.1:own-leaf-in-tree");
  invitation.RequireJoins();
}

// V1.
TEST_CASE("The confirmation tag of a Welcome is compared in full, whatever its length") {
  Invitation invitation(2);
  const std::size_t size = invitation.room().suite().hash_size();
  const auto refused = [&](const Edit<Bytes>& edit) {
    ForgedGroup forged = invitation.Forge();
    forged.info = [&edit](GroupInfo& info) { edit(info.confirmation_tag); };
    invitation.RequireRefused(forged, ErrorKind::kNotAuthentic, "12.4.3.1:confirmation-tag");
  };
  for (std::size_t i = 0; i < size; ++i) {
    const Mutation mutation("cut short");
    refused([i](Bytes& tag) { tag.resize(i); });
  }
  for (const std::size_t longer : {size + 1, 2 * size}) {
    const Mutation mutation("continued");
    refused([longer](Bytes& tag) { tag.resize(longer); });
  }
  for (std::size_t bit = 0; bit < 8 * size; ++bit) {
    const Mutation mutation("changed in one bit");
    refused([bit](Bytes& tag) { tag[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8); });
  }
  invitation.RequireJoins();
}

// V1, for a hash that is compared in the open.
TEST_CASE("A tree is the one that the GroupInfo hashes") {
  Invitation invitation;
  const std::pair<const char*, Edit<Bytes>> edits[] = {
      {"no hash", [](Bytes& hash) { hash.clear(); }},
      {"a hash of another length", [](Bytes& hash) { hash.pop_back(); }},
      {"a hash of another length", [](Bytes& hash) { hash.push_back(0); }},
      {"another hash", [](Bytes& hash) { hash.front() ^= 1; }}};
  for (const auto& [how, edit] : edits) {
    const Mutation mutation(how);
    ForgedGroup forged = invitation.Forge();
    forged.hashed = [&change = edit](rfc9420::GroupContext& context) { change(context.tree_hash); };
    invitation.RequireUnjoinable(forged, ErrorKind::kNotAuthentic, "12.4.3.1:tree-hash");
  }
  // Out of band as well.
  ForgedGroup outside = invitation.Forge();
  outside.tree_inside = false;
  invitation.RequireUnjoinable(outside, ErrorKind::kMissing, "12.4.3.3:tree-available");
  invitation.room().room().Commit(invitation.room()[1], {});
  const Bytes newer = Must(ExportRatchetTree(invitation.room()[0]));
  {
    const Mutation mutation("a tree of another epoch");
    invitation.RequireRefused(outside, ErrorKind::kNotAuthentic, "12.4.3.1:tree-hash",
                              {.ratchet_tree = newer});
  }
  RequireStillHealthy(invitation.room().room().all());
}

TEST_CASE("The extensions of a GroupInfo stand there once") {
  Invitation invitation;
  const Extension extension{kExtension, {}};
  ForgedGroup forged = invitation.Forge();
  forged.extensions = {extension, extension};
  invitation.RequireUnjoinable(forged, ErrorKind::kMalformed, "12.4.3:group-info-extensions-once");
  const Mutation mutation("a tree and another one");
  forged.extensions = {{ExtensionType::ratchet_tree, forged.TreeExtension()}};
  invitation.RequireUnjoinable(forged, ErrorKind::kMalformed, "12.4.3:group-info-extensions-once");
  REQUIRE(ErrorOf(MakeGroupInfo(invitation.room()[0], {.extensions = {extension, extension}})) ==
          Describe(ErrorKind::kMisuse, "12.4.3:own-group-info-extensions-once"));
  invitation.RequireJoins();
}

// S2-6.
TEST_CASE("Nobody joins a group whose extensions they do not support, or cannot read") {
  Invitation invitation;
  const std::vector<std::pair<std::vector<Extension>, const char*>> demands = {
      {{{kExtension, {1}}}, "13.4:context-extensions-supported"},
      {{MakeRequiredCapabilities({{kExtension}, {}, {}})}, "11.1:required-capabilities-met"},
      {{{ExtensionType::required_capabilities, {9}}}, "11.1:required-capabilities-decodes"},
      {{{ExtensionType::external_senders, {9}}}, "12.1.8.1:external-senders-decodes"},
      {{{kExtension, {1}}, {kExtension, {1}}}, "13.4:context-extensions-once"}};
  for (const auto& [extensions, rule] : demands) {
    ForgedGroup forged = invitation.Forge();
    forged.context.extensions = extensions;
    invitation.RequireUnjoinable(forged, ErrorKind::kInvalidCommit, rule);
  }
  invitation.RequireJoins();
}

TEST_CASE("A client is in a group once") {
  Invitation invitation;
  Session joined = invitation.joiner().Join(invitation.honest_welcome());
  invitation.RequireMessageRefused(invitation.honest_welcome(), ErrorKind::kMissing,
                                   "12.4.3.1:key-package-is-ours");
  // Another key package, the same group: as a second invitation, and as another group of that name.
  const Bytes again = invitation.joiner().KeyPackage();
  ForgedGroup forged = invitation.Forge();
  forged.EditLeaf(4, SignerOf(invitation.joiner()),
                  [&](rfc9420::LeafNode& leaf) { leaf = ParseKeyPackage(again).leaf_node; });
  forged.Leaf(4) = ParseKeyPackage(again).leaf_node;
  invitation.RequireMessageRefused(forged.WelcomeFor(again), ErrorKind::kMisuse,
                                   "12.4.3.1:group-id-unique");
  TestClient& joiner = invitation.joiner();
  const Bytes info = Must(MakeGroupInfo(invitation.room()[0]));
  RequireRefusedBy(
      joiner, [&] { return StartExternalJoin(*joiner, info); }, ErrorKind::kMisuse,
      "12.4.3.2:group-id-unique");
  RequireRefusedBy(
      joiner, [&] { return joiner->CreateGroup({.id = joined.group_id()}); }, ErrorKind::kMisuse,
      "11:group-id-new");
  Sessions all = invitation.room().room().all();
  all.emplace_back(joined);
  RequireStillHealthy(all);
}

TEST_CASE("What is read as a Welcome or a GroupInfo is one, of our version, within our limits") {
  Invitation invitation(3, {.policy = {.max_message_size = 4000}});
  HostileRoom& room = invitation.room();
  const Bytes info = Must(MakeGroupInfo(room[0], {.ratchet_tree = false}));
  const Bytes tree = Must(ExportRatchetTree(room[0]));
  invitation.RequireMessageRefused(info, ErrorKind::kMisuse, "12.4.3.1:is-a-welcome");
  Bytes version = invitation.honest_welcome();
  version[1] = 2;
  invitation.RequireMessageRefused(version, ErrorKind::kUnsupported, "6:welcome-version");
  invitation.RequireMessageRefused(Bytes(4001), ErrorKind::kRejectedByPolicy,
                                   "2.1.2:welcome-within-limit");

  TestClient outsider("outsider", {.policy = {.max_message_size = 4000}});
  const auto join = [&](BytesView message, BytesView ratchet_tree) {
    return StartExternalJoin(*outsider, message, {.ratchet_tree = ratchet_tree});
  };
  const auto refused = [&](BytesView message, BytesView ratchet_tree, ErrorKind kind,
                           std::string_view rule) {
    RequireRefusedBy(outsider, [&] { return join(message, ratchet_tree); }, kind, rule);
  };
  refused(invitation.honest_welcome(), tree, ErrorKind::kMisuse, "12.4.3:is-a-group-info");
  version = info;
  version[1] = 2;
  refused(version, tree, ErrorKind::kUnsupported, "6:group-info-version");
  refused(Bytes(4001), tree, ErrorKind::kRejectedByPolicy, "2.1.2:group-info-within-limit");
  refused(info, Bytes(4001), ErrorKind::kRejectedByPolicy, "12.4.3.3:tree-within-limit");
  refused(Must(MakeGroupInfo(room[0], {.ratchet_tree = false, .external_pub = false})), tree,
          ErrorKind::kMissing, "12.4.3.2:group-info-has-external-pub");
  REQUIRE(ErrorOf(join(info, tree)) == "ok");
  invitation.RequireJoins();
}

TEST_CASE("An external_pub that is no key of the suite leads nowhere") {
  Invitation invitation;
  TestClient outsider("outsider");
  for (const std::size_t size : {0u, 1u, 31u, 33u}) {
    ForgedGroup forged = invitation.Forge();
    forged.extensions = {
        {ExtensionType::external_pub, wire::Serialize(rfc9420::ExternalPub{Bytes(size, 9)})}};
    REQUIRE(test::KindOf(StartExternalJoin(*outsider, forged.GroupInfo())) ==
            ErrorKind::kMalformed);
    // Trailing bytes in the extension.
    forged.extensions[0].extension_data = wire::Serialize(rfc9420::ExternalPub{Bytes(32, 9)});
    forged.extensions[0].extension_data.push_back(0);
    const Bytes info = forged.GroupInfo();
    RequireRefusedBy(
        outsider, [&] { return StartExternalJoin(*outsider, info); }, ErrorKind::kMalformed,
        "2.1:no-trailing-bytes");
  }
  invitation.RequireJoins();
}

TEST_CASE("Whoever finds expired members in a group may refuse to join") {
  for (const bool accepts : {true, false}) {
    Invitation invitation(3, {.policy = {.accept_expired_leaves = accepts}});
    // The last member's leaf is still the one of its key package, if it has not committed: forge
    // one.
    ForgedGroup forged = invitation.Forge();
    const auto joiner_leaf = forged.Leaf(3);
    REQUIRE(joiner_leaf.leaf_node_source.Is<Lifetime>());
    invitation.joiner().clock.now += 365 * std::uint64_t{86400};
    if (accepts) {
      const StagedJoin staged = Must(invitation.joiner()->ReadWelcome(invitation.honest_welcome()));
      REQUIRE(staged.expired().size() == 1);
    } else {
      invitation.RequireMessageRefused(invitation.honest_welcome(), ErrorKind::kRejectedByPolicy,
                                       "7.3:lifetime-of-members");
      invitation.joiner().clock.now -= 365 * std::uint64_t{86400};
    }
    invitation.RequireJoins();
  }
}

}  // namespace
}  // namespace conclave::testing
