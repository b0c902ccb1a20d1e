// Forging leaves, key packages and messages.
#include "hostile/forge.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "crypto/kdf.h"
#include "framing/content_auth.h"
#include "framing/private_message.h"
#include "hpke/kem.h"
#include "labeled/labeled.h"
#include "rfc9420/labels.h"
#include "support/conversation.h"
#include "support/must.h"
#include "wire/parse.h"

namespace conclave::testing {

using rfc9420::AuthenticatedContent;
using rfc9420::ContentType;
using rfc9420::KeyPackage;
using rfc9420::LeafNode;
using rfc9420::WireFormat;
using test::Must;

namespace {

template <class T>
void Apply(const Edit<T>& edit, T& value) {
  if (edit) edit(value);
}

// The key and nonce that content is sealed with, and which generation they are of.
struct SealingKey {
  std::uint32_t generation;
  Secret key;
  Secret nonce;
};

SealingKey KeyFor(EpochState& epoch, ContentType type, const Framing& framing) {
  const Suite& suite = epoch.group.suite();
  const RatchetType ratchet =
      type == ContentType::application ? RatchetType::application : RatchetType::handshake;
  if (!framing.ratchet_of.has_value()) {
    MessageKey next = Must(epoch.secret_tree.NextKey(suite, epoch.own_leaf(), ratchet));
    return {next.generation, std::move(next.key), std::move(next.nonce)};
  }
  const OpeningKey key = Must(epoch.secret_tree.PrepareOpening(
      suite, *framing.ratchet_of, ratchet, framing.generation, {.max_forward = 100'000}));
  return {framing.generation, key.key().Clone(), key.nonce().Clone()};
}

Bytes SealBytes(const Suite& suite, const Secret& key, BytesView nonce, BytesView aad,
                BytesView plaintext) {
  Bytes sealed(plaintext.size() + kAeadTagSize);
  Must(suite.provider().AeadSeal(suite.aead(), key.ExposeForProvider(), nonce, aad, plaintext,
                                 sealed));
  return sealed;
}

Bytes SealPrivate(EpochState& epoch, const AuthenticatedContent& content, const Framing& framing) {
  const Suite& suite = epoch.group.suite();
  rfc9420::PrivateMessage message{.group_id = content.content.group_id,
                                  .epoch = content.content.epoch,
                                  .content_type = content.content.content.tag(),
                                  .authenticated_data = content.content.authenticated_data,
                                  .encrypted_sender_data = {},
                                  .ciphertext = {}};
  Apply(framing.header, message);
  Bytes plaintext =
      rfc9420::SerializePrivateMessageContent(content.content.content, content.auth, 0);
  Apply(framing.plaintext, plaintext);

  const SealingKey key = KeyFor(epoch, message.content_type, framing);
  rfc9420::SenderData sender{.leaf_index = framing.ratchet_of.value_or(epoch.own_leaf()),
                             .generation = key.generation,
                             .reuse_guard = {1, 2, 3, 4}};
  Bytes nonce = ToBytes(key.nonce.ExposeForProvider());
  for (std::size_t i = 0; i < 4; ++i) nonce[i] ^= sender.reuse_guard[i];
  const Bytes aad = wire::Serialize(rfc9420::PrivateContentAAD{
      message.group_id, message.epoch, message.content_type, message.authenticated_data});
  message.ciphertext = SealBytes(suite, key.key, nonce, aad, plaintext);

  Apply(framing.sender_data, sender);
  const SenderDataKey sender_key =
      Must(DeriveSenderDataKey(suite, epoch.secrets.sender_data_secret, message.ciphertext));
  const Bytes sender_aad = wire::Serialize(
      rfc9420::SenderDataAAD{message.group_id, message.epoch, message.content_type});
  message.encrypted_sender_data =
      SealBytes(suite, sender_key.key, sender_key.nonce.ExposeForProvider(), sender_aad,
                wire::Serialize(sender));
  Apply(framing.private_message, message);
  return WrapMessage(std::move(message));
}

}  // namespace

const Signer& SignerOf(const TestClient& client) {
  return *ClientAccess::State(client.client)->signer;
}

const PublicGroup& GroupOf(const Session& session) {
  return SessionAccess::Of(session).public_group();
}

EpochState& EpochOf(Session& session) {
  return const_cast<EpochState&>(Must(SessionAccess::Of(session).member())->epoch());
}

KeyPackage ParseKeyPackage(BytesView message) { return Must(ParseKeyPackageMessage(message)); }

LeafNode LeafOf(const Session& session) {
  return GroupOf(session).tree().leaf(session.own_leaf())->Parse();
}

void SignLeaf(const Signer& signer, LeafNode& leaf, BytesView group_id, LeafIndex index) {
  leaf.signature = Must(SignWithLabel(signer, rfc9420::labels::kLeafNodeTBS,
                                      rfc9420::SerializeLeafNodeTBS(leaf, group_id, index)));
}

void SignKeyPackage(const Signer& signer, KeyPackage& key_package) {
  key_package.signature =
      Must(SignWithLabel(signer, rfc9420::labels::kKeyPackageTBS, wire::SerializeTbs(key_package)));
}

KeyPackage ForgeKeyPackage(const TestClient& client, const KeyPackageEdits& edits) {
  const ClientState& state = *ClientAccess::State(client.client);
  const std::uint64_t now = client.clock.now;
  OwnKeyPackage made =
      Must(MakeKeyPackage(state.suite, state.profile, *state.signer, {now - 100, now + 1000}, {}));
  KeyPackage& key_package = made.key_package;
  Apply(edits.leaf, key_package.leaf_node);
  SignLeaf(*state.signer, key_package.leaf_node);
  Apply(edits.signed_leaf, key_package.leaf_node);
  Apply(edits.key_package, key_package);
  SignKeyPackage(*state.signer, key_package);
  Apply(edits.signed_key_package, key_package);
  return std::move(key_package);
}

LeafNode ForgeUpdateLeaf(Session& session, const LeafEdits& edits) {
  const EpochState& epoch = EpochOf(session);
  const Signer& signer = edits.signer != nullptr ? *edits.signer : *epoch.signer;
  LeafNode leaf = LeafOf(session);
  leaf.signature_key = ToBytes(signer.public_key());
  leaf.encryption_key =
      Must(KemGenerateKeyPair(epoch.group.suite().provider(), epoch.group.suite().kem()))
          .public_key;
  leaf.leaf_node_source = decltype(leaf.leaf_node_source)::Of(rfc9420::NoLeafContext{});
  Apply(edits.leaf, leaf);
  SignLeaf(signer, leaf, edits.group_id.value_or(epoch.group.group_id()),
           edits.index.value_or(epoch.own_leaf()));
  Apply(edits.signed_leaf, leaf);
  return leaf;
}

rfc9420::PreSharedKeyID ExternalPsk(const Suite& suite, BytesView id) {
  rfc9420::PreSharedKeyID psk;
  psk.psk = decltype(psk.psk)::Of(rfc9420::ExternalPSK{ToBytes(id)});
  psk.psk_nonce = Bytes(suite.hash_size(), 7);
  return psk;
}

rfc9420::PreSharedKeyID ResumptionPsk(const Suite& suite, rfc9420::ResumptionPSKUsage usage,
                                      const GroupId& group_id, Epoch epoch) {
  rfc9420::PreSharedKeyID psk;
  psk.psk = decltype(psk.psk)::Of(rfc9420::ResumptionPSK{usage, group_id, epoch});
  psk.psk_nonce = Bytes(suite.hash_size(), 7);
  return psk;
}

rfc9420::FramedContent FrameOf(const Session& session, rfc9420::Content content) {
  return {.group_id = session.group_id(),
          .epoch = session.epoch(),
          .sender = rfc9420::Sender::Of(rfc9420::MemberSender{session.own_leaf()}),
          .authenticated_data = {},
          .content = std::move(content)};
}

AuthenticatedContent Sign(const Signer& signer, const Session& session,
                          rfc9420::FramedContent content, const Framing& framing) {
  Apply(framing.content, content);
  const WireFormat format = framing.as == HandshakeFraming::public_message
                                ? WireFormat::mls_public_message
                                : WireFormat::mls_private_message;
  AuthenticatedContent made = Must(SignContent(
      framing.signer != nullptr ? *framing.signer : signer, framing.signed_as.value_or(format),
      std::move(content), GroupOf(session).serialized_context()));
  made.wire_format = format;
  return made;
}

Bytes SealAsMember(Session& session, AuthenticatedContent content, const Framing& framing) {
  EpochState& epoch = EpochOf(session);
  Apply(framing.auth, content.auth);
  if (content.wire_format == WireFormat::mls_private_message) {
    return SealPrivate(epoch, content, framing);
  }
  rfc9420::PublicMessage message;
  message.membership_tag = Must(
      Mac(epoch.group.suite(), epoch.secrets.membership_key,
          rfc9420::SerializeAuthenticatedContentTBM(content, epoch.group.serialized_context())));
  message.content = std::move(content.content);
  message.auth = std::move(content.auth);
  Apply(framing.public_message, message);
  return WrapMessage(std::move(message));
}

Bytes SealFromOutside(AuthenticatedContent content, const Framing& framing) {
  Apply(framing.auth, content.auth);
  rfc9420::PublicMessage message;
  message.content = std::move(content.content);
  message.auth = std::move(content.auth);
  Apply(framing.public_message, message);
  return WrapMessage(std::move(message));
}

Bytes Send(Session& session, rfc9420::FramedContent content, const Framing& framing) {
  AuthenticatedContent made = Sign(*EpochOf(session).signer, session, std::move(content), framing);
  if (made.content.content.Is<rfc9420::Commit>()) made.auth.confirmation_tag = Bytes(32, 0);
  return SealAsMember(session, std::move(made), framing);
}

Bytes SendProposal(Session& session, rfc9420::Proposal proposal, const Framing& framing) {
  return Send(session, FrameOf(session, rfc9420::Content::Of(std::move(proposal))), framing);
}

Bytes SendApplication(Session& session, BytesView text, Framing framing) {
  framing.as = HandshakeFraming::private_message;
  return Send(session,
              FrameOf(session, rfc9420::Content::Of(rfc9420::ApplicationData{ToBytes(text)})),
              framing);
}

Bytes SendFromOutside(const Signer& signer, const Session& session, rfc9420::Sender sender,
                      rfc9420::Content content, const Framing& framing) {
  rfc9420::FramedContent framed = FrameOf(session, std::move(content));
  framed.sender = std::move(sender);
  AuthenticatedContent made = Sign(signer, session, std::move(framed), framing);
  if (made.content.content.Is<rfc9420::Commit>()) made.auth.confirmation_tag = Bytes(32, 0);
  return SealFromOutside(std::move(made), framing);
}

}  // namespace conclave::testing
