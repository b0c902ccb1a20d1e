// Joining by an external commit (RFC 9420, section 12.4.3.2): without an invitation, with a
// GroupInfo that has an external_pub; and coming back the same way after losing our state (resync).
#pragma once

#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "conclave/client.h"
#include "conclave/export.h"
#include "conclave/session.h"

namespace conclave {

struct ExternalJoinOptions {
  BytesView ratchet_tree = {};            // if the GroupInfo does not carry it
  std::optional<LeafIndex> replace = {};  // our former leaf: a resync
  std::vector<PskId> psks = {};
  Bytes authenticated_data = {};
};

// A join that the group has been offered and has not decided on. It is in the storage from the
// moment that it is made, with all the secrets that it needs, so that it outlives the process:
// dropping it changes nothing, and ResumeExternalJoin() finds it again.
class [[nodiscard]] CONCLAVE_EXPORT PendingJoin {
 public:
  PendingJoin(PendingJoin&&) noexcept;
  PendingJoin& operator=(PendingJoin&&) noexcept;
  ~PendingJoin();

  const Bytes& commit() const;  // the MLSMessage to send to the group
  const CommitSummary& summary() const;
  const GroupId& group_id() const;
  // The members that the GroupInfo named, before we join, in leaf order.
  std::vector<Member> members() const;
  const std::vector<Member>& expired() const;

  // Whether `message` is our commit, back from the delivery service: then EnterExternally() is due.
  // If another commit of the epoch came first, this join has lost: start again from a new
  // GroupInfo.
  bool IsOurs(BytesView message) const;

 private:
  friend struct PendingJoinAccess;
  struct Impl;
  explicit PendingJoin(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// kMissing if the GroupInfo has no external_pub, or the tree or a PSK is not there. kMisuse if we
// are in the group and `replace` says nothing. Another pending join of the same group is abandoned.
CONCLAVE_EXPORT Result<PendingJoin> StartExternalJoin(Client& client, BytesView group_info,
                                                      const ExternalJoinOptions& options = {});

// The groups that we have offered to join and have neither entered nor abandoned; and one such
// join, as it was when it was made. kMissing if there is none.
CONCLAVE_EXPORT Result<std::vector<GroupId>> PendingJoins(const Client& client);
CONCLAVE_EXPORT Result<PendingJoin> ResumeExternalJoin(Client& client, BytesView group_id);
// Erases a pending join, whose commit has lost. It need not be there.
CONCLAVE_EXPORT Result<void> AbandonExternalJoin(Client& client, BytesView group_id);

// Once the delivery service has accepted the commit. The members must read that very commit.
// kMisuse if the join has been abandoned or entered.
CONCLAVE_EXPORT Result<Session> EnterExternally(Client& client, PendingJoin pending);

// A proposal to add us, signed by our own key package (section 12.1.8, new_member_proposal).
// Members decide. Of the GroupInfo only group and epoch are used, after its signature was checked.
CONCLAVE_EXPORT Result<Bytes> RequestToJoin(Client& client, BytesView group_info,
                                            BytesView key_package, BytesView ratchet_tree = {});

}  // namespace conclave
