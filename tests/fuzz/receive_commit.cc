// What a member with real keys could send (RFC 9420, sections 12.1 to 12.4): proposals and commits
// of any content, signed and MACed by bob and read by alice. The input is a Spoken.
//
// Alice's own computation tells the confirmation tag: a commit of which nothing else is wrong is
// sent again with the right one, and must be accepted then.
#include <string_view>
#include <utility>

#include "framing/content_auth.h"
#include "framing/public_message.h"
#include "fuzz/harness/mutate.h"
#include "fuzz/harness/scene.h"
#include "labeled/labeled.h"
#include "rfc9420/labels.h"
#include "session/session_state.h"

namespace conclave::fuzz {

namespace {

struct Spoken {
  std::uint8_t sign_leaf = 0;  // whether the leaf in it is signed anew
  Bytes authenticated_data;
  rfc9420::Content content;
};

const Group& GroupOf(const Session& session) { return *Must(SessionAccess::Of(session).member()); }

void SignLeafIn(const EpochState& epoch, rfc9420::Content& content) {
  rfc9420::LeafNode* leaf = nullptr;
  if (auto* commit = content.GetIf<rfc9420::Commit>(); commit != nullptr && commit->path) {
    leaf = &commit->path->leaf_node;
  } else if (auto* proposal = content.GetIf<rfc9420::Proposal>()) {
    if (auto* update = proposal->GetIf<rfc9420::Update>()) leaf = &update->leaf_node;
  }
  if (leaf == nullptr) return;
  leaf->signature = Must(SignWithLabel(
      *epoch.signer, rfc9420::labels::kLeafNodeTBS,
      rfc9420::SerializeLeafNodeTBS(*leaf, epoch.group.group_id(), epoch.own_leaf())));
}

Bytes SendAsBob(const EpochState& epoch, const Spoken& spoken, const Bytes& confirmation_tag) {
  auto content =
      Must(SignContent(*epoch.signer, rfc9420::WireFormat::mls_public_message,
                       {.group_id = epoch.group.group_id(),
                        .epoch = epoch.group.epoch(),
                        .sender = rfc9420::Sender::Of(rfc9420::MemberSender{epoch.own_leaf()}),
                        .authenticated_data = spoken.authenticated_data,
                        .content = spoken.content},
                       epoch.group.serialized_context()));
  if (spoken.content.Is<rfc9420::Commit>()) content.auth.confirmation_tag = confirmation_tag;
  rfc9420::MLSMessage message;
  message.message = decltype(message.message)::Of(
      Must(ProtectPublic(epoch.group.suite(), std::move(content), epoch.secrets.membership_key,
                         epoch.group.serialized_context())));
  return wire::Serialize(message);
}

bool Run(BytesView input) {
  auto spoken = wire::Parse<Spoken>(input);
  if (!spoken.ok() || spoken->content.Is<rfc9420::ApplicationData>()) return false;
  const Scene& scene = Scene::Real();
  static Reader alice(scene);
  const EpochState& bob = GroupOf(scene.bob()).epoch();
  if (spoken->sign_leaf % 2 == 1) SignLeafIn(bob, spoken->content);

  const Received received = alice.Read(SendAsBob(bob, *spoken, Bytes(32, 0)));
  if (!received.refused.has_value()) return true;
  if (received.refused->detail != std::string_view("12.4.2:confirmation-tag")) return false;
  const Bytes confirmation_tag = scene.crypto().last_hmac();
  const Received again = alice.Read(SendAsBob(bob, *spoken, confirmation_tag));
  Require(again.was_commit, "a commit is valid if all but its confirmation tag was");
  return true;
}

std::vector<Seed> Seeds() {
  std::vector<Seed> seeds;
  const EpochState& bob = GroupOf(Scene::Real().bob()).epoch();
  for (const Seed& message : Scene::Real().public_messages()) {
    auto parsed = Must(wire::Parse<rfc9420::MLSMessage>(message.input));
    auto& framed = *parsed.message.GetIf<rfc9420::PublicMessage>();
    const auto* sender = framed.content.sender.GetIf<rfc9420::MemberSender>();
    if (sender == nullptr || sender->leaf_index != bob.own_leaf()) continue;
    const Spoken spoken{0, framed.content.authenticated_data, framed.content.content};
    seeds.push_back({message.name, wire::Serialize(spoken)});
  }
  return seeds;
}

const Registration kTarget({"receive_commit", Run, Seeds, MutateInput<Spoken>});

}  // namespace

}  // namespace conclave::fuzz
