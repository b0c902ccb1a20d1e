#include "conclave/storage.h"

#include "base/result_macros.h"
#include "storage/scan.h"

namespace conclave {

Result<std::vector<Bytes>> Storage::Keys(BytesView prefix) const {
  std::vector<Bytes> keys;
  CONCLAVE_RETURN_IF_ERROR(ScanRecords(
      *this, prefix, [&keys](BytesView key, BytesView) { keys.push_back(ToBytes(key)); }));
  return keys;
}

}  // namespace conclave
