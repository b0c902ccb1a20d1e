// Client: an identity that makes key packages, creates groups and joins them (RFC 9420,
// sections 5.3, 10, 11 and 12.4.3.1).
//
// A client has one cipher suite and one signature key. An application that offers several suites
// makes a client for each; they may share the storage.
//
// Clients are move-only. A client and its sessions are used by one thread at a time; what they were
// given (provider, clock, verifier, storage, signer, executor) must outlive them all.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "conclave/clock.h"
#include "conclave/credential.h"
#include "conclave/crypto_provider.h"
#include "conclave/executor.h"
#include "conclave/export.h"
#include "conclave/member.h"
#include "conclave/policy.h"
#include "conclave/result.h"
#include "conclave/session.h"
#include "conclave/storage.h"
#include "conclave/types.h"

namespace conclave {

struct ClientOptions {
  std::string_view identity = {};  // of a basic credential; or else `credential`
  const CryptoProvider& crypto;
  const Clock& clock;
  CredentialVerifier& verifier;
  Storage& storage;
  CipherSuite suite = CipherSuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519;
  std::optional<Credential> credential = {};  // instead of a basic one of `identity`
  // The key behind the credential. Without one, the client makes one and keeps it in the storage.
  const Signer* signer = nullptr;
  Policy policy = {};
  Executor* executor = nullptr;  // for large groups; without one, everything on the calling thread
  // What the application understands beyond RFC 9420's defaults (section 7.2), and what it says in
  // its leaves. Basic and X.509 credentials are always listed.
  std::vector<ExtensionType> extensions = {};
  std::vector<ProposalType> proposals = {};
  std::vector<CredentialType> credentials = {};
  std::vector<Extension> leaf_extensions = {};
};

struct GroupOptions {
  GroupId id = {};                         // without one, a random one (section 11)
  std::vector<Extension> extensions = {};  // of the GroupContext
};

struct KeyPackageOptions {
  std::uint64_t lifetime = 0;  // seconds; 0 for the policy's
  bool last_resort = false;  // its keys survive a join (section 16.8); RFC 9420 has no mark for it
  std::vector<Extension> extensions = {};
};

// A Welcome that was opened and found valid, before anything is consumed. Dropping it changes
// nothing.
class [[nodiscard]] CONCLAVE_EXPORT StagedJoin {
 public:
  StagedJoin(StagedJoin&&) noexcept;
  StagedJoin& operator=(StagedJoin&&) noexcept;
  ~StagedJoin();

  const GroupId& group_id() const;
  Epoch epoch() const;
  // Everybody in the group, ourselves included, in leaf order.
  std::vector<Member> members() const;
  LeafIndex own_leaf() const;
  // Who vouches for the group's state. Not always the one who added us: whoever signed it.
  const Member& inviter() const;
  const std::vector<Extension>& extensions() const;             // of the GroupContext
  const std::vector<Extension>& group_info_extensions() const;  // sent along, less the tree
  // Members whose leaf's lifetime is over (Policy::accept_expired_leaves).
  const std::vector<Member>& expired() const;
  const std::vector<PskId>& psks() const;

 private:
  friend class Client;
  struct Impl;
  explicit StagedJoin(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct JoinOptions {
  // The content of a ratchet_tree extension, if the Welcome does not carry it (section 12.4.3.3).
  BytesView ratchet_tree = {};
  // Our session in the group that this one succeeds or branches from (sections 11.2 and 11.3).
  // kMissing tells when one is needed.
  const Session* origin = nullptr;
};

class [[nodiscard]] CONCLAVE_EXPORT Client {
 public:
  // kUnsupported if the provider lacks the suite; kStorage.
  static Result<Client> Create(const ClientOptions& options);

  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  CipherSuite suite() const;
  const Credential& credential() const;
  BytesView signature_key() const;

  // A new key package as an MLSMessage, ready to publish. Its private keys are in the storage
  // before it is returned. Each is for one join.
  Result<Bytes> NewKeyPackage(const KeyPackageOptions& options = {});
  // Erases the private keys of key packages whose lifetime is over. How many there were.
  Result<std::size_t> PurgeExpiredKeyPackages();

  // A group of ourselves alone, in epoch 0. kMisuse if we have a group of that id.
  Result<Session> CreateGroup(const GroupOptions& options = {});

  // Opens a Welcome, an MLSMessage, with the key package that it was made for. kMissing if it is
  // for none of ours, or needs a PSK or a tree that is not there; kMisuse if we are in the group
  // already. The key package is untouched.
  Result<StagedJoin> ReadWelcome(BytesView welcome, const JoinOptions& options = {});
  // Joins, and erases the key package's private keys in the same write.
  Result<Session> Enter(StagedJoin staged);

  // Erases what the storage has of a group whose session is gone. Not for a group that has one.
  Result<void> ForgetGroup(BytesView group_id);

  // A pre-shared key of the application's (section 8.4), and its end.
  Result<void> AddPsk(BytesView id, const Secret& psk);
  Result<void> RemovePsk(BytesView id);

 private:
  friend struct ClientAccess;
  struct Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace conclave
