// Forging trees, GroupInfos and Welcomes.
#include "hostile/forge_group.h"

#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "crypto/kdf.h"
#include "labeled/labeled.h"
#include "rfc9420/labels.h"
#include "schedule/key_schedule.h"
#include "support/must.h"
#include "tree/tree_rules.h"
#include "wire/parse.h"

namespace conclave::testing {

using test::Must;

namespace {

template <class T>
void Apply(const Edit<T>& edit, T& value) {
  if (edit) edit(value);
}

}  // namespace

ForgedGroup::ForgedGroup(TestClient& client, const Session& inviter)
    : context(GroupOf(inviter).context()),
      nodes(Must(wire::Parse<TreeNodes>(Must(ExportRatchetTree(inviter))))),
      signer(inviter.own_leaf()),
      signer_key(&SignerOf(client)),
      suite_(GroupOf(inviter).suite()),
      client_(*ClientAccess::State(client.client)) {}

rfc9420::LeafNode& ForgedGroup::Leaf(std::uint32_t leaf) {
  REQUIRE(nodes.at(2 * leaf).has_value());
  return *nodes[2 * leaf]->GetIf<rfc9420::LeafNode>();
}

rfc9420::ParentNode& ForgedGroup::Parent(std::uint32_t node) {
  REQUIRE(nodes.at(node).has_value());
  return *nodes[node]->GetIf<rfc9420::ParentNode>();
}

void ForgedGroup::EditLeaf(std::uint32_t leaf, const Signer& key,
                           const Edit<rfc9420::LeafNode>& edit) {
  edit(Leaf(leaf));
  SignLeaf(key, Leaf(leaf), context.group_id, {leaf});
}

Bytes ForgedGroup::TreeExtension() const {
  return tree_bytes.has_value() ? *tree_bytes : wire::Serialize(nodes);
}

ForgedGroup::Computed ForgedGroup::Compute() const {
  Computed made;
  rfc9420::GroupContext whole = context;
  const auto tree = ParseRatchetTree(suite_, TreeExtension(), kMaxTreeWidth);
  if (tree.ok()) whole.tree_hash = ToBytes(tree->TreeHash());
  Apply(hashed, whole);

  auto psk_secret = LookUpPsks(suite_, client_.environment(), psks);
  made.psk_secret = psk_secret.ok() ? std::move(psk_secret).value() : NoPskSecret(suite_);
  made.joiner_secret = {Must(RandomSecret(suite_.provider(), suite_.hash_size()))};
  const EpochSecrets epoch =
      Must(DeriveEpochSecrets(suite_, made.joiner_secret, made.psk_secret, wire::Serialize(whole)));
  made.info.confirmation_tag =
      Must(MakeConfirmationTag(suite_, epoch.confirmation_key, whole.confirmed_transcript_hash));
  made.info.group_context = std::move(whole);
  made.info.signer = signer;
  made.info.extensions = extensions;
  if (tree_inside) {
    made.info.extensions.push_back({ExtensionType::ratchet_tree, TreeExtension()});
  }
  if (external_pub) {
    const KeyPair keys = Must(DeriveExternalKeyPair(suite_, epoch.external_secret));
    made.info.extensions.push_back(
        {ExtensionType::external_pub, wire::Serialize(rfc9420::ExternalPub{keys.public_key})});
  }
  Apply(info, made.info);
  made.info.signature = Must(
      SignWithLabel(*signer_key, rfc9420::labels::kGroupInfoTBS, wire::SerializeTbs(made.info)));
  Apply(signed_info, made.info);
  return made;
}

Bytes ForgedGroup::GroupInfo() const { return WrapMessage(Compute().info); }

Bytes ForgedGroup::WelcomeFor(BytesView key_package) const {
  const rfc9420::KeyPackage package = ParseKeyPackage(key_package);
  Computed made = Compute();
  const WelcomeKey key = Must(DeriveWelcomeKey(
      suite_, Must(DeriveWelcomeSecret(suite_, made.joiner_secret, made.psk_secret))));
  Bytes plaintext = wire::Serialize(made.info);
  Apply(info_plaintext, plaintext);

  rfc9420::Welcome message{.cipher_suite = suite_.id(), .secrets = {}, .encrypted_group_info = {}};
  message.encrypted_group_info.resize(plaintext.size() + kAeadTagSize);
  Must(suite_.provider().AeadSeal(suite_.aead(), key.key.ExposeForProvider(),
                                  key.nonce.ExposeForProvider(), {}, plaintext,
                                  message.encrypted_group_info));
  Apply(sealed_info, message.encrypted_group_info);

  rfc9420::GroupSecrets group_secrets;
  group_secrets.joiner_secret = std::move(made.joiner_secret.value);
  group_secrets.psks = psks;
  if (path_secret.has_value()) {
    group_secrets.path_secret = rfc9420::PathSecret{Secret::CopyOf(*path_secret)};
  }
  Apply(secrets, group_secrets);
  Bytes secrets_bytes = BytesOf(wire::SerializeSecret(group_secrets));
  Apply(secrets_plaintext, secrets_bytes);
  message.secrets.push_back(
      {Must(MakeKeyPackageRef(suite_, wire::Serialize(package))),
       Must(EncryptWithLabel(suite_, package.init_key, rfc9420::labels::kWelcomeEncryption,
                             message.encrypted_group_info, Secret::CopyOf(secrets_bytes)))});
  Apply(welcome, message);
  return WrapMessage(std::move(message));
}

Invitation::Invitation(std::size_t size, const TestClientOptions& options, bool parents)
    : room_(size, options), joiner_(&room_.Outsider()), key_package_(joiner_->KeyPackage()) {
  for (std::size_t i = parents ? size : 0; i-- > 0;) {
    room_.room().Commit(room_[i], {.path = PathPolicy::always});
  }
  welcomes_ = Commit(room_[0], {.add = {key_package_}}, room_.room().others(room_[0])).welcomes;
}

Invitation::Invitation(std::size_t size, const Edit<HostileRoom>& history) : room_(size) {
  history(room_);
  joiner_ = &room_.Outsider();
  key_package_ = joiner_->KeyPackage();
  welcomes_ = Commit(room_[0], {.add = {key_package_}}, room_.room().others(room_[0])).welcomes;
}

void Invitation::RequireMessageRefused(BytesView message, ErrorKind kind, std::string_view rule,
                                       const JoinOptions& options) {
  RequireRefusedBy(
      *joiner_, [&] { return joiner_->client.ReadWelcome(message, options); }, kind, rule);
}

void Invitation::RequireRefused(const ForgedGroup& forged, ErrorKind kind, std::string_view rule,
                                const JoinOptions& options) {
  RequireMessageRefused(forged.WelcomeFor(key_package_), kind, rule, options);
}

void Invitation::RequireUnjoinable(const ForgedGroup& forged, ErrorKind kind,
                                   std::string_view rule) {
  RequireRefused(forged, kind, rule);
  ForgedGroup open = forged;
  open.external_pub = true;
  TestClient outsider("outsider", joiner_->options);
  const Bytes info = open.GroupInfo();
  RequireRefusedBy(outsider, [&] { return StartExternalJoin(*outsider, info); }, kind, rule);
  RequireRefusedBy(
      outsider, [&] { return RequestToJoin(*outsider, info, key_package_); }, kind, rule);
}

void Invitation::RequireJoins() {
  Session joined = joiner_->Join(honest_welcome());
  Sessions all = room_.room().all();
  all.emplace_back(joined);
  RequireHealthy(all);
  const OutgoingCommit offer = Must(joined.CreateCommit({}));
  DeliverCommit(all, offer.commit);
  RequireStillHealthy(all);
}

}  // namespace conclave::testing
