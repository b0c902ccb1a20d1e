// SHA-2 and HMAC as the floor calls them: BoringSSL's plain SHA-2 functions, which allocate
// nothing, and its HMAC, in contexts that are used again.
#pragma once

#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <vector>

namespace conclave::bench {

using Octets = std::vector<std::uint8_t>;
using OctetsView = std::span<const std::uint8_t>;

// Ends the program unless `done`: the floor counts no work that was not done.
void Must(bool done, const char* what);

enum class ShaId { sha256, sha384, sha512 };

std::size_t ShaSize(ShaId id);
inline constexpr std::size_t kMaxShaSize = 64;

class Sha {
 public:
  explicit Sha(ShaId id);
  void Update(OctetsView bytes);
  void Final(std::span<std::uint8_t> out);  // of ShaSize bytes

 private:
  ShaId id_;
  union {
    SHA256_CTX sha256_;
    SHA512_CTX sha512_;
  };
};

// A key in BoringSSL's HMAC, prepared once for all its uses. The context is one that another key is
// done with, if there is one, so that a key costs no allocation. For one thread.
class HmacKey {
 public:
  HmacKey(ShaId id, OctetsView key);
  ~HmacKey();
  HmacKey(const HmacKey&) = delete;
  HmacKey& operator=(const HmacKey&) = delete;

  // The HMAC of the parts, in `out`, of ShaSize bytes.
  void Mac(std::initializer_list<OctetsView> parts, std::span<std::uint8_t> out) const;
  // HKDF-Expand of `info`: as many bytes as `out` has.
  void Expand(std::initializer_list<OctetsView> info, std::span<std::uint8_t> out) const;

 private:
  std::size_t size_;
  std::unique_ptr<bssl::ScopedHMAC_CTX> context_;
};

}  // namespace conclave::bench
