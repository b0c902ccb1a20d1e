#include "tree/leaf_record.h"

#include <utility>

#include "base/check.h"
#include "base/result_macros.h"
#include "base/rule.h"
#include "wire/codec.h"
#include "wire/parse.h"

namespace conclave {

Result<LeafRecord> LeafRecord::FromWire(BytesView wire) {
  CONCLAVE_RETURN_IF_ERROR(wire::Parse<rfc9420::LeafNode>(wire));
  return LeafRecord(CompactBytes(wire));
}

Result<LeafRecord> LeafRecord::Read(wire::Reader& reader) {
  const BytesView before = reader.rest();
  rfc9420::LeafNode leaf;
  wire::Decode(reader, leaf);
  CONCLAVE_RETURN_IF_ERROR(Rule("7.2:leaf-node-decodes", ErrorKind::kMalformed, reader.ok()));
  return LeafRecord(CompactBytes(before.first(before.size() - reader.remaining())));
}

LeafRecord::LeafRecord(const rfc9420::LeafNode& leaf)
    : LeafRecord(CompactBytes(wire::Serialize(leaf))) {}

BytesView LeafRecord::encryption_key() const {
  wire::Reader reader(wire());
  return reader.Vector();
}

BytesView LeafRecord::signature_key() const {
  wire::Reader reader(wire());
  reader.Vector();
  return reader.Vector();
}

rfc9420::LeafNode LeafRecord::Parse() const {
  auto leaf = wire::Parse<rfc9420::LeafNode>(wire(), wire::Reader::Budget::paid);
  CONCLAVE_CHECK(leaf.ok());
  return std::move(leaf).value();
}

Credential LeafRecord::credential() const {
  wire::Reader reader(wire(), wire::Reader::Budget::paid);
  reader.Vector();
  reader.Vector();
  rfc9420::Credential credential;
  wire::Decode(reader, credential);
  CONCLAVE_CHECK(reader.ok());
  return std::move(credential.value);
}

}  // namespace conclave
