// Where other implementations were found to disagree with us, that we are what docs/interop.md
// says. (GREASE is in tests/scenarios/grease_test.cc, lifetimes in
// tests/hostile/key_package_test.cc.)
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <vector>

#include "conclave/external_join.h"
#include "crypto/signature_key.h"
#include "rfc9420/extensions.h"
#include "session/session_state.h"
#include "support/conversation.h"
#include "support/must.h"
#include "support/test_suite.h"
#include "wire/parse.h"

namespace conclave::testing {

namespace {

using test::KindOf;
using test::Must;

// Whose public key is a compressed point. Signs as any other.
class CompressedSigner final : public Signer {
 public:
  explicit CompressedSigner(CipherSuite suite)
      : below_(
            Must(SoftwareSigner::Generate(test::Provider(), test::TestSuite(suite).signature()))) {
    const BytesView point = below_.public_key();
    const std::size_t coordinate = (point.size() - 1) / 2;
    compressed_.push_back(static_cast<std::uint8_t>(2 + (point.back() & 1)));
    const BytesView x = point.subspan(1, coordinate);
    compressed_.insert(compressed_.end(), x.begin(), x.end());
  }
  BytesView public_key() const override { return compressed_; }
  Result<Bytes> Sign(BytesView message) const override { return below_.Sign(message); }

 private:
  SoftwareSigner below_;
  Bytes compressed_;
};

std::vector<LeafIndex> UnmergedAt(const Session& session, std::uint32_t node) {
  const ParentRecord* parent =
      SessionAccess::Of(session).public_group().tree().parent(NodeIndex{node});
  REQUIRE(parent != nullptr);
  REQUIRE_FALSE(parent->is_blank());
  return {parent->unmerged_leaves().begin(), parent->unmerged_leaves().end()};
}

}  // namespace

TEST_CASE("An external_pub carries the length of its key") {
  TestClient alice("alice");
  TestClient bob("bob");
  Room room({&alice});
  const Bytes info = Must(MakeGroupInfo(room[0]));
  const auto parsed = Must(ParseGroupInfoMessage(info));
  const auto* ours = rfc9420::FindExtension(parsed.extensions, ExtensionType::external_pub);
  REQUIRE(ours != nullptr);
  REQUIRE(ours->extension_data.size() == 33);
  REQUIRE(ours->extension_data.front() == 32);

  const Bytes bare(32, 9);
  const Bytes theirs = Must(MakeGroupInfo(
      room[0], {.external_pub = false, .extensions = {{ExtensionType::external_pub, bare}}}));
  REQUIRE(KindOf(StartExternalJoin(*bob, theirs)) == ErrorKind::kMalformed);
  REQUIRE(StartExternalJoin(*bob, info).ok());
}

TEST_CASE("A signature key of ECDSA is no compressed point") {
  const auto suite = GENERATE(CipherSuite::MLS_128_DHKEMP256_AES128GCM_SHA256_P256,
                              CipherSuite::MLS_256_DHKEMP521_AES256GCM_SHA512_P521,
                              CipherSuite::MLS_256_DHKEMP384_AES256GCM_SHA384_P384);
  const CompressedSigner signer(suite);
  TestClient alice("alice", {.suite = suite});
  TestClient bob("bob", {.suite = suite, .signer = &signer});
  Room room({&alice});
  const auto added = room[0].CreateCommit({.add = {bob.KeyPackage()}});
  REQUIRE(KindOf(added) == ErrorKind::kInvalidProposal);
}

TEST_CASE("Above the node where a leaf is unmerged, it may be merged") {
  TestClient clients[] = {TestClient("a"), TestClient("b"), TestClient("c"), TestClient("d"),
                          TestClient("e"), TestClient("f"), TestClient("g")};
  std::vector<TestClient*> founders;
  for (TestClient& client : clients) founders.push_back(&client);
  TestClient late("late"), latest("latest");
  Room room(founders);
  room.Commit(room[4], {.path = PathPolicy::always});
  room.Add(room[0], late);
  room.Commit(room[0], {.path = PathPolicy::always});
  // The right half of the tree lists the leaf of `late`, the root does not.
  REQUIRE(UnmergedAt(room[0], 11) == std::vector<LeafIndex>{{7}});
  REQUIRE(UnmergedAt(room[0], 7).empty());
  room.Add(room[0], latest);
  RequireHealthy(room.all());
}

TEST_CASE("Whose place is taken by the commit that removes it knows that it is out") {
  TestClient alice("alice"), bob("bob"), carol("carol"), dave("dave");
  Room room({&alice, &bob, &carol});
  const LeafIndex place = room[2].own_leaf();
  const auto offer = Must(room[0].CreateCommit({.add = {dave.KeyPackage()}, .remove = {place}}));
  StagedCommit staged = ReceiveCommit(room[2], offer.commit);
  REQUIRE(staged.removes_us());
  REQUIRE(staged.added().size() == 1);
  REQUIRE(staged.added().front().leaf == place);
  Must(room[2].Apply(std::move(staged)));
  REQUIRE_FALSE(room[2].is_member());
}

}  // namespace conclave::testing
