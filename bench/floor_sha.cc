// SHA-2 of BoringSSL, and HMAC and HKDF-Expand (RFC 5869) of it.
#include "floor_sha.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace conclave::bench {

void Must(bool done, const char* what) {
  if (done) return;
  std::fprintf(stderr, "floor: %s failed\n", what);
  std::abort();
}

std::size_t ShaSize(ShaId id) {
  switch (id) {
    case ShaId::sha256:
      return SHA256_DIGEST_LENGTH;
    case ShaId::sha384:
      return SHA384_DIGEST_LENGTH;
    case ShaId::sha512:
      return SHA512_DIGEST_LENGTH;
  }
  return 0;
}

Sha::Sha(ShaId id) : id_(id) {
  if (id_ == ShaId::sha256) {
    SHA256_Init(&sha256_);
  } else if (id_ == ShaId::sha384) {
    SHA384_Init(&sha512_);
  } else {
    SHA512_Init(&sha512_);
  }
}

void Sha::Update(OctetsView bytes) {
  if (id_ == ShaId::sha256) {
    SHA256_Update(&sha256_, bytes.data(), bytes.size());
  } else {
    SHA512_Update(&sha512_, bytes.data(), bytes.size());
  }
}

void Sha::Final(std::span<std::uint8_t> out) {
  if (id_ == ShaId::sha256) {
    SHA256_Final(out.data(), &sha256_);
  } else {
    SHA512_Final(out.data(), &sha512_);  // SHA-384 is SHA-512 with a shorter end
  }
}

HmacKey::HmacKey(ShaId id, OctetsView key) : size_(ShaSize(id)), inner_(id), outer_(id) {
  constexpr std::size_t kMaxBlockSize = 128;
  const std::size_t block_size = id == ShaId::sha256 ? SHA256_CBLOCK : SHA512_CBLOCK;
  Must(key.size() <= block_size, "HMAC key");
  std::array<std::uint8_t, kMaxBlockSize> block{};
  std::ranges::copy(key, block.begin());
  for (std::uint8_t& byte : block) byte ^= 0x36;
  inner_.Update(std::span(block).first(block_size));
  for (std::uint8_t& byte : block) byte ^= 0x36 ^ 0x5c;
  outer_.Update(std::span(block).first(block_size));
}

void HmacKey::Mac(std::initializer_list<OctetsView> parts, std::span<std::uint8_t> out) const {
  std::array<std::uint8_t, kMaxShaSize> digest;
  Sha inner = inner_;
  for (const OctetsView part : parts) inner.Update(part);
  inner.Final(digest);
  Sha outer = outer_;
  outer.Update(std::span(digest).first(size_));
  outer.Final(out);
}

void HmacKey::Expand(std::initializer_list<OctetsView> info, std::span<std::uint8_t> out) const {
  std::array<std::uint8_t, kMaxShaSize> block;
  std::size_t done = 0;
  for (std::uint8_t counter = 1; done < out.size(); ++counter) {
    Sha inner = inner_;
    if (counter > 1) inner.Update(std::span(block).first(size_));
    for (const OctetsView part : info) inner.Update(part);
    inner.Update({&counter, 1});
    inner.Final(block);
    Sha outer = outer_;
    outer.Update(std::span(block).first(size_));
    outer.Final(block);
    const std::size_t taken = std::min(size_, out.size() - done);
    std::copy_n(block.begin(), taken, out.begin() + static_cast<std::ptrdiff_t>(done));
    done += taken;
  }
}

}  // namespace conclave::bench
