// The rules of a KeyPackage and of PSK proposals, one broken at a time (RFC 9420, sections
// 10, 10.1, 11.2, 11.3 and 12.1.4).
#include "group/key_package_rules.h"

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <string_view>

#include "conclave/boringssl_provider.h"
#include "crypto/signature_key.h"
#include "group/create_group.h"
#include "group/proposal_rules.h"
#include "labeled/labeled.h"
#include "rfc9420/labels.h"
#include "support/parties.h"
#include "wire/parse.h"

namespace conclave {
namespace {

using testing::RecordingVerifier;

class NoPsks final : public PskSource {
 public:
  Result<Secret> Find(const PskId&) const override { return {ErrorKind::kMissing, "test"}; }
};

// A client that can sign KeyPackages that are not valid.
struct Fixture {
  Fixture() {
    profile.credential = BasicCredential{ToBytes("alice")};
    profile.capabilities.versions = {ProtocolVersion::mls10};
    profile.capabilities.cipher_suites = {suite.id()};
    profile.capabilities.credentials = {CredentialType::basic};
  }

  Environment environment() { return {policy, verifier, psks, 1000}; }

  rfc9420::KeyPackage Make() {
    return MakeKeyPackage(suite, profile, signer, {900, 1100}, {}).value().key_package;
  }

  // Changes a valid KeyPackage, signs it again, and checks it.
  Result<void> Check(const std::function<void(rfc9420::KeyPackage&)>& change) {
    rfc9420::KeyPackage key_package = Make();
    change(key_package);
    key_package.signature =
        SignWithLabel(signer, rfc9420::labels::kKeyPackageTBS, wire::SerializeTbs(key_package))
            .value();
    return CheckKeyPackage(suite, environment(), key_package);
  }

  void Breaks(std::string_view rule, const std::function<void(rfc9420::KeyPackage&)>& change) {
    const auto checked = Check(change);
    REQUIRE(!checked.ok());
    CHECK(checked.error().detail == rule);
    CHECK(checked.error().kind == ErrorKind::kInvalidProposal);
  }

