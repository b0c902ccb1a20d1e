// Random numbers, hashes and HMAC of the default provider. Wycheproof is in tests/kat.
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/hex.h"
#include "conclave/boringssl_provider.h"

namespace conclave::test {

namespace {

Bytes HashOf(HashId hash, std::size_t size, std::initializer_list<BytesView> parts) {
  Bytes out(size);
  REQUIRE(BoringSslProvider().Hash(hash, {parts.begin(), parts.size()}, out).ok());
  return out;
}

}  // namespace

TEST_CASE("Hashes agree with FIPS 180-4's examples") {
  CHECK(ToHex(HashOf(HashId::sha256, 32, {AsBytes("abc")})) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(ToHex(HashOf(HashId::sha384, 48, {AsBytes("abc")})) ==
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
        "8086072ba1e7cc2358baeca134c825a7");
  CHECK(ToHex(HashOf(HashId::sha512, 64, {AsBytes("abc")})) ==
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST_CASE("Parts, empty ones too, are hashed as one string") {
  CHECK(HashOf(HashId::sha256, 32, {AsBytes("a"), {}, AsBytes("bc")}) ==
        HashOf(HashId::sha256, 32, {AsBytes("abc")}));
  CHECK(HashOf(HashId::sha512, 64, {}) == HashOf(HashId::sha512, 64, {{}, {}}));
}

TEST_CASE("An output that is not the hash's size is misuse") {
  const BoringSslProvider provider;
  for (const std::size_t size : {std::size_t{0}, std::size_t{31}, std::size_t{33}}) {
    Bytes out(size);
    CHECK(provider.Hash(HashId::sha256, {}, out).error().kind == ErrorKind::kMisuse);
    CHECK(provider.Hmac(HashId::sha256, {}, {}, out).error().kind == ErrorKind::kMisuse);
  }
}

TEST_CASE("A hash that nobody knows is unsupported") {
  const BoringSslProvider provider;
  const HashId unknown{77};
  Bytes out(32);
  CHECK_FALSE(provider.Supports(unknown));
  CHECK(provider.Hash(unknown, {}, out).error().kind == ErrorKind::kUnsupported);
  CHECK(provider.Hmac(unknown, {}, {}, out).error().kind == ErrorKind::kUnsupported);
}

TEST_CASE("An empty HMAC key is a key of zeros, not the key of the call before") {
  const BoringSslProvider provider;
  Bytes before(32), empty(32), zeros(32);
  const BytesView message = AsBytes("message");
  REQUIRE(provider.Hmac(HashId::sha256, AsBytes("key"), {&message, 1}, before).ok());
  REQUIRE(provider.Hmac(HashId::sha256, {}, {&message, 1}, empty).ok());
  REQUIRE(provider.Hmac(HashId::sha256, Bytes(64, 0), {&message, 1}, zeros).ok());
  CHECK(empty == zeros);
  CHECK(empty != before);
}

TEST_CASE("Random numbers are not repeated, in one thread or several") {
  const BoringSslProvider provider;
  std::vector<Bytes> drawn(8, Bytes(32));
  std::vector<std::thread> threads;
  for (Bytes& bytes : drawn) {
    threads.emplace_back([&provider, &bytes] { provider.Random(bytes).value(); });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> different;
  for (const Bytes& bytes : drawn) different.insert(ToHex(bytes));
  CHECK(different.size() == drawn.size());
  CHECK(provider.Random({}).ok());
}

}  // namespace conclave::test
