// Makes certificates for tests, with BoringSSL.
#pragma once

#include <openssl/ec_key.h>
#include <openssl/evp.h>
#include <openssl/mem.h>
#include <openssl/nid.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/check.h"
#include "conclave/bytes.h"

namespace conclave::test {

using Key = bssl::UniquePtr<EVP_PKEY>;

inline Key MakeEcKey(int curve = NID_X9_62_prime256v1) {
  const bssl::UniquePtr<EC_KEY> ec(EC_KEY_new_by_curve_name(curve));
  CONCLAVE_CHECK(EC_KEY_generate_key(ec.get()) == 1);
  Key key(EVP_PKEY_new());
  CONCLAVE_CHECK(EVP_PKEY_set1_EC_KEY(key.get(), ec.get()) == 1);
  return key;
}

inline Key MakeEd25519Key() {
  const Bytes seed(32, 0x17);
  return Key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
}

inline Key MakeRsaKey(int bits) {
  const bssl::UniquePtr<BIGNUM> exponent(BN_new());
  CONCLAVE_CHECK(BN_set_word(exponent.get(), RSA_F4) == 1);
  const bssl::UniquePtr<RSA> rsa(RSA_new());
  CONCLAVE_CHECK(RSA_generate_key_ex(rsa.get(), bits, exponent.get(), nullptr) == 1);
  Key key(EVP_PKEY_new());
  CONCLAVE_CHECK(EVP_PKEY_set1_RSA(key.get(), rsa.get()) == 1);
  return key;
}

// The key as RFC 9420 has it.
inline Bytes PublicKeyOf(const Key& key) {
  if (EC_KEY* const ec = EVP_PKEY_get0_EC_KEY(key.get())) {
    std::uint8_t* point = nullptr;
    const std::size_t size = EC_KEY_key2buf(ec, POINT_CONVERSION_UNCOMPRESSED, &point, nullptr);
    const bssl::UniquePtr<std::uint8_t> owner(point);
    return {point, point + size};
  }
  Bytes raw(32);
  std::size_t size = raw.size();
  CONCLAVE_CHECK(EVP_PKEY_get_raw_public_key(key.get(), raw.data(), &size) == 1);
  return raw;
}

inline constexpr std::int64_t kNotBefore = 1'700'000'000;
inline constexpr std::int64_t kNotAfter = 1'800'000'000;
inline constexpr std::uint64_t kNow = 1'750'000'000;

// What a certificate says. The numbers of keyUsage bits are RFC 5280's (section 4.2.1.3).
struct CertificateFields {
  std::string subject;
  std::string issuer;
  std::int64_t not_before = kNotBefore;
  std::int64_t not_after = kNotAfter;
  std::optional<bool> ca = {};
  std::optional<int> path_length = {};
  std::vector<int> key_usage = {};                     // none: no such extension
  std::optional<int> unknown_critical_extension = {};  // a NID
  const EVP_MD* digest = EVP_sha256();
};
inline constexpr int kDigitalSignature = 0;
inline constexpr int kKeyEncipherment = 2;
inline constexpr int kKeyCertSign = 5;

inline void SetName(X509_NAME* name, const std::string& text) {
  CONCLAVE_CHECK(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                            reinterpret_cast<const std::uint8_t*>(text.data()),
                                            static_cast<int>(text.size()), -1, 0) == 1);
}

inline void AddExtensions(X509* certificate, const CertificateFields& fields) {
  if (fields.ca.has_value()) {
    const bssl::UniquePtr<BASIC_CONSTRAINTS> constraints(BASIC_CONSTRAINTS_new());
    constraints->ca = *fields.ca ? ASN1_BOOLEAN_TRUE : ASN1_BOOLEAN_FALSE;
    if (fields.path_length.has_value()) {
      constraints->pathlen = ASN1_INTEGER_new();
      CONCLAVE_CHECK(ASN1_INTEGER_set(constraints->pathlen, *fields.path_length) == 1);
    }
    CONCLAVE_CHECK(X509_add1_ext_i2d(certificate, NID_basic_constraints, constraints.get(), 1, 0) ==
                   1);
  }
  if (!fields.key_usage.empty()) {
    const bssl::UniquePtr<ASN1_BIT_STRING> usage(ASN1_BIT_STRING_new());
    for (const int bit : fields.key_usage) {
      CONCLAVE_CHECK(ASN1_BIT_STRING_set_bit(usage.get(), bit, 1) == 1);
    }
    CONCLAVE_CHECK(X509_add1_ext_i2d(certificate, NID_key_usage, usage.get(), 1, 0) == 1);
  }
  if (fields.unknown_critical_extension.has_value()) {
    const bssl::UniquePtr<ASN1_OCTET_STRING> data(ASN1_OCTET_STRING_new());
    const bssl::UniquePtr<X509_EXTENSION> extension(
        X509_EXTENSION_create_by_NID(nullptr, *fields.unknown_critical_extension, 1, data.get()));
    CONCLAVE_CHECK(X509_add_ext(certificate, extension.get(), -1) == 1);
  }
}

// A certificate about `key`, signed by `signer`, in DER.
inline bssl::UniquePtr<X509> UnsignedCertificate(const CertificateFields& fields, const Key& key) {
  bssl::UniquePtr<X509> certificate(X509_new());
  X509* const x509 = certificate.get();
  CONCLAVE_CHECK(X509_set_version(x509, X509_VERSION_3) == 1);
  CONCLAVE_CHECK(ASN1_INTEGER_set(X509_get_serialNumber(x509), 7) == 1);
  SetName(X509_get_subject_name(x509), fields.subject);
  SetName(X509_get_issuer_name(x509), fields.issuer);
  CONCLAVE_CHECK(ASN1_TIME_set(X509_getm_notBefore(x509), fields.not_before) != nullptr);
  CONCLAVE_CHECK(ASN1_TIME_set(X509_getm_notAfter(x509), fields.not_after) != nullptr);
  CONCLAVE_CHECK(X509_set_pubkey(x509, key.get()) == 1);
  AddExtensions(x509, fields);
  return certificate;
}

inline Bytes SignedDer(X509* certificate, const Key& signer, const EVP_MD* digest) {
  if (EVP_PKEY_id(signer.get()) == EVP_PKEY_ED25519) digest = nullptr;
  CONCLAVE_CHECK(X509_sign(certificate, signer.get(), digest) > 0);
  std::uint8_t* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  CONCLAVE_CHECK(size > 0);
  const bssl::UniquePtr<std::uint8_t> owner(der);
  return {der, der + size};
}

inline Bytes MakeCertificate(const CertificateFields& fields, const Key& key, const Key& signer) {
  return SignedDer(UnsignedCertificate(fields, key).get(), signer, fields.digest);
}

}  // namespace conclave::test
