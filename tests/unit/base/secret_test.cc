// Secret: moves, is wiped, and does nothing by accident.
#include "conclave/secret.h"

#include <catch2/catch_test_macros.hpp>
#include <concepts>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

#include "base/wipe.h"
#include "wire/codec.h"

namespace conclave {
namespace {

static_assert(!std::copy_constructible<Secret>);
static_assert(!std::is_copy_assignable_v<Secret>);
static_assert(!std::equality_comparable<Secret>);
static_assert(!std::is_aggregate_v<Secret>);
static_assert(std::is_nothrow_move_constructible_v<Secret>);

template <class W>
concept TakesSecrets = requires(W& w, const Secret& secret) { w.RawSecret(secret); };
static_assert(!TakesSecrets<wire::Writer>);
static_assert(TakesSecrets<wire::SecretWriter>);

TEST_CASE("A moved secret leaves nothing behind") {
  Secret a = Secret::CopyOf(AsBytes("key"));
  const std::uint8_t* where = a.ExposeForProvider().data();
  const Secret b = std::move(a);
  CHECK(b.ExposeForProvider().data() == where);
  CHECK(a.empty());  // NOLINT: what a move leaves is what is tested
  CHECK(ToBytes(b.ExposeForProvider()) == ToBytes("key"));
}

TEST_CASE("A secret that is assigned over is gone") {
  Secret a = Secret::CopyOf(AsBytes("one"));
  a = Secret::CopyOf(AsBytes("three"));
  CHECK(a.size() == 5);
  Secret& self = a;
  a = std::move(self);
  CHECK(ToBytes(a.ExposeForProvider()) == ToBytes("three"));
}

TEST_CASE("A clone is a copy of its own") {
  Secret a = Secret::CopyOf(AsBytes("key"));
  const Secret b = a.Clone();
  a.Wipe();
  CHECK(a.empty());
  CHECK(ToBytes(b.ExposeForProvider()) == ToBytes("key"));
}

TEST_CASE("A new secret is zeros, to be written by a provider") {
  Secret a(4);
  CHECK(ToBytes(a.ExposeForProvider()) == Bytes(4, 0));
  a.MutableForProvider()[2] = 7;
  CHECK(a.ExposeForProvider()[2] == 7);
}

TEST_CASE("Wiping really erases") {
  Bytes bytes(64, 0xab);
  Wipe(bytes);
  CHECK(bytes == Bytes(64, 0));
  Wipe({});
}

TEST_CASE("Comparing in constant time compares lengths and every byte") {
  const Bytes a(40, 0x5a);
  for (std::size_t size = 0; size <= 41; ++size) {
    CHECK(ConstantTimeEquals(a, Bytes(size, 0x5a)) == (size == 40));
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes b = a;
      b[i] = static_cast<std::uint8_t>(b[i] ^ (1 << bit));
      CHECK_FALSE(ConstantTimeEquals(a, b));
    }
  }
  CHECK(ConstantTimeEquals(Bytes{}, Bytes{}));
  CHECK(ConstantTimeEquals(Secret::CopyOf(a), Secret::CopyOf(a)));
}

}  // namespace
}  // namespace conclave
