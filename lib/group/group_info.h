// GroupInfo: what a newcomer needs to know about an epoch (RFC 9420, sections 12.4.3 and 12.4.3.2).
#pragma once

#include <vector>

#include "conclave/result.h"
#include "group/epoch_state.h"
#include "rfc9420/welcome.h"

namespace conclave {

struct GroupInfoContents {
  bool ratchet_tree = true;   // else it travels out of band
  bool external_pub = false;  // lets the holder join by an external commit
  bool grease = true;
  std::vector<Extension> extensions = {};  // the application's own
};

// A GroupInfo of `epoch`, signed by us. O(N) with the ratchet tree, which is why nobody makes one
// that was not asked for.
Result<rfc9420::GroupInfo> MakeGroupInfo(const EpochState& epoch,
                                         const GroupInfoContents& contents);

// The tree of a GroupInfo: from its extension, or else `out_of_band`, the content of one. kMissing
// if neither is there. Limits are checked first; the tree hash must be the GroupInfo's.
Result<RatchetTree> TreeOf(const Suite& suite, const rfc9420::GroupInfo& info,
                           BytesView out_of_band, std::size_t max_size, std::uint32_t max_width);

// Section 12.4.3: the signature under the key of the leaf `signer`.
Result<void> VerifyGroupInfo(const Suite& suite, const rfc9420::GroupInfo& info,
                             const RatchetTree& tree);

}  // namespace conclave
