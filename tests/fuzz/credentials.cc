// Credentials (RFC 9420, section 5.3), and chains of X.509 certificates: a chain that verifies is
// about the key that the root has certified, through others.
#include <algorithm>
#include <utility>

#include "conclave/x509.h"
#include "fuzz/harness/mutate.h"
#include "rfc9420/credential.h"
#include "support/test_suite.h"
#include "unit/providers/boringssl/test_certificates.h"

namespace conclave::fuzz {

namespace {

test::Key KeyFrom(std::uint8_t seed) {
  const Bytes bytes(32, seed);
  return test::Key(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes.data(), bytes.size()));
}

// root -> intermediate -> leaf, the same in every run.
struct Hierarchy {
  test::Key root_key = KeyFrom(1);
  test::Key intermediate_key = KeyFrom(2);
  test::Key leaf_key = KeyFrom(3);
  test::CertificateFields root_fields{
      .subject = "root", .issuer = "root", .ca = true, .key_usage = {test::kKeyCertSign}};
  test::CertificateFields intermediate_fields{.subject = "intermediate",
                                              .issuer = "root",
                                              .ca = true,
                                              .path_length = 1,
                                              .key_usage = {test::kKeyCertSign}};
  test::CertificateFields leaf_fields{.subject = "leaf",
                                      .issuer = "intermediate",
                                      .ca = false,
                                      .key_usage = {test::kDigitalSignature}};
  Bytes root = test::MakeCertificate(root_fields, root_key, root_key);
  Bytes intermediate = test::MakeCertificate(intermediate_fields, intermediate_key, root_key);
  Bytes leaf = test::MakeCertificate(leaf_fields, leaf_key, intermediate_key);
};

const Hierarchy& Certified() {
  static const Hierarchy hierarchy;
  return hierarchy;
}

const X509Roots& Roots() {
  static const X509Roots roots = [] {
    X509Roots made;
    Must(made.Add(Certified().root));
    return made;
  }();
  return roots;
}

bool Run(BytesView input) {
  const auto credential = wire::Parse<rfc9420::Credential>(input);
  if (!credential.ok()) return false;
  Require(std::ranges::equal(wire::Serialize(*credential), input),
          "a credential is encoded as it was");
  const auto* x509 = std::get_if<X509Credential>(&credential->value);
  if (x509 == nullptr) return true;

  Bytes key = test::PublicKeyOf(Certified().leaf_key);
  for (const Bytes& certificate : x509->certificates) {
    const auto certified = test::Provider().CertificatePublicKey(certificate);
    X509Roots alone;
    const bool is_certificate = alone.Add(certificate).ok();
    Require(!certified.ok() || is_certificate, "only a certificate has a key");
    if (certified.ok() && &certificate == &x509->certificates.front()) key = *certified;
  }
  const bool verifies = VerifyX509Chain(x509->certificates, Roots(), test::kNow, key).ok();
  Require(!verifies || key == test::PublicKeyOf(Certified().leaf_key) ||
              key == test::PublicKeyOf(Certified().intermediate_key) ||
              key == test::PublicKeyOf(Certified().root_key),
          "a chain is about a key that was certified");
  return verifies;
}

std::vector<Seed> Seeds() {
  const Hierarchy& certified = Certified();
  const auto chain = [](std::vector<Bytes> certificates) {
    return wire::Serialize(rfc9420::Credential{X509Credential{std::move(certificates)}});
  };
  return {
      {"basic", wire::Serialize(rfc9420::Credential{BasicCredential{ToBytes("alice")}})},
      {"custom", wire::Serialize(
                     rfc9420::Credential{CustomCredential{CredentialType{0xf0c1}, ToBytes("x")}})},
      {"chain", chain({certified.leaf, certified.intermediate})},
      {"chain_with_its_root", chain({certified.leaf, certified.intermediate, certified.root})},
      {"chain_in_another_order", chain({certified.leaf, certified.root, certified.intermediate})},
      {"chain_with_a_gap", chain({certified.leaf}), false},
      {"chain_of_11", chain(std::vector<Bytes>(11, certified.leaf)), false},
      {"chain_of_none", chain({}), false},
  };
}

const Registration kTarget({"credentials", Run, Seeds, MutateInput<rfc9420::Credential>});

}  // namespace

}  // namespace conclave::fuzz
