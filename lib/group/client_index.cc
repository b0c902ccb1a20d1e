#include "group/client_index.h"

#include <utility>
#include <vector>

#include "base/result_macros.h"
#include "base/rule.h"

namespace conclave {

namespace {

// The client at a leaf of `tree`; empty if the leaf is blank or the application does not say.
Bytes ClientAt(const RatchetTree& tree, LeafIndex index, CredentialVerifier& verifier) {
  const LeafRecord* leaf = tree.leaf(index);
  return leaf == nullptr ? Bytes{} : verifier.ClientId(leaf->credential());
}

}  // namespace

Result<ClientIndex> ClientIndex::Of(const RatchetTree& tree, CredentialVerifier& verifier) {
  ClientIndex index;
  CONCLAVE_ASSIGN_OR_RETURN(index.leaves_, index.ClientsAt(tree, tree.Leaves(), verifier));
  return index;
}

Result<void> ClientIndex::Check(const RatchetTree& after, const TreeDelta& delta,
                                CredentialVerifier& verifier) const {
  std::vector<PlacedLeaf> inserted;
  for (const NodeIndex node : delta.inserted) {
    if (IsLeaf(node)) inserted.push_back({ToLeaf(node), after.leaf(ToLeaf(node))});
  }
  CONCLAVE_RETURN_IF_ERROR(ClientsAt(after, inserted, verifier));
  return {};
}

Result<ClientIndex::Clients> ClientIndex::ClientsAt(const RatchetTree& after,
                                                    std::span<const PlacedLeaf> leaves,
                                                    CredentialVerifier& verifier) const {
  Clients clients;
  for (const auto& [index, record] : leaves) {
    Bytes client = verifier.ClientId(record->credential());
    if (client.empty()) continue;
    const auto found = leaves_.find(client);
    const bool elsewhere = found != leaves_.end() && found->second != index &&
                           ClientAt(after, found->second, verifier) == client;
    CONCLAVE_RETURN_IF_ERROR(Rule("12.2:no-client-twice", ErrorKind::kInvalidCommit,
                                  !elsewhere && clients.emplace(std::move(client), index).second));
  }
  return clients;
}

void ClientIndex::Apply(const RatchetTree& before, const RatchetTree& after, const TreeDelta& delta,
                        CredentialVerifier& verifier) {
  for (const NodeIndex node : delta.removed) {
    if (leaves_.empty() || !IsLeaf(node)) continue;
    const auto found = leaves_.find(ClientAt(before, ToLeaf(node), verifier));
    if (found != leaves_.end() && found->second == ToLeaf(node)) leaves_.erase(found);
  }
  for (const NodeIndex node : delta.inserted) {
    if (!IsLeaf(node)) continue;
    Bytes client = ClientAt(after, ToLeaf(node), verifier);
    if (!client.empty()) leaves_[std::move(client)] = ToLeaf(node);
  }
}

}  // namespace conclave
