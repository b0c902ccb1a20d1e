// One client's membership in one MLS group (RFC 9420).
//
// A Session is always in exactly one epoch. Whatever can fail happens before the epoch changes:
// Receive() checks a commit and stages the epoch it leads to; Apply() enters that epoch, or does
// nothing. Every commit takes this one road, our own included.
//
// Each call that changes anything makes exactly one write to the client's storage: it computes,
// writes, changes memory and answers. So a crash at any instruction leaves the state before the
// call or the one after it, and Client::OpenGroup goes on from there.
//
// On an error the Session is as it was before the call. After a failed write it is what the storage
// says it is: it goes on from the records and not from memory, so that it is never ahead of them.
// If they cannot be read either, every call answers kStorage until they can, and one that returns
// no Result answers as if there were nothing. kStorage with
// kStorageConflict as its detail: another process, or another Session of the group, has written.
// kNotMember once a commit that removes us has been applied, or the group was deleted.
//
// Sessions are move-only and not thread-safe; two Sessions share no memory that changes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "conclave/bytes.h"
#include "conclave/commit_summary.h"
#include "conclave/crypto_provider.h"
#include "conclave/export.h"
#include "conclave/member.h"
#include "conclave/policy.h"
#include "conclave/result.h"
#include "conclave/secret.h"
#include "conclave/storage.h"
#include "conclave/types.h"

namespace conclave {

// A credential and the key behind it. The signer must outlive every session that uses it.
struct Identity {
  Credential credential;
  const Signer* signer = nullptr;
};

// Changes to make in one commit. An empty request still refreshes our keys.
struct CommitRequest {
  std::vector<Bytes> add = {};  // key packages, as MLSMessages
  std::vector<LeafIndex> remove = {};
  std::vector<PskId> psks = {};
  std::optional<std::vector<Extension>> extensions = {};  // replaces the group's
  std::optional<ProposedReInit> reinit = {};              // closes the group; with nothing else
  std::optional<Identity> new_identity = {};              // credential and signer to move to
  std::vector<CustomProposal> custom = {};
  std::vector<ProposalRef> exclude = {};  // received proposals to leave out
  PathPolicy path = PathPolicy::when_required;
  Bytes authenticated_data = {};
  std::size_t joiners_per_welcome = 0;  // 0: one Welcome for everybody
};

// The name of a commit that we have offered to the group in this epoch.
struct OfferId {
  std::uint64_t value = 0;
  auto operator<=>(const OfferId&) const = default;
};

// A received proposal that our commit leaves out, and the rule that it would have broken.
struct SkippedProposal {
  ProposalRef ref;
  const char* why = "";  // static; for logs
};

struct OutgoingCommit {
  OfferId id;
  Bytes commit;  // an MLSMessage for every current member, ourselves included
  std::vector<SkippedProposal> skipped;
};

struct ApplicationMessage {
  Member sender;  // as of that epoch
  Epoch epoch = 0;
  Bytes plaintext;
  Bytes authenticated_data;
};

struct OwnMessage {};  // our own message came back

// Makes rows of an application message that has been opened, when it is known what it says and who
// sent it: an inbox. They are written in the batch in which the message's key goes, so that no
// crash comes between the message and its sender. Must not call back into the session.
class CONCLAVE_EXPORT Inbox {
 public:
  virtual ~Inbox() = default;
  virtual std::vector<AppRow> RowsFor(const ApplicationMessage& message) = 0;
};

// The next epoch, checked but not entered. Destroying it changes nothing.
class [[nodiscard]] CONCLAVE_EXPORT StagedCommit {
 public:
  StagedCommit(StagedCommit&&) noexcept;
  StagedCommit& operator=(StagedCommit&&) noexcept;
  ~StagedCommit();

  // All that it does.
  const CommitSummary& summary() const;

  Epoch epoch() const { return summary().epoch; }
  const Sender& committer() const { return summary().committer; }
  std::span<const Member> added() const { return summary().added; }
  std::span<const Member> removed() const { return summary().removed; }
  std::span<const MemberChange> updated() const { return summary().updated; }
  std::span<const ReceivedProposal> proposals() const { return summary().proposals; }
  bool is_ours() const { return summary().is_ours; }
  bool removes_us() const { return summary().removes_us; }

