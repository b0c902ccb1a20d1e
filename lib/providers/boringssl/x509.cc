// Verifying certificate chains (RFC 9420, section 5.3; RFC 5280, section 6): BoringSSL's verifier,
// and the few things that it leaves to its caller.
#include "conclave/x509.h"

#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "providers/boringssl/certificate.h"
#include "providers/boringssl/error_queue.h"

namespace conclave {

namespace {

constexpr int kMinRsaBits = 2048;

constexpr Error kFailed{ErrorKind::kCrypto, "the X.509 verifier could not be set up"};

struct Chain {
  bssl::UniquePtr<X509> end_entity;
  bssl::UniquePtr<STACK_OF(X509)> others;
};

Result<Chain> ParseChain(std::span<const Bytes> certificates) {
  if (certificates.empty() || certificates.size() > kMaxX509ChainLength) {
    return Error{ErrorKind::kMalformed, "the chain is empty or too long"};
  }
  Chain chain;
  chain.others.reset(sk_X509_new_null());
  if (chain.others == nullptr) return kFailed;
  for (const Bytes& der : certificates) {
    auto parsed = boringssl::ParseCertificate(der);
    if (!parsed.ok()) return parsed.error();
    if (chain.end_entity == nullptr) {
      chain.end_entity = std::move(parsed).value();
    } else if (!bssl::PushToStack(chain.others.get(), std::move(parsed).value())) {
      return kFailed;
    }
  }
  return chain;
}

// What X509_verify_cert found, in our terms. Its texts are static.
Error VerifierError(int code) {
  switch (code) {
    case X509_V_ERR_OUT_OF_MEM:
      return kFailed;
    // An Ed448 key, for one.
    case X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY:
      return {ErrorKind::kUnsupported, "an issuer's key is not supported"};
    default:
      return {ErrorKind::kNotAuthentic, X509_verify_cert_error_string(code)};
  }
}

bool IsSha1(int signature_nid) {
  return signature_nid == NID_sha1WithRSAEncryption || signature_nid == NID_ecdsa_with_SHA1;
}

// BoringSSL still verifies SHA-1 signatures and short RSA keys. The root's own signature proves
// nothing and is not looked at.
Result<void> CheckStrength(STACK_OF(X509) * verified) {
  for (std::size_t i = 0; i < sk_X509_num(verified); ++i) {
    X509* const certificate = sk_X509_value(verified, i);
    const bool is_root = i + 1 == sk_X509_num(verified);
    if (!is_root && IsSha1(X509_get_signature_nid(certificate))) {
      return Error{ErrorKind::kNotAuthentic, "a certificate is signed with SHA-1"};
    }
    const bssl::UniquePtr<EVP_PKEY> key(X509_get_pubkey(certificate));
    if (key != nullptr && EVP_PKEY_id(key.get()) == EVP_PKEY_RSA &&
        EVP_PKEY_bits(key.get()) < kMinRsaBits) {
      return Error{ErrorKind::kNotAuthentic, "an RSA key is shorter than 2048 bits"};
    }
  }
  return {};
}

// To BoringSSL a root is a name and a key; what its basicConstraints say is for us to enforce.
Result<void> CheckRoot(STACK_OF(X509) * verified) {
  const std::size_t size = sk_X509_num(verified);
  if (size == 1) return {};
  X509* const root = sk_X509_value(verified, size - 1);
  if (X509_check_ca(root) == 0) return Error{ErrorKind::kNotAuthentic, "the root is not a CA"};
  // Self-issued certificates do not count (RFC 5280, section 6.1.4).
  long intermediates = 0;
  for (std::size_t i = 1; i + 1 < size; ++i) {
    const std::uint32_t flags = X509_get_extension_flags(sk_X509_value(verified, i));
    if ((flags & EXFLAG_SI) == 0) ++intermediates;
  }
  const long limit = X509_get_pathlen(root);
  if (limit >= 0 && intermediates > limit) {
    return Error{ErrorKind::kNotAuthentic, "the path is longer than the root allows"};
  }
  return {};
}

Result<void> VerifyPath(const Chain& chain, X509_STORE* roots, std::uint64_t now) {
  const bssl::UniquePtr<X509_STORE_CTX> context(X509_STORE_CTX_new());
  if (roots == nullptr || context == nullptr ||
      X509_STORE_CTX_init(context.get(), roots, chain.end_entity.get(), chain.others.get()) != 1) {
    return kFailed;
  }
  constexpr std::uint64_t kLatest = std::numeric_limits<std::int64_t>::max();
  X509_STORE_CTX_set_time_posix(context.get(), 0,
                                static_cast<std::int64_t>(std::min(now, kLatest)));
  X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_TRUSTED_FIRST);
  X509_STORE_CTX_set_depth(context.get(), static_cast<int>(kMaxX509ChainLength));
  if (X509_verify_cert(context.get()) != 1) {
    return VerifierError(X509_STORE_CTX_get_error(context.get()));
  }
  STACK_OF(X509)* const verified = X509_STORE_CTX_get0_chain(context.get());
  if (auto checked = CheckRoot(verified); !checked.ok()) return checked;
  return CheckStrength(verified);
}

}  // namespace

struct X509Roots::Store {
  bssl::UniquePtr<X509_STORE> store{X509_STORE_new()};
};

X509Roots::X509Roots() : store_(std::make_unique<Store>()) {}
X509Roots::X509Roots(X509Roots&&) noexcept = default;
X509Roots& X509Roots::operator=(X509Roots&&) noexcept = default;
X509Roots::~X509Roots() = default;

Result<void> X509Roots::Add(BytesView certificate) {
  const boringssl::KeepErrorQueue keep;
  auto parsed = boringssl::ParseCertificate(certificate);
  if (!parsed.ok()) return parsed.error();
  if (store_->store == nullptr || X509_STORE_add_cert(store_->store.get(), parsed->get()) != 1) {
    return kFailed;
  }
  return {};
}

Result<void> VerifyX509Chain(std::span<const Bytes> chain, const X509Roots& roots,
                             std::uint64_t now, BytesView signature_key) {
  const boringssl::KeepErrorQueue keep;
  auto parsed = ParseChain(chain);
  if (!parsed.ok()) return parsed.error();
  X509* const end_entity = parsed->end_entity.get();

  //= rfc9420#5.3
  //# The public key encoded in the `subjectPublicKeyInfo` of the end-entity certificate MUST be
  //# identical to the `signature_key` in the LeafNode containing this credential.
  auto key = boringssl::SubjectPublicKey(end_entity);
  if (!key.ok()) return key.error();
  if (!std::ranges::equal(*key, signature_key)) {
    return Error{ErrorKind::kNotAuthentic, "the certificate is about another key"};
  }
  if (auto verified = VerifyPath(*parsed, roots.store_->store.get(), now); !verified.ok()) {
    return verified;
  }
  // All bits are set if the certificate has no keyUsage.
  if ((X509_get_key_usage(end_entity) & X509v3_KU_DIGITAL_SIGNATURE) == 0) {
    return Error{ErrorKind::kNotAuthentic, "the certificate's key is not for signatures"};
  }
  return {};
}

}  // namespace conclave
