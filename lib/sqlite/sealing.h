// Sealing: encryption at rest, with XChaCha20-Poly1305, or none. What is stored is
//
//   nonce (24 bytes, random) || ciphertext || tag (16 bytes)
//
// with associated data that says what it is: one byte for the purpose, then a name.
#pragma once

#include "conclave/bytes.h"
#include "conclave/result.h"
#include "conclave/secret.h"

namespace conclave::sqlite {

class Sealing {
 public:
  enum class Purpose : std::uint8_t {
    key_check = 0,  // an empty value that only the right key opens
    record = 1,     // a value; its name is the key of its row
  };

  // `key` may be null. kMisuse: it has the wrong size.
  static Result<Sealing> Create(const Secret* key);

  bool has_key() const { return !key_.empty(); }

  // Without a key, the value itself.
  Secret Seal(Purpose purpose, BytesView name, BytesView value) const;
  // kStorage: it was sealed under another key, or for another purpose or name, or was changed.
  Result<Secret> Open(Purpose purpose, BytesView name, BytesView stored) const;

 private:
  explicit Sealing(Secret key) : key_(std::move(key)) {}

  Secret key_;
};

}  // namespace conclave::sqlite
