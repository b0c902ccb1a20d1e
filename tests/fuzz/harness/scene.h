// A group in the middle of its life, with something of everything: blank leaves, parents, past
// epochs, keys that were skipped, proposals that wait, offers, an external sender. And messages of
// all kinds, each of which alice, who is a member, would accept as things stand.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conclave/conclave.h"
#include "conclave/external_join.h"
#include "crypto/signature_key.h"
#include "fuzz/harness/party.h"
#include "fuzz/harness/provider.h"

namespace conclave::fuzz {

class Scene {
 public:
  explicit Scene(const SeededProvider& crypto);
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  // With signatures and all; and with none of it checked. Made when first asked for.
  static const Scene& Real();
  static const Scene& Unchecked();

  const SeededProvider& crypto() const { return crypto_; }
  const GroupId& group_id() const { return group_id_; }
  // What alice has stored.
  const Rows& alice() const { return alice_rows_; }
  // What she would accept now, by how it is framed.
  const std::vector<Seed>& public_messages() const { return public_; }
  const std::vector<Seed>& private_messages() const { return private_; }
  bool IsHonest(BytesView message) const;

  // The session of bob, who can be made to sign anything.
  Session& bob() const { return *bob_; }

  // -- For those who are not in the group.

  // Rows of ivan, who has key packages and has been invited: by a Welcome that has the tree inside,
  // and by one that has not.
  struct Invitation {
    Seed welcome;
    Bytes tree;           // that goes with it
    Bytes authenticator;  // of the epoch that it leads to
  };
  const Rows& ivan() const { return ivan_rows_; }
  const std::vector<Invitation>& invitations() const { return invitations_; }
  // GroupInfos, and key packages that members would add.
  const std::vector<Seed>& group_infos() const { return group_infos_; }
  const std::vector<Seed>& key_packages() const { return key_packages_; }

 private:
  Party& NewParty(std::string_view name,
                  HandshakeFraming framing = HandshakeFraming::private_message);
  Session& SessionOf(std::string_view name);

  // In this order.
  void Found();
  void Talk();
  void ProposeAndOffer();
  void OfferCommits(Session& author);
  void JoinFromOutside();
  void ProposeFromOutside();
  void Propose(Session& author);
  void Invite(Session& inviter, Party& ivan);

  // Everybody but the sender receives a message.
  void Deliver(BytesView message, const Session& sender);
  // All apply a commit, and those whom it adds join.
  void Commit(Session& committer, const CommitRequest& request,
              const std::vector<Party*>& joiners = {});
  // A message that alice would accept.
  void Keep(const std::string& name, Bytes message);

  const SeededProvider& crypto_;
  GroupId group_id_;
  std::deque<Party> parties_;
  std::map<std::string, Session> sessions_;
  std::optional<SoftwareSigner> post_;  // the external sender
  Session* bob_ = nullptr;
  Rows alice_rows_;
  std::vector<Seed> public_;
  std::vector<Seed> private_;
  Rows ivan_rows_;
  std::vector<Invitation> invitations_;
  std::vector<Seed> group_infos_;
  std::vector<Seed> key_packages_;
};

// Alice, who is shown one message after another. What she accepts is undone before the next one.
class Reader {
 public:
  explicit Reader(const Scene& scene) : scene_(scene) {}

  // As ReceiveAndCheck; and exercises the session after a commit.
  Received Read(BytesView message);
  // The session as the last message left it.
  Session& session() { return *session_; }
  Party& party() { return *party_; }
  // Goes back to where the scene begins.
  void Restart();

 private:
  const Scene& scene_;
  std::optional<Party> party_;
  std::optional<Session> session_;
  bool is_fresh_ = false;
};

}  // namespace conclave::fuzz
