// Joining without an invitation, with what the group has published; and coming back the same way
// after losing everything (RFC 9420, section 12.4.3.2).
#include <conclave/conclave.h>

#include <cstdio>
#include <optional>
#include <string>
#include <utility>

namespace {

using conclave::Bytes;

// Knows everybody. Who comes back in another's place must be called the same.
class Doorkeeper : public conclave::CredentialVerifier {
 public:
  conclave::CredentialAnswer Verify(const conclave::CredentialQuestion& question) override {
    const bool impostor =
        question.replaces != nullptr && !(*question.replaces == *question.credential);
    return impostor ? conclave::CredentialAnswer::reject : conclave::CredentialAnswer::accept;
  }
};

// A client, and all that it is given.
struct Device {
  explicit Device(const char* name)
      : client(conclave::Client::Create({.identity = name,
                                         .crypto = crypto,
                                         .clock = clock,
                                         .verifier = doorkeeper,
                                         .storage = disk})
                   .value()) {}
  conclave::BoringSslProvider crypto;
  conclave::SystemClock clock;
  Doorkeeper doorkeeper;
  conclave::MemoryStorage disk;
  conclave::Client client;
};

std::string NameOf(const conclave::Member& member) {
  const Bytes& identity = std::get<conclave::BasicCredential>(member.credential).identity;
  return {identity.begin(), identity.end()};
}

// Reads a commit and enters the epoch that it leads to. Who came, and who went.
void Follow(conclave::Session& session, const Bytes& commit) {
  conclave::Event event = session.Receive(commit).value();
  auto& staged = std::get<conclave::StagedCommit>(event);
  for (const auto& member : staged.removed()) {
    std::printf("  %s is gone from leaf %u\n", NameOf(member).c_str(), member.leaf.value);
  }
  for (const auto& member : staged.added()) {
    std::printf("  %s is at leaf %u\n", NameOf(member).c_str(), member.leaf.value);
  }
  if (!session.Apply(std::move(staged)).ok()) std::printf("  and we could not follow\n");
}

bool Agree(const conclave::Session& a, const conclave::Session& b) {
  std::printf("  both are in epoch %llu of %zu members: %s\n",
              static_cast<unsigned long long>(b.epoch()), b.member_count(),
              a.EpochAuthenticator() == b.EpochAuthenticator() ? "they agree" : "THEY DISAGREE");
  return a.EpochAuthenticator() == b.EpochAuthenticator() && a.member_count() == b.member_count();
}

}  // namespace

// value() aborts on error: fine in an example. Real code tests the Result.
int main() {
  Device alice("alice");
  auto room = alice.client.CreateGroup({.id = conclave::ToBytes("open house")}).value();

  std::printf("alice publishes the group's state; bob lets himself in\n");
  Device bob("bob");
  auto pending =
      conclave::StartExternalJoin(bob.client, conclave::MakeGroupInfo(room).value()).value();
  if (pending.members().size() != 1) return 1;  // who is there: the place to turn round
  const Bytes commit = pending.commit();        // goes to the delivery service, which accepts it
  Follow(room, commit);
  if (!pending.IsOurs(commit)) return 1;
  std::optional<conclave::Session> bobs_room =
      conclave::EnterExternally(bob.client, std::move(pending)).value();
  if (!Agree(room, *bobs_room)) return 1;

  std::printf("bob drops his phone into the sea, buys another, and takes his old place\n");
  const conclave::LeafIndex old_leaf = bobs_room->own_leaf();
  bobs_room.reset();
  Device new_phone("bob");
  auto resync = conclave::StartExternalJoin(new_phone.client, conclave::MakeGroupInfo(room).value(),
                                            {.replace = old_leaf})
                    .value();
  Follow(room, resync.commit());
  bobs_room = conclave::EnterExternally(new_phone.client, std::move(resync)).value();
  if (!Agree(room, *bobs_room) || room.member_count() != 2) return 1;

  const Bytes message = bobs_room->Protect(conclave::AsBytes("I am back.")).value();
  const auto heard = room.Receive(message).value();
  const auto& said = std::get<conclave::ApplicationMessage>(heard);
  std::printf("alice hears %s: %.*s\n", NameOf(said.sender).c_str(),
              static_cast<int>(said.plaintext.size()),
              reinterpret_cast<const char*>(said.plaintext.data()));
  return said.plaintext == conclave::ToBytes("I am back.") ? 0 : 1;
}
