// SHA-2 and HMAC of BoringSSL, and HKDF-Expand (RFC 5869) of it.
#include "floor_sha.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

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

namespace {

const EVP_MD* DigestOf(ShaId id) {
  switch (id) {
    case ShaId::sha256:
      return EVP_sha256();
    case ShaId::sha384:
      return EVP_sha384();
    case ShaId::sha512:
      return EVP_sha512();
  }
  return nullptr;
}

// Contexts that no key has at present. Never destroyed: keys may be, when the program ends.
std::vector<std::unique_ptr<bssl::ScopedHMAC_CTX>>& FreeContexts() {
  static auto& contexts = *new std::vector<std::unique_ptr<bssl::ScopedHMAC_CTX>>;
  return contexts;
}

std::unique_ptr<bssl::ScopedHMAC_CTX> TakeContext() {
  auto& contexts = FreeContexts();
  if (contexts.empty()) return std::make_unique<bssl::ScopedHMAC_CTX>();
  auto context = std::move(contexts.back());
  contexts.pop_back();
  return context;
}

}  // namespace

HmacKey::HmacKey(ShaId id, OctetsView key) : size_(ShaSize(id)), context_(TakeContext()) {
  Must(HMAC_Init_ex(context_->get(), key.data(), key.size(), DigestOf(id), nullptr) == 1,
       "HMAC key");
}

HmacKey::~HmacKey() { FreeContexts().push_back(std::move(context_)); }

void HmacKey::Mac(std::initializer_list<OctetsView> parts, std::span<std::uint8_t> out) const {
  // No key: the one it has.
  bool done = HMAC_Init_ex(context_->get(), nullptr, 0, nullptr, nullptr) == 1;
  for (const OctetsView part : parts) {
    done = HMAC_Update(context_->get(), part.data(), part.size()) == 1 && done;
  }
  done = HMAC_Final(context_->get(), out.data(), nullptr) == 1 && done;
  Must(done, "HMAC");
}

void HmacKey::Expand(std::initializer_list<OctetsView> info, std::span<std::uint8_t> out) const {
  std::array<std::uint8_t, kMaxShaSize> block;
  std::size_t done = 0;
  for (std::uint8_t counter = 1; done < out.size(); ++counter) {
    bool ok = HMAC_Init_ex(context_->get(), nullptr, 0, nullptr, nullptr) == 1;
    if (counter > 1) ok = HMAC_Update(context_->get(), block.data(), size_) == 1 && ok;
    for (const OctetsView part : info)
      ok = HMAC_Update(context_->get(), part.data(), part.size()) == 1 && ok;
    ok = HMAC_Update(context_->get(), &counter, 1) == 1 && ok;
    ok = HMAC_Final(context_->get(), block.data(), nullptr) == 1 && ok;
    Must(ok, "HKDF-Expand");
    const std::size_t taken = std::min(size_, out.size() - done);
    std::copy_n(block.begin(), taken, out.begin() + static_cast<std::ptrdiff_t>(done));
    done += taken;
  }
}

}  // namespace conclave::bench
