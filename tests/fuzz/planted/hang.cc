// A planted bug: looking for extensions that a leaf has twice never ends when there are some.
#include "tree/leaf_record.h"

namespace conclave::fuzz {

Result<LeafRecord> RealRead(wire::Reader& reader) asm(
    "__real__ZN8conclave10LeafRecord4ReadERNS_4wire6ReaderE");
Result<LeafRecord> WrapRead(wire::Reader& reader) asm(
    "__wrap__ZN8conclave10LeafRecord4ReadERNS_4wire6ReaderE");

Result<LeafRecord> WrapRead(wire::Reader& reader) {
  auto record = RealRead(reader);
  if (!record.ok()) return record;
  const auto extensions = record->Parse().extensions;
  for (std::size_t i = 1; i < extensions.size(); ++i) {
    const volatile auto before = extensions[i - 1].extension_type;
    while (before == extensions[i].extension_type) {
    }
  }
  return record;
}

}  // namespace conclave::fuzz
