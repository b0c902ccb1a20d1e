// A GroupInfo that anybody may have published, and joining by it (RFC 9420, sections 12.4.3 and
// 12.4.3.2); its signatures and tags always fit. The first byte of the input says whether the tree
// hash is made to fit the tree, and whether to join or to ask to be added.
#include <algorithm>
#include <optional>
#include <utility>

#include "fuzz/harness/mutate.h"
#include "fuzz/harness/scene.h"
#include "rfc9420/extensions.h"
#include "session/client_state.h"
#include "tree/tree_rules.h"

namespace conclave::fuzz {

namespace {

constexpr std::uint64_t kStrangerSeed = 5;

struct Shown {
  std::uint8_t how = 0;
  rfc9420::MLSMessage message;
};
constexpr std::uint8_t kFitTreeHash = 1;
constexpr std::uint8_t kAskToBeAdded = 2;

void FitTreeHash(const Suite& suite, rfc9420::GroupInfo& info) {
  const auto* extension = rfc9420::FindExtension(info.extensions, ExtensionType::ratchet_tree);
  if (extension == nullptr) return;
  const auto tree = ParseRatchetTree(suite, extension->extension_data, 1 << 12);
  if (tree.ok()) info.group_context.tree_hash = ToBytes(tree->TreeHash());
}

// Whether a join that is waiting can be resumed as it was, and leads into the group.
void Enter(Party& stranger, PendingJoin pending) {
  const auto waiting = Must(PendingJoins(stranger.client));
  Require(waiting.size() == 1 && waiting.front() == pending.group_id(), "a join is remembered");
  const auto resumed = ResumeExternalJoin(stranger.client, pending.group_id());
  Require(resumed.ok() && resumed->commit() == pending.commit(), "and is resumed as it was");
  Require(pending.IsOurs(pending.commit()), "our commit is ours");
  Require(!pending.members().empty(), "somebody was in the group");
  Session session = Must(EnterExternally(stranger.client, std::move(pending)));
  RequireStored(stranger, session);
  Exercise(stranger, session);
}

bool Run(BytesView input) {
  auto shown = wire::Parse<Shown>(input);
  if (!shown.ok()) return false;
  static std::optional<Party> stranger;
  static Bytes key_package;
  const SeededProvider& crypto = Scene::Unchecked().crypto();
  crypto.Restart(kStrangerSeed);
  if (!stranger.has_value()) {
    stranger.emplace("stranger", crypto);
    key_package = Must((*stranger)->NewKeyPackage());
  }
  auto* info = shown->message.message.GetIf<rfc9420::GroupInfo>();
  if (info != nullptr && (shown->how & kFitTreeHash) != 0) {
    FitTreeHash(ClientAccess::State(stranger->client)->suite, *info);
  }
  const Bytes message = wire::Serialize(shown->message);
  const std::size_t writes = stranger->storage.writes;

  if ((shown->how & kAskToBeAdded) != 0) {
    const bool asked = RequestToJoin(stranger->client, message, key_package).ok();
    Require(stranger->storage.writes == writes, "to ask changes nothing");
    return asked;
  }
  auto pending = StartExternalJoin(stranger->client, message);
  if (!pending.ok()) {
    Require(stranger->storage.writes == writes, "a GroupInfo that is refused changes nothing");
    return false;
  }
  Enter(*stranger, std::move(*pending));
  stranger.reset();
  return true;
}

std::vector<Seed> Seeds() {
  std::vector<Seed> seeds;
  for (const Seed& seed : Scene::Unchecked().group_infos()) {
    for (const std::uint8_t how : {std::uint8_t{0}, kFitTreeHash, kAskToBeAdded}) {
      Bytes input = {how};
      input.insert(input.end(), seed.input.begin(), seed.input.end());
      seeds.push_back({seed.name + "_" + std::to_string(how), std::move(input)});
    }
  }
  return seeds;
}

// Now and then the tree inside is mutated, as a tree.
void MutateShown(test::Random& random, Bytes& input) {
  auto shown = wire::Parse<Shown>(input);
  auto* info = shown.ok() ? shown->message.message.GetIf<rfc9420::GroupInfo>() : nullptr;
  if (info == nullptr || random.Below(2) == 0) return MutateInput<Shown>(random, input);
  for (Extension& extension : info->extensions) {
    if (extension.extension_type != ExtensionType::ratchet_tree) continue;
    MutateInput<std::vector<std::optional<rfc9420::Node>>>(random, extension.extension_data);
  }
  shown->how = static_cast<std::uint8_t>(shown->how | kFitTreeHash);
  input = wire::Serialize(*shown);
}

const Registration kTarget({"group_info", Run, Seeds, MutateShown});

}  // namespace

}  // namespace conclave::fuzz
