// RFC 9420, sections 5.1.1, 7.5 and 10, RFC 9180, section 7.1.4: public keys to which nothing can
// be sealed, wherever a group takes a key from somebody. Let in, they would keep others from
// inviting, or from committing with a path.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "base/hex.h"
#include "hostile/forge_group.h"
#include "hpke/kem.h"

namespace conclave::testing {
namespace {

using rfc9420::Add;
using rfc9420::LeafNode;
using test::Must;

constexpr std::size_t kNobody = 99;

struct BadKey {
  const char* how;
  Bytes key;
};

// The encodings of the points of low order, the lowest bytes first; those beyond the prime among
// them (RFC 7748, section 6).
std::vector<BadKey> PointsOfLowOrder(KemId kem) {
  const auto hex = [](const std::string& text) { return *FromHex(text); };
  const std::string f30(60, 'f'), f27(54, 'f'), f28(56, 'f'), zeros28(56, '0');
  if (kem == KemId::dhkem_x25519_sha256) {
    std::vector<BadKey> keys = {
        {"zero", Bytes(32, 0)},
        {"one", hex("01" + std::string(62, '0'))},
        {"of order 8", hex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")},
        {"of order 8", hex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")},
        {"minus one", hex("ec" + f30 + "7f")},
        {"zero, not reduced", hex("ed" + f30 + "7f")},
        {"one, not reduced", hex("ee" + f30 + "7f")}};
    // The highest bit is ignored.
    for (std::size_t i = keys.size(); i-- > 0;) {
      keys.push_back(keys[i]);
      keys.back().key.back() ^= 0x80;
    }
    return keys;
  }
  return {{"zero", Bytes(56, 0)},
          {"one", hex("01" + std::string(110, '0'))},
          {"minus one", hex("fe" + f27 + "fe" + f27)},
          {"zero, not reduced", hex(f28 + "fe" + f27)},
          {"one, not reduced", hex(zeros28 + f28)}};
}

// Of the size of a key, so that only the curve can tell.
std::vector<BadKey> NoPoints(const Suite& suite) {
  const Bytes good = Must(KemGenerateKeyPair(suite.provider(), suite.kem())).public_key;
  const auto with = [&good](std::size_t at, std::uint8_t changed) {
    Bytes key = good;
    key[at] ^= changed;
    return key;
  };
  const auto parity = static_cast<std::uint8_t>(good.back() & 1);
  Bytes beyond(good.size(), 0xff);
  beyond.front() = 4;
  Bytes at_infinity(good.size(), 0);
  Bytes origin = at_infinity;
  origin.front() = 4;
  return {{"off the curve", with(good.size() - 1, 1)},
          {"another x", with(good.size() / 2, 1)},
          {"a form that there is not", with(0, 4 ^ 5)},
          {"the hybrid form", with(0, static_cast<std::uint8_t>(4 ^ (6 + parity)))},
          {"coordinates beyond the field", beyond},
          {"zeros", at_infinity},
          {"the origin", origin}};
}

std::vector<BadKey> BadKeys(const Suite& suite) {
  switch (suite.kem()) {
    case KemId::dhkem_x25519_sha256:
    case KemId::dhkem_x448_sha512:
      return PointsOfLowOrder(suite.kem());
    default:
      return NoPoints(suite);
  }
}

// One suite of each group.
CipherSuite EachCurve() { return CipherSuite{GENERATE(as<std::uint16_t>{}, 1, 2, 4, 5, 7)}; }

TEST_CASE("A leaf whose encryption key is no key is not added") {
  HostileRoom room(3, {.suite = EachCurve()});
  TestClient& outsider = room.Outsider();
  for (const BadKey& bad : BadKeys(room.suite())) {
    const Mutation mutation(bad.how);
    const auto key_package = ForgeKeyPackage(
        outsider, {.leaf = [&bad](LeafNode& leaf) { leaf.encryption_key = bad.key; }});
    const Add add{key_package};
    const Bytes message = WrapMessage(key_package);
    constexpr auto kRule = "5.1.1:encryption-key-is-a-key";
    room.RequireRefused(SendProposal(room[0], AsProposal(add)), ErrorKind::kInvalidProposal, kRule);
    room.RequireRefused(
        ForgeCommit(room.client(0), room[0], {.proposals = {ByValue(add)}, .path = false}),
        ErrorKind::kInvalidProposal, kRule);
    room.RequireRequestRefused(0, {.add = {message}}, ErrorKind::kInvalidProposal, kRule);
    room.RequireCallRefused(
        0, [&] { return ProposeAdd(room[0], message); }, ErrorKind::kInvalidProposal, kRule);
  }
  room.RequireGoesOn();
}

TEST_CASE("An Update, a commit and an external commit bring no encryption key that is none") {
  HostileRoom room(3, {.suite = EachCurve()});
  TestClient& mallory = room.Outsider();
  for (const BadKey& bad : BadKeys(room.suite())) {
    const Mutation mutation(bad.how);
    const Edit<LeafNode> edit = [&bad](LeafNode& leaf) { leaf.encryption_key = bad.key; };
    constexpr auto kRule = "5.1.1:encryption-key-is-a-key";
    const auto refused = [&](const char* by, const Bytes& message, ErrorKind kind,
                             std::size_t sender) {
      const Mutation made(by);
      room.RequireRefused(message, kind, kRule, sender);
    };
    refused("in an Update",
            SendProposal(room[1],
                         AsProposal(rfc9420::Update{ForgeUpdateLeaf(room[1], {.leaf = edit})})),
            ErrorKind::kInvalidProposal, 1);
    refused("in a commit", ForgeCommit(room.client(0), room[0], {.leaf = edit}),
            ErrorKind::kInvalidCommit, 0);
    refused("in an external commit",
            ForgeExternalCommit(mallory, room[0], {.commit = {.leaf = edit}}),
            ErrorKind::kInvalidCommit, kNobody);
  }
  room.RequireGoesOn();
}

TEST_CASE("An Add whose init key is no key is refused by whoever might have to invite with it") {
  HostileRoom room(3, {.suite = EachCurve()});
  TestClient& outsider = room.Outsider();
  for (const BadKey& bad : BadKeys(room.suite())) {
    const Mutation mutation(bad.how);
    const auto key_package = ForgeKeyPackage(
        outsider, {.key_package = [&bad](rfc9420::KeyPackage& made) { made.init_key = bad.key; }});
    const Add add{key_package};
    const Bytes message = WrapMessage(key_package);
    constexpr auto kRule = "10:init-key-is-a-key";
    room.RequireRefused(SendProposal(room[0], AsProposal(add)), ErrorKind::kInvalidProposal, kRule);
    room.RequireRequestRefused(0, {.add = {message}}, ErrorKind::kInvalidProposal, kRule);
    room.RequireCallRefused(
        0, [&] { return ProposeAdd(room[0], message); }, ErrorKind::kInvalidProposal, kRule);
    // Whoever has committed it has had to invite already, and the others need not know how.
    room.RequireAccepted(
        ForgeCommit(room.client(0), room[0], {.proposals = {ByValue(add)}, .path = false}));
  }
  room.RequireGoesOn();
}

TEST_CASE("A KEM output of low order, or off the curve, opens nothing") {
  HostileRoom room(3, {.suite = EachCurve()});
  TestClient& mallory = room.Outsider();
  for (const BadKey& bad : BadKeys(room.suite())) {
    const Mutation mutation(bad.how);
    const Bytes commit =
        ForgeCommit(room.client(0), room[0], {.sealed = [&bad](rfc9420::UpdatePath& path) {
                      for (rfc9420::UpdatePathNode& node : path.nodes) {
                        for (auto& secret : node.encrypted_path_secret) secret.kem_output = bad.key;
                      }
                    }});
    room.RequireRefused(commit, ErrorKind::kInvalidCommit, "7.6:path-secret-opens");
    const Bytes external = ForgeExternalCommit(
        mallory, room[0],
        {.external_init = [&bad](rfc9420::ExternalInit& init) { init.kem_output = bad.key; }});
    for (std::size_t i = 0; i < room.size(); ++i) {
      const Observed before = Observe(room[i], room.client(i));
      REQUIRE(test::KindOf(room[i].Receive(external)) == ErrorKind::kMalformed);
      RequireUnchanged(before, room[i], room.client(i));
    }
  }
  room.RequireGoesOn();
}

// Whoever is under a node of a path derives its key, and would notice. The others cannot see more
// than that it has the right size; what it costs them is a Remove.
TEST_CASE("A path's key that is none is noticed under its node, and is gone with a member there") {
  const CipherSuite suite = EachCurve();
  for (const std::size_t node : {1u, 2u}) {
    HostileRoom room(8, {.suite = suite});
    const BadKey bad = BadKeys(room.suite()).front();
    const Bytes commit = ForgeCommit(
        room.client(0), room[0],
        {.keys = [&bad, node](PreparedPath& path) { path.nodes[node].encryption_key = bad.key; }});
    const std::size_t harmed = node == 2 ? 8 : 4;  // the members under the node
    for (std::size_t i = 1; i < harmed; ++i) {
      room.RequireRefusedBy(i, commit, ErrorKind::kInvalidCommit,
                            "7.5:derived-public-key-is-the-nodes");
    }
    if (harmed == 8) {
      room.RequireGoesOn();
      continue;
    }
    Sessions others;
    for (std::size_t i = harmed; i < 8; ++i) others.emplace_back(room[i]);
    DeliverCommit(others, commit);
    // They would seal to the node now, which nobody can.
    const Mutation mutation("by our own commit");
    room.RequireRequestRefused(harmed, {}, ErrorKind::kInvalidCommit,
                               "7.5:recipients-keys-are-keys");
    const OutgoingCommit removal = Must(room[harmed].CreateCommit({.remove = {{1}}}));
    DeliverCommit(others, removal.commit);
    RequireStillHealthy(others);
  }
}

// To ask of every leaf of a large group whether its key is one would cost as much as half of all
// signatures. Its members have asked when the leaf came in.
TEST_CASE("A group that let a key in that is none can be joined, and be rid of it") {
  const CipherSuite suite = EachCurve();
  Invitation invitation(4, {.suite = suite}, false);
  HostileRoom& room = invitation.room();
  ForgedGroup forged = invitation.Forge();
  const BadKey bad = BadKeys(room.suite()).front();
  forged.EditLeaf(2, SignerOf(room.client(2)),
                  [&bad](LeafNode& leaf) { leaf.encryption_key = bad.key; });
  Session joined = invitation.joiner().Join(forged.WelcomeFor(invitation.key_package()));
  const Observed before = Observe(joined, invitation.joiner());
  REQUIRE(ErrorOf(joined.CreateCommit({})) ==
          Describe(ErrorKind::kInvalidCommit, "7.5:recipients-keys-are-keys"));
  RequireUnchanged(before, joined, invitation.joiner());
  ReceiveAndApply(joined, Must(joined.CreateCommit({.remove = {{2}}})).commit);
  ReceiveAndApply(joined, Must(joined.CreateCommit({})).commit);
  RequireStillHealthy(room.room().all());
}

}  // namespace
}  // namespace conclave::testing
