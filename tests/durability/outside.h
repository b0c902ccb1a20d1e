// For tests: what alice's program has let out, in memory that outlives the program. What is in here
// has been sent, or shown to her, and cannot be taken back.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "conclave/bytes.h"

namespace conclave::testing {

enum class Sent : std::uint8_t {
  message = 1,  // an application message
  proposal,
  commit,           // offered to the group
  external_commit,  // the same, of an external join
  accepted,         // the delivery service has handed out this commit, ours or not
  withdrawn,        // an offer that will be
  gone,             // an offer that has been
  welcome,
  key_package,
  identity,  // our signature key
  shown,     // a plaintext that alice has seen: "<name of its row>=<plaintext>"
  outcome,   // how a run ended
};

struct SentItem {
  Sent kind{};
  Bytes bytes;
};

// What the program's storage is in the middle of, as digests of all rows.
struct StoreWatch {
  std::uint64_t calls = 0;       // of Write, Read and Scan
  std::uint64_t operations = 0;  // on the files, of a run that came to its end
  std::uint64_t before = 0;
  std::uint64_t after = 0;
  bool is_writing = false;
};

class Outside {
 public:
  Outside();
  ~Outside();
  Outside(const Outside&) = delete;
  Outside& operator=(const Outside&) = delete;

  // Nothing has been let out; the storage has the rows of this digest.
  void Reset(std::uint64_t digest);

  void Add(Sent kind, BytesView bytes);
  std::vector<SentItem> items() const;
  // Those of one kind, each once, in the order in which they were first sent.
  std::vector<Bytes> Distinct(Sent kind) const;
  bool Has(Sent kind, BytesView bytes) const;

  StoreWatch& store();

 private:
  struct Shared;
  Shared* shared_;
};

}  // namespace conclave::testing
