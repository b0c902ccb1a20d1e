// RFC 9420, sections 6.3, 6.3.1 and 6.3.2.
#include "framing/private_message.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "base/result_macros.h"
#include "base/rule.h"
#include "crypto/kdf.h"
#include "labeled/labeled.h"
#include "rfc9420/labels.h"
#include "wire/parse.h"

namespace conclave {

namespace labels = rfc9420::labels;

namespace {

using rfc9420::ContentType;
using rfc9420::PrivateMessage;
using rfc9420::SenderData;
using ReuseGuard = std::array<std::uint8_t, 4>;

RatchetType RatchetFor(ContentType content_type) {
  return content_type == ContentType::application ? RatchetType::application
                                                  : RatchetType::handshake;
}

// The nonce that a message is sealed with: the ratchet's, guarded.
Secret GuardedNonce(const Secret& nonce, const ReuseGuard& guard) {
  Secret guarded = nonce.Clone();
  const MutableBytesView bytes = guarded.MutableForProvider();
  CONCLAVE_CHECK(bytes.size() >= guard.size());
  for (std::size_t i = 0; i < guard.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(bytes[i] ^ guard[i]);
  }
  return guarded;
}

Bytes ContentAAD(const PrivateMessage& message) {
  return wire::Serialize(rfc9420::PrivateContentAAD{
      message.group_id, message.epoch, message.content_type, message.authenticated_data});
}

Bytes SenderAAD(const PrivateMessage& message) {
  return wire::Serialize(
      rfc9420::SenderDataAAD{message.group_id, message.epoch, message.content_type});
}

// Seals `plaintext` where it stands.
Result<Bytes> SealInPlace(const Suite& suite, const Secret& key, const Secret& nonce, BytesView aad,
                          Bytes plaintext) {
  const std::size_t size = plaintext.size();
  plaintext.resize(size + kAeadTagSize);
  CONCLAVE_RETURN_IF_ERROR(suite.provider().AeadSeal(suite.aead(), key.ExposeForProvider(),
                                                     nonce.ExposeForProvider(), aad,
                                                     BytesView(plaintext).first(size), plaintext));
  return plaintext;
}

Result<Bytes> Open(const Suite& suite, const Secret& key, const Secret& nonce, BytesView aad,
                   BytesView ciphertext) {
  if (ciphertext.size() < kAeadTagSize) {
    return Error{ErrorKind::kNotAuthentic, "a ciphertext shorter than its tag"};
  }
  Bytes plaintext(ciphertext.size() - kAeadTagSize);
  CONCLAVE_RETURN_IF_ERROR(suite.provider().AeadOpen(suite.aead(), key.ExposeForProvider(),
                                                     nonce.ExposeForProvider(), aad, ciphertext,
                                                     plaintext));
  return plaintext;
}

Result<Bytes> PaddedPlaintext(const rfc9420::AuthenticatedContent& content, std::size_t padding) {
  Bytes plaintext =
      rfc9420::SerializePrivateMessageContent(content.content.content, content.auth, 0);
  const std::size_t room = wire::kMaxVectorSize - kAeadTagSize;
  //= rfc9420#6.3.1
  //# The overall size of the AAD and ciphertext MUST fit within the limits established for the
  //# group's AEAD algorithm
  CONCLAVE_RETURN_IF_ERROR(Rule("6.3.1:ciphertext-fits", ErrorKind::kMisuse,
                                plaintext.size() <= room && padding <= room - plaintext.size()));
  plaintext.reserve(plaintext.size() + padding + kAeadTagSize);
  //= rfc9420#6.3.1
  //# The `padding` field MUST be filled with all zero bytes.
  plaintext.resize(plaintext.size() + padding);
  return plaintext;
}

Result<void> SealSenderData(const Suite& suite, const SenderData& sender_data,
                            const Secret& sender_data_secret, PrivateMessage& message) {
  CONCLAVE_ASSIGN_OR_RETURN(const SenderDataKey key,
                            DeriveSenderDataKey(suite, sender_data_secret, message.ciphertext));
  CONCLAVE_ASSIGN_OR_RETURN(
      message.encrypted_sender_data,
      SealInPlace(suite, key.key, key.nonce, SenderAAD(message), wire::Serialize(sender_data)));
  return {};
}

}  // namespace

Result<SenderDataKey> DeriveSenderDataKey(const Suite& suite, const Secret& sender_data_secret,
                                          BytesView ciphertext) {
  const BytesView sample = ciphertext.first(std::min(ciphertext.size(), suite.hash_size()));
  SenderDataKey derived;
  CONCLAVE_ASSIGN_OR_RETURN(derived.key, ExpandWithLabel(suite, sender_data_secret, labels::kKey,
                                                         sample, suite.aead_key_size()));
  CONCLAVE_ASSIGN_OR_RETURN(
      derived.nonce,
      ExpandWithLabel(suite, sender_data_secret, labels::kNonce, sample, suite.aead_nonce_size()));
  return derived;
}

Result<PrivateMessage> ProtectPrivate(const Suite& suite,
                                      const rfc9420::AuthenticatedContent& content,
                                      SecretTree& tree, const Secret& sender_data_secret,
                                      std::size_t padding) {
  CONCLAVE_CHECK(content.wire_format == rfc9420::WireFormat::mls_private_message);
  const bool is_commit = content.content.content.Is<rfc9420::Commit>();
  CONCLAVE_CHECK(content.auth.confirmation_tag.has_value() == is_commit);
  //= rfc9420#6.3.2
  //# When constructing a SenderData object from a Sender object, the sender MUST verify
  //# Sender.sender_type is `member` and use Sender.leaf_index for SenderData.leaf_index.
  const auto* sender = content.content.sender.GetIf<rfc9420::MemberSender>();
  CONCLAVE_RETURN_IF_ERROR(Rule("6.3.2:sender-is-member", ErrorKind::kMisuse, sender != nullptr));

  PrivateMessage message{.group_id = content.content.group_id,
                         .epoch = content.content.epoch,
                         .content_type = content.content.content.tag(),
                         .authenticated_data = content.content.authenticated_data,
                         .encrypted_sender_data = {},
                         .ciphertext = {}};
  CONCLAVE_ASSIGN_OR_RETURN(Bytes plaintext, PaddedPlaintext(content, padding));
  SenderData sender_data{.leaf_index = sender->leaf_index, .generation = 0, .reuse_guard = {}};
  //= rfc9420#6.3.1
  //# To avoid this situation, the sender of a message MUST generate a fresh random four-byte "reuse
  //# guard" value and XOR it with the first four bytes of the nonce from the key schedule before
  //# using the nonce for encryption.  The sender MUST include the reuse guard in the `reuse_guard`
  //# field of the sender data object
  CONCLAVE_RETURN_IF_ERROR(suite.provider().Random(sender_data.reuse_guard));
  CONCLAVE_ASSIGN_OR_RETURN(const MessageKey key, tree.NextKey(suite, sender->leaf_index,
                                                               RatchetFor(message.content_type)));
  sender_data.generation = key.generation;
  CONCLAVE_ASSIGN_OR_RETURN(
      message.ciphertext,
      SealInPlace(suite, key.key, GuardedNonce(key.nonce, sender_data.reuse_guard),
                  ContentAAD(message), std::move(plaintext)));
  CONCLAVE_RETURN_IF_ERROR(SealSenderData(suite, sender_data, sender_data_secret, message));
  return message;
}

Result<SenderData> OpenSenderData(const Suite& suite, const PrivateMessage& message,
                                  const Secret& sender_data_secret) {
  CONCLAVE_ASSIGN_OR_RETURN(const SenderDataKey key,
                            DeriveSenderDataKey(suite, sender_data_secret, message.ciphertext));
  const Result<Bytes> opened =
      Open(suite, key.key, key.nonce, SenderAAD(message), message.encrypted_sender_data);
  CONCLAVE_RETURN_IF_ERROR(RuleFrom("6.3.2:sender-data-opens", ErrorKind::kNotAuthentic, opened));
  return wire::Parse<SenderData>(*opened);
}

Result<OpenedPrivate> UnprotectPrivate(const Suite& suite, const PrivateMessage& message,
                                       const SenderData& sender_data, const SecretTree& tree,
                                       const RatchetWindow& window) {
  const LeafIndex sender = sender_data.leaf_index;
  CONCLAVE_RETURN_IF_ERROR(
      Rule("6.3.2:leaf-is-in-tree", ErrorKind::kNotAuthentic, sender.value < tree.width()));
  CONCLAVE_ASSIGN_OR_RETURN(OpeningKey key,
                            tree.PrepareOpening(suite, sender, RatchetFor(message.content_type),
                                                sender_data.generation, window));
  const Result<Bytes> plaintext =
      Open(suite, key.key(), GuardedNonce(key.nonce(), sender_data.reuse_guard),
           ContentAAD(message), message.ciphertext);
  CONCLAVE_RETURN_IF_ERROR(RuleFrom("6.3.1:ciphertext-opens", ErrorKind::kNotAuthentic, plaintext));
  CONCLAVE_ASSIGN_OR_RETURN(rfc9420::PrivateMessageContent parsed,
                            rfc9420::ParsePrivateMessageContent(message.content_type, *plaintext));
  return OpenedPrivate{
      {rfc9420::WireFormat::mls_private_message,
       {message.group_id, message.epoch, rfc9420::Sender::Of(rfc9420::MemberSender{sender}),
        message.authenticated_data, std::move(parsed.content)},
       std::move(parsed.auth)},
      std::move(key)};
}

}  // namespace conclave
