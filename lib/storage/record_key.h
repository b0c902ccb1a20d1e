// The names of the library's records. Each begins with the number of its table, below 0x80; the
// parts of a key that vary in length carry their length, so no key is the beginning of another by
// accident.
#pragma once

#include <cstdint>

#include "conclave/bytes.h"
#include "conclave/types.h"
#include "wire/parse.h"

namespace conclave::record_key {

enum class Table : std::uint8_t {
  signer = 1,          // a signature key that the client made
  key_package = 2,     // the private keys of a key package
  psk = 3,             // a pre-shared key of the application's
  resumption_psk = 4,  // of one epoch of a group
  group = 5,           // that we are in a group, and its epoch
};

inline Bytes Signer(CipherSuite suite, BytesView credential) {
  wire::Writer w;
  wire::Encode(w, Table::signer);
  wire::Encode(w, suite);
  w.VectorOf(credential);
  return w.Take();
}

inline Bytes KeyPackages() { return {static_cast<std::uint8_t>(Table::key_package)}; }
inline Bytes KeyPackage(const KeyPackageRef& ref) {
  wire::Writer w;
  wire::Encode(w, Table::key_package);
  wire::Encode(w, ref);
  return w.Take();
}

inline Bytes Psk(BytesView id) {
  wire::Writer w;
  wire::Encode(w, Table::psk);
  w.VectorOf(id);
  return w.Take();
}

// All resumption PSKs of a group: a prefix of each.
inline Bytes ResumptionPsks(BytesView group_id) {
  wire::Writer w;
  wire::Encode(w, Table::resumption_psk);
  w.VectorOf(group_id);
  return w.Take();
}
inline Bytes ResumptionPsk(BytesView group_id, Epoch epoch) {
  Bytes key = ResumptionPsks(group_id);
  wire::Writer w;
  wire::Encode(w, epoch);
  key.insert(key.end(), w.bytes().begin(), w.bytes().end());
  return key;
}

inline Bytes Group(BytesView group_id) {
  wire::Writer w;
  wire::Encode(w, Table::group);
  w.VectorOf(group_id);
  return w.Take();
}

}  // namespace conclave::record_key