 private:
  friend class Session;
  struct Impl;
  explicit StagedCommit(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

using Event = std::variant<ApplicationMessage, ReceivedProposal, StagedCommit, OwnMessage>;

// What entering an epoch leaves to be done.
struct Entered {
  // MLSMessages, for those whom our commit added: in the storage until Delivered() is called with
  // the commit's id (conclave/offers.h).
  std::vector<Bytes> welcomes;
  std::optional<OfferId> offer;            // our commit's id, if it was ours
  std::vector<ReceivedProposal> left_out;  // our proposals that it did not carry
};

class Session;

// The members of a session's epoch, lazily, in leaf order. Valid until the session changes.
class CONCLAVE_EXPORT MemberRange {
 public:
  class CONCLAVE_EXPORT Iterator {
   public:
    using value_type = Member;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    const Member& operator*() const { return *member_; }
    const Member* operator->() const { return &*member_; }
    Iterator& operator++();
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator& other) const { return member_ == other.member_; }

   private:
    friend class MemberRange;
    Iterator(const Session* session, std::optional<Member> member);
    const Session* session_ = nullptr;
    std::optional<Member> member_;
  };
  Iterator begin() const;
  Iterator end() const { return {session_, std::nullopt}; }

 private:
  friend class Session;
  explicit MemberRange(const Session* session) : session_(session) {}
  const Session* session_;
};

class [[nodiscard]] CONCLAVE_EXPORT Session {
 public:
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

  const GroupId& group_id() const;
  Epoch epoch() const;
  CipherSuite suite() const;
  LeafIndex own_leaf() const;
  const std::vector<Extension>& extensions() const;  // of the GroupContext
  // False once we were removed; what is left is the last epoch that we saw, without secrets.
  bool is_member() const;
  // Whether the storage was restored from a backup, or rolled back: then nothing may be sent that
  // could repeat a key. Receive works; Protect and proposals say kCommitFirst. It ends when a
  // commit of ours, made since and sent as a PublicMessage, has come back and is applied, or when
  // we have joined again by an external commit.
  bool is_restored() const;
  // How often the storage's state of the group has changed. An application that keeps it elsewhere
  // too can tell a restored storage from a current one (OpenOptions::expected_version).
  std::uint64_t version() const;
  // The proposal that closed the group, if it was re-initialised (section 11.2).
  std::optional<ProposedReInit> closed_by() const;

  MemberRange members() const { return MemberRange(this); }
  std::size_t member_count() const;
  std::optional<Member> FindMember(LeafIndex leaf) const;
  // The first member at or right of `from`.
  std::optional<Member> NextMember(LeafIndex from) const;
  // What has been proposed in this epoch and not committed, in the order of arrival.
  std::vector<ReceivedProposal> pending_proposals() const;

  // Encrypts for the group. The key is gone before the ciphertext is returned. kCommitFirst while
  // received proposals are waiting (section 12.4).
  // `rows` are written with it: an outbox.
  Result<Bytes> Protect(BytesView plaintext, BytesView authenticated_data = {},
                        std::span<const AppRow> rows = {});

  // Reads any message of this group. On error the Session is unchanged; a commit changes nothing
  // until Apply(). kMissing if a commit names a proposal or PSK that we lack: once it is there, the
  // same bytes work. `rows` are written with an application message, whose plaintext is the output,
  // and with a proposal; what changes nothing writes none. With an application message go the rows
  // of `inbox` too, behind them.
  Result<Event> Receive(BytesView message, std::span<const AppRow> rows = {},
                        Inbox* inbox = nullptr);

  // Makes a commit to offer to the group: of the request, and of the proposals received in this
  // epoch. The offer is in the storage when it is returned; the group changes when one of our
  // offers, or somebody else's commit, comes back through Receive() and is applied.
  Result<OutgoingCommit> CreateCommit(const CommitRequest& request);

  // Enters the staged epoch and erases the secrets of the one we leave. Fails with kMisuse if
  // `staged` is not this Session's, or it has changed epoch since. `rows` are written with it.
  Result<Entered> Apply(StagedCommit staged, std::span<const AppRow> rows = {});

  // MLS-Exporter (section 8.5).
  Result<Secret> ExportSecret(std::string_view label, BytesView context, std::size_t size) const;
  // Equal for all members who agree on everything up to this epoch (section 8.7). Not secret: it is
  // for comparing, out of band.
  Bytes EpochAuthenticator() const;

 private:
  friend class Client;
  friend struct SessionAccess;
  struct Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace conclave
