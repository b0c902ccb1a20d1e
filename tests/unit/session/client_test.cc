// Client: what it says of itself in its key packages, and what it keeps (RFC 9420, sections 7.2 and
// 10).
#include "conclave/client.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "rfc9420/framing.h"
#include "rfc9420/registries.h"
#include "session/session_state.h"
#include "storage/record_key.h"
#include "support/forwarding_provider.h"
#include "support/must.h"
#include "support/parties.h"
#include "support/test_suite.h"

namespace conclave::testing {

namespace {

using test::KindOf;
using test::Must;

rfc9420::KeyPackage Parsed(const Bytes& message) { return Must(ParseKeyPackageMessage(message)); }

// Without what section 13.5 strews in.
template <class T>
std::vector<T> Plain(std::vector<T> values) {
  std::erase_if(values,
                [](T value) { return rfc9420::IsGrease(static_cast<std::uint16_t>(value)); });
  return values;
}

// A provider without X448 and P-521.
class Small final : public test::ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;
  bool Supports(KemId kem) const override {
    return kem != KemId::dhkem_x448_sha512 && kem != KemId::dhkem_p521_sha512 &&
           ForwardingProvider::Supports(kem);
  }
  using ForwardingProvider::Supports;
};

}  // namespace

TEST_CASE("A client lists every suite that its provider has, and both kinds of credential") {
  TestClient alice("alice");
  const Capabilities listed = Parsed(alice.KeyPackage()).leaf_node.capabilities;
  CHECK(listed.versions == std::vector<ProtocolVersion>{ProtocolVersion::mls10});
  CHECK(Plain(listed.cipher_suites) == EverySuite());
  CHECK(Plain(listed.credentials) ==
        std::vector<CredentialType>{CredentialType::basic, CredentialType::x509});
  // Section 7.2: default types are not listed.
  CHECK(Plain(listed.extensions).empty());
  CHECK(Plain(listed.proposals).empty());
}

TEST_CASE("A client does not list what its provider lacks") {
  const Small provider(test::Provider());
  SettableClock clock;
  RecordingVerifier verifier;
  MemoryStorage storage;
  ClientOptions options{.identity = "alice",
                        .crypto = provider,
                        .clock = clock,
                        .verifier = verifier,
                        .storage = storage};
  Client alice = Must(Client::Create(options));
  const auto listed =
      Plain(Parsed(Must(alice.NewKeyPackage())).leaf_node.capabilities.cipher_suites);
  const auto lists = [&listed](int suite) {
    return std::ranges::count(listed, CipherSuite{static_cast<std::uint16_t>(suite)}) == 1;
  };
  for (const int suite : {1, 2, 3, 7}) CHECK(lists(suite));
  for (const int suite : {4, 5, 6}) CHECK_FALSE(lists(suite));
  options.suite = CipherSuite{5};
  CHECK(KindOf(Client::Create(options)) == ErrorKind::kUnsupported);
}

TEST_CASE("A client lists what its application adds, and what it sends, once") {
  const ExtensionType known{0xf001};
  const ExtensionType in_leaf{0xf002};
  const ExtensionType in_key_package{0xf003};
  const ProposalType proposal{0xf004};
  const CredentialType credential{0xf005};
  TestClient alice("alice", {.extensions = {known, in_leaf},
                             .proposals = {proposal},
                             .credentials = {credential},
                             .leaf_extensions = {{in_leaf, ToBytes("leaf")}}});
  const rfc9420::KeyPackage made =
      Parsed(alice.KeyPackage({.extensions = {{in_key_package, ToBytes("kp")}}}));
  const Capabilities& listed = made.leaf_node.capabilities;
  CHECK(Plain(listed.extensions) == std::vector<ExtensionType>{known, in_leaf, in_key_package});
  CHECK(Plain(listed.proposals) == std::vector<ProposalType>{proposal});
  CHECK(std::ranges::count(listed.credentials, credential) == 1);
  CHECK(std::ranges::count(made.leaf_node.extensions, Extension{in_leaf, ToBytes("leaf")}) == 1);
  CHECK(std::ranges::count(made.extensions, Extension{in_key_package, ToBytes("kp")}) == 1);
  // What one key package carries is not said of the next.
  const auto next = Parsed(alice.KeyPackage()).leaf_node.capabilities.extensions;
  CHECK(std::ranges::count(next, in_key_package) == 0);
}

TEST_CASE("A key package is valid from an hour ago for as long as was asked") {
  TestClient alice("alice");
  const auto lifetime_of = [&alice](std::uint64_t seconds) {
    const auto made = Parsed(alice.KeyPackage({.lifetime = seconds}));
    return *made.leaf_node.leaf_node_source.GetIf<Lifetime>();
  };
  const std::uint64_t now = alice.clock.now;
  CHECK(lifetime_of(100) == Lifetime{now - 3600, now + 100});
  CHECK(lifetime_of(0) == Lifetime{now - 3600, now + alice.options.policy.key_package_lifetime});
  // Forever is not less than a moment.
  CHECK(lifetime_of(UINT64_MAX) == Lifetime{now - 3600, UINT64_MAX});
  alice.clock.now = 10;
  CHECK(lifetime_of(100) == Lifetime{0, 110});
}

TEST_CASE("Every key package has keys of its own, which are kept before it is shown") {
  TestClient alice("alice");
  const auto count = [&alice] {
    return Must(alice.storage.Keys(record_key::KeyPackages())).size();
  };
  REQUIRE(count() == 0);
  const auto first = Parsed(alice.KeyPackage());
  const auto second = Parsed(alice.KeyPackage());
  CHECK(count() == 2);
  CHECK(first.init_key != second.init_key);
  CHECK(first.leaf_node.encryption_key != second.leaf_node.encryption_key);
  CHECK(first.init_key != first.leaf_node.encryption_key);
  CHECK(first.leaf_node.signature_key == ToBytes(alice->signature_key()));
  CHECK(first.leaf_node.signature_key == second.leaf_node.signature_key);
}

TEST_CASE("A client is what it was created as") {
  TestClient alice("alice", {.suite = CipherSuite{3}});
  CHECK(alice->suite() == CipherSuite{3});
  CHECK(alice->credential() == Credential(BasicCredential{ToBytes("alice")}));
  const Credential custom = CustomCredential{CredentialType{0xf000}, ToBytes("x")};
  TestClient bob("ignored", {.credential = custom, .credentials = {CredentialType{0xf000}}});
  CHECK(bob->credential() == custom);
}

TEST_CASE("Each identity and each suite has its own key, and keeps it") {
  SettableClock clock;
  RecordingVerifier verifier;
  MemoryStorage storage;
  const auto key_of = [&](std::string_view identity, std::uint16_t suite) {
    return ToBytes(Must(Client::Create({.identity = identity,
                                        .crypto = test::Provider(),
                                        .clock = clock,
                                        .verifier = verifier,
                                        .storage = storage,
                                        .suite = CipherSuite{suite}}))
                       .signature_key());
  };
  const Bytes key = key_of("alice", 1);
  CHECK(key_of("alice", 1) == key);
  CHECK(key_of("alice", 3) != key);
  CHECK(key_of("bob", 1) != key);
  // And the format.
  CHECK(storage.Keys({}).value().size() == 4);
}

}  // namespace conclave::testing
