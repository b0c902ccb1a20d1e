// What a Client and its Sessions share, and the doors through which the free functions of the
// public headers reach inside.
#pragma once

#include <memory>
#include <optional>
#include <variant>

#include "conclave/client.h"
#include "conclave/session.h"
#include "crypto/cipher_suite.h"
#include "crypto/signature_key.h"
#include "group/create_group.h"
#include "group/environment.h"
#include "group/group.h"
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

// What is left of a group that we were removed from.
struct Departed {
  PublicGroup group;
  LeafIndex own_leaf;
};

struct Session::Impl {
  std::shared_ptr<ClientState> client;
  std::variant<Group, Departed> state;

  const PublicGroup& public_group() const {
    if (const auto* group = std::get_if<Group>(&state)) return group->epoch().group;
    return std::get<Departed>(state).group;
  }
  Result<Group*> member() {
    if (auto* group = std::get_if<Group>(&state)) return group;
    return Error{ErrorKind::kNotMember, "session: we were removed"};
  }
  Result<const Group*> member() const {
    if (const auto* group = std::get_if<Group>(&state)) return group;
    return Error{ErrorKind::kNotMember, "session: we were removed"};
  }
};

struct StagedJoin::Impl {
  JoinedGroup joined;
  KeyPackageRef ref;
  bool last_resort = false;
};

struct ClientAccess {
  static const std::shared_ptr<ClientState>& State(const Client& client) {
    return client.impl_->state;
  }
};

struct SessionAccess {
  static Session::Impl& Of(Session& session) { return *session.impl_; }
  static const Session::Impl& Of(const Session& session) { return *session.impl_; }
  static Session Make(std::shared_ptr<ClientState> client, Group group);
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

// A new group of ourselves alone (section 11), not in the storage yet. kMisuse if the storage has a
// group of that id.
Result<NewGroupState> StartGroup(const ClientState& client, GroupId group_id,
                                 std::vector<Extension> extensions);

}  // namespace conclave
