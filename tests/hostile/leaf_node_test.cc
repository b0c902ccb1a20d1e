// RFC 9420, sections 7.2 and 7.3: leaves that are not valid, on each road by which a leaf comes
// into a group: a KeyPackage, an Update, a commit's path, and the path of an external commit.
#include <catch2/catch_test_macros.hpp>

#include "hostile/bad_leaves.h"
#include "hostile/forge.h"
#include "hostile/refusal.h"

namespace conclave::testing {
namespace {

using rfc9420::LeafNode;
using test::Must;

TEST_CASE("A KeyPackage with an invalid leaf is not added") {
  HostileRoom room;
  TestClient& outsider = room.Outsider();
  for (const BadLeaf& bad : BadLeaves()) {
    const Mutation mutation(bad.how);
    const ErrorKind kind = KindFor(bad, ErrorKind::kInvalidProposal);
    const auto key_package =
        ForgeKeyPackage(outsider, bad.breaks_signature ? KeyPackageEdits{.signed_leaf = bad.edit}
                                                       : KeyPackageEdits{.leaf = bad.edit});
    const rfc9420::Add add{key_package};
    room.RequireRefused(SendProposal(room[0], AsProposal(add)), kind, bad.rule);
    room.RequireRefused(
        ForgeCommit(room.client(0), room[0], {.proposals = {ByValue(add)}, .path = false}), kind,
        bad.rule);
    room.RequireRequestRefused(0, {.add = {WrapMessage(key_package)}}, kind, bad.rule);
    room.RequireCallRefused(
        0, [&] { return ProposeAdd(room[0], WrapMessage(key_package)); }, kind, bad.rule);
  }
  room.RequireGoesOn();
}

TEST_CASE("An Update with an invalid leaf is refused") {
  HostileRoom room;
  for (const BadLeaf& bad : BadLeaves()) {
    const Mutation mutation(bad.how);
    const LeafNode leaf =
        ForgeUpdateLeaf(room[1], bad.breaks_signature ? LeafEdits{.signed_leaf = bad.edit}
                                                      : LeafEdits{.leaf = bad.edit});
    room.RequireRefused(SendProposal(room[1], AsProposal(rfc9420::Update{leaf})),
                        KindFor(bad, ErrorKind::kInvalidProposal), bad.rule, 1);
  }
  room.RequireGoesOn();
}

TEST_CASE("A commit with an invalid leaf is refused") {
  HostileRoom room;
  for (const BadLeaf& bad : BadLeaves()) {
    const Mutation mutation(bad.how);
    CommitEdits edits;
    (bad.breaks_signature ? edits.signed_leaf : edits.leaf) = bad.edit;
    room.RequireRefused(ForgeCommit(room.client(0), room[0], edits),
                        KindFor(bad, ErrorKind::kInvalidCommit), bad.rule);
  }
  room.RequireGoesOn();
}

TEST_CASE("An external commit with an invalid leaf is refused") {
  HostileRoom room;
  TestClient& mallory = room.Outsider();
  for (const BadLeaf& bad : BadLeaves()) {
    const Mutation mutation(bad.how);
    // The message is signed with the leaf's key: without one there is nothing to verify.
    if (std::string_view(bad.rule) == "5.1.1:signature-key-size") continue;
    ExternalCommitEdits edits;
    (bad.breaks_signature ? edits.commit.signed_leaf : edits.commit.leaf) = bad.edit;
    room.RequireRefused(ForgeExternalCommit(mallory, room[0], edits),
                        KindFor(bad, ErrorKind::kInvalidCommit), bad.rule, 99);
  }
  room.RequireGoesOn();
}

TEST_CASE("A leaf says where it was made, and stands nowhere else") {
  HostileRoom room;
  using Source = decltype(LeafNode::leaf_node_source);
  const Source key_package = Source::Of(Lifetime{0, 2'000'000'000});
  const Source update = Source::Of(rfc9420::NoLeafContext{});
  const Source commit = Source::Of(rfc9420::ParentHash{Bytes(32, 1)});
  const auto with = [](const Source& source) {
    return [source](LeafNode& leaf) { leaf.leaf_node_source = source; };
  };
  const auto from = [](const Source& source) {
    return source.tag() == rfc9420::LeafNodeSource::key_package ? "a key package's leaf"
           : source.tag() == rfc9420::LeafNodeSource::update    ? "an Update's leaf"
                                                                : "a commit's leaf";
  };
  TestClient& outsider = room.Outsider();
  for (const Source& wrong : {update, commit}) {
    const Mutation mutation(std::string(from(wrong)) + " in an Add");
    const rfc9420::Add add{ForgeKeyPackage(outsider, {.leaf = with(wrong)})};
    room.RequireRefused(SendProposal(room[0], AsProposal(add)), ErrorKind::kInvalidProposal,
                        "7.3:leaf-node-source");
  }
  for (const Source& wrong : {key_package, commit}) {
    const Mutation mutation(std::string(from(wrong)) + " in an Update");
    const LeafNode leaf = ForgeUpdateLeaf(room[0], {.leaf = with(wrong)});
    room.RequireRefused(SendProposal(room[0], AsProposal(rfc9420::Update{leaf})),
                        ErrorKind::kInvalidProposal, "7.3:leaf-node-source");
  }
  for (const Source& wrong : {key_package, update}) {
    const Mutation mutation(std::string(from(wrong)) + " in a commit");
    room.RequireRefused(ForgeCommit(room.client(0), room[0], {.leaf = with(wrong)}),
                        ErrorKind::kInvalidCommit, "7.3:leaf-node-source");
    room.RequireRefused(ForgeExternalCommit(outsider, room[0], {.commit = {.leaf = with(wrong)}}),
                        ErrorKind::kInvalidCommit, "7.3:leaf-node-source", 99);
  }
  room.RequireGoesOn();
}

TEST_CASE("A leaf is signed for one place in one group") {
  HostileRoom room;
  for (const auto& [how, elsewhere] : std::initializer_list<std::pair<const char*, LeafEdits>>{
           {"for another leaf", {.index = LeafIndex{1}}},
           {"for no leaf of the tree", {.index = LeafIndex{1u << 31}}},
           {"for another group", {.group_id = GroupId{1, 2, 3}}},
           {"for no group", {.group_id = GroupId{}}}}) {
    const Mutation mutation(how);
    room.RequireRefused(
        SendProposal(room[0], AsProposal(rfc9420::Update{ForgeUpdateLeaf(room[0], elsewhere)})),
        ErrorKind::kNotAuthentic, "7.3:leaf-signature");
  }
  // A leaf of Bob's, as it stands in the tree or in a proposal, presented by Alice as hers.
  room.room().Commit(room[1], {.path = PathPolicy::always});
  const LeafNode bobs = LeafOf(room[1]);
  const Mutation mutation("somebody else's leaf");
  room.RequireRefused(
      ForgeCommit(room.client(0), room[0], {.signed_leaf = [&](LeafNode& leaf) { leaf = bobs; }}),
      ErrorKind::kNotAuthentic, "7.3:leaf-signature");
  room.RequireGoesOn();
}

TEST_CASE("A leaf that stood in the group once does not come back") {
  HostileRoom room;
  room.room().Commit(room[1], {.path = PathPolicy::always});
  const LeafNode first = LeafOf(room[1]);
  room.room().Commit(room[1], {.path = PathPolicy::always});
  room.room().Commit(room[1], {.path = PathPolicy::always});
  // Its signature is good; the path above it is another one.
  room.RequireRefused(
      ForgeCommit(room.client(1), room[1], {.signed_leaf = [&](LeafNode& leaf) { leaf = first; }}),
      ErrorKind::kInvalidCommit, "7.9.2:leaf-parent-hash", 1);
  room.RequireGoesOn();
}

TEST_CASE("An Update and a commit bring a new encryption key") {
  HostileRoom room;
  const Bytes key = LeafOf(room[1]).encryption_key;
  const auto keep = [&key](LeafNode& leaf) { leaf.encryption_key = key; };
  room.RequireRefused(
      SendProposal(room[1], AsProposal(rfc9420::Update{ForgeUpdateLeaf(room[1], {.leaf = keep})})),
      ErrorKind::kInvalidProposal, "7.3:update-changes-encryption-key", 1);
  room.RequireRefused(ForgeCommit(room.client(1), room[1], {.leaf = keep}),
                      ErrorKind::kInvalidCommit, "12.4.2:leaf-key-changes", 1);
  room.RequireGoesOn();
}

}  // namespace
}  // namespace conclave::testing
