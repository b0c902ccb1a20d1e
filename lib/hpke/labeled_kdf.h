// LabeledExtract and LabeledExpand (RFC 9180, section 4). Not RFC 9420's ExpandWithLabel, which is
// in labeled/labeled.h.
#pragma once

#include <cstddef>
#include <string_view>

#include "conclave/bytes.h"
#include "conclave/crypto_provider.h"
#include "conclave/result.h"
#include "conclave/secret.h"
#include "crypto/kdf.h"

namespace conclave {

inline constexpr std::size_t kMaxLabeledParts = 5;

// A hash of the provider, bound to the `suite_id` that separates one use of it from another.
struct LabeledKdf {
  const CryptoProvider& provider;
  HashId hash;
  BytesView suite_id;

  // At most kMaxLabeledParts parts make up `ikm` and `info`.
  Result<Secret> Extract(BytesView salt, std::string_view label, const Parts& ikm) const;
  Result<Secret> Expand(const Secret& prk, std::string_view label, const Parts& info,
                        std::size_t size) const;
};

}  // namespace conclave
