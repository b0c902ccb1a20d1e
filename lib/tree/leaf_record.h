// A leaf of the ratchet tree as it travelled (RFC 9420, section 7.2): its bytes, with the places of
// the fields that are looked at often, so that it is hashed and passed on without being made anew.
#pragma once

#include <cstdint>

#include "conclave/bytes.h"
#include "conclave/result.h"
#include "rfc9420/nodes.h"
#include "wire/reader.h"

namespace conclave {

// Immutable; made only from bytes that decode as a LeafNode.
class LeafRecord {
 public:
  // kMalformed if `wire` is not exactly one LeafNode.
  static Result<LeafRecord> FromWire(Bytes wire);
  // The LeafNode with which `reader` goes on. kMalformed, with the reader failed, if there is none.
  static Result<LeafRecord> Read(wire::Reader& reader);
  explicit LeafRecord(const rfc9420::LeafNode& leaf);

  BytesView wire() const { return wire_; }
  BytesView encryption_key() const { return At(encryption_key_); }
  BytesView signature_key() const { return At(signature_key_); }
  // The whole leaf, decoded anew; cannot fail.
  rfc9420::LeafNode Parse() const;
  Credential credential() const;

 private:
  struct Place {
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
  };

  // `wire` is known to decode.
  explicit LeafRecord(Bytes wire);
  BytesView At(Place place) const { return BytesView(wire_).subspan(place.offset, place.size); }

  Bytes wire_;
  Place encryption_key_;
  Place signature_key_;
};

}  // namespace conclave
