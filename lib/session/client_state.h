// What a Client and its Sessions share, and the door through which the free functions of the public
// headers reach inside a client.
#pragma once

#include <memory>
#include <optional>

#include "conclave/client.h"
#include "crypto/cipher_suite.h"
#include "crypto/signature_key.h"
#include "group/create_group.h"
#include "group/environment.h"
#include "group/join.h"
#include "group/own_leaf.h"
#include "session/records.h"
#include "wire/parse.h"

namespace conclave {

struct ClientState {
  const CryptoProvider& crypto;
  const Clock& clock;
  CredentialVerifier& verifier;
  Storage& storage;
  StoredPsks psks;
  Policy policy;
  Suite suite;
  LeafProfile profile;
  std::optional<SoftwareSigner> own_signer;  // unless the application brought one
  const Signer* signer;

  Environment environment() const { return {policy, verifier, psks, clock.Now()}; }
};

struct Client::Impl {
  std::shared_ptr<ClientState> state;
};

struct StagedJoin::Impl {
  JoinedGroup joined;
  KeyPackageRef ref;
  bool reusable = false;  // a key package that survives
};

struct ClientAccess {
  static const std::shared_ptr<ClientState>& State(const Client& client) {
    return client.impl_->state;
  }
};

// The KeyPackage inside an MLSMessage (RFC 9420, section 10: its version is the message's).
Result<rfc9420::KeyPackage> ParseKeyPackageMessage(BytesView message);
// The GroupInfo inside an MLSMessage.
Result<rfc9420::GroupInfo> ParseGroupInfoMessage(BytesView message);

template <class T>
Bytes WrapMessage(T message) {
  rfc9420::MLSMessage wrapped;
  wrapped.message = decltype(wrapped.message)::Of(std::move(message));
  return wire::Serialize(wrapped);
}

// From about now on.
Lifetime LifetimeFrom(std::uint64_t now, std::uint64_t seconds);

// Lists an extension type in a client's capabilities, if it is to be listed and is not yet.
void ListExtension(ExtensionType type, Capabilities& capabilities);

// A random number for a membership (storage/record_key.h).
Result<std::uint64_t> NewMembership(const ClientState& client);

// A new group of ourselves alone (section 11), not in the storage yet. kMisuse if the storage has a
// group of that id.
Result<NewGroupState> StartGroup(const ClientState& client, GroupId group_id,
                                 std::vector<Extension> extensions);

}  // namespace conclave
