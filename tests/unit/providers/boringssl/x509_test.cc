// X.509 credentials (RFC 9420, section 5.3): chains made here, each wrong in one way.
#include "conclave/x509.h"

#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <utility>
#include <vector>

#include "conclave/boringssl_provider.h"
#include "unit/providers/boringssl/test_certificates.h"

namespace conclave::test {

namespace {

// root -> intermediate -> leaf, all good until a test changes something.
struct Hierarchy {
  Key root_key = MakeEcKey();
  Key intermediate_key = MakeEcKey(NID_secp384r1);
  Key leaf_key = MakeEcKey();
  CertificateFields root{
      .subject = "root", .issuer = "root", .ca = true, .key_usage = {kKeyCertSign}};
  CertificateFields intermediate{
      .subject = "intermediate", .issuer = "root", .ca = true, .key_usage = {kKeyCertSign}};
  CertificateFields leaf{
      .subject = "leaf", .issuer = "intermediate", .ca = false, .key_usage = {kDigitalSignature}};

  Bytes RootDer() const { return MakeCertificate(root, root_key, root_key); }
  Bytes IntermediateDer() const {
    return MakeCertificate(intermediate, intermediate_key, root_key);
  }
  Bytes LeafDer() const { return MakeCertificate(leaf, leaf_key, intermediate_key); }