  BoringSslProvider crypto;
  Suite suite = FindSuite(CipherSuite{1}, crypto).value();
  SoftwareSigner signer = SoftwareSigner::Generate(crypto, suite.signature()).value();
  LeafProfile profile;
  Policy policy;
  RecordingVerifier verifier;
  NoPsks psks;
};

TEST_CASE("A KeyPackage that was not changed is valid") {
  Fixture fixture;
  CHECK(fixture.Check([](rfc9420::KeyPackage&) {}).ok());
}

TEST_CASE("A KeyPackage is for the group's version and suite") {
  Fixture fixture;
  fixture.Breaks("10.1:version-matches",
                 [](auto& key_package) { key_package.version = ProtocolVersion{2}; });
  fixture.Breaks("10.1:suite-matches",
                 [](auto& key_package) { key_package.cipher_suite = CipherSuite{3}; });
}

//= rfc9420#10
//# A KeyPackage object with an invalid signature field MUST be considered malformed.
TEST_CASE("A KeyPackage whose signature is not its own is refused") {
  Fixture fixture;
  rfc9420::KeyPackage key_package = fixture.Make();
  for (std::size_t i = 0; i < key_package.signature.size(); i += 7) {
    rfc9420::KeyPackage altered = key_package;
    altered.signature[i] ^= 1;
    const auto checked = CheckKeyPackage(fixture.suite, fixture.environment(), altered);
    REQUIRE(!checked.ok());
    CHECK(checked.error().detail == std::string_view("10.1:signature"));
  }
  key_package.init_key[0] ^= 1;
  CHECK(!CheckKeyPackage(fixture.suite, fixture.environment(), key_package).ok());
}

TEST_CASE("The init key is a key of the suite, and another than the leaf's") {
  Fixture fixture;
  fixture.Breaks("10:init-key-size", [](auto& key_package) { key_package.init_key.pop_back(); });
  fixture.Breaks("10.1:init-key-differs", [](auto& key_package) {
    key_package.init_key = key_package.leaf_node.encryption_key;
  });
}

TEST_CASE(
    "Something can be sealed to the init key of a KeyPackage that we may have to invite with") {
  Fixture fixture;
  rfc9420::KeyPackage key_package = fixture.Make();
  CHECK(CheckInitKey(fixture.suite, key_package).ok());
  key_package.init_key.assign(32, 0);
  const auto checked = CheckInitKey(fixture.suite, key_package);
  REQUIRE(!checked.ok());
  CHECK(checked.error().detail == std::string_view("10:init-key-is-a-key"));
  CHECK(checked.error().kind == ErrorKind::kInvalidProposal);
}

TEST_CASE("Extensions of a KeyPackage are in the leaf's capabilities, each once") {
  Fixture fixture;
  const Extension extension{ExtensionType{0xf001}, {1}};
  fixture.Breaks("10:extensions-in-capabilities",
                 [&](auto& key_package) { key_package.extensions = {extension}; });
  fixture.profile.capabilities.extensions = {extension.extension_type};
  CHECK(fixture.Check([&](auto& key_package) { key_package.extensions = {extension}; }).ok());
  fixture.Breaks("10:extensions-once",
                 [&](auto& key_package) { key_package.extensions = {extension, extension}; });
}

TEST_CASE("A KeyPackage is used within its lifetime, and its lifetime is bounded") {
  Fixture fixture;
  const auto at = [&fixture](std::uint64_t now) {
    return CheckKeyPackage(fixture.suite, {fixture.policy, fixture.verifier, fixture.psks, now},
                           fixture.Make());
  };
  CHECK(at(900).ok());
  CHECK(at(1100).ok());
  CHECK(at(899).error().detail == std::string_view("7.3:lifetime-is-current"));
  CHECK(at(1101).error().detail == std::string_view("7.3:lifetime-is-current"));
  fixture.policy.max_key_package_lifetime = 199;
  CHECK(at(1000).error().detail == std::string_view("7.2:lifetime-not-too-long"));
}

//= rfc9420#10
//# If a client receives a KeyPackage carried within an MLSMessage object, then it MUST verify that
//# the `version` field of the KeyPackage has the same value as the `version` field of the
//# MLSMessage.
TEST_CASE("A KeyPackage has the version of the message that carries it") {
  Fixture fixture;
  testing::TestClient alice("alice");
  Session room = alice->CreateGroup().value();
  rfc9420::MLSMessage message;
  message.message = decltype(message.message)::Of(fixture.Make());
  message.version = ProtocolVersion{2};
  const auto offered = room.CreateCommit({.add = {wire::Serialize(message)}});
  REQUIRE(!offered.ok());
  CHECK(offered.error().detail == std::string_view("10:version-is-the-messages"));
  CHECK(offered.error().kind == ErrorKind::kMalformed);
}

// A PSK proposal for a group of suite 1, whose hash has 32 bytes.
rfc9420::Proposal Resumption(rfc9420::ResumptionPSKUsage usage, std::size_t nonce = 32) {
  rfc9420::PreSharedKey psk;
  psk.psk.psk = decltype(psk.psk.psk)::Of(rfc9420::ResumptionPSK{usage, ToBytes("group"), 1});
  psk.psk.psk_nonce = Bytes(nonce, 7);
  return rfc9420::Proposal::Of(std::move(psk));
}

TEST_CASE("PSKs of a re-initialisation or a branch are for that, and for nothing else") {
  using Usage = rfc9420::ResumptionPSKUsage;
  Fixture fixture;
  const auto group = CreateGroupState(fixture.suite, fixture.environment(), ToBytes("group"), {},
                                      fixture.profile, fixture.signer, {900, 1100})
                         .value();
  const auto check = [&](CommitPurpose purpose, const rfc9420::Proposal& proposal) {
    return CheckProposal(
        group.epoch.group, fixture.environment(), purpose, CredentialMoment::received_add,
        {.proposal = &proposal, .sender = rfc9420::Sender::Of(rfc9420::MemberSender{})});
  };
  const auto breaks = [&](CommitPurpose purpose, Usage usage, std::string_view rule) {
    const auto checked = check(purpose, Resumption(usage));
    REQUIRE(!checked.ok());
    CHECK(checked.error().detail == rule);
  };
  //= rfc9420#11.2
  //# Resumption PSKs with usage `reinit` MUST NOT be used in other contexts.
  //= rfc9420#11.2
  //# A PreSharedKey proposal with type `resumption` and usage `reinit` MUST be considered invalid.
  for (const auto purpose :
       {CommitPurpose::regular, CommitPurpose::external, CommitPurpose::branch}) {
    breaks(purpose, Usage::reinit, "12.1.4:reinit-psk-in-successor-only");
  }
  CHECK(check(CommitPurpose::successor, Resumption(Usage::reinit)).ok());
  //= rfc9420#11.3
  //# Resumption PSKs with usage `branch` MUST NOT be used in other contexts.
  //= rfc9420#11.3
  //# A PreSharedKey proposal with type `resumption` and usage `branch` MUST be considered invalid.
  for (const auto purpose :
       {CommitPurpose::regular, CommitPurpose::external, CommitPurpose::successor}) {
    breaks(purpose, Usage::branch, "12.1.4:branch-psk-in-branch-only");
  }
  CHECK(check(CommitPurpose::branch, Resumption(Usage::branch)).ok());

  CHECK(check(CommitPurpose::regular, Resumption(Usage::application)).ok());
  breaks(CommitPurpose::regular, Usage{4}, "8.4:resumption-usage-known");
  for (const std::size_t size : {0u, 31u, 33u}) {
    const auto checked = check(CommitPurpose::regular, Resumption(Usage::application, size));
    REQUIRE(!checked.ok());
    CHECK(checked.error().detail == std::string_view("12.1.4:psk-nonce-size"));
  }
}

}  // namespace
}  // namespace conclave
