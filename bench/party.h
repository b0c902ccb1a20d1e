// A client of a benchmark, with what an application lends it: a verifier that accepts everybody, a
// clock that stands still, a storage that keeps no groups.
#pragma once

#include <optional>
#include <string_view>

#include "conclave/client.h"
#include "conclave/memory_storage.h"
#include "crypto/signature_key.h"
#include "group/group.h"

namespace conclave::bench {

inline constexpr std::uint64_t kNow = 1'800'000'000;

class Everybody final : public CredentialVerifier {
 public:
  CredentialAnswer Verify(const CredentialQuestion&) override { return CredentialAnswer::accept; }
};

class StoppedClock final : public Clock {
 public:
  std::uint64_t Now() const override { return kNow; }
};

// What writes to a storage consist of.
struct Written {
  std::size_t rows = 0;
  std::size_t bytes = 0;     // of keys and values of these rows
  std::size_t erasures = 0;  // of one record, or of all under a prefix
  void Count(const WriteBatch& batch);
};

// Storage in memory, of everything but the records of groups: what they cost is measured with
// SqliteStorage, and the peers are measured without. The library serializes them all the same.
class GrouplessStorage final : public Storage {
 public:
  Result<void> Write(const WriteBatch& batch) override;
  Result<std::optional<Secret>> Read(BytesView key) const override { return below_.Read(key); }
  Result<void> Scan(BytesView prefix, RecordVisitor& visitor) const override {
    return below_.Scan(prefix, visitor);
  }
  // Records of groups included.
  const Written& last_write() const { return last_write_; }

 private:
  MemoryStorage below_;
  Written last_write_;
};

// Commits travel as PublicMessages, nothing is padded and there is no GREASE, so that an operation
// and its floor handle the same bytes. Ratchet trees travel out of band.
Policy BenchPolicy();

class Party {
 public:
  Party(const Suite& suite, std::string_view identity, SoftwareSigner signer,
        const Policy& policy = BenchPolicy(), Executor* executor = nullptr);
  // With a signature key of its own.
  Party(const Suite& suite, std::string_view identity, const Policy& policy = BenchPolicy(),
        Executor* executor = nullptr);
  // The client points into it.
  Party(const Party&) = delete;
  Party& operator=(const Party&) = delete;

  Client& client() { return client_; }
  const GrouplessStorage& storage() const { return storage_; }
  // The session that the party was given or has entered.
  Session& session() { return *session_; }
  void Enter(Session session) { session_ = std::move(session); }
  // Becomes a member of a group without having joined it.
  void Enter(EpochState epoch, GroupIndex index);
  // Takes the session away.
  void Leave();
  // The same, and gives away the group's index, which is the one part of it that grows with the
  // group and cannot be had anew at little cost.
  GroupIndex LeaveWithIndex();

  const Signer& signer() const { return signer_; }
  // What the client says of itself in its leaves.
  const LeafProfile& profile() const;
  // The state under the session.
  const Group& group() const;

 private:
  Everybody verifier_;
  StoppedClock clock_;
  GrouplessStorage storage_;
  SoftwareSigner signer_;
  Client client_;
  std::optional<Session> session_;
};

// Both steps of a received commit.
Entered ReceiveAndApply(Session& session, BytesView commit);

}  // namespace conclave::bench
