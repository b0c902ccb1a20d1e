// What is in an SQLite store (docs/storage_format.md): groups, epochs and sizes. Keys of rows and
// the sizes of their values are read; values, which hold secrets, are not, so a sealed store is no
// different.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

#include "conclave/bytes.h"
#include "conclave/types.h"

namespace conclave::inspector {

// Rows, and the bytes of their values.
struct Tally {
  std::size_t rows = 0;
  std::size_t bytes = 0;

  void Add(std::size_t value_size) {
    ++rows;
    bytes += value_size;
  }
};

// What a client keeps while it is in a group: the records of one membership.
struct StoredMembership {
  Tally all;
  Tally leaves;  // of the ratchet tree
  Tally parents;
  std::optional<Epoch> current_epoch;
  std::set<Epoch> past_epochs;
  std::map<std::string, Tally> parts;  // everything else, by what it is
};

struct StoredGroup {
  bool has_head = false;    // the client is a member
  bool is_pending = false;  // an external join that the group has not decided on
  std::size_t resumption_psks = 0;
  std::map<std::uint64_t, StoredMembership> memberships;
};

struct Store {
  bool is_sealed = false;
  std::optional<std::uint16_t> format;  // of the records; not known of a sealed store
  Tally all;
  Tally signers;
  Tally key_packages;
  Tally psks;
  Tally app_rows;
  Tally unknown;  // rows of no table that this version knows
  std::map<GroupId, StoredGroup> groups;
};

// Reads the file without writing to it. Ends with Trouble if it is not a store.
Store ReadStore(const std::string& path);

std::string RenderStoreText(const Store& store, bool has_colours);
nlohmann::ordered_json RenderStoreJson(const Store& store);

}  // namespace conclave::inspector