  X509Roots Roots() const {
    X509Roots roots;
    roots.Add(RootDer()).value();
    return roots;
  }
  std::vector<Bytes> Chain() const { return {LeafDer(), IntermediateDer()}; }
  Result<void> Verify(std::uint64_t now = kNow) const {
    return VerifyX509Chain(Chain(), Roots(), now, PublicKeyOf(leaf_key));
  }
};

bool IsNotAuthentic(const Result<void>& result) {
  if (result.ok()) return false;
  UNSCOPED_INFO(result.error().detail);
  return result.error().kind == ErrorKind::kNotAuthentic;
}

}  // namespace

TEST_CASE("A good chain verifies, with and without its root") {
  const Hierarchy good;
  CHECK(good.Verify().ok());
  auto chain = good.Chain();
  chain.push_back(good.RootDer());
  CHECK(VerifyX509Chain(chain, good.Roots(), kNow, PublicKeyOf(good.leaf_key)).ok());
}

TEST_CASE("Only the end entity's place in the chain is fixed") {
  const Hierarchy good;
  auto chain = good.Chain();
  chain.insert(chain.begin() + 1, good.RootDer());
  CHECK(VerifyX509Chain(chain, good.Roots(), kNow, PublicKeyOf(good.leaf_key)).ok());
  std::swap(chain[0], chain[2]);
  CHECK(IsNotAuthentic(VerifyX509Chain(chain, good.Roots(), kNow, PublicKeyOf(good.leaf_key))));
}

TEST_CASE("Without extensions on the leaf a chain verifies too") {
  Hierarchy plain;
  plain.leaf.ca.reset();
  plain.leaf.key_usage.clear();
  CHECK(plain.Verify().ok());
}

TEST_CASE("End-entity and CA keys may be of any kind that BoringSSL verifies") {
  Hierarchy mixed;
  mixed.leaf_key = MakeEd25519Key();
  mixed.intermediate_key = MakeRsaKey(2048);
  CHECK(mixed.Verify().ok());
  mixed.leaf_key = MakeEcKey(NID_secp521r1);
  mixed.intermediate_key = MakeEd25519Key();
  CHECK(mixed.Verify().ok());
}

TEST_CASE("A chain holds from its first second until its last") {
  const Hierarchy good;
  CHECK(good.Verify(static_cast<std::uint64_t>(kNotBefore)).ok());
  CHECK(good.Verify(static_cast<std::uint64_t>(kNotAfter) - 1).ok());
  CHECK(IsNotAuthentic(good.Verify(static_cast<std::uint64_t>(kNotBefore) - 1)));
  CHECK(IsNotAuthentic(good.Verify(static_cast<std::uint64_t>(kNotAfter) + 1)));
  CHECK(IsNotAuthentic(good.Verify(0)));
  CHECK(IsNotAuthentic(good.Verify(std::numeric_limits<std::uint64_t>::max())));
}

TEST_CASE("Every certificate of a chain must be valid now") {
  for (CertificateFields Hierarchy::* which :
       {&Hierarchy::root, &Hierarchy::intermediate, &Hierarchy::leaf}) {
    Hierarchy expired;
    (expired.*which).not_after = static_cast<std::int64_t>(kNow) - 1;
    CHECK(IsNotAuthentic(expired.Verify()));
    Hierarchy early;
    (early.*which).not_before = static_cast<std::int64_t>(kNow) + 1;
    CHECK(IsNotAuthentic(early.Verify()));
  }
}

TEST_CASE("An issuer must be a CA") {
  Hierarchy not_a_ca;
  not_a_ca.intermediate.ca = false;
  CHECK(IsNotAuthentic(not_a_ca.Verify()));
  Hierarchy silent;
  silent.intermediate.ca.reset();
  CHECK(IsNotAuthentic(silent.Verify()));
  Hierarchy root;
  root.root.ca = false;
  CHECK(IsNotAuthentic(root.Verify()));
}

TEST_CASE("A path may not be longer than its CAs allow") {
  Hierarchy shortest;
  shortest.root.path_length = 0;
  CHECK(IsNotAuthentic(shortest.Verify()));
  shortest.root.path_length = 1;
  shortest.intermediate.path_length = 0;
  CHECK(shortest.Verify().ok());

  // One intermediate more: root -> intermediate -> last -> leaf.
  const Key last_key = MakeEcKey();
  const auto verify = [&](const Hierarchy& longer) {
    const CertificateFields last{.subject = "last", .issuer = "intermediate", .ca = true};
    const CertificateFields leaf{.subject = "leaf", .issuer = "last"};
    const std::vector<Bytes> chain = {MakeCertificate(leaf, longer.leaf_key, last_key),
                                      MakeCertificate(last, last_key, longer.intermediate_key),
                                      longer.IntermediateDer()};
    return VerifyX509Chain(chain, longer.Roots(), kNow, PublicKeyOf(longer.leaf_key));
  };
  Hierarchy longer;
  CHECK(verify(longer).ok());
  longer.root.path_length = 1;
  CHECK(IsNotAuthentic(verify(longer)));
  longer.root.path_length = 2;
  longer.intermediate.path_length = 0;
  CHECK(IsNotAuthentic(verify(longer)));
  longer.intermediate.path_length = 1;
  CHECK(verify(longer).ok());
}

TEST_CASE("An issuer's key must be for signing certificates") {
  for (CertificateFields Hierarchy::* which : {&Hierarchy::root, &Hierarchy::intermediate}) {
    Hierarchy wrong;
    (wrong.*which).key_usage = {kDigitalSignature};
    CHECK(IsNotAuthentic(wrong.Verify()));
  }
}

TEST_CASE("The end entity's key must be for signatures") {
  Hierarchy wrong;
  wrong.leaf.key_usage = {kKeyEncipherment};
  CHECK(IsNotAuthentic(wrong.Verify()));
  wrong.leaf.key_usage = {kKeyEncipherment, kDigitalSignature};
  CHECK(wrong.Verify().ok());
}

TEST_CASE("Only the application's roots are trusted") {
  const Hierarchy good, other;
  const Bytes key = PublicKeyOf(good.leaf_key);
  CHECK(IsNotAuthentic(VerifyX509Chain(good.Chain(), other.Roots(), kNow, key)));
  CHECK(IsNotAuthentic(VerifyX509Chain(good.Chain(), X509Roots(), kNow, key)));
  // A root that comes with the chain is not trusted for that.
  auto chain = good.Chain();
  chain.push_back(good.RootDer());
  CHECK(IsNotAuthentic(VerifyX509Chain(chain, other.Roots(), kNow, key)));
  const Bytes self_signed =
      MakeCertificate({.subject = "me", .issuer = "me"}, good.leaf_key, good.leaf_key);
  CHECK(IsNotAuthentic(VerifyX509Chain({&self_signed, 1}, good.Roots(), kNow, key)));
}

TEST_CASE("A missing intermediate is not made up for") {
  const Hierarchy good;
  const Bytes leaf = good.LeafDer();
  CHECK(
      IsNotAuthentic(VerifyX509Chain({&leaf, 1}, good.Roots(), kNow, PublicKeyOf(good.leaf_key))));
}

//= rfc9420#5.3
//# The public key encoded in the `subjectPublicKeyInfo` of the end-entity certificate MUST be
//# identical to the `signature_key` in the LeafNode containing this credential.
TEST_CASE("The certificate must be about the signature key") {
  const Hierarchy good;
  CHECK(IsNotAuthentic(
      VerifyX509Chain(good.Chain(), good.Roots(), kNow, PublicKeyOf(good.intermediate_key))));
  CHECK(IsNotAuthentic(VerifyX509Chain(good.Chain(), good.Roots(), kNow, {})));
}

TEST_CASE("A certificate that was changed, or signed by somebody else, does not verify") {
  Hierarchy good;
  auto chain = good.Chain();
  chain[0].back() ^= 1;
  CHECK(IsNotAuthentic(VerifyX509Chain(chain, good.Roots(), kNow, PublicKeyOf(good.leaf_key))));
  chain[0] = MakeCertificate(good.leaf, good.leaf_key, MakeEcKey(NID_secp384r1));
  CHECK(IsNotAuthentic(VerifyX509Chain(chain, good.Roots(), kNow, PublicKeyOf(good.leaf_key))));
}

TEST_CASE("A critical extension that nobody knows is refused") {
  Hierarchy unknown;
  unknown.leaf.unknown_critical_extension = NID_netscape_comment;
  CHECK(IsNotAuthentic(unknown.Verify()));
}

TEST_CASE("SHA-1 signatures and short RSA keys are refused") {
  Hierarchy sha1;
  sha1.leaf.digest = EVP_sha1();
  CHECK(IsNotAuthentic(sha1.Verify()));
  Hierarchy short_rsa;
  short_rsa.intermediate_key = MakeRsaKey(1024);
  CHECK(IsNotAuthentic(short_rsa.Verify()));
}

TEST_CASE("What is not a certificate is malformed, wherever it stands") {
  const Hierarchy good;
  const Bytes key = PublicKeyOf(good.leaf_key);
  Bytes longer = good.LeafDer();
  longer.push_back(0);
  Bytes cut = good.LeafDer();
  cut.pop_back();
  X509Roots roots = good.Roots();
  for (const Bytes& bad : {Bytes(), Bytes{0x30, 0x00}, longer, cut}) {
    CHECK(VerifyX509Chain({&bad, 1}, roots, kNow, key).error().kind == ErrorKind::kMalformed);
    auto chain = good.Chain();
    chain.push_back(bad);
    CHECK(VerifyX509Chain(chain, roots, kNow, key).error().kind == ErrorKind::kMalformed);
    CHECK(roots.Add(bad).error().kind == ErrorKind::kMalformed);
    CHECK(BoringSslProvider().CertificatePublicKey(bad).error().kind == ErrorKind::kMalformed);
  }
}

TEST_CASE("A chain has at least one and at most ten certificates") {
  const Hierarchy good;
  const Bytes key = PublicKeyOf(good.leaf_key);
  CHECK(VerifyX509Chain({}, good.Roots(), kNow, key).error().kind == ErrorKind::kMalformed);
  auto chain = good.Chain();
  chain.resize(kMaxX509ChainLength, good.IntermediateDer());
  CHECK(VerifyX509Chain(chain, good.Roots(), kNow, key).ok());
  chain.push_back(good.IntermediateDer());
  CHECK(VerifyX509Chain(chain, good.Roots(), kNow, key).error().kind == ErrorKind::kMalformed);
}

TEST_CASE("Roots can be moved, and added twice") {
  const Hierarchy good;
  X509Roots roots = good.Roots();
  CHECK(roots.Add(good.RootDer()).ok());
  const X509Roots moved = std::move(roots);
  CHECK(VerifyX509Chain(good.Chain(), moved, kNow, PublicKeyOf(good.leaf_key)).ok());
}

}  // namespace conclave::test
