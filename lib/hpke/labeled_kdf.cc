// RFC 9180, section 4.
#include "hpke/labeled_kdf.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace conclave {

namespace {

constexpr std::string_view kVersion = "HPKE-v1";

// Puts `rest` after the parts that are in `parts` already.
template <std::size_t kSize>
Parts Append(std::array<BytesView, kSize>& parts, std::size_t used, const Parts& rest) {
  CONCLAVE_CHECK(rest.span().size() <= kMaxLabeledParts);
  std::ranges::copy(rest.span(), parts.begin() + static_cast<std::ptrdiff_t>(used));
  return Parts(std::span<const BytesView>(parts).first(used + rest.span().size()));
}

}  // namespace

Result<Secret> LabeledKdf::Extract(BytesView salt, std::string_view label, const Parts& ikm) const {
  std::array<BytesView, 3 + kMaxLabeledParts> parts{AsBytes(kVersion), suite_id, AsBytes(label)};
  return HkdfExtract(provider, hash, salt, Append(parts, 3, ikm));
}

Result<Secret> LabeledKdf::Expand(const Secret& prk, std::string_view label, const Parts& info,
                                  std::size_t size) const {
  // HkdfExpand refuses sizes that do not fit these two bytes.
  const std::uint8_t length[] = {static_cast<std::uint8_t>(size >> 8),
                                 static_cast<std::uint8_t>(size)};
  std::array<BytesView, 4 + kMaxLabeledParts> parts{length, AsBytes(kVersion), suite_id,
                                                    AsBytes(label)};
  return HkdfExpand(provider, hash, prk.ExposeForProvider(), Append(parts, 4, info), size);
}

}  // namespace conclave
