// The structs of RFC 9420, section 5.1 and 5.2: what is signed, sealed and hashed, and keys.
#pragma once

#include <cstdint>

#include "conclave/bytes.h"

namespace conclave::rfc9420 {

// Sections 5.1.1 and 7.1.
using HPKEPublicKey = Bytes;
using SignaturePublicKey = Bytes;
using MAC = Bytes;

// Section 5.1.2.
struct SignContent {
  Bytes label;
  Bytes content;
};

// Section 5.1.3.
struct EncryptContext {
  Bytes label;
  Bytes context;
};

// Section 5.2.
struct RefHashInput {
  Bytes label;
  Bytes value;
};

// Section 7.6.
struct HPKECiphertext {
  Bytes kem_output;
  Bytes ciphertext;
  bool operator==(const HPKECiphertext&) const = default;
};

}  // namespace conclave::rfc9420
