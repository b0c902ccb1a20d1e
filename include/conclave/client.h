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

// A group that the storage has.
struct GroupSummary {
  GroupId id;
  Epoch epoch = 0;
};

// Whether a storage has been in use all the time, or comes out of a backup. The key packages and
// the pending joins of a backup may have been used since it was made: erase them first of all
// (DeleteKeyPackage, AbandonExternalJoin), or a group that is entered with them once more is
// entered with the same keys.
enum class StorageOrigin : std::uint8_t { current, backup };

struct OpenOptions {
  // Whose keys may speak for our leaf, beside the client's own signer: of identities that a session
  // has moved to (CommitRequest::new_identity).
  std::vector<const Signer*> signers = {};
  // Keys of a backup may have been used since it was made: the session then receives, and sends
  // nothing until it has new ones (Session::is_restored). So it does if the storage's version of
  // the group is lower than the one that the application has seen (Session::version).
  StorageOrigin storage = StorageOrigin::current;
  std::uint64_t expected_version = 0;
};

struct KeyPackageOptions {
  std::uint64_t lifetime = 0;  // seconds; 0 for the policy's
  // Its keys survive a join (section 16.8); RFC 9420 has no mark for it. The last-resort packages
  // that the client has made before are superseded (conclave/key_packages.h).
  bool last_resort = false;
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
  // Brings the storage to this version's format, if an earlier one wrote it. kUnsupported if the
  // provider lacks the suite, or a later version wrote the storage; kStorage.
  static Result<Client> Create(const ClientOptions& options);

  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  CipherSuite suite() const;
  const Credential& credential() const;
  BytesView signature_key() const;

  // A new key package as an MLSMessage, ready to publish. Its private keys are in the storage
  // before it is returned. Each is for one join. The inventory: conclave/key_packages.h.
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

  // The groups that the storage has, of all clients that share it.
  Result<std::vector<GroupSummary>> Groups() const;
  // The session of a group, as the storage has it: where the last one stopped, be it by a crash.
  // There should be one session of a group at a time: of two, whichever writes second gets
  // kStorageConflict and goes on from what the first has written. kNotMember if we are not in the
  // group; kMissing if no signer has the key of our leaf; kMisuse if the group is of another suite.
  // O(N): about what hashing the tree takes; and its first commit, made or received, again indexes
  // all keys and clients of the group.
  Result<Session> OpenGroup(BytesView group_id, const OpenOptions& options = {});
  // Erases everything that the storage has of a group, its secrets first of all. A session of it
  // finds out when it writes. Tells nobody: to leave, propose to be removed first.
  Result<void> DeleteGroup(BytesView group_id);

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
