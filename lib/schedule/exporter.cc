// RFC 9420, section 8.5.
#include "schedule/exporter.h"

#include "base/result_macros.h"
#include "crypto/kdf.h"
#include "labeled/labeled.h"
#include "rfc9420/labels.h"

namespace conclave {

Result<Secret> ExportSecret(const Suite& suite, const Secret& exporter_secret,
                            std::string_view label, BytesView context, std::size_t length) {
  CONCLAVE_ASSIGN_OR_RETURN(const Secret derived, DeriveSecret(suite, exporter_secret, label));
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes context_hash, Hash(suite, context));
  return ExpandWithLabel(suite, derived, rfc9420::labels::kExported, context_hash, length);
}

}  // namespace conclave
