// The application's own errors of BoringSSL are not touched by ours.
#include "providers/boringssl/error_queue.h"

#include <catch2/catch_test_macros.hpp>

#include "conclave/boringssl_provider.h"
#include "conclave/x509.h"

namespace conclave::test {

namespace {

// One failure of every function that can fail on its input.
void FailEverything() {
  const BoringSslProvider provider;
  const Bytes junk(65, 4);
  Bytes out(49);
  CHECK_FALSE(provider.AeadOpen(AeadId::aes_128_gcm, Bytes(16), Bytes(12), {}, junk, out).ok());
  CHECK_FALSE(provider.DhPublicKey(KemId::dhkem_p256_sha256, Bytes(32, 0xff)).ok());
  CHECK_FALSE(provider.Dh(KemId::dhkem_p256_sha256, Bytes(32, 1), junk).ok());
  const SignatureScheme scheme = SignatureScheme::ecdsa_secp256r1_sha256;
  CHECK_FALSE(provider.SignaturePublicKey(scheme, Bytes(32, 0xff)).ok());
  CHECK_FALSE(provider.Sign(scheme, Bytes(32, 0xff), junk).ok());
  CHECK_FALSE(provider.Verify(scheme, junk, junk, junk).ok());
  const Bytes key = provider.SignatureGenerate(scheme).value().public_key;
  CHECK_FALSE(provider.Verify(scheme, key, junk, junk).ok());
  CHECK_FALSE(provider.CertificatePublicKey(junk).ok());
  CHECK_FALSE(X509Roots().Add(junk).ok());
  CHECK_FALSE(VerifyX509Chain({&junk, 1}, X509Roots(), 0, key).ok());
}

}  // namespace

TEST_CASE("A failure leaves nothing in the thread's error queue") {
  ERR_clear_error();
  FailEverything();
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("An error of the application's stays in the queue") {
  ERR_clear_error();
  OPENSSL_PUT_ERROR(CRYPTO, ERR_R_INTERNAL_ERROR);
  const auto before = ERR_peek_error();
  FailEverything();
  CHECK(ERR_get_error() == before);
  CHECK(ERR_get_error() == 0);
}

}  // namespace conclave::test
