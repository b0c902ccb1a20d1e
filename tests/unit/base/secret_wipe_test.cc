// Secret: its bytes are zeros before the heap gets them back.
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <optional>
#include <utility>

#include "conclave/secret.h"
#include "support/heap.h"

namespace conclave {
namespace {

using test::g_heap;

// A secret whose memory is watched from here on.
Secret Watched() {
  Secret secret = Secret::CopyOf(Bytes(48, 0xab));
  g_heap.watched = secret.ExposeForProvider().data();
  g_heap.was_freed = false;
  return secret;
}

bool WasErased() { return g_heap.was_freed && g_heap.was_zero; }

TEST_CASE("A secret that dies is erased before its memory is freed") {
  {
    const Secret secret = Watched();
    CHECK_FALSE(g_heap.was_freed);
  }
  CHECK(WasErased());
}

TEST_CASE("A secret that is assigned over is erased") {
  Secret secret = Watched();
  secret = Secret(3);
  CHECK(WasErased());
}

TEST_CASE("Wiping a secret erases and frees it at once") {
  Secret secret = Watched();
  secret.Wipe();
  CHECK(WasErased());
  CHECK(secret.empty());
}

TEST_CASE("Moving a secret erases nothing, and its new owner erases it") {
  std::optional<Secret> owner = Watched();
  Secret other = std::move(*owner);
  owner.reset();
  CHECK_FALSE(g_heap.was_freed);
  other.Wipe();
  CHECK(WasErased());
}

TEST_CASE("A clone and its original are erased separately") {
  std::optional<Secret> original = Watched();
  const Secret clone = original->Clone();
  original.reset();
  CHECK(WasErased());
  CHECK(ToBytes(clone.ExposeForProvider()) == Bytes(48, 0xab));
}

TEST_CASE("An empty secret owns no memory") {
  const std::size_t before = g_heap.live;
  const Secret none;
  const Secret nothing(0);
  CHECK(g_heap.live == before);
  CHECK(none.ExposeForProvider().data() == nullptr);
  CHECK(nothing.ExposeForProvider().data() == nullptr);
}

}  // namespace
}  // namespace conclave
