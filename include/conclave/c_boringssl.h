// The crypto provider that comes with the library, and X.509 chains, in the C API
// (conclave/boringssl_provider.h and x509.h). Link conclave::boringssl. The conventions are in
// conclave/c.h.
#pragma once

#include "conclave/c_environment.h"

#ifdef __cplusplus
extern "C" {
#endif

// BoringSSL, libsodium and libdecaf: all seven cipher suites of RFC 9420.
//
// Thread rule: any thread; any number of threads may use the crypto.
CONCLAVE_C conclave_error conclave_crypto_boringssl(conclave_crypto** crypto) CONCLAVE_NOEXCEPT;

// -- X.509: the cryptographic half of an Authentication Service.
//
// Thread rule: conclave_x509_verify_chain() may be called by several threads with the same roots;
// roots that are added to or freed are used by one thread.

// The root certificates that an application trusts.
typedef struct conclave_x509_roots conclave_x509_roots;

CONCLAVE_C conclave_error conclave_x509_roots_create(conclave_x509_roots** roots) CONCLAVE_NOEXCEPT;

// Trusts a self-signed certificate in DER, which is copied. _MALFORMED if it is no certificate.
CONCLAVE_C conclave_error conclave_x509_roots_add(conclave_x509_roots* roots,
                                                  const uint8_t* certificate,
                                                  size_t certificate_size,
                                                  const char** detail) CONCLAVE_NOEXCEPT;

CONCLAVE_EXPORT void conclave_x509_roots_free(conclave_x509_roots* roots) CONCLAVE_NOEXCEPT;

// Whether certificates in DER, the end entity's first, lead to one of the roots at the time `now`,
// in seconds since the Unix epoch, and are about `signature_key`: for a conclave_verifier, whose
// question has all of it. _MALFORMED, _UNSUPPORTED, _NOT_AUTHENTIC; `detail` says what is wrong.
CONCLAVE_C conclave_error conclave_x509_verify_chain(const conclave_bytes* certificates,
                                                     size_t certificate_count,
                                                     const conclave_x509_roots* roots, uint64_t now,
                                                     const uint8_t* signature_key,
                                                     size_t signature_key_size,
                                                     const char** detail) CONCLAVE_NOEXCEPT;

#ifdef __cplusplus
}
#endif
