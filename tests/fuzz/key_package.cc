// A KeyPackage that somebody published (RFC 9420, sections 7.3 and 10.1), by itself and as what a
// member adds to a group; its signatures always fit.
#include <optional>

#include "conclave/proposals.h"
#include "fuzz/harness/mutate.h"
#include "fuzz/harness/scene.h"
#include "group/key_package_rules.h"
#include "session/client_state.h"

namespace conclave::fuzz {

namespace {

constexpr std::uint64_t kHostSeed = 4;

// Somebody alone in a group.
struct Host {
  explicit Host(const SeededProvider& crypto)
      : party("host", crypto), session(Must(party->CreateGroup({.id = ToBytes("of the host")}))) {}
  Party party;
  Session session;
};

bool Run(BytesView input) {
  const SeededProvider& crypto = Scene::Unchecked().crypto();
  static std::optional<Host> host;
  crypto.Restart(kHostSeed);
  if (!host.has_value()) host.emplace(crypto);

  const auto key_package = ParseKeyPackageMessage(input);
  const ClientState& state = *ClientAccess::State(host->party.client);
  const bool is_valid =
      key_package.ok() && CheckKeyPackage(state.suite, state.environment(), *key_package).ok();

  const Bytes before = StateOf(host->session);
  const std::size_t writes = host->party.storage.writes;
  const auto proposal = ProposeAdd(host->session, input);
  if (!proposal.ok()) {
    Require(StateOf(host->session) == before && host->party.storage.writes == writes,
            "a key package that is refused changes nothing");
    return false;
  }
  Require(is_valid, "what is added to a group is a valid key package");
  RequireStored(host->party, host->session);
  Exercise(host->party, host->session);
  Require(host->session.member_count() == 2, "whoever was added is a member");
  host.reset();
  return true;
}

std::vector<Seed> Seeds() { return Scene::Unchecked().key_packages(); }

const Registration kTarget({"key_package", Run, Seeds, MutateInput<rfc9420::MLSMessage>});

}  // namespace

}  // namespace conclave::fuzz
