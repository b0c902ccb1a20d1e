// MLS-Exporter: secrets for use outside of MLS (RFC 9420, section 8.5).
#pragma once

#include <cstddef>
#include <string_view>

#include "conclave/bytes.h"
#include "conclave/result.h"
#include "conclave/secret.h"
#include "crypto/cipher_suite.h"

namespace conclave {

// kMisuse if `length` is more than the KDF can expand to, 255 times the size of its hash.
Result<Secret> ExportSecret(const Suite& suite, const Secret& exporter_secret,
                            std::string_view label, BytesView context, std::size_t length);

}  // namespace conclave
