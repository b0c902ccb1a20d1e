// treekem.json: making and processing an UpdatePath (RFC 9420, sections 7.4 to 7.6).
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <map>
#include <utility>

#include "crypto/signature_key.h"
#include "hpke/kem.h"
#include "labeled/labeled.h"
#include "rfc9420/group_context.h"
#include "rfc9420/labels.h"
#include "support/must.h"
#include "support/test_suite.h"
#include "tree/tree_rules.h"
#include "tree/update_path.h"
#include "vectors/vectors.h"
#include "wire/parse.h"

namespace conclave::test {

namespace {

Secret SecretFrom(const nlohmann::json& hex) { return Secret::CopyOf(Hex(hex)); }

struct Member {
  PrivatePath path;
  SoftwareSigner signer;
};
using Members = std::map<std::uint32_t, Member>;

// The keys that `path` knows, each with the node it is of.
std::map<std::uint32_t, Bytes> KnownKeys(const RatchetTree& tree, const PrivatePath& path) {
  std::map<std::uint32_t, Bytes> known;
  for (NodeIndex node; node.value < NodeCount(tree.width()); ++node.value) {
    if (const Secret* key = path.Find(node)) known.emplace(node.value, BytesOf(*key));
  }
  return known;
}

void CheckConsistent(const Suite& suite, const RatchetTree& tree, const PrivatePath& path) {
  for (const auto& [node, key] : KnownKeys(tree, path)) {
    REQUIRE(!tree.IsBlank({node}));
    const auto public_key = KemPublicKey(suite.provider(), suite.kem(), Secret::CopyOf(key));
    CHECK(Must(public_key) == ToBytes(tree.EncryptionKey({node})));
  }
}

Members ReadMembers(const Suite& suite, const RatchetTree& tree, const nlohmann::json& vector) {
  Members members;
  for (const auto& leaf : vector.at("leaves_private")) {
    const std::uint32_t index = leaf.at("index");
    Member member{PrivatePath({index}, SecretFrom(leaf.at("encryption_priv"))),
                  Must(SoftwareSigner::FromPrivateKey(suite.provider(), suite.signature(),
                                                      SecretFrom(leaf.at("signature_priv"))))};
    for (const auto& entry : leaf.at("path_secrets")) {
      const Secret node_secret =
          Must(DeriveSecret(suite, SecretFrom(entry.at("path_secret")), "node"));
      KeyPair pair = Must(KemDeriveKeyPair(suite.provider(), suite.kem(), node_secret));
      member.path.SetKey({entry.at("node")}, std::move(pair.private_key));
    }
    CheckConsistent(suite, tree, member.path);
    CHECK(ToBytes(member.signer.public_key()) == ToBytes(tree.leaf({index})->signature_key()));
    members.emplace(index, std::move(member));
  }
  return members;
}

Bytes ContextOf(const nlohmann::json& vector, const RatchetTree& tree) {
  return wire::Serialize(rfc9420::GroupContext{
      .cipher_suite = CipherSuite{vector.at("cipher_suite")},
      .group_id = Hex(vector.at("group_id")),
      .epoch = vector.at("epoch"),
      .tree_hash = ToBytes(tree.TreeHash()),
      .confirmed_transcript_hash = Hex(vector.at("confirmed_transcript_hash")),
      .extensions = {}});
}

// Every other member opens the path that the vector has.
void CheckReceived(const Suite& suite, const RatchetTree& tree, const Members& members,
                   const nlohmann::json& vector, const nlohmann::json& update) {
  const LeafIndex sender{update.at("sender")};
  const auto path = Must(wire::Parse<rfc9420::UpdatePath>(Hex(update.at("update_path"))));
  // Only the signature: the leaves of suite 7 here do not list suite 7 in their capabilities.
  Must(VerifyWithLabel(
      suite, path.leaf_node.signature_key, rfc9420::labels::kLeafNodeTBS,
      rfc9420::SerializeLeafNodeTBS(path.leaf_node, Hex(vector.at("group_id")), sender),
      path.leaf_node.signature));
  const RatchetTree merged = Must(MergePath(suite, tree, sender, path, {}));
  CHECK(ToBytes(merged.TreeHash()) == Hex(update.at("tree_hash_after")));
  Must(CheckTreeStructure(suite, merged));

  const Bytes context = ContextOf(vector, merged);
  for (const auto& [index, member] : members) {
    if (index == sender.value) continue;
    const OpenedPath opened = Must(OpenPath(suite, merged, sender, path, context, {}, member.path));
    CHECK(BytesOf(opened.commit_secret.value) == Hex(update.at("commit_secret")));
    CheckConsistent(suite, merged, opened.private_path);

    // The path secret that was decrypted is the vector's: both determine the same keys.
    PrivatePath implanted = member.path.Clone();
    implanted.ForgetFrom(CommonAncestor({index}, sender));
    Must(ImplantPathSecret(suite, merged, sender, {SecretFrom(update.at("path_secrets")[index])},
                           implanted));
    CHECK(KnownKeys(merged, implanted) == KnownKeys(merged, opened.private_path));
  }
}

// Every other member opens a path that we make in the sender's place.
void CheckMade(const Suite& suite, const RatchetTree& tree, const Members& members,
               const nlohmann::json& vector, LeafIndex sender) {
  const PreparedPath prepared =
      Must(PreparePath(suite, tree, sender, tree.leaf(sender)->Parse(), Hex(vector.at("group_id")),
                       members.at(sender.value).signer));
  const Bytes context = ContextOf(vector, prepared.tree);
  const rfc9420::UpdatePath path = Must(SealPath(suite, prepared, context, {}));
  CheckConsistent(suite, prepared.tree, prepared.private_path);

  const RatchetTree merged = Must(MergePath(suite, tree, sender, path, {}));
  CHECK(ToBytes(merged.TreeHash()) == ToBytes(prepared.tree.TreeHash()));
  for (const auto& [index, member] : members) {
    if (index == sender.value) continue;
    const OpenedPath opened = Must(OpenPath(suite, merged, sender, path, context, {}, member.path));
    CHECK(BytesOf(opened.commit_secret.value) == BytesOf(prepared.commit_secret.value));
  }
}

void Check(const nlohmann::json& vector) {
  const Suite suite = TestSuite(CipherSuite{vector.at("cipher_suite")});
  const RatchetTree tree = Must(ParseRatchetTree(suite, Hex(vector.at("ratchet_tree")), 1024));
  Must(CheckTreeStructure(suite, tree));
  const Members members = ReadMembers(suite, tree, vector);
  for (const auto& update : vector.at("update_paths")) {
    CheckReceived(suite, tree, members, vector, update);
    CheckMade(suite, tree, members, vector, {update.at("sender")});
  }
}

}  // namespace

TEST_CASE("treekem.json", "[treekem]") {
  ForEachVector("treekem.json", "/0/update_paths/0/commit_secret", Check);
}

}  // namespace conclave::test
