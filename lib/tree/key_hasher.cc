#include "tree/key_hasher.h"

#include <algorithm>

#include "base/result_macros.h"

namespace conclave {

Result<KeyHasher> KeyHasher::Create(const CryptoProvider& provider) {
  KeyHasher hasher;
  std::array<std::uint8_t, sizeof(coefficients_)> random;
  CONCLAVE_RETURN_IF_ERROR(provider.Random(random));
  for (std::size_t i = 0; i < random.size(); ++i) {
    std::uint64_t& coefficient = hasher.coefficients_[i / 8];
    coefficient = coefficient << 8 | random[i];
  }
  return hasher;
}

KeyTable::Hash KeyHasher::operator()(BytesView key) const {
  // The size comes first: a key is not its own with zeros behind it.
  std::uint64_t hash = key.size();
  do {
    const std::size_t size = std::min(key.size(), 4 * kWords);
    hash = HashBlock(hash, key.first(size));
    key = key.subspan(size);
  } while (!key.empty());
  return static_cast<KeyTable::Hash>(hash);
}

KeyTable::Hash KeyHasher::HashBlock(std::uint64_t before, BytesView block) const {
  std::uint64_t sum = coefficients_[0] + coefficients_[1] * (before & 0xffffffff);
  for (std::size_t i = 0; 4 * i < block.size(); ++i) {
    std::uint64_t word = 0;
    for (const std::uint8_t byte :
         block.subspan(4 * i, std::min<std::size_t>(4, block.size() - 4 * i))) {
      word = word << 8 | byte;
    }
    sum += coefficients_[i + 2] * word;
  }
  return static_cast<KeyTable::Hash>(sum >> 32);
}

}  // namespace conclave
