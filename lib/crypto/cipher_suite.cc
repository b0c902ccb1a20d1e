// RFC 9420, section 17.1, and the sizes of RFC 9180, section 7.
#include "crypto/cipher_suite.h"

namespace conclave {

namespace {

constexpr SuiteParameters kRfcSuites[] = {
    {CipherSuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519,
     "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519", KemId::dhkem_x25519_sha256, KdfId::hkdf_sha256,
     AeadId::aes_128_gcm, HashId::sha256, SignatureScheme::ed25519},
    {CipherSuite::MLS_128_DHKEMP256_AES128GCM_SHA256_P256,
     "MLS_128_DHKEMP256_AES128GCM_SHA256_P256", KemId::dhkem_p256_sha256, KdfId::hkdf_sha256,
     AeadId::aes_128_gcm, HashId::sha256, SignatureScheme::ecdsa_secp256r1_sha256},
    {CipherSuite::MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519,
     "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519", KemId::dhkem_x25519_sha256,
     KdfId::hkdf_sha256, AeadId::chacha20_poly1305, HashId::sha256, SignatureScheme::ed25519},
    {CipherSuite::MLS_256_DHKEMX448_AES256GCM_SHA512_Ed448,
     "MLS_256_DHKEMX448_AES256GCM_SHA512_Ed448", KemId::dhkem_x448_sha512, KdfId::hkdf_sha512,
     AeadId::aes_256_gcm, HashId::sha512, SignatureScheme::ed448},
    {CipherSuite::MLS_256_DHKEMP521_AES256GCM_SHA512_P521,
     "MLS_256_DHKEMP521_AES256GCM_SHA512_P521", KemId::dhkem_p521_sha512, KdfId::hkdf_sha512,
     AeadId::aes_256_gcm, HashId::sha512, SignatureScheme::ecdsa_secp521r1_sha512},
    {CipherSuite::MLS_256_DHKEMX448_CHACHA20POLY1305_SHA512_Ed448,
     "MLS_256_DHKEMX448_CHACHA20POLY1305_SHA512_Ed448", KemId::dhkem_x448_sha512,
     KdfId::hkdf_sha512, AeadId::chacha20_poly1305, HashId::sha512, SignatureScheme::ed448},
    {CipherSuite::MLS_256_DHKEMP384_AES256GCM_SHA384_P384,
     "MLS_256_DHKEMP384_AES256GCM_SHA384_P384", KemId::dhkem_p384_sha384, KdfId::hkdf_sha384,
     AeadId::aes_256_gcm, HashId::sha384, SignatureScheme::ecdsa_secp384r1_sha384},
};

}  // namespace

std::span<const SuiteParameters> RfcSuites() { return kRfcSuites; }

std::size_t HashSize(HashId hash) {
  switch (hash) {
    case HashId::sha256:
      return 32;
    case HashId::sha384:
      return 48;
    case HashId::sha512:
      return 64;
  }
  return 0;
}

std::size_t AeadKeySize(AeadId aead) {
  switch (aead) {
    case AeadId::aes_128_gcm:
      return 16;
    case AeadId::aes_256_gcm:
      return 32;
    case AeadId::chacha20_poly1305:
      return 32;
  }
  return 0;
}

KemSizes SizesOf(KemId kem) {
  switch (kem) {
    case KemId::dhkem_p256_sha256:
      return {32, 65, 65, 32};
    case KemId::dhkem_p384_sha384:
      return {48, 97, 97, 48};
    case KemId::dhkem_p521_sha512:
      return {64, 133, 133, 66};
    case KemId::dhkem_x25519_sha256:
      return {32, 32, 32, 32};
    case KemId::dhkem_x448_sha512:
      return {64, 56, 56, 56};
  }
  return {};
}

KdfHash HashOf(KdfId kdf) {
  switch (kdf) {
    case KdfId::hkdf_sha256:
      return {HashId::sha256, true};
    case KdfId::hkdf_sha384:
      return {HashId::sha384, true};
    case KdfId::hkdf_sha512:
      return {HashId::sha512, true};
  }
  return {};
}

Result<Suite> Suite::Create(const SuiteParameters& parameters, const CryptoProvider& provider) {
  const KdfHash kdf_hash = HashOf(parameters.kdf);
  // hash_size() stands for KDF.Nh everywhere, so a suite with two hashes is not representable.
  const bool known = kdf_hash.known && kdf_hash.hash == parameters.hash &&
                     AeadKeySize(parameters.aead) != 0 && SizesOf(parameters.kem).kem_output != 0;
  if (!known) return Error{ErrorKind::kUnsupported, "the suite has an unknown primitive"};
  const bool provided = provider.Supports(parameters.hash) && provider.Supports(parameters.aead) &&
                        provider.Supports(parameters.kem) &&
                        provider.Supports(parameters.signature);
  if (!provided) return Error{ErrorKind::kUnsupported, "the provider lacks one of the primitives"};
  return Suite(parameters, provider);
}

Result<Suite> FindSuite(CipherSuite id, const CryptoProvider& provider,
                        std::span<const SuiteParameters> table) {
  for (const SuiteParameters& parameters : table) {
    if (parameters.id == id) return Suite::Create(parameters, provider);
  }
  return Error{ErrorKind::kUnsupported, "the cipher suite is not known"};
}

}  // namespace conclave
