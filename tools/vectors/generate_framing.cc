// deserialization, message-protection and transcript-hashes: RFC 9420, sections 2.1.2, 6 and 8.2.
#include <cstddef>
#include <cstdint>
#include <utility>

#include "framing/content_auth.h"
#include "framing/private_message.h"
#include "framing/public_message.h"
#include "generators.h"
#include "rfc9420/framing.h"
#include "schedule/key_schedule.h"
#include "schedule/transcript_hash.h"
#include "wire/writer.h"

namespace conclave::vectors {

namespace {

using nlohmann::json;
using rfc9420::AuthenticatedContent;
using rfc9420::Content;
using rfc9420::WireFormat;

constexpr LeafIndex kSender{1};

rfc9420::GroupContext RandomContext(const Source& source) {
  rfc9420::GroupContext context;
  context.cipher_suite = source.suite().id();
  context.group_id = source.Random(16);
  context.epoch = source.Below(1 << 20);
  context.tree_hash = source.RandomHash();
  context.confirmed_transcript_hash = source.RandomHash();
  return context;
}

rfc9420::Proposal RandomPsk(const Source& source) {
  rfc9420::PreSharedKeyID id;
  id.psk = decltype(id.psk)::Of(rfc9420::ExternalPSK{source.Random(16)});
  id.psk_nonce = source.RandomHash();
  return rfc9420::Proposal::Of(rfc9420::PreSharedKey{std::move(id)});
}

// The secrets of one epoch of a group of two, and the member who sends.
struct Sending {
  const Source& source;
  rfc9420::GroupContext context;
  Bytes serialized_context = wire::Serialize(context);
  SoftwareSigner signer = source.NewSigner();
  Secret encryption_secret = source.RandomHashSecret();
  Secret sender_data_secret = source.RandomHashSecret();
  Secret membership_key = source.RandomHashSecret();

  AuthenticatedContent Sign(WireFormat wire_format, const Content& content) const {
    rfc9420::FramedContent framed{context.group_id, context.epoch,
                                  rfc9420::Sender::Of(rfc9420::MemberSender{kSender}),
                                  source.Random(source.Below(20)), content};
    auto made = SignContent(signer, wire_format, std::move(framed), serialized_context).value();
    if (content.Is<rfc9420::Commit>()) made.auth.confirmation_tag = source.RandomHash();
    return made;
  }

  std::string Public(const Content& content) const {
    rfc9420::MLSMessage message;
    message.message = decltype(message.message)::Of(
        ProtectPublic(source.suite(), Sign(WireFormat::mls_public_message, content), membership_key,
                      serialized_context)
            .value());
    return WireHex(message);
  }

  std::string Private(const Content& content) const {
    SecretTree tree(encryption_secret.Clone(), 2);
    rfc9420::MLSMessage message;
    message.message = decltype(message.message)::Of(
        ProtectPrivate(source.suite(), Sign(WireFormat::mls_private_message, content), tree,
                       sender_data_secret, source.Below(30))
            .value());
    return WireHex(message);
  }
};

}  // namespace

void GenerateDeserialization(const Source& source, json& cases) {
  const auto add = [&cases](std::size_t length) {
    wire::Writer writer;
    writer.VarInt(length);
    cases.push_back({{"vlbytes_header", ToHex(writer.bytes())}, {"length", length}});
  };
  for (const std::size_t bits : {6U, 14U, 30U}) {
    const std::uint32_t end = std::uint32_t{1} << bits;
    for (int i = 0; i < 3; ++i) add(end / 4 + source.Below(end - end / 4));
    add(end - 1);
    if (end <= wire::kMaxVectorSize) add(end);
  }
}

void GenerateMessageProtection(const Source& source, json& cases) {
  const Sending sending{.source = source, .context = RandomContext(source)};
  const auto proposal = rfc9420::Proposal::Of(rfc9420::Remove{{source.Below(1 << 16)}});
  rfc9420::Commit commit;
  commit.proposals.push_back(rfc9420::ProposalOrRef::Of(RandomPsk(source)));
  commit.proposals.push_back(rfc9420::ProposalOrRef::Of(ProposalRef{source.RandomHash()}));
  const rfc9420::ApplicationData application{source.Random(77)};

  const rfc9420::GroupContext& context = sending.context;
  cases.push_back({{"cipher_suite", static_cast<unsigned>(source.suite().id())},
                   {"group_id", ToHex(context.group_id)},
                   {"epoch", context.epoch},
                   {"tree_hash", ToHex(context.tree_hash)},
                   {"confirmed_transcript_hash", ToHex(context.confirmed_transcript_hash)},
                   {"signature_priv", ToHex(sending.signer.private_key())},
                   {"signature_pub", ToHex(sending.signer.public_key())},
                   {"encryption_secret", ToHex(sending.encryption_secret)},
                   {"sender_data_secret", ToHex(sending.sender_data_secret)},
                   {"membership_key", ToHex(sending.membership_key)},
                   {"proposal", WireHex(proposal)},
                   {"proposal_priv", sending.Private(Content::Of(proposal))},
                   {"proposal_pub", sending.Public(Content::Of(proposal))},
                   {"commit", WireHex(commit)},
                   {"commit_priv", sending.Private(Content::Of(commit))},
                   {"commit_pub", sending.Public(Content::Of(commit))},
                   {"application", ToHex(application.application_data)},
                   {"application_priv", sending.Private(Content::Of(application))}});
}

void GenerateTranscriptHashes(const Source& source, json& cases) {
  const Suite& suite = source.suite();
  for (const auto format : {WireFormat::mls_public_message, WireFormat::mls_private_message}) {
    const Sending sending{.source = source, .context = RandomContext(source)};
    rfc9420::Commit body;
    body.proposals.push_back(rfc9420::ProposalOrRef::Of(RandomPsk(source)));
    AuthenticatedContent commit = sending.Sign(format, Content::Of(std::move(body)));

    const Bytes interim_before = source.RandomHash();
    const Bytes confirmed = ConfirmedTranscriptHash(suite, interim_before, commit).value();
    const Secret confirmation_key = source.RandomHashSecret();
    commit.auth.confirmation_tag = MakeConfirmationTag(suite, confirmation_key, confirmed).value();
    cases.push_back(
        {{"cipher_suite", static_cast<unsigned>(suite.id())},
         {"confirmation_key", ToHex(confirmation_key)},
         {"authenticated_content", WireHex(commit)},
         {"interim_transcript_hash_before", ToHex(interim_before)},
         {"confirmed_transcript_hash_after", ToHex(confirmed)},
         {"interim_transcript_hash_after",
          ToHex(InterimTranscriptHash(suite, confirmed, *commit.auth.confirmation_tag).value())}});
  }
}

}  // namespace conclave::vectors
