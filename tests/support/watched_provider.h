// For tests: a provider that counts the symmetric operations that it passes on, and can be told to
// fail them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "conclave/crypto_provider.h"
#include "support/forwarding_provider.h"

namespace conclave::test {

class WatchedProvider final : public ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;

  std::uint64_t calls() const { return calls_; }

  // Lets `calls` more calls succeed, and every later one fail with kCrypto. None: no failures.
  void FailAfter(std::optional<std::uint64_t> calls) {
    fail_at_ = calls ? std::optional(calls_ + *calls) : std::nullopt;
  }

  Result<void> Random(MutableBytesView out) const override {
    return Fails() ? kFailure : below_.Random(out);
  }
  Result<void> Hash(HashId hash, std::span<const BytesView> parts,
                    MutableBytesView out) const override {
    return Fails() ? kFailure : below_.Hash(hash, parts, out);
  }
  Result<void> Hmac(HashId hash, BytesView key, std::span<const BytesView> parts,
                    MutableBytesView out) const override {
    return Fails() ? kFailure : below_.Hmac(hash, key, parts, out);
  }
  Result<void> AeadSeal(AeadId aead, BytesView key, BytesView nonce, BytesView aad,
                        BytesView plaintext, MutableBytesView ciphertext) const override {
    return Fails() ? kFailure : below_.AeadSeal(aead, key, nonce, aad, plaintext, ciphertext);
  }
  Result<void> AeadOpen(AeadId aead, BytesView key, BytesView nonce, BytesView aad,
                        BytesView ciphertext, MutableBytesView plaintext) const override {
    return Fails() ? kFailure : below_.AeadOpen(aead, key, nonce, aad, ciphertext, plaintext);
  }

 private:
  static constexpr Error kFailure{ErrorKind::kCrypto, "told to fail"};

  bool Fails() const { return ++calls_ > fail_at_.value_or(UINT64_MAX); }

  mutable std::uint64_t calls_ = 0;
  std::optional<std::uint64_t> fail_at_;
};

}  // namespace conclave::test
