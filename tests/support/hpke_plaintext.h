// For tests: the secrets in what HPKE seals to one member.
#pragma once

#include <cstddef>

#include "conclave/bytes.h"

namespace conclave::test {

// Calls `visit` for each secret: `plaintext` is a path secret (RFC 9420, section 7.6), or begins
// with a GroupSecrets (section 12.4.3.1). Both have the size of the suite's hash, KDF.Nh. Nothing
// is visited in what is neither.
template <class Visit>
void ForEachSealedSecret(BytesView plaintext, std::size_t hash_size, const Visit& visit) {
  if (plaintext.size() == hash_size) return visit(plaintext);
  // The headers of such vectors: two bytes from 64 on.
  const auto begins_with_header = [hash_size](BytesView bytes) {
    if (hash_size < 0x40) return !bytes.empty() && bytes[0] == hash_size;
    return bytes.size() > 1 && bytes[0] == 0x40 && bytes[1] == hash_size;
  };
  const std::size_t vector_size = hash_size + (hash_size < 0x40 ? 1 : 2);
  // struct { opaque joiner_secret<V>; optional<PathSecret> path_secret; PreSharedKeyID psks<V>; }
  if (plaintext.size() <= vector_size || !begins_with_header(plaintext)) return;
  visit(plaintext.first(vector_size).last(hash_size));
  const BytesView path_secret = plaintext.subspan(vector_size + 1);
  if (plaintext[vector_size] != 1 || path_secret.size() <= vector_size ||
      !begins_with_header(path_secret)) {
    return;
  }
  visit(path_secret.first(vector_size).last(hash_size));
}

}  // namespace conclave::test
