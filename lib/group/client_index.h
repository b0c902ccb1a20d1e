// Which clients are in a group, as the application tells clients apart (RFC 9420, section 12.2: no
// client twice). Like tree/tree_index.h: judged on the final tree, followed by small changes.
#pragma once

#include <map>
#include <span>

#include "conclave/credential.h"
#include "conclave/result.h"
#include "tree/ratchet_tree.h"
#include "tree/tree_index.h"

namespace conclave {

class ClientIndex {
 public:
  // Empty, at no cost per commit, while the verifier gives no client ids. An error if a client is
  // in the tree twice.
  static Result<ClientIndex> Of(const RatchetTree& tree, CredentialVerifier& verifier);

  // Whether no client that `delta` brings into `after` is in it a second time.
  Result<void> Check(const RatchetTree& after, const TreeDelta& delta,
                     CredentialVerifier& verifier) const;

  // Follows the tree into the epoch of `after`.
  void Apply(const RatchetTree& before, const RatchetTree& after, const TreeDelta& delta,
             CredentialVerifier& verifier);

 private:
  using Clients = std::map<Bytes, LeafIndex>;

  // The clients at `leaves` of `after`, each of which is in `after` once.
  Result<Clients> ClientsAt(const RatchetTree& after, std::span<const PlacedLeaf> leaves,
                            CredentialVerifier& verifier) const;

  Clients leaves_;
};

}  // namespace conclave
