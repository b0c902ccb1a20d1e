// A provider that counts the hashes and HMACs that it passes on.
#pragma once

#include <cstdint>
#include <span>

#include "support/forwarding_provider.h"

namespace conclave::bench {

class CountingProvider final : public test::ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;

  std::uint64_t hashes() const { return hashes_; }
  std::uint64_t macs() const { return macs_; }

  Result<void> Hash(HashId hash, std::span<const BytesView> parts,
                    MutableBytesView out) const override {
    ++hashes_;
    return below_.Hash(hash, parts, out);
  }
  Result<void> Hmac(HashId hash, BytesView key, std::span<const BytesView> parts,
                    MutableBytesView out) const override {
    ++macs_;
    return below_.Hmac(hash, key, parts, out);
  }

 private:
  mutable std::uint64_t hashes_ = 0;
  mutable std::uint64_t macs_ = 0;
};

}  // namespace conclave::bench
