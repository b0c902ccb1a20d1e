// Prints how many bytes of the heap a session of a group of two members holds: what is free again
// when it ends. What a storage keeps of it is not counted.
#include <conclave/conclave.h>
#include <malloc.h>

#include <cstdio>
#include <cstdlib>
#include <new>
#include <optional>
#include <utility>
#include <variant>

namespace {

std::size_t in_use = 0;

void* Counted(void* address) {
  if (address == nullptr) std::abort();
  in_use += malloc_usable_size(address);
  return address;
}
void Uncounted(void* address) {
  in_use -= malloc_usable_size(address);
  std::free(address);
}

}  // namespace

void* operator new(std::size_t size) { return Counted(std::malloc(size)); }
void* operator new[](std::size_t size) { return Counted(std::malloc(size)); }
void operator delete(void* address) noexcept { Uncounted(address); }
void operator delete[](void* address) noexcept { Uncounted(address); }
void operator delete(void* address, std::size_t) noexcept { Uncounted(address); }
void operator delete[](void* address, std::size_t) noexcept { Uncounted(address); }

class Everybody : public conclave::CredentialVerifier {
 public:
  conclave::CredentialAnswer Verify(const conclave::CredentialQuestion&) override {
    return conclave::CredentialAnswer::accept;
  }
};

int main() {
  conclave::BoringSslProvider crypto;
  conclave::SystemClock clock;
  Everybody verifier;
  conclave::MemoryStorage adas_disk, bens_disk;
  const auto start = [&](const char* name, conclave::Storage& disk) {
    return conclave::Client::Create({.identity = name,
                                     .crypto = crypto,
                                     .clock = clock,
                                     .verifier = verifier,
                                     .storage = disk})
        .value();
  };
  conclave::Client ada = start("ada", adas_disk), ben = start("ben", bens_disk);
  std::optional<conclave::Session> room = ada.CreateGroup().value();
  const conclave::GroupId id = room->group_id();
  const auto offer = room->CreateCommit({.add = {ben.NewKeyPackage().value()}}).value();
  auto event = room->Receive(offer.commit).value();
  const auto entered = room->Apply(std::get<conclave::StagedCommit>(std::move(event))).value();
  std::optional<conclave::Session> bens_room =
      ben.Enter(ben.ReadWelcome(entered.welcomes.front()).value()).value();
  for (int i = 0; i < 10; ++i) {
    bens_room->Receive(room->Protect(conclave::AsBytes("hello")).value()).value();
    room->Receive(bens_room->Protect(conclave::AsBytes("hello")).value()).value();
  }
  room.reset();
  room = ada.OpenGroup(id).value();
  const std::size_t with_opened = in_use;
  room.reset();
  const std::size_t with_joined = in_use;
  bens_room.reset();
  std::printf("%zu %zu\n", with_opened - with_joined, with_joined - in_use);
  return 0;
}
