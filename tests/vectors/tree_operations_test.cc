// tree-operations.json: applying a proposal to a ratchet tree (RFC 9420, section 12.1).
#include <catch2/catch_test_macros.hpp>

#include "rfc9420/proposal.h"
#include "support/must.h"
#include "support/test_suite.h"
#include "tree/tree_builder.h"
#include "tree/tree_rules.h"
#include "vectors/vectors.h"
#include "wire/parse.h"

namespace conclave::test {

namespace {

void Check(const nlohmann::json& vector) {
  const Suite suite = TestSuite(CipherSuite{vector.at("cipher_suite")});
  const RatchetTree before = Must(ParseRatchetTree(suite, Hex(vector.at("tree_before")), 1024));
  CHECK(ToBytes(before.TreeHash()) == Hex(vector.at("tree_hash_before")));

  const auto proposal = Must(wire::Parse<rfc9420::Proposal>(Hex(vector.at("proposal"))));
  TreeBuilder builder(before);
  if (const auto* add = proposal.GetIf<rfc9420::Add>()) {
    builder.AddLeaf(LeafRecord(add->key_package.leaf_node));
  } else if (const auto* update = proposal.GetIf<rfc9420::Update>()) {
    builder.UpdateLeaf({vector.at("proposal_sender")}, LeafRecord(update->leaf_node));
  } else {
    builder.RemoveLeaf(proposal.GetIf<rfc9420::Remove>()->removed);
    builder.Truncate();
  }
  const RatchetTree after = Must(std::move(builder).Finish(suite));
  CHECK(after.SerializeRatchetTree() == Hex(vector.at("tree_after")));
  CHECK(ToBytes(after.TreeHash()) == Hex(vector.at("tree_hash_after")));
}

}  // namespace

TEST_CASE("tree-operations.json", "[tree-operations]") {
  ForEachVector("tree-operations.json", "/0/tree_hash_after", Check);
}

}  // namespace conclave::test
