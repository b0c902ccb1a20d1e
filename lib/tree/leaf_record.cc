#include "tree/leaf_record.h"

#include <utility>

#include "base/check.h"
#include "base/result_macros.h"
#include "wire/codec.h"
#include "wire/parse.h"

namespace conclave {

Result<LeafRecord> LeafRecord::FromWire(Bytes wire) {
  CONCLAVE_RETURN_IF_ERROR(wire::Parse<rfc9420::LeafNode>(wire));
  return LeafRecord(std::move(wire));
}

Result<LeafRecord> LeafRecord::Read(wire::Reader& reader) {
  const BytesView before = reader.rest();
  rfc9420::LeafNode leaf;
  wire::Decode(reader, leaf);
  if (!reader.ok()) return Error{ErrorKind::kMalformed, "7.2:leaf-node-decodes"};
  return LeafRecord(ToBytes(before.first(before.size() - reader.remaining())));
}

LeafRecord::LeafRecord(const rfc9420::LeafNode& leaf) : LeafRecord(wire::Serialize(leaf)) {}

LeafRecord::LeafRecord(Bytes wire) : wire_(std::move(wire)) {
  // The first two fields of a LeafNode.
  wire::Reader reader(wire_);
  for (Place* place : {&encryption_key_, &signature_key_}) {
    const BytesView field = reader.Vector();
    CONCLAVE_CHECK(reader.ok());
    place->offset = static_cast<std::uint32_t>(field.data() - wire_.data());
    place->size = static_cast<std::uint32_t>(field.size());
  }
}

rfc9420::LeafNode LeafRecord::Parse() const {
  auto leaf = wire::Parse<rfc9420::LeafNode>(wire_);
  CONCLAVE_CHECK(leaf.ok());
  return std::move(leaf).value();
}

Credential LeafRecord::credential() const {
  wire::Reader reader(BytesView(wire_).subspan(signature_key_.offset + signature_key_.size));
  rfc9420::Credential credential;
  wire::Decode(reader, credential);
  CONCLAVE_CHECK(reader.ok());
  return std::move(credential.value);
}

}  // namespace conclave
