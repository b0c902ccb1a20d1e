// A leaf of the ratchet tree as it travelled (RFC 9420, section 7.2): its bytes, so that it is
// hashed and passed on without being made anew.
#pragma once

#include <utility>

#include "conclave/bytes.h"
#include "conclave/result.h"
#include "rfc9420/nodes.h"
#include "tree/compact_bytes.h"
#include "wire/reader.h"

namespace conclave {

// Immutable; made only from bytes that decode as a LeafNode.
class LeafRecord {
 public:
  // kMalformed if `wire` is not exactly one LeafNode.
  static Result<LeafRecord> FromWire(BytesView wire);
  // The LeafNode with which `reader` goes on. kMalformed, with the reader failed, if there is none.
  static Result<LeafRecord> Read(wire::Reader& reader);
  explicit LeafRecord(const rfc9420::LeafNode& leaf);
  // Bytes that were a leaf of ours when they were stored. Whoever loads them makes sure that they
  // still are before they are decoded: by the tree hash, which covers them.
  static LeafRecord FromStorage(BytesView wire) { return LeafRecord(CompactBytes(wire)); }

  BytesView wire() const { return wire_.view(); }
  // The first two fields.
  BytesView encryption_key() const;
  BytesView signature_key() const;
  // The whole leaf, decoded anew; cannot fail.
  rfc9420::LeafNode Parse() const;
  Credential credential() const;

 private:
  // `wire` is known to decode.
  explicit LeafRecord(CompactBytes wire) : wire_(std::move(wire)) {}

  CompactBytes wire_;
};

}  // namespace conclave
