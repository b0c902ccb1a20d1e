#include "fuzz/harness/mutate.h"

#include <iterator>

#include "crypto/cipher_suite.h"

namespace conclave::fuzz {

void MutateBytes(test::Random& random, Bytes& bytes) {
  // The sizes at which a vector's header gets longer (RFC 9420, section 2.1.2), and the usual ones.
  static constexpr std::size_t kSizes[] = {0,  1,   16,  31,   32,   33,     63,    64,
                                           65, 127, 128, 1023, 1024, 0x3fff, 0x4000};
  const std::size_t at = bytes.empty() ? 0 : random.Below(bytes.size());
  const auto place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
  const auto any = static_cast<std::uint8_t>(random.Number());
  switch (random.Below(bytes.empty() ? 2 : 8)) {
    case 0:
      bytes.insert(place, any);
      break;
    case 1:
      bytes.resize(kSizes[random.Below(random.Below(8) == 0 ? std::size(kSizes) : 9)], any);
      break;
    case 2:
      bytes.erase(place);
      break;
    case 3:
      bytes.erase(place, bytes.end());
      break;
    case 4: {
      const Bytes again = bytes;
      bytes.insert(bytes.end(), again.begin(), again.end());
      break;
    }
    case 5:
      *place = any;
      break;
    default:
      *place = static_cast<std::uint8_t>(*place ^ 1U << random.Below(8));
  }
}

void Fit(const rfc9420::FramedContent& content, rfc9420::FramedContentAuthData& auth) {
  const bool is_commit = content.content.Is<rfc9420::Commit>();
  if (!is_commit) auth.confirmation_tag.reset();
  if (is_commit && !auth.confirmation_tag.has_value()) auth.confirmation_tag = Bytes(32, 0x77);
}

void Fit(rfc9420::MLSMessage& message) {
  auto* framed = message.message.GetIf<rfc9420::PublicMessage>();
  if (framed == nullptr) return;
  Fit(framed->content, framed->auth);
  const bool is_member = framed->content.sender.Is<rfc9420::MemberSender>();
  if (!is_member) framed->membership_tag.reset();
  if (is_member && !framed->membership_tag.has_value()) framed->membership_tag = Bytes(32, 0x77);
}

namespace {

// Calls `mutate(plaintext)` for what is inside a ciphertext.
template <class MutatePlaintext>
void MutateInside(Bytes& ciphertext, const MutatePlaintext& mutate) {
  if (ciphertext.size() < kAeadTagSize) return;
  const Bytes tag(ciphertext.end() - kAeadTagSize, ciphertext.end());
  ciphertext.resize(ciphertext.size() - kAeadTagSize);
  mutate(ciphertext);
  ciphertext.insert(ciphertext.end(), tag.begin(), tag.end());
}

void MutatePrivate(test::Random& random, rfc9420::PrivateMessage& message) {
  if (random.Below(3) == 0) {
    return MutateInside(message.encrypted_sender_data, [&random](Bytes& plaintext) {
      MutateInput<rfc9420::SenderData>(random, plaintext);
    });
  }
  MutateInside(message.ciphertext, [&](Bytes& plaintext) {
    auto parsed = rfc9420::ParsePrivateMessageContent(message.content_type, plaintext);
    if (!parsed.ok()) return MutateBytes(random, plaintext);
    for (std::size_t i = random.Below(3) + 1; i > 0; --i) Mutate(random, parsed->content);
    if (random.Below(8) == 0) Mutate(random, parsed->auth);
    rfc9420::FramedContent framed;
    framed.content = parsed->content;
    Fit(framed, parsed->auth);
    message.content_type = parsed->content.tag();
    plaintext = rfc9420::SerializePrivateMessageContent(
        parsed->content, parsed->auth, random.Below(4) == 0 ? random.Below(40) : 0);
  });
}

void MutateWelcome(test::Random& random, rfc9420::Welcome& welcome) {
  if (random.Below(2) == 0 || welcome.secrets.empty()) {
    return MutateInside(welcome.encrypted_group_info, [&random](Bytes& plaintext) {
      MutateInput<rfc9420::GroupInfo>(random, plaintext);
    });
  }
  auto& entry = welcome.secrets[random.Below(welcome.secrets.size())];
  MutateInside(entry.encrypted_group_secrets.ciphertext, [&random](Bytes& plaintext) {
    MutateInput<rfc9420::GroupSecrets>(random, plaintext);
  });
}

}  // namespace

void MutateUncheckedMessage(test::Random& random, Bytes& input) {
  auto parsed = wire::Parse<rfc9420::MLSMessage>(input);
  auto* sealed = parsed.ok() ? parsed->message.GetIf<rfc9420::PrivateMessage>() : nullptr;
  auto* welcome = parsed.ok() ? parsed->message.GetIf<rfc9420::Welcome>() : nullptr;
  if ((sealed == nullptr && welcome == nullptr) || random.Below(4) == 0) {
    return MutateInput<rfc9420::MLSMessage>(random, input);
  }
  if (sealed != nullptr) MutatePrivate(random, *sealed);
  if (welcome != nullptr) MutateWelcome(random, *welcome);
  input = wire::Serialize(*parsed);
}

}  // namespace conclave::fuzz
