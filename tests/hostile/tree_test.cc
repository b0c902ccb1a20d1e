// RFC 9420, sections 7.1, 7.3, 7.9 and 12.4.3.1 to 12.4.3.3: ratchet trees of groups that nobody
// may join. Each forged tree is hashed and signed for by a member.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "hostile/bad_leaves.h"
#include "hostile/forge_group.h"
#include "support/test_suite.h"

namespace conclave::testing {
namespace {

using rfc9420::Node;
using rfc9420::ParentNode;
using test::Must;

// The tree of Invitation(7): leaves 0 to 6 and the joiner at 7, unmerged in nodes 11 and 7.
//
//                               7
//               3                               11
//       1               5               9              [13]
//   0       2       4       6       8       10      12      14
constexpr std::uint32_t kParents[] = {1, 3, 5, 7, 9, 11};

template <class T>
void RequireEditRefused(Invitation& invitation, const T& edit, ErrorKind kind,
                        std::string_view rule) {
  ForgedGroup forged = invitation.Forge();
  edit(forged);
  invitation.RequireUnjoinable(forged, kind, rule);
}

TEST_CASE("The tree that these tests forge is the one they think") {
  Invitation invitation(7);
  ForgedGroup forged = invitation.Forge();
  for (const std::uint32_t node : kParents) REQUIRE(!forged.Parent(node).encryption_key.empty());
  REQUIRE(!forged.nodes[13].has_value());
  REQUIRE(forged.Parent(7).unmerged_leaves == std::vector<LeafIndex>{{7}});
  REQUIRE(forged.Parent(11).unmerged_leaves == std::vector<LeafIndex>{{7}});
  REQUIRE(forged.Parent(3).unmerged_leaves.empty());
  invitation.RequireJoins();
}

// G5.
TEST_CASE("The unmerged leaves of a node are sorted") {
  Invitation invitation(7);
  using Leaves = std::vector<LeafIndex>;
  for (const Leaves& leaves : {Leaves{{7}, {7}}, Leaves{{7}, {6}}, Leaves{{6}, {7}, {7}},
                               Leaves{{~0u}, {7}}, Leaves{{7}, {0}}}) {
    const Mutation mutation(leaves[leaves.size() - 2] == leaves.back() ? "twice" : "not in order");
    RequireEditRefused(
        invitation, [&](ForgedGroup& forged) { forged.Parent(7).unmerged_leaves = leaves; },
        ErrorKind::kInvalidCommit, "7.1:unmerged-leaves-sorted");
  }
  invitation.RequireJoins();
}

// G5, G15.
TEST_CASE("An unmerged leaf is a member under the node, and every node between lists it") {
  Invitation invitation(7);
  const auto with = [&](const char* how, std::uint32_t node, std::vector<LeafIndex> leaves,
                        std::string_view rule) {
    const Mutation mutation(how);
    RequireEditRefused(
        invitation, [&](ForgedGroup& forged) { forged.Parent(node).unmerged_leaves = leaves; },
        ErrorKind::kInvalidCommit, rule);
  };
  with("of another subtree", 11, {{0}, {7}}, "12.4.3.1:unmerged-leaf-is-descendant");
  with("of another subtree", 9, {{6}}, "12.4.3.1:unmerged-leaf-is-descendant");
  for (const std::uint32_t leaf :
       {8u, 1u << 24, 1u << 30, (1u << 31) - 1, 1u << 31, (1u << 31) + 7, ~0u}) {
    with("outside the tree", 7, {{7}, {leaf}}, "12.4.3.1:unmerged-leaf-is-descendant");
    with("outside the tree", 11, {{7}, {leaf}}, "12.4.3.1:unmerged-leaf-is-descendant");
  }
  with("left out below", 11, {}, "12.4.3.1:unmerged-leaf-listed-between");
  with("listed above alone", 7, {{4}, {7}}, "12.4.3.1:unmerged-leaf-listed-between");
  with("listed where it is merged", 1, {{0}}, "7.9.2:parent-hash-valid");
  with("listed where it is merged", 1, {{0}, {1}}, "7.9.2:parent-hash-valid");
  {
    const Mutation mutation("listed nowhere");
    RequireEditRefused(
        invitation,
        [](ForgedGroup& forged) {
          forged.Parent(7).unmerged_leaves.clear();
          forged.Parent(11).unmerged_leaves.clear();
        },
        ErrorKind::kInvalidCommit, "7.9.2:parent-hash-valid");
  }
  invitation.RequireJoins();

  Invitation narrow(6);
  RequireEditRefused(
      narrow, [](ForgedGroup& forged) { forged.Parent(7).unmerged_leaves = {{6}, {7}}; },
      ErrorKind::kInvalidCommit, "12.4.3.1:unmerged-leaf-not-blank");
  narrow.RequireJoins();
}

TEST_CASE("No parent has the encryption key of another node") {
  Invitation invitation(7);
  for (const std::uint32_t node : kParents) {
    for (const std::uint32_t other : kParents) {
      if (node == other) continue;
      const Mutation mutation("that of a parent");
      RequireEditRefused(
          invitation,
          [&](ForgedGroup& forged) {
            forged.Parent(node).encryption_key = forged.Parent(other).encryption_key;
          },
          ErrorKind::kInvalidCommit, "12.4.3.1:parent-key-unique");
    }
    for (const std::uint32_t leaf : {0u, 5u, 7u}) {
      const Mutation mutation("that of a leaf");
      RequireEditRefused(
          invitation,
          [&](ForgedGroup& forged) {
            forged.Parent(node).encryption_key = forged.Leaf(leaf).encryption_key;
          },
          ErrorKind::kInvalidCommit, "12.4.3.1:parent-key-unique");
    }
  }
  invitation.RequireJoins();
}

// G1, G2.
TEST_CASE("Every parent is vouched for by a member under it") {
  Invitation invitation(7);
  const auto refused = [&](const char* how, const auto& edit) {
    const Mutation mutation(how);
    RequireEditRefused(invitation, edit, ErrorKind::kInvalidCommit, "7.9.2:parent-hash-valid");
  };
  const Bytes attackers = LeafOf(Must(invitation.joiner()->CreateGroup())).encryption_key;
  for (const std::uint32_t node : kParents) {
    INFO("node " << node);
    refused("a key of the attacker's",
            [&](ForgedGroup& forged) { forged.Parent(node).encryption_key = attackers; });
    if (node == 7) {
      RequireEditRefused(
          invitation, [&](ForgedGroup& forged) { forged.Parent(7).parent_hash = Bytes(32, 1); },
          ErrorKind::kInvalidCommit, "7.9:root-parent-hash-empty");
      continue;
    }
    refused("no parent hash",
            [&](ForgedGroup& forged) { forged.Parent(node).parent_hash.clear(); });
    refused("a parent hash of zeros",
            [&](ForgedGroup& forged) { forged.Parent(node).parent_hash.assign(32, 0); });
    refused("a parent hash that is changed",
            [&](ForgedGroup& forged) { forged.Parent(node).parent_hash.front() ^= 1; });
    refused("a parent hash of another length",
            [&](ForgedGroup& forged) { forged.Parent(node).parent_hash.pop_back(); });
    refused("the parent hash of another node", [&](ForgedGroup& forged) {
      forged.Parent(node).parent_hash = forged.Parent(node == 1 ? 9 : 1).parent_hash;
    });
    // It leaves the one above it without a link.
    refused("a node that is gone", [&](ForgedGroup& forged) { forged.nodes[node].reset(); });
  }
  refused("parents that have changed places",
          [](ForgedGroup& forged) { std::swap(forged.nodes[1], forged.nodes[5]); });
  RequireEditRefused(
      invitation, [](ForgedGroup& forged) { std::swap(forged.nodes[3], forged.nodes[11]); },
      ErrorKind::kInvalidCommit, "12.4.3.1:unmerged-leaf-listed-between");
  // A blank node that is filled with a key that nobody vouches for.
  const auto fill = [&](const std::vector<LeafIndex>& unmerged, std::string_view rule) {
    const Mutation mutation("a blank node that is filled");
    RequireEditRefused(
        invitation,
        [&](ForgedGroup& forged) {
          forged.nodes[13] = Node::Of(ParentNode{.encryption_key = attackers,
                                                 .parent_hash = forged.Parent(9).parent_hash,
                                                 .unmerged_leaves = unmerged});
        },
        ErrorKind::kInvalidCommit, rule);
  };
  fill({}, "12.4.3.1:unmerged-leaf-listed-between");
  fill({{6}}, "12.4.3.1:unmerged-leaf-listed-between");
  fill({{7}}, "7.9.2:parent-hash-valid");
  fill({{6}, {7}}, "7.9.2:parent-hash-valid");
  // Members that come, go and change places under nodes that knew others.
  for (std::uint32_t leaf = 0; leaf < 7; ++leaf) {
    refused("a member that is gone", [&](ForgedGroup& forged) {
      forged.nodes[2 * leaf].reset();
      if (leaf == 0)
        forged.signer = {1}, forged.signer_key = &SignerOf(invitation.room().client(1));
    });
  }
  refused("members that have changed places",
          [](ForgedGroup& forged) { std::swap(forged.nodes[2], forged.nodes[4]); });
  refused("members that have changed places",
          [](ForgedGroup& forged) { std::swap(forged.nodes[8], forged.nodes[10]); });
  invitation.RequireJoins();
}

TEST_CASE("A ratchet_tree extension that is no tree is refused") {
  Invitation invitation(3);
  const Bytes tree = invitation.Forge().TreeExtension();
  const auto refused = [&](const char* how, const auto& edit, std::string_view rule) {
    const Mutation mutation(how);
    RequireEditRefused(invitation, edit, ErrorKind::kMalformed, rule);
  };
  for (const std::size_t blanks : {1u, 2u, 9u}) {
    refused(
        "blank nodes at the end", [&](ForgedGroup& forged) { forged.nodes.resize(7 + blanks); },
        "12.4.3.3:last-node-not-blank");
  }
  refused(
      "no nodes", [](ForgedGroup& forged) { forged.nodes.clear(); },
      "12.4.3.3:last-node-not-blank");
  refused(
      "a leaf and a parent that have changed places",
      [](ForgedGroup& forged) { std::swap(forged.nodes[0], forged.nodes[1]); },
      "12.4.3.3:node-type-fits-place");
  refused(
      "a leaf in a parent's place", [](ForgedGroup& forged) { forged.nodes[3] = forged.nodes[2]; },
      "12.4.3.3:node-type-fits-place");
  for (const std::size_t size : {0u, 31u, 33u}) {
    refused(
        "a parent's key of another size",
        [&](ForgedGroup& forged) { forged.Parent(1).encryption_key.resize(size); },
        "12.4.3.3:encryption-key-size");
    refused(
        "a leaf's key of another size",
        [&](ForgedGroup& forged) { forged.Leaf(1).encryption_key.resize(size); },
        "12.4.3.3:encryption-key-size");
  }
  const auto bytes_refused = [&](const char* how, const Bytes& bytes, std::string_view rule) {
    refused(how, [&bytes](ForgedGroup& forged) { forged.tree_bytes = bytes; }, rule);
  };
  Bytes longer = tree;
  longer.push_back(0);
  bytes_refused("nothing", {}, "12.4.3.3:decodes");
  bytes_refused("a tree that goes on", longer, "12.4.3.3:decodes");
  bytes_refused("a tree that is cut short", Bytes(tree.begin(), tree.end() - 1),
                "12.4.3.3:decodes");
  bytes_refused("a node that is neither there nor not", {1, 2}, "12.4.3.3:decodes");
  bytes_refused("a leaf that is cut short", {3, 1, 1, 9}, "7.2:leaf-node-decodes");
  bytes_refused("a node of another type", {3, 1, 9, 9}, "12.4.3.3:node-type-fits-place");
  invitation.RequireJoins();
}

TEST_CASE("A tree that is wider than the policy allows is refused, received or grown") {
  Invitation invitation(4);  // with the joiner five, in a tree of eight
  TestClient outsider("outsider", {.policy = {.max_group_size = 4}});
  ForgedGroup forged = invitation.Forge();
  forged.external_pub = true;
  const Bytes info = forged.GroupInfo();
  RequireRefusedBy(
      outsider, [&] { return StartExternalJoin(*outsider, info); }, ErrorKind::kRejectedByPolicy,
      "12.4.3.3:tree-not-too-wide");
  invitation.RequireJoins();

  HostileRoom room(4, {.policy = {.max_group_size = 4}});
  TestClient& fifth = room.Outsider();
  room.RequireRefused(
      ForgeCommit(room.client(0), room[0],
                  {.proposals = {ByValue(rfc9420::Add{ForgeKeyPackage(fifth)})}, .path = false}),
      ErrorKind::kRejectedByPolicy, "7.7:group-within-limit");
  const Mutation mutation("by an external commit");
  room.RequireRefused(ForgeExternalCommit(fifth, room[0]), ErrorKind::kRejectedByPolicy,
                      "7.7:group-within-limit", 99);
  room.RequireRequestRefused(0, {.add = {fifth.KeyPackage()}}, ErrorKind::kRejectedByPolicy,
                             "7.7:group-within-limit");
  room.RequireGoesOn();
}

TEST_CASE("A group with an invalid leaf in its tree is not joined") {
  Invitation invitation(4, {}, false);  // no parents, whose hashes would be broken first
  HostileRoom& room = invitation.room();
  for (const BadLeaf& bad : BadLeaves()) {
    const Mutation mutation(bad.how);
    const bool size = std::string_view(bad.rule) == "5.1.1:encryption-key-size";
    ForgedGroup forged = invitation.Forge();
    forged.EditLeaf(2, SignerOf(room.client(2)), [&bad](LeafNode& leaf) {
      if (!bad.breaks_signature) bad.edit(leaf);
    });
    if (bad.breaks_signature) bad.edit(forged.Leaf(2));
    // The decoder knows the size of a key already.
    invitation.RequireUnjoinable(
        forged, size ? ErrorKind::kMalformed : KindFor(bad, ErrorKind::kInvalidCommit),
        size ? "12.4.3.3:encryption-key-size" : bad.rule);
  }
  invitation.RequireJoins();
}

TEST_CASE("A group whose members break what they owe each other is not joined") {
  constexpr ExtensionType kExtension{0xf0a1};
  constexpr CredentialType kCredential{0xf0c1};
  Invitation invitation(4, {.extensions = {kExtension}, .credentials = {kCredential}}, false);
  HostileRoom& room = invitation.room();
  const auto refused = [&](const Signer& signer, const Edit<LeafNode>& edit,
                           const std::vector<Extension>& extensions, std::string_view rule) {
    ForgedGroup forged = invitation.Forge();
    forged.context.extensions = extensions;
    forged.EditLeaf(2, signer, edit);
    invitation.RequireUnjoinable(forged, ErrorKind::kInvalidCommit, rule);
  };
  const Signer& carol = SignerOf(room.client(2));
  const LeafNode bobs = LeafOf(room[1]);
  refused(
      carol, [&](LeafNode& leaf) { leaf.encryption_key = bobs.encryption_key; }, {},
      "7.3:encryption-key-unique");
  refused(
      SignerOf(room.client(1)), [&](LeafNode& leaf) { leaf.signature_key = bobs.signature_key; },
      {}, "7.3:signature-key-unique");
  const auto forgets_extensions = [](LeafNode& leaf) {
    leaf.capabilities.extensions.clear();
    leaf.extensions.clear();
  };
  refused(carol, forgets_extensions, {{kExtension, {1}}}, "13.4:context-extensions-supported");
  refused(carol, forgets_extensions, {MakeRequiredCapabilities({{kExtension}, {}, {}})},
          "11.1:required-capabilities-met");
  refused(
      carol,
      [&](LeafNode& leaf) {
        leaf.capabilities.credentials = {kCredential};
        leaf.credential.value = CustomCredential{kCredential, {1}};
      },
      {}, "7.3:supports-credential-types-in-use");
  invitation.RequireJoins();
}

TEST_CASE("A group that holds one client twice, as the application tells clients, is not joined") {
  Invitation invitation(4, {}, false);
  HostileRoom& room = invitation.room();
  const auto client_id = [](const Credential& credential) {
    const std::string name = NameOf(credential);
    return ToBytes(AsBytes(std::string_view(name).substr(0, name.find(','))));
  };
  ForgedGroup forged = invitation.Forge();
  forged.EditLeaf(2, SignerOf(room.client(2)), [](LeafNode& leaf) {
    leaf.credential.value = BasicCredential{ToBytes(AsBytes("bob, on the phone"))};
  });
  REQUIRE(ErrorOf(invitation.joiner()->ReadWelcome(forged.WelcomeFor(invitation.key_package()))) ==
          "ok");
  invitation.joiner().verifier.client_id = client_id;
  invitation.RequireRefused(forged, ErrorKind::kInvalidCommit, "12.2:no-client-twice");
  invitation.RequireJoins();
}

}  // namespace
}  // namespace conclave::testing
