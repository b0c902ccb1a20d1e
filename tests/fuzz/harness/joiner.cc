#include "fuzz/harness/joiner.h"

#include <utility>

#include "wire/parse.h"

namespace conclave::fuzz {

namespace {

constexpr std::uint64_t kJoinerSeed = 3;

}  // namespace

std::optional<Bytes> Joiner::Join(BytesView welcome, BytesView tree) {
  scene_.crypto().Restart(kJoinerSeed);
  if (!party_.has_value()) party_.emplace("ivan", scene_.crypto(), UsualPolicy(), scene_.ivan());
  const std::size_t writes = party_->storage.writes;
  auto staged = (*party_)->ReadWelcome(welcome, {.ratchet_tree = tree});
  Require(party_->storage.writes == writes, "reading a Welcome changes nothing");
  if (!staged.ok()) return std::nullopt;
  Require(staged->members().size() > 1, "there is somebody else in the group");
  Session session = Must((*party_)->Enter(std::move(*staged)));
  RequireStored(*party_, session);
  Bytes authenticator = session.EpochAuthenticator();
  Exercise(*party_, session);
  party_.reset();
  return authenticator;
}

const Bytes& TreeFor(const Scene& scene, std::uint8_t number) {
  const auto& invitations = scene.invitations();
  return invitations[number % invitations.size()].tree;
}

std::vector<Seed> WelcomeSeeds(const Scene& scene) {
  std::vector<Seed> seeds;
  for (const Scene::Invitation& invitation : scene.invitations()) {
    const Invited invited{static_cast<std::uint8_t>(seeds.size()),
                          Must(wire::Parse<rfc9420::MLSMessage>(invitation.welcome.input))};
    seeds.push_back({invitation.welcome.name, wire::Serialize(invited)});
  }
  return seeds;
}

}  // namespace conclave::fuzz
