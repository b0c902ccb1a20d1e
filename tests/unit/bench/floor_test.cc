// That the floor of the benchmarks does the work of RFC 9180 and RFC 9420: what it computes is what
// the library computes, in all suites.
#include "bench/floor.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstddef>
#include <set>

#include "bench/floor_suite.h"
#include "hpke/hpke.h"
#include "hpke/kem.h"
#include "labeled/labeled.h"
#include "support/test_suite.h"

namespace conclave::test {

namespace {

using bench::Floor;
using bench::FloorSuite;
using bench::Primitives;

// Calls `check` with each suite of the library and of the floor.
template <class Check>
void ForEachSuite(Check check) {
  for (const SuiteParameters& parameters : RfcSuites()) {
    CAPTURE(parameters.name);
    const Suite suite = Suite::Create(parameters, Provider()).value();
    FloorSuite floor(static_cast<int>(parameters.id));
    check(suite, floor);
  }
}

}  // namespace

TEST_CASE("the floor's own check finds nothing wrong", "[floor]") {
  for (int suite = 1; suite <= 7; ++suite) {
    CAPTURE(suite);
    CHECK(Floor(suite).SelfCheck().empty());
  }
}

TEST_CASE("the library opens what the floor seals, and the floor what the library seals",
          "[floor]") {
  ForEachSuite([](const Suite& suite, FloorSuite& floor) {
    const KeyPair recipient =
        KemDeriveKeyPair(Provider(), suite.kem(), Secret::CopyOf(floor.ikm(0))).value();
    const HpkeSuite hpke = HpkeSuiteOf(suite);

    bench::HpkeCiphertext sealed;
    floor.hpke().Seal(0, floor.secret(), sealed);
    const Secret opened = OpenBase(hpke, Provider(), recipient.private_key, recipient.public_key,
                                   sealed.kem_output, floor.info(), {}, sealed.ciphertext)
                              .value();
    CHECK(std::ranges::equal(opened.ExposeForProvider(), floor.secret()));

    const HpkeSealed theirs =
        SealBase(hpke, Provider(), recipient.public_key, floor.info(), {}, floor.secret()).value();
    bench::Octets plaintext;
    REQUIRE(floor.hpke().Open(0, {theirs.kem_output, theirs.ciphertext}, plaintext));
    CHECK(std::ranges::equal(plaintext, floor.secret()));
  });
}

TEST_CASE("the floor derives the nodes of a path as the library does", "[floor]") {
  ForEachSuite([](const Suite& suite, FloorSuite& floor) {
    const Secret path_secret = Secret::CopyOf(floor.path_secret());
    floor.DeriveNode();

    const Secret node_secret = DeriveSecret(suite, path_secret, "node").value();
    const KeyPair node = KemDeriveKeyPair(Provider(), suite.kem(), node_secret).value();
    const Secret next = DeriveSecret(suite, path_secret, "path").value();
    CHECK(std::ranges::equal(floor.public_key(), node.public_key));
    CHECK(std::ranges::equal(floor.path_secret(), next.ExposeForProvider()));
  });
}

TEST_CASE("the floor runs every kind of primitive in all suites", "[floor]") {
  const Primitives once{.seals = 1,
                        .opens = 1,
                        .key_pairs = 1,
                        .random_key_pairs = 1,
                        .signatures = 1,
                        .verifications = 1,
                        .signatures_over = {5000},
                        .verifications_over = {5000},
                        .macs = 1,
                        .hashed = {100},
                        .sealed = {0, 1024},
                        .opened = {16, 1040}};
  for (int suite = 1; suite <= 7; ++suite) {
    CAPTURE(suite);
    Floor floor(suite);
    floor.Prepare(once);
    CHECK_NOTHROW(floor.Run(once));
  }
}

TEST_CASE("the floor takes another key and message each turn", "[floor]") {
  FloorSuite floor(1);
  floor.PrepareContent(300);
  std::set<bench::Octets> signatures;
  for (std::size_t i = 0; i < 2 * FloorSuite::kTurns; ++i) signatures.insert(floor.Sign(300));
  CHECK(signatures.size() == FloorSuite::kTurns);
}

}  // namespace conclave::test
