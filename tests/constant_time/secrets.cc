#include "constant_time/secrets.h"

#include "conclave/crypto_provider.h"

namespace conclave::testing {

void MarkSecret(BytesView bytes) {
  if (!bytes.empty()) VALGRIND_MAKE_MEM_UNDEFINED(bytes.data(), bytes.size());
}

void MarkSecret(const Secret& secret) { MarkSecret(secret.ExposeForProvider()); }

void MarkPublic(BytesView bytes) {
  if (!bytes.empty()) VALGRIND_MAKE_MEM_DEFINED(bytes.data(), bytes.size());
}

bool IsSecret(BytesView bytes) {
  for (const std::uint8_t& byte : bytes) {
    std::uint8_t undefined = 0;
    VALGRIND_GET_VBITS(&byte, &undefined, 1);
    if (undefined != 0) return true;
  }
  return false;
}

std::size_t Reports() { return VALGRIND_COUNT_ERRORS; }

namespace {

// The linker puts these in the place of the functions of their names (--wrap), wherever another
// file calls them. What they stand for runs as it is; its verdict is public, since whoever sent the
// message learns it.

bool EqualUntilDifferent(BytesView a, BytesView b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

}  // namespace

#define CONCLAVE_WRAPS(symbol) __asm__("__wrap_" symbol)
#define CONCLAVE_REAL(symbol) __asm__("__real_" symbol)
#define CONCLAVE_VIEWS_EQUAL \
  "_ZN8conclave18ConstantTimeEqualsESt4spanIKhLm18446744073709551615EES2_"
#define CONCLAVE_SECRETS_EQUAL "_ZN8conclave18ConstantTimeEqualsERKNS_6SecretES2_"
#define CONCLAVE_RANDOM_SECRET "_ZN8conclave12RandomSecretERKNS_14CryptoProviderEm"

bool RealViewsEqual(BytesView a, BytesView b) CONCLAVE_REAL(CONCLAVE_VIEWS_EQUAL);
bool WrappedViewsEqual(BytesView a, BytesView b) CONCLAVE_WRAPS(CONCLAVE_VIEWS_EQUAL);
bool WrappedViewsEqual(BytesView a, BytesView b) {
  bool equal =
      g_fault == Fault::leaves_comparison_early ? EqualUntilDifferent(a, b) : RealViewsEqual(a, b);
  MarkPublicValue(equal);
  return equal;
}

bool RealSecretsEqual(const Secret& a, const Secret& b) CONCLAVE_REAL(CONCLAVE_SECRETS_EQUAL);
bool WrappedSecretsEqual(const Secret& a, const Secret& b) CONCLAVE_WRAPS(CONCLAVE_SECRETS_EQUAL);
bool WrappedSecretsEqual(const Secret& a, const Secret& b) {
  bool equal = RealSecretsEqual(a, b);
  MarkPublicValue(equal);
  return equal;
}

// Path secrets, and the first epoch secret of a group. (Other random numbers are public.)
Result<Secret> RealRandomSecret(const CryptoProvider& provider, std::size_t size)
    CONCLAVE_REAL(CONCLAVE_RANDOM_SECRET);
Result<Secret> WrappedRandomSecret(const CryptoProvider& provider, std::size_t size)
    CONCLAVE_WRAPS(CONCLAVE_RANDOM_SECRET);
Result<Secret> WrappedRandomSecret(const CryptoProvider& provider, std::size_t size) {
  Result<Secret> secret = RealRandomSecret(provider, size);
  if (secret.ok()) MarkSecret(*secret);
  return secret;
}

}  // namespace conclave::testing

// Verdicts of the crypto libraries on public things: that a peer's point was of low order, and what
// became a signature.
extern "C" {

int __real_crypto_scalarmult_curve25519(unsigned char* q, const unsigned char* n,
                                        const unsigned char* p);
int __wrap_crypto_scalarmult_curve25519(unsigned char* q, const unsigned char* n,
                                        const unsigned char* p);
int __wrap_crypto_scalarmult_curve25519(unsigned char* q, const unsigned char* n,
                                        const unsigned char* p) {
  int verdict = __real_crypto_scalarmult_curve25519(q, n, p);
  conclave::testing::MarkPublicValue(verdict);
  return verdict;
}

int __real_decaf_x448(std::uint8_t* shared, const std::uint8_t* base, const std::uint8_t* scalar);
int __wrap_decaf_x448(std::uint8_t* shared, const std::uint8_t* base, const std::uint8_t* scalar);
int __wrap_decaf_x448(std::uint8_t* shared, const std::uint8_t* base, const std::uint8_t* scalar) {
  int verdict = __real_decaf_x448(shared, base, scalar);
  conclave::testing::MarkPublicValue(verdict);
  return verdict;
}

int __real_ECDSA_sign(int type, const std::uint8_t* digest, std::size_t digest_size,
                      std::uint8_t* signature, unsigned* signature_size, const void* key);
int __wrap_ECDSA_sign(int type, const std::uint8_t* digest, std::size_t digest_size,
                      std::uint8_t* signature, unsigned* signature_size, const void* key);
int __wrap_ECDSA_sign(int type, const std::uint8_t* digest, std::size_t digest_size,
                      std::uint8_t* signature, unsigned* signature_size, const void* key) {
  int verdict = __real_ECDSA_sign(type, digest, digest_size, signature, signature_size, key);
  conclave::testing::MarkPublicValue(verdict);
  conclave::testing::MarkPublicValue(*signature_size);
  conclave::testing::MarkPublic({signature, *signature_size});
  return verdict;
}

}  // extern "C"
