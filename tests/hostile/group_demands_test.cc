// RFC 9420, sections 7.3, 11.1, 12.1.7, 13.4 and 16.7: what the leaves of a group owe each other.
// Each rule holds for whoever comes in, for whoever changes a leaf, and when the group changes.
#include <catch2/catch_test_macros.hpp>

#include "hostile/forge.h"
#include "hostile/refusal.h"

namespace conclave::testing {
namespace {

using rfc9420::Add;
using rfc9420::GroupContextExtensions;
using rfc9420::LeafNode;
using rfc9420::Remove;
using rfc9420::Update;
using test::Must;

constexpr ExtensionType kExtension{0xf0a1};
constexpr ProposalType kProposal{0xf0b1};
constexpr CredentialType kCredential{0xf0c1};

// By Update and commit, by a commit's path, by an Add, and by an external commit.
void RequireLeafRefused(HostileRoom& room, const Edit<LeafNode>& edit, std::string_view rule) {
  TestClient& outsider = room.Outsider();
  const auto refused = [&](const char* by, const Bytes& commit, std::size_t sender) {
    const Mutation mutation(by);
    room.RequireRefused(commit, ErrorKind::kInvalidCommit, rule, sender);
  };
  refused("a path", ForgeCommit(room.client(0), room[0], {.leaf = edit}), 0);
  refused("an Add",
          ForgeCommit(room.client(0), room[0],
                      {.proposals = {ByValue(Add{ForgeKeyPackage(outsider, {.leaf = edit})})},
                       .path = false}),
          0);
  refused("an external commit", ForgeExternalCommit(outsider, room[0], {.commit = {.leaf = edit}}),
          99);

  const Bytes update =
      SendProposal(room[1], AsProposal(Update{ForgeUpdateLeaf(room[1], {.leaf = edit})}));
  ProposalRef ref;
  for (std::size_t i = 0; i < room.size(); ++i) {
    if (i != 1) ref = ReceiveProposal(room[i], update).ref;
  }
  for (std::size_t i = 2; i < room.size(); ++i) {
    const Mutation mutation("an Update");
    room.RequireRefusedBy(i, ForgeCommit(room.client(0), room[0], {.proposals = {ByRef(ref)}}),
                          ErrorKind::kInvalidCommit, rule);
  }
  // An honest committer leaves the Update out, says why, and the group goes on.
  const OutgoingCommit offer = Must(room[0].CreateCommit({}));
  REQUIRE(offer.skipped.size() == 1);
  REQUIRE(std::string(offer.skipped.front().why) == rule);
  ReceiveAndApply(room[0], offer.commit);
  DeliverCommit(room.room().others(room[0]), offer.commit);
  room.RequireGoesOn();
}

TEST_CASE("No two nodes of a group have one encryption key") {
  HostileRoom room;
  room.room().Commit(room[3], {.path = PathPolicy::always});
  const Bytes dave = LeafOf(room[3]).encryption_key;
  const Edit<LeafNode> edit = [dave](LeafNode& leaf) { leaf.encryption_key = dave; };
  TestClient& outsider = room.Outsider();
  for (const bool external : {false, true}) {
    const Mutation mutation(external ? "an external commit's leaf" : "a commit's leaf");
    room.RequireRefused(external
                            ? ForgeExternalCommit(outsider, room[0], {.commit = {.leaf = edit}})
                            : ForgeCommit(room.client(0), room[0], {.leaf = edit}),
                        ErrorKind::kInvalidCommit, "12.4.2:path-keys-new", external ? 99u : 0u);
  }
  // A parent's key as a leaf's, and both as a path node's.
  const Bytes parent = ToBytes(GroupOf(room[0]).tree().EncryptionKey({5}));
  for (const Bytes& key : {dave, parent}) {
    const Mutation mutation(key == parent ? "a parent's key" : "a leaf's key");
    const Edit<LeafNode> taken = [&key](LeafNode& leaf) { leaf.encryption_key = key; };
    room.RequireRefused(
        ForgeCommit(room.client(0), room[0],
                    {.proposals = {ByValue(Add{ForgeKeyPackage(outsider, {.leaf = taken})})},
                     .path = false}),
        ErrorKind::kInvalidCommit, "7.3:encryption-key-unique");
    room.RequireRefused(
        ForgeCommit(room.client(0), room[0],
                    {.keys = [&key](PreparedPath& path) { path.nodes[0].encryption_key = key; }}),
        ErrorKind::kInvalidCommit, "12.4.2:path-keys-new");
  }
  room.RequireRequestRefused(0, {.add = {WrapMessage(ForgeKeyPackage(outsider, {.leaf = edit}))}},
                             ErrorKind::kInvalidCommit, "7.3:encryption-key-unique");
  room.RequireGoesOn();
}

TEST_CASE("The keys that one commit brings differ from each other") {
  HostileRoom room;
  TestClient& erin = room.Outsider();
  TestClient& frank = room.Outsider();
  const auto first = ForgeKeyPackage(erin);
  const Edit<LeafNode> same = [&first](LeafNode& leaf) {
    leaf.encryption_key = first.leaf_node.encryption_key;
  };
  const auto refused = [&room](const char* how, const CommitEdits& edits) {
    const Mutation mutation(how);
    room.RequireRefused(ForgeCommit(room.client(0), room[0], edits), ErrorKind::kInvalidCommit,
                        "7.3:encryption-key-unique");
  };
  refused("two leaves that are added",
          {.proposals = {ByValue(Add{first}), ByValue(Add{ForgeKeyPackage(frank, {.leaf = same})})},
           .path = false});
  refused("a leaf that is added and the committer's",
          {.proposals = {ByValue(Add{first})}, .leaf = same});
  refused("a leaf that is added and a node of the path",
          {.proposals = {ByValue(Add{first})}, .keys = [&first](PreparedPath& path) {
             path.nodes[1].encryption_key = first.leaf_node.encryption_key;
           }});
  refused("two nodes of the path", {.keys = [](PreparedPath& path) {
            path.nodes[1].encryption_key = path.nodes[0].encryption_key;
          }});
  refused("the committer's leaf and a node of the path", {.keys = [](PreparedPath& path) {
            path.leaf_node.encryption_key = path.nodes[1].encryption_key;
          }});
  room.RequireGoesOn();
}

TEST_CASE("No two leaves of a group have one signature key") {
  HostileRoom room;
  const Signer& bobs = SignerOf(room.client(1));
  room.RequireRefused(ForgeCommit(room.client(0), room[0], {.leaf_signer = &bobs}),
                      ErrorKind::kInvalidCommit, "7.3:signature-key-unique");
  const Bytes update =
      SendProposal(room[2], AsProposal(Update{ForgeUpdateLeaf(room[2], {.signer = &bobs})}));
  const ProposalRef ref = ReceiveProposal(room[0], update).ref;
  ReceiveProposal(room[3], update);
  const Mutation mutation("by an Update");
  room.RequireRefusedBy(3, ForgeCommit(room.client(0), room[0], {.proposals = {ByRef(ref)}}),
                        ErrorKind::kInvalidCommit, "7.3:signature-key-unique");
  const OutgoingCommit offer = Must(room[0].CreateCommit({}));
  REQUIRE(offer.skipped.size() == 1);
  REQUIRE(std::string(offer.skipped.front().why) == "7.3:signature-key-unique");
  ReceiveAndApply(room[0], offer.commit);
  DeliverCommit(room.room().others(room[0]), offer.commit);
  room.RequireGoesOn();
}

TEST_CASE("Nobody uses a credential type that a member does not support") {
  HostileRoom room;
  RequireLeafRefused(
      room,
      [](LeafNode& leaf) {
        leaf.capabilities.credentials.push_back(kCredential);
        leaf.credential.value = CustomCredential{kCredential, {1, 2, 3}};
      },
      "7.3:credential-type-supported-by-all");
}

TEST_CASE("Whoever is in a group supports the credential types that are in use") {
  HostileRoom room(4, {.credentials = {kCredential}});
  RequireLeafRefused(
      room,
      [](LeafNode& leaf) {
        leaf.capabilities.credentials = {kCredential};
        leaf.credential.value = CustomCredential{kCredential, {1, 2, 3}};
      },
      "7.3:supports-credential-types-in-use");
}

TEST_CASE("Whoever is in a group has the capabilities that it requires") {
  const Extension demands = MakeRequiredCapabilities({.extension_types = {kExtension},
                                                      .proposal_types = {kProposal},
                                                      .credential_types = {kCredential}});
  const TestClientOptions able{
      .extensions = {kExtension}, .proposals = {kProposal}, .credentials = {kCredential}};
  const std::pair<const char*, Edit<LeafNode>> lacking[] = {
      {"an extension", [](LeafNode& leaf) { leaf.capabilities.extensions.clear(); }},
      {"a proposal", [](LeafNode& leaf) { leaf.capabilities.proposals.clear(); }},
      {"a credential",
       [](LeafNode& leaf) { leaf.capabilities.credentials = {CredentialType::basic}; }}};
  for (const auto& [what, edit] : lacking) {
    const Mutation mutation(what);
    HostileRoom room(4, able, {.extensions = {demands}});
    const Edit<LeafNode> without_extensions = [&change = edit](LeafNode& leaf) {
      leaf.extensions.clear();
      change(leaf);
    };
    RequireLeafRefused(room, without_extensions, "11.1:required-capabilities-met");
  }
}

TEST_CASE("Whoever is in a group supports the extensions of its context") {
  HostileRoom room(4, {.extensions = {kExtension}}, {.extensions = {{kExtension, {1}}}});
  RequireLeafRefused(
      room,
      [](LeafNode& leaf) {
        leaf.capabilities.extensions.clear();
        leaf.extensions.clear();
      },
      "13.4:context-extensions-supported");
}

TEST_CASE("A group demands nothing that a member cannot do") {
  const TestClientOptions able{
      .extensions = {kExtension}, .proposals = {kProposal}, .credentials = {kCredential}};
  HostileRoom room({able, able, able, {}});
  struct Demand {
    const char* what;
    Extension extension;
    const char* rule;
  };
  const std::vector<Demand> demands = {
      {"an extension", MakeRequiredCapabilities({{kExtension}, {}, {}}),
       "11.1:required-capabilities-met"},
      {"a proposal", MakeRequiredCapabilities({{}, {kProposal}, {}}),
       "11.1:required-capabilities-met"},
      {"a credential", MakeRequiredCapabilities({{}, {}, {kCredential}}),
       "11.1:required-capabilities-met"},
      {"the group's own extension", {kExtension, {1}}, "13.4:context-extensions-supported"}};
  for (const auto& [what, extension, rule] : demands) {
    const Mutation mutation(what);
    const GroupContextExtensions change{{extension}};
    room.RequireRefused(ForgeCommit(room.client(0), room[0], {.proposals = {ByValue(change)}}),
                        ErrorKind::kInvalidCommit, rule);
    room.RequireRequestRefused(0, {.extensions = change.extensions}, ErrorKind::kInvalidCommit,
                               rule);
    // The member who cannot may be removed by the same commit.
    room.RequireAccepted(ForgeCommit(room.client(0), room[0],
                                     {.proposals = {ByValue(change), ByValue(Remove{{3}})}}));
    // Whoever is added by the same commit is measured by the new demands.
    const Mutation added("of a newcomer");
    room.RequireRefused(ForgeCommit(room.client(0), room[0],
                                    {.proposals = {ByValue(change), ByValue(Remove{{3}}),
                                                   ByValue(Add{ForgeKeyPackage(room.client(3))})}}),
                        ErrorKind::kInvalidCommit, rule);
  }
  room.RequireGoesOn();
}

TEST_CASE("A group's extensions are well formed, and each type stands there once") {
  HostileRoom room(4, {.extensions = {kExtension}});
  const auto longer = [](Extension extension, std::size_t more) {
    extension.extension_data.resize(extension.extension_data.size() + more);
    return extension;
  };
  const Extension required = MakeRequiredCapabilities({});
  const Extension senders = MakeExternalSenders({{{1, 2, 3}, BasicCredential{{'s'}}}});
  struct Bad {
    const char* how;
    std::vector<Extension> extensions;
    const char* rule;
  };
  const std::vector<Bad> bad = {
      {"the application's twice",
       {{kExtension, {1}}, {kExtension, {2}}},
       "13.4:context-extensions-once"},
      {"the RFC's twice", {required, senders, required}, "13.4:context-extensions-once"},
      {"going on", {longer(required, 1)}, "11.1:required-capabilities-decodes"},
      {"empty", {{ExtensionType::required_capabilities, {}}}, "11.1:required-capabilities-decodes"},
      {"going on", {longer(senders, 1)}, "12.1.8.1:external-senders-decodes"},
      {"empty", {{ExtensionType::external_senders, {}}}, "12.1.8.1:external-senders-decodes"}};
  for (const Bad& each : bad) {
    const Mutation mutation(each.how);
    const GroupContextExtensions change{each.extensions};
    room.RequireRefused(SendProposal(room[0], AsProposal(change)), ErrorKind::kInvalidCommit,
                        each.rule);
    room.RequireRefused(ForgeCommit(room.client(0), room[0], {.proposals = {ByValue(change)}}),
                        ErrorKind::kInvalidCommit, each.rule);
    room.RequireRequestRefused(0, {.extensions = each.extensions}, ErrorKind::kInvalidCommit,
                               each.rule);
    room.RequireCallRefused(
        0, [&] { return room.client(0)->CreateGroup({.extensions = each.extensions}); },
        ErrorKind::kInvalidCommit, each.rule);
  }
  room.RequireGoesOn();
}

}  // namespace
}  // namespace conclave::testing
