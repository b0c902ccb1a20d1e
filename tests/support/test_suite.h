// For tests: cipher suites over the default provider.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "conclave/boringssl_provider.h"
#include "conclave/bytes.h"
#include "conclave/secret.h"
#include "conclave/types.h"
#include "crypto/cipher_suite.h"

namespace conclave::test {

inline const CryptoProvider& Provider() {
  static const BoringSslProvider provider;
  return provider;
}

inline Suite SuiteOver(const CryptoProvider& provider,
                       CipherSuite id = CipherSuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519) {
  return FindSuite(id, provider).value();
}

inline Suite TestSuite(CipherSuite id = CipherSuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519) {
  return SuiteOver(Provider(), id);
}

// Every suite of RFC 9420.
inline std::vector<Suite> AllSuites() {
  std::vector<Suite> suites;
  for (const SuiteParameters& parameters : RfcSuites()) suites.push_back(TestSuite(parameters.id));
  return suites;
}

// A secret of `size` bytes, each of which is `fill`.
inline Secret FilledSecret(std::size_t size, std::uint8_t fill) {
  return Secret::CopyOf(Bytes(size, fill));
}

inline Bytes BytesOf(const Secret& secret) { return ToBytes(secret.ExposeForProvider()); }

}  // namespace conclave::test
