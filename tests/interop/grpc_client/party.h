// One client of one cipher suite, with everything that it needs: what stands behind a key package,
// or behind a membership of a group, in the interop harness.
//
// Every key package and every membership that does not come out of one has a party of its own, as
// if it were a device of its own: the harness gives an identity to each of its actors, and an actor
// of one script has nothing to do with its namesake in the next.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "conclave/client.h"
#include "conclave/crypto_provider.h"
#include "conclave/memory_storage.h"
#include "conclave/result.h"
#include "conclave/secret.h"
#include "crypto/signature_key.h"

namespace conclave::interop {

// What all parties share.
struct Surroundings {
  const CryptoProvider& crypto;
  const Clock& clock;
  CredentialVerifier& verifier;
};

// The private keys of a key package, for harnesses that replay a conversation.
struct KeyPackageSecrets {
  Secret init;
  Secret encryption;
  Secret signature;
};

class Party {
 public:
  static Result<std::shared_ptr<Party>> Create(const Surroundings& surroundings, CipherSuite suite,
                                               BytesView identity);

  Client& client() { return *client_; }
  const Bytes& identity() const { return identity_; }

  // The framing of our handshakes, and whether our Welcomes carry the tree, are told to the
  // harness's clients with each request; a Conclave client has them in its policy.
  void set_encrypt_handshake(bool encrypt);
  bool encrypt_handshake() const;
  void set_tree_in_welcome(bool inside);

  // The private keys of a key package of ours, an MLSMessage.
  Result<KeyPackageSecrets> SecretsOf(BytesView key_package) const;

  // Lets this party use the resumption PSK of an epoch that `other` was in. They are one client,
  // but each has a storage of its own.
  Result<void> TakeResumptionPsk(const Party& other, BytesView group_id, Epoch epoch);

 private:
  Party(Bytes identity, SoftwareSigner signer)
      : identity_(std::move(identity)), signer_(std::move(signer)) {}

  Bytes identity_;
  SoftwareSigner signer_;
  MemoryStorage storage_;
  std::optional<Client> client_;
};

}  // namespace conclave::interop
