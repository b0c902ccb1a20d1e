// Two members of a group, one of whom keeps it in an SQLite file: all three libraries are used.
#include <conclave/conclave.h>
#include <conclave/sqlite_storage.h>

#include <cstdio>
#include <utility>

class Everybody : public conclave::CredentialVerifier {
 public:
  conclave::CredentialAnswer Verify(const conclave::CredentialQuestion&) override {
    return conclave::CredentialAnswer::accept;
  }
};

int main() {
  const char path[] = "two_members.conclave";
  std::remove(path);
  conclave::BoringSslProvider crypto;
  conclave::SystemClock clock;
  Everybody verifier;
  conclave::MemoryStorage bens_disk;
  const auto adas_disk = conclave::SqliteStorage::Open({.path = path}).value();
  auto ada = conclave::Client::Create({.identity = "ada",
                                       .crypto = crypto,
                                       .clock = clock,
                                       .verifier = verifier,
                                       .storage = *adas_disk})
                 .value();
  auto ben = conclave::Client::Create({.identity = "ben",
                                       .crypto = crypto,
                                       .clock = clock,
                                       .verifier = verifier,
                                       .storage = bens_disk})
                 .value();
  auto room = ada.CreateGroup().value();
  const auto offer = room.CreateCommit({.add = {ben.NewKeyPackage().value()}}).value();
  auto event = room.Receive(offer.commit).value();
  const auto entered = room.Apply(std::get<conclave::StagedCommit>(std::move(event))).value();
  auto bens_room = ben.Enter(ben.ReadWelcome(entered.welcomes.front()).value()).value();
  auto heard = bens_room.Receive(room.Protect(conclave::AsBytes("hello")).value()).value();
  const bool same =
      std::get<conclave::ApplicationMessage>(heard).plaintext == conclave::ToBytes("hello");
  std::printf("two members %s\n", same ? "understand each other" : "do not understand each other");
  return same ? 0 : 1;
}
