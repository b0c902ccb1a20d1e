// An application's own Storage (file_storage.h), and what it is for: a program ends, and another
// one goes on where it stopped.
#include <conclave/conclave.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "file_storage.h"

namespace {

class Everybody : public conclave::CredentialVerifier {
 public:
  conclave::CredentialAnswer Verify(const conclave::CredentialQuestion&) override {
    return conclave::CredentialAnswer::accept;
  }
};

// What lives as long as the program.
struct Device {
  Device(const char* name, const std::filesystem::path& file)
      : disk(FileStorage::Open(file).value()),
        client(conclave::Client::Create({.identity = name,
                                         .crypto = crypto,
                                         .clock = clock,
                                         .verifier = verifier,
                                         .storage = *disk})
                   .value()) {}
  conclave::BoringSslProvider crypto;
  conclave::SystemClock clock;
  Everybody verifier;
  std::unique_ptr<FileStorage> disk;
  conclave::Client client;
};

const conclave::Bytes kRoom = conclave::ToBytes("diary");

// Ben's first life: he joins Ada's group, and hears one message.
conclave::Session BeginWith(Device& ada, Device& ben) {
  auto room = ada.client.CreateGroup({.id = kRoom}).value();
  const auto offer = room.CreateCommit({.add = {ben.client.NewKeyPackage().value()}}).value();
  auto event = room.Receive(offer.commit).value();
  const auto entered = room.Apply(std::get<conclave::StagedCommit>(std::move(event))).value();
  auto invitation = ben.client.ReadWelcome(entered.welcomes.front()).value();
  auto bens_room = ben.client.Enter(std::move(invitation)).value();
  const auto heard = bens_room.Receive(room.Protect(conclave::AsBytes("Monday.")).value());
  std::printf("ben hears the first message: %s\n", heard.ok() ? "yes" : "no");
  return room;
}

}  // namespace

// value() aborts on error: fine in an example. Real code tests the Result.
int main() {
  std::string pattern = (std::filesystem::temp_directory_path() / "diary-XXXXXX").string();
  const std::filesystem::path directory = mkdtemp(pattern.data());
  Device ada("ada", directory / "ada");
  auto first_life = std::make_unique<Device>("ben", directory / "ben");
  auto room = BeginWith(ada, *first_life);

  std::printf("ben's program ends; meanwhile ada writes on\n");
  first_life.reset();
  const auto tuesday = room.Protect(conclave::AsBytes("Tuesday.")).value();
  Device second_life("ben", directory / "ben");
  auto bens_room = second_life.client.OpenGroup(kRoom).value();
  const bool heard = bens_room.Receive(tuesday).ok();
  const bool heard_twice = bens_room.Receive(tuesday).ok();
  std::printf("ben starts again and hears the second: %s; and once only: %s\n",
              heard ? "yes" : "no", heard_twice ? "no" : "yes");
  std::filesystem::remove_all(directory);
  return heard && !heard_twice ? 0 : 1;
}
