// EpochState: a PublicGroup and this client's secrets for it (RFC 9420, sections 7.4, 8 and 9).
// Move-only: the compiler keeps a used key from living on in a second copy.
#pragma once

#include <utility>

#include "conclave/crypto_provider.h"
#include "group/public_group.h"
#include "schedule/epoch_secrets.h"
#include "schedule/secret_tree.h"
#include "tree/private_path.h"

namespace conclave {

struct EpochState {
  PublicGroup group;
  PrivatePath path;
  EpochSecrets secrets;  // without encryption_secret, which the secret tree has taken
  SecretTree secret_tree;
  const Signer* signer;  // the application's; speaks for our leaf

  LeafIndex own_leaf() const { return path.leaf(); }
  // Our own application ratchet; null before we first send.
  const HashRatchet* own_ratchet() const {
    return secret_tree.FindRatchet({own_leaf(), RatchetType::application});
  }
};

inline EpochState MakeEpochState(PublicGroup group, PrivatePath path, EpochSecrets secrets,
                                 const Signer& signer) {
  SecretTree secret_tree(std::move(secrets.encryption_secret), group.tree().width());
  return {std::move(group), std::move(path), std::move(secrets), std::move(secret_tree), &signer};
}

}  // namespace conclave
