// The names of the library's records (docs/storage_format.md). Each begins with the number of its
// table, below 0x80; the parts of a key that vary in length carry their length, so no key is the
// beginning of another by accident. Numbers are big-endian: keys sort as the numbers do.
//
// What belongs to a group lies under its membership: its id, and a random number that a client
// draws when it joins. So a group that is joined again shares no record with what was there before.
#pragma once

#include <cstdint>
#include <optional>

#include "conclave/bytes.h"
#include "conclave/storage.h"
#include "conclave/types.h"
#include "wire/parse.h"

namespace conclave::record_key {

enum class Table : std::uint8_t {
  format = 0,          // of the whole storage
  signer = 1,          // a signature key that the client made
  key_package = 2,     // the private keys of a key package
  psk = 3,             // a pre-shared key of the application's
  resumption_psk = 4,  // of one epoch of a group
  group = 5,           // that we are in a group, and how far we got
  membership = 6,      // everything else of a group
  pending_join = 7,    // an external commit that the group has not decided on
};

// The records of one membership.
enum class Part : std::uint8_t {
  node = 1,         // of the ratchet tree
  epoch = 2,        // of one epoch: see EpochPart
  own_message = 3,  // the hash of one that we sent
  welcomes = 4,     // of one accepted commit of ours, until they are delivered
};
enum class EpochPart : std::uint8_t {
  current = 1,        // what we know of the epoch that we are in
  past = 2,           // what is left of one that we were in
  secret_node = 3,    // of the secret tree
  ratchet = 4,        // one sender's
  retained_key = 5,   // of a generation that was skipped
  replaced_leaf = 6,  // one that the next epoch has otherwise
  proposal = 7,
  own_update = 8,
  offer = 9,
};

// A key that is written piece by piece.
class Key {
 public:
  explicit Key(Table table) { wire::Encode(w_, table); }
  Key& Id(BytesView id) {
    w_.VectorOf(id);
    return *this;
  }
  template <class Number>
  Key& Of(const Number& number) {
    wire::Encode(w_, number);
    return *this;
  }
  Bytes Take() { return w_.Take(); }

 private:
  wire::Writer w_;
};

inline Bytes Format() { return Key(Table::format).Take(); }

inline Bytes Signer(CipherSuite suite, BytesView credential) {
  return Key(Table::signer).Of(suite).Id(credential).Take();
}

inline Bytes KeyPackages() { return Key(Table::key_package).Take(); }
inline Bytes KeyPackage(const KeyPackageRef& ref) { return Key(Table::key_package).Of(ref).Take(); }

inline Bytes Psk(BytesView id) { return Key(Table::psk).Id(id).Take(); }

// All resumption PSKs of a group: a prefix of each.
inline Bytes ResumptionPsks(BytesView group_id) {
  return Key(Table::resumption_psk).Id(group_id).Take();
}
inline Bytes ResumptionPsk(BytesView group_id, Epoch epoch) {
  return Key(Table::resumption_psk).Id(group_id).Of(epoch).Take();
}

inline Bytes Groups() { return Key(Table::group).Take(); }
inline Bytes Group(BytesView group_id) { return Key(Table::group).Id(group_id).Take(); }

// The group's id in a key that Group() or PendingJoin() made; nothing if it is no such key.
inline std::optional<Bytes> GroupIdIn(BytesView key) {
  wire::Reader reader(key);
  reader.Uint(1);
  const BytesView id = reader.Vector();
  return reader.ok() ? std::optional(ToBytes(id)) : std::nullopt;
}

inline Bytes PendingJoins() { return Key(Table::pending_join).Take(); }
inline Bytes PendingJoin(BytesView group_id) {
  return Key(Table::pending_join).Id(group_id).Take();
}

// The records of one membership: the prefix, and what lies under it.
class Membership {
 public:
  Membership(BytesView group_id, std::uint64_t number)
      : prefix_(Key(Table::membership).Id(group_id).Of(number).Take()) {}

  const Bytes& prefix() const { return prefix_; }
  Bytes Node(std::uint32_t node) const { return Under(Part::node, node); }
  Bytes OwnMessage(std::uint64_t number) const { return Under(Part::own_message, number); }
  Bytes AllWelcomes() const { return Under(Part::welcomes); }
  Bytes Welcomes(std::uint64_t offer) const { return Under(Part::welcomes, offer); }

  Bytes AllOfEpoch(Epoch epoch) const { return Under(Part::epoch, epoch); }
  // `which` is what tells the records of one part from each other.
  template <class... Which>
  Bytes OfEpoch(Epoch epoch, EpochPart part, Which... which) const {
    return Under(Part::epoch, epoch, part, which...);
  }

 private:
  template <class... Numbers>
  Bytes Under(Part part, Numbers... numbers) const {
    wire::Writer w;
    w.Reserve(prefix_.size() + 24);
    w.Raw(prefix_);
    wire::Encode(w, part);
    (wire::Encode(w, numbers), ...);
    return w.Take();
  }

  Bytes prefix_;
};

}  // namespace conclave::record_key
