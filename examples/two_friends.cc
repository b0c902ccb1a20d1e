// Two friends and a room: the shortest conversation.
#include <conclave/conclave.h>

#include <utility>

// Says which identities we know. A real one looks them up, or checks certificates.
class BuddyList : public conclave::CredentialVerifier {
 public:
  conclave::CredentialAnswer Verify(const conclave::CredentialQuestion& question) override {
    const auto* basic = std::get_if<conclave::BasicCredential>(question.credential);
    if (basic == nullptr) return conclave::CredentialAnswer::reject;
    for (const char* name : {"alice", "bob"}) {
      if (basic->identity == conclave::ToBytes(name)) return conclave::CredentialAnswer::accept;
    }
    return conclave::CredentialAnswer::reject;
  }
};

// value() aborts on error: fine in an example. Real code tests the Result.
int main() {
  conclave::BoringSslProvider crypto;
  conclave::SystemClock clock;
  BuddyList friends;
  conclave::MemoryStorage alice_disk, bob_disk;
  auto alice = conclave::Client::Create({.identity = "alice",
                                         .crypto = crypto,
                                         .clock = clock,
                                         .verifier = friends,
                                         .storage = alice_disk})
                   .value();
  auto bob = conclave::Client::Create({.identity = "bob",
                                       .crypto = crypto,
                                       .clock = clock,
                                       .verifier = friends,
                                       .storage = bob_disk})
                 .value();

  // Alice opens a room and offers a commit that adds Bob.
  auto room = alice.CreateGroup({.id = conclave::ToBytes("book club")}).value();
  auto offer = room.CreateCommit({.add = {bob.NewKeyPackage().value()}}).value();

  // The delivery service accepts it: Alice reads her own commit back, looks, enters.
  auto event = room.Receive(offer.commit).value();
  auto& staged = std::get<conclave::StagedCommit>(event);
  if (staged.added().size() != 1) return 1;
  auto entered = room.Apply(std::move(staged)).value();

  // Bob reads the welcome, looks who is there, joins, and they talk.
  auto invitation = bob.ReadWelcome(entered.welcomes.front()).value();
  if (invitation.members().size() != 2) return 1;
  auto bobs_room = bob.Enter(std::move(invitation)).value();
  auto hello = room.Protect(conclave::AsBytes("Chapter one?")).value();
  auto heard = bobs_room.Receive(hello).value();
  return std::get<conclave::ApplicationMessage>(heard).sender.leaf == room.own_leaf() ? 0 : 1;
}
