// StagedEpoch: the next epoch, checked but not entered (RFC 9420, section 12.4.2). Dropping it
// changes nothing.
#pragma once

#include <optional>

#include "conclave/commit_summary.h"
#include "group/epoch_state.h"
#include "tree/tree_index.h"

namespace conclave {

struct StagedEpoch {
  std::optional<EpochState> next;  // nothing if the commit removes us
  TreeDelta delta;                 // from the current tree to the next one
  // Nothing if the index is to be made anew: for one that was stored.
  std::optional<TreeIndex::Change> index_change;
  CommitSummary summary;
};

}  // namespace conclave
