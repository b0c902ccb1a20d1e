// For the inspector's tests: ratchet trees of any size, with blank parents and unmerged leaves here
// and there, the same in every run.
#pragma once

#include "large_tree.h"
#include "seeded_keys.h"
#include "support/test_suite.h"
#include "tree_history.h"

namespace conclave::inspector {

// The content of a ratchet_tree extension. Its group is "a group of many!".
inline Bytes LargeTree(bench::TreeState state, std::uint32_t members) {
  const Suite suite = test::TestSuite();
  bench::LeafMould mould;
  mould.capabilities.versions = {ProtocolVersion::mls10};
  mould.capabilities.cipher_suites = {suite.id()};
  mould.capabilities.credentials = {CredentialType::basic};
  mould.lifetime = {1'799'996'400, 1'807'776'000};
  mould.group_id = ToBytes("a group of many!");
  return bench::GrowRatchetTree(suite, bench::TreeHistory::Of(state, members),
                                bench::SeededKeys(suite, 9420), mould);
}

}  // namespace conclave::inspector
