// Every key of a benchmark's group, from one seed: so that a group of a hundred thousand holds none
// of them, and any member's can be had again.
#pragma once

#include <cstdint>
#include <string_view>

#include "conclave/crypto_provider.h"
#include "conclave/secret.h"
#include "crypto/cipher_suite.h"
#include "crypto/signature_key.h"
#include "tree/tree_math.h"

namespace conclave::bench {

class SeededKeys {
 public:
  SeededKeys(const Suite& suite, std::uint64_t seed);

  // `size` bytes, different for each `what` and index.
  Secret Derive(std::string_view what, std::uint32_t index, std::size_t size) const;
  // The encryption key of a leaf or a parent.
  KeyPair NodeKeyPair(NodeIndex node) const;
  // Of the init key of a KeyPackage.
  KeyPair InitKeyPair(LeafIndex leaf) const;
  SoftwareSigner SignerAt(LeafIndex leaf) const;

 private:
  KeyPair DeriveKeyPair(std::string_view what, std::uint32_t index) const;

  Suite suite_;
  Secret seed_;
};

}  // namespace conclave::bench
