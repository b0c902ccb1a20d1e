// What is inside a Session, and the way in which every call of it writes: compute, write, answer.
// When a write has failed, the session goes on from what the storage has and not from what is in
// memory: it loads the group anew, at once if it can, or else when it is called again.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "conclave/offers.h"
#include "conclave/session.h"
#include "group/group.h"
#include "session/client_state.h"
#include "session/group_records.h"
#include "storage/record_key.h"

namespace conclave {

// What is left of a group that we are not in any more, or that has to be loaded anew: the last
// epoch that we saw, without secrets.
struct Departed {
  PublicGroup group;
  LeafIndex own_leaf;
};
struct Unloaded {
  PublicGroup group;
  LeafIndex own_leaf;
};

struct CONCLAVE_HIDDEN Session::Impl {
  std::shared_ptr<ClientState> client;
  std::variant<Group, Departed, Unloaded> state;
  GroupHead head;  // as the storage has it
  record_key::Membership keys;
  Recorded recorded;
  std::vector<const Signer*> signers = {};  // that the application has shown, beside the client's
  std::uint64_t loads = 0;                  // how often the group was loaded anew

  const PublicGroup& public_group() const;
  LeafIndex own_leaf() const;
  // The group, loaded anew if need be.
  Result<Group*> member();
  bool restored() const { return head.restored != 0; }

  // The signer may be needed to load the group anew.
  void Remember(const Signer* signer);
  // Whether the storage has reserved the last generation that we sent with.
  bool IsLeased() const;

  // Adds to `batch` what sending or receiving has changed.
  Result<void> AddMessages(WriteBatch& batch);
  // Writes what sending or receiving has changed, if anything, with what is in `batch` already, and
  // `rows` with it; `output` is what the call makes.
  Result<void> WriteMessages(std::span<const AppRow> rows, BytesView output, WriteBatch batch = {});
  // Writes `batch` and the head's step to `next` in it.
  Result<void> Write(WriteBatch& batch, GroupHead next);
  // Writes `batch`; if that fails, the group is loaded anew.
  Result<void> WriteOrReload(const WriteBatch& batch);
  // Writes the group's end and `batch` with it, and forgets the group.
  Result<void> Depart(WriteBatch& batch);

  // The head after one more write in this epoch; and after the one that enters the next, with our
  // `offer` or with somebody else's commit.
  GroupHead NextHead() const;
  GroupHead HeadInNextEpoch(const Offer* offer) const;

  // Goes on from what the storage has.
  Result<void> Reload();
};

struct SessionAccess {
  // Also of a const one, which may have to be loaded anew before it can be looked at.
  static Session::Impl& Of(const Session& session) { return *session.impl_; }
  // `head` is in the storage.
  static Session Make(std::shared_ptr<ClientState> client, Group group, const GroupHead& head,
                      std::vector<const Signer*> signers = {});
};

// The session of a group that we have just entered. All of it is written with what is in `batch`,
// and with the Welcomes of the commit that began it, if we made that.
Result<Session> BeginSession(const std::shared_ptr<ClientState>& client, Group group,
                             WriteBatch batch = {}, const UndeliveredWelcomes* welcomes = nullptr);

// Writes that a group's storage was restored, though there has been a version `seen` of it. `head`
// follows.
Result<void> MarkRestored(Storage& storage, BytesView group_id, std::uint64_t seen,
                          GroupHead& head);

void AddAppRows(std::span<const AppRow> rows, BytesView output, WriteBatch& batch);

}  // namespace conclave
