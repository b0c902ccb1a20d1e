// Verifying X.509 credentials (RFC 9420, section 5.3). Link conclave::boringssl.
//
// This is the cryptographic half of an Authentication Service: that a chain of certificates leads
// to a root the application trusts, and that it is about a given key. Whether the subject is who
// the application means, and whether a certificate was revoked, is for the application to decide.
//
// End-entity keys may be of any signature scheme of RFC 9420. Certificates signed with Ed448 cannot
// be verified: BoringSSL has no Ed448, so such a chain is kUnsupported.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "conclave/bytes.h"
#include "conclave/export.h"
#include "conclave/result.h"

namespace conclave {

// The most certificates in a chain, without the root.
inline constexpr std::size_t kMaxX509ChainLength = 10;

// The root certificates that an application trusts. Const functions may run in parallel.
class CONCLAVE_EXPORT X509Roots {
 public:
  X509Roots();
  X509Roots(X509Roots&&) noexcept;
  X509Roots& operator=(X509Roots&&) noexcept;
  ~X509Roots();

  // Trusts a self-signed certificate in DER. kMalformed if it is no certificate.
  Result<void> Add(BytesView certificate);

 private:
  friend Result<void> VerifyX509Chain(std::span<const Bytes>, const X509Roots&, std::uint64_t,
                                      BytesView);
  struct Store;
  std::unique_ptr<Store> store_;
};

// Verifies certificates in DER, the end entity's first, the others in any order; the root may be
// left out. `now` is in seconds since the Unix epoch. Checked are (RFC 5280, section 6): every
// signature, every validity period, basicConstraints and pathLen, keyCertSign for issuers,
// digitalSignature for the end entity if it has a keyUsage, name constraints, unknown critical
// extensions; and that the end entity's key is `signature_key`.
//
// kMalformed if a certificate is not DER, kUnsupported for a signature or a key that this build
// cannot check, kNotAuthentic for whatever else is wrong; `detail` says what.
CONCLAVE_EXPORT Result<void> VerifyX509Chain(std::span<const Bytes> chain, const X509Roots& roots,
                                             std::uint64_t now, BytesView signature_key);

}  // namespace conclave
