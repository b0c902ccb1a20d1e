#include "tree/key_hasher.h"

#include <catch2/catch_test_macros.hpp>
#include <set>
#include <vector>

#include "support/test_suite.h"
#include "support/watched_provider.h"

namespace conclave::test {

TEST_CASE("Keys that differ anywhere, or in size, have different hashes", "[key-hasher]") {
  const KeyHasher hasher = KeyHasher::Create(Provider()).value();
  std::vector<Bytes> keys;
  for (const std::size_t size : {0u, 1u, 3u, 4u, 32u, 65u, 133u, 136u, 137u, 1000u}) {
    const Bytes zeros(size);
    keys.push_back(zeros);
    for (std::size_t i = 0; i < size; ++i) {
      keys.push_back(zeros);
      keys.back()[i] = 1;
    }
  }
  std::set<KeyTable::Hash> hashes;
  for (const Bytes& key : keys) {
    CHECK(hasher(key) == hasher(key));
    hashes.insert(hasher(key));
  }
  // Of 1,500 keys, two collide by chance once in 4,000 runs; three pairs never do.
  CHECK(hashes.size() + 2 >= keys.size());
}

TEST_CASE("Two hashers do not agree, so nobody can prepare keys that collide", "[key-hasher]") {
  const KeyHasher one = KeyHasher::Create(Provider()).value();
  const KeyHasher other = KeyHasher::Create(Provider()).value();
  int equal = 0;
  for (std::uint8_t i = 0; i < 100; ++i) equal += one(Bytes(32, i)) == other(Bytes(32, i));
  CHECK(equal <= 1);
}

TEST_CASE("Without random numbers there is no hasher", "[key-hasher]") {
  WatchedProvider provider(Provider());
  provider.FailAfter(0);
  CHECK(KeyHasher::Create(provider).error().kind == ErrorKind::kCrypto);
}

}  // namespace conclave::test
