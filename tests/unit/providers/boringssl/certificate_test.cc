// The key in a certificate, in the form in which RFC 9420 has it (section 5.3).
#include <openssl/mem.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "conclave/boringssl_provider.h"
#include "conclave/x509.h"
#include "unit/providers/boringssl/test_certificates.h"

namespace conclave::test {

namespace {

const CertificateFields kSelfSigned{.subject = "me", .issuer = "me"};

// Replaces the key in a certificate that is not signed yet by one that BoringSSL cannot make.
void SetRawKey(X509* certificate, int algorithm, const Bytes& key) {
  auto* const copy = static_cast<std::uint8_t*>(OPENSSL_malloc(key.size()));
  std::copy(key.begin(), key.end(), copy);
  CONCLAVE_CHECK(X509_PUBKEY_set0_param(X509_get_X509_PUBKEY(certificate), OBJ_nid2obj(algorithm),
                                        V_ASN1_UNDEF, nullptr, copy,
                                        static_cast<int>(key.size())) == 1);
}

}  // namespace

TEST_CASE("A certificate's key comes out as Verify takes it") {
  const BoringSslProvider provider;
  for (const int curve : {NID_X9_62_prime256v1, NID_secp384r1, NID_secp521r1}) {
    const Key key = MakeEcKey(curve);
    CHECK(provider.CertificatePublicKey(MakeCertificate(kSelfSigned, key, key)).value() ==
          PublicKeyOf(key));
  }
  const Key ed25519 = MakeEd25519Key();
  CHECK(provider.CertificatePublicKey(MakeCertificate(kSelfSigned, ed25519, ed25519)).value() ==
        provider.SignaturePublicKey(SignatureScheme::ed25519, Bytes(32, 0x17)).value());
}

TEST_CASE("A key for no scheme of RFC 9420 is unsupported") {
  const BoringSslProvider provider;
  const Key rsa = MakeRsaKey(2048);
  CHECK(provider.CertificatePublicKey(MakeCertificate(kSelfSigned, rsa, rsa)).error().kind ==
        ErrorKind::kUnsupported);
  const Key p224 = MakeEcKey(NID_secp224r1);
  CHECK(provider.CertificatePublicKey(MakeCertificate(kSelfSigned, p224, p224)).error().kind ==
        ErrorKind::kUnsupported);
}

TEST_CASE("A key of the wrong size is malformed") {
  const Key signer = MakeEcKey();
  const auto certificate = UnsignedCertificate(kSelfSigned, signer);
  SetRawKey(certificate.get(), NID_ED448, Bytes(56, 1));
  CHECK(BoringSslProvider()
            .CertificatePublicKey(SignedDer(certificate.get(), signer, EVP_sha256()))
            .error()
            .kind == ErrorKind::kMalformed);
}

TEST_CASE("A chain to an Ed448 key verifies, one through an Ed448 issuer is unsupported") {
  const BoringSslProvider provider;
  const Bytes ed448 = provider.SignatureGenerate(SignatureScheme::ed448).value().public_key;
  const Key root_key = MakeEcKey();
  const Bytes root =
      MakeCertificate({.subject = "root", .issuer = "root", .ca = true}, root_key, root_key);
  X509Roots roots;
  roots.Add(root).value();

  const auto leaf = UnsignedCertificate({.subject = "leaf", .issuer = "root"}, root_key);
  SetRawKey(leaf.get(), NID_ED448, ed448);
  const Bytes leaf_der = SignedDer(leaf.get(), root_key, EVP_sha256());
  CHECK(provider.CertificatePublicKey(leaf_der).value() == ed448);
  CHECK(VerifyX509Chain({&leaf_der, 1}, roots, kNow, ed448).ok());

  const auto issuer =
      UnsignedCertificate({.subject = "issuer", .issuer = "root", .ca = true}, root_key);
  SetRawKey(issuer.get(), NID_ED448, ed448);
  const Key end_key = MakeEcKey();
  const std::vector<Bytes> chain = {
      MakeCertificate({.subject = "end", .issuer = "issuer"}, end_key, end_key),
      SignedDer(issuer.get(), root_key, EVP_sha256())};
  CHECK(VerifyX509Chain(chain, roots, kNow, PublicKeyOf(end_key)).error().kind ==
        ErrorKind::kUnsupported);
}

}  // namespace conclave::test
