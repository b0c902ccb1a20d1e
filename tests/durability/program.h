// For tests: alice's application, which may end at any instruction and be started again. Its steps
// find out from the storage what has been done, and do the rest: to run them again finishes what
// was begun, and does nothing twice. What a step sends, it sends when the library's call has
// returned.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "conclave/conclave.h"
#include "durability/cast.h"
#include "durability/outside.h"

namespace conclave::testing {

// Whether a call failed because what alice lent the library did: her storage, or her provider.
template <class T>
bool ComponentFailed(const Result<T>& result) {
  return !result.ok() &&
         (result.error().kind == ErrorKind::kStorage || result.error().kind == ErrorKind::kCrypto);
}

class Program {
 public:
  // Starts over a storage of alice's.
  static Result<std::unique_ptr<Program>> Start(Cast& cast, Storage& storage, Outside& outside);

  Client& client() { return client_; }
  Outside& outside() { return outside_; }
  std::map<GroupId, Session>& sessions() { return sessions_; }

  // The session of a group: the one that is open, or one that is opened.
  Result<Session*> Open(BytesView group_id);
  // The session of a group that was entered.
  Session* Keep(Session session);
  Result<bool> IsInGroup(BytesView group_id);

  // -- Messages. Rows: "out/<name>" has the ciphertext, "in/<name>" the plaintext.

  Result<void> Send(Session& session, std::string_view text);
  Result<void> SendKept(Session& session, const std::string& name, std::string_view text);
  Result<void> Read(Session& session, const std::string& name, BytesView message);

  // -- Proposals, with the same rows.

  using Propose = std::function<Result<Bytes>(std::span<const AppRow>)>;
  Result<void> ProposeKept(const std::string& name, const Propose& propose);
  Result<void> Hear(Session& session, const std::string& name, BytesView proposal);

  // -- Commits. `from` is the epoch that they end; nothing happens in another.

  // Enters the epoch that `commit`, ours or not, leads to.
  Result<void> Follow(Session& session, Epoch from, BytesView commit);
  // Sees that there are so many offers, and sends all of them.
  Result<std::vector<OfferSummary>> Offer(Session& session, std::size_t count,
                                          const CommitRequest& request);
  // Offers one commit, which wins, and delivers its Welcomes.
  Result<void> Commit(Session& session, Epoch from, const CommitRequest& request);
  Result<void> DeliverWelcomes(Session& session);

  // -- Joining.

  Result<Session*> Join(BytesView group_id, BytesView welcome, const JoinOptions& options = {});
  // Joins by an external commit, which wins, unless the group is in the storage in an epoch beyond
  // `known`.
  Result<Session*> JoinExternally(BytesView group_id, Epoch known, BytesView group_info,
                                  const ExternalJoinOptions& options = {});

  Result<std::optional<std::string>> Row(const std::string& key) const;

 private:
  Program(Client client, Cast& cast, Storage& storage, Outside& outside)
      : client_(std::move(client)), cast_(cast), storage_(storage), outside_(outside) {}

  Client client_;
  Cast& cast_;
  Storage& storage_;
  Outside& outside_;
  std::map<GroupId, Session> sessions_;
};

}  // namespace conclave::testing
