// RFC 9420, sections 6.3, 9.2 and 15.3.
#include "framing/private_message.h"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <utility>
#include <vector>

#include "support/must.h"
#include "support/watched_provider.h"
#include "unit/framing/fixture.h"
#include "wire/parse.h"

namespace conclave {
namespace {

using rfc9420::AuthenticatedContent;
using rfc9420::Content;
using rfc9420::ContentType;
using rfc9420::PrivateMessage;
using rfc9420::SenderData;
using test::Application;
using test::Group;
using test::KindOf;

constexpr std::uint32_t kAlice = 1;

PrivateMessage Protect(const Group& group, SecretTree& tree, Content content,
                       std::size_t padding = 0) {
  return ProtectPrivate(group.suite, group.SignPrivate(kAlice, std::move(content)), tree,
                        group.sender_data_secret, padding)
      .value();
}

Result<OpenedPrivate> Unprotect(const Group& group, const SecretTree& tree,
                                const PrivateMessage& message, const RatchetWindow& window = {}) {
  const auto sender_data = OpenSenderData(group.suite, message, group.sender_data_secret);
  if (!sender_data.ok()) return sender_data.error();
  return UnprotectPrivate(group.suite, message, *sender_data, tree, window);
}

// Opens, verifies and installs, as a group does.
Content Receive(const Group& group, SecretTree& tree, const PrivateMessage& message) {
  OpenedPrivate opened = Unprotect(group, tree, message).value();
  VerifyContentSignature(group.suite, group.signer.public_key(), opened.content, group.context)
      .value();
  tree.Install(std::move(opened.key));
  return opened.content.content.content;
}

// What an insider can send in Alice's name: any plaintext and any sender data, sealed properly.
PrivateMessage Forge(const Group& group, ContentType content_type, BytesView plaintext,
                     const SenderData& sender_data) {
  const SecretTree tree = group.NewTree();
  const RatchetType type =
      content_type == ContentType::application ? RatchetType::application : RatchetType::handshake;
  const OpeningKey key = tree.PrepareOpening(group.suite, {kAlice}, type, sender_data.generation,
                                             {.max_forward = 5000, .max_retained = 0})
                             .value();
  PrivateMessage message{ToBytes("group"), 7, content_type, ToBytes("aad"), {}, {}};
  Bytes nonce = test::BytesOf(key.nonce());
  for (std::size_t i = 0; i < 4; ++i) nonce[i] ^= sender_data.reuse_guard[i];
  const Bytes aad = wire::Serialize(rfc9420::PrivateContentAAD{
      message.group_id, message.epoch, message.content_type, message.authenticated_data});
  const CryptoProvider& provider = group.suite.provider();
  message.ciphertext.resize(plaintext.size() + 16);
  provider
      .AeadSeal(group.suite.aead(), key.key().ExposeForProvider(), nonce, aad, plaintext,
                message.ciphertext)
      .value();

  const SenderDataKey sender_key =
      DeriveSenderDataKey(group.suite, group.sender_data_secret, message.ciphertext).value();
  message.encrypted_sender_data.resize(12 + 16);
  provider
      .AeadSeal(group.suite.aead(), sender_key.key.ExposeForProvider(),
                sender_key.nonce.ExposeForProvider(),
                wire::Serialize(
                    rfc9420::SenderDataAAD{message.group_id, message.epoch, message.content_type}),
                wire::Serialize(sender_data), message.encrypted_sender_data)
      .value();
  return message;
}

Bytes Plaintext(const AuthenticatedContent& content, BytesView padding = {}) {
  Bytes plaintext =
      rfc9420::SerializePrivateMessageContent(content.content.content, content.auth, 0);
  plaintext.insert(plaintext.end(), padding.begin(), padding.end());
  return plaintext;
}

TEST_CASE("What a member sends in private arrives as it was signed, in every suite") {
  for (const Suite& suite : test::AllSuites()) {
    const Group group(suite);
    SecretTree alice = group.NewTree();
    SecretTree bob = group.NewTree();
    for (const Content& content : {Application(), test::RemoveProposal(), test::EmptyCommit(),
                                   Application(""), test::AddProposal()}) {
      const AuthenticatedContent sent = group.SignPrivate(kAlice, content);
      const PrivateMessage message =
          ProtectPrivate(suite, sent, alice, group.sender_data_secret, 0).value();
      const auto arrived = wire::Parse<PrivateMessage>(wire::Serialize(message)).value();
      OpenedPrivate opened = Unprotect(group, bob, arrived).value();
      CHECK(opened.content == sent);
      CHECK(opened.key.sender() == LeafIndex{kAlice});
      bob.Install(std::move(opened.key));
    }
  }
}

TEST_CASE("Padding lengthens the ciphertext by just that, and is gone on arrival") {
  const Group group;
  SecretTree alice = group.NewTree();
  SecretTree bob = group.NewTree();
  const std::size_t unpadded = Protect(group, alice, Application()).ciphertext.size();
  for (const std::size_t padding : {0U, 1U, 2U, 15U, 16U, 17U, 255U, 4096U, 100000U}) {
    const PrivateMessage message = Protect(group, alice, Application(), padding);
    CHECK(message.ciphertext.size() == unpadded + padding);
    CHECK(Receive(group, bob, message) == Application());
  }
}

TEST_CASE("Padding that is not all zeros is malformed, wherever the odd byte is") {
  const Group group;
  const SecretTree bob = group.NewTree();
  const AuthenticatedContent content = group.SignPrivate(kAlice, Application());
  const std::size_t size = 20;
  const auto zeros =
      Forge(group, ContentType::application, Plaintext(content, Bytes(size, 0)), {{kAlice}, 0, {}});
  CHECK(Unprotect(group, bob, zeros).ok());
  for (std::size_t at = 0; at < size; ++at) {
    Bytes padding(size, 0);
    padding[at] = at % 2 == 0 ? 1 : 0x80;
    const auto message =
        Forge(group, ContentType::application, Plaintext(content, padding), {{kAlice}, 0, {}});
    CHECK(KindOf(Unprotect(group, bob, message)) == ErrorKind::kMalformed);
  }
}

TEST_CASE("A message too large to encode is refused before a key is used") {
  const Group group;
  SecretTree alice = group.NewTree();
  const AuthenticatedContent content = group.SignPrivate(kAlice, Application());
  for (const std::size_t padding : {std::size_t{1} << 30, SIZE_MAX}) {
    CHECK(KindOf(ProtectPrivate(group.suite, content, alice, group.sender_data_secret, padding)) ==
          ErrorKind::kMisuse);
  }
  CHECK(alice.ratchets().empty());
}

TEST_CASE("Only members send in private") {
  const Group group;
  SecretTree tree = group.NewTree();
  for (const auto& sender : {rfc9420::Sender::Of(rfc9420::ExternalSenderIndex{0}),
                             rfc9420::Sender::Of(rfc9420::NewMemberProposal{})}) {
    const AuthenticatedContent content =
        group.Sign(rfc9420::WireFormat::mls_private_message, sender, test::AddProposal());
    CHECK(KindOf(ProtectPrivate(group.suite, content, tree, group.sender_data_secret, 0)) ==
          ErrorKind::kMisuse);
  }
  CHECK(tree.ratchets().empty());
}

TEST_CASE("A replay is recognised, and the next message still opens") {
  const Group group;
  SecretTree alice = group.NewTree();
  SecretTree bob = group.NewTree();
  const PrivateMessage first = Protect(group, alice, Application("1"));
  const PrivateMessage second = Protect(group, alice, Application("2"));
  Receive(group, bob, first);
  for (int i = 0; i < 3; ++i) {
    CHECK(KindOf(Unprotect(group, bob, first)) == ErrorKind::kAlreadyUsed);
  }
  CHECK(Receive(group, bob, second) == Application("2"));
}

TEST_CASE("Our own message does not open for us: its key was erased when we sent it") {
  const Group group;
  SecretTree alice = group.NewTree();
  const PrivateMessage message = Protect(group, alice, Application());
  CHECK(OpenSenderData(group.suite, message, group.sender_data_secret).value().leaf_index ==
        LeafIndex{kAlice});
  CHECK(KindOf(Unprotect(group, alice, message)) == ErrorKind::kAlreadyUsed);
}

TEST_CASE("A forged ciphertext costs the sender it names nothing") {
  const Group group;
  SecretTree alice = group.NewTree();
  SecretTree bob = group.NewTree();
  Receive(group, bob, Protect(group, alice, Application("0")));
  const std::uint64_t head = bob.ratchets().begin()->second.head();

  // A member, who has all the group's secrets but not Alice's signature key, takes Alice's next
  // generation, and one far ahead.
  const Group impostor;
  for (const std::uint32_t generation : {1U, 900U}) {
    const auto content = impostor.SignPrivate(kAlice, Application("forged"));
    const PrivateMessage forged = Forge(group, ContentType::application, Plaintext(content),
                                        {{kAlice}, generation, {9, 9, 9, 9}});
    const OpenedPrivate opened = Unprotect(group, bob, forged).value();
    CHECK(KindOf(VerifyContentSignature(group.suite, group.signer.public_key(), opened.content,
                                        group.context)) == ErrorKind::kNotAuthentic);

    PrivateMessage garbled = forged;
    garbled.ciphertext.back() ^= 1;
    CHECK(KindOf(Unprotect(group, bob, garbled)) == ErrorKind::kNotAuthentic);
  }
  CHECK(bob.ratchets().begin()->second.head() == head);
  CHECK(Receive(group, bob, Protect(group, alice, Application("1"))) == Application("1"));
}

TEST_CASE("Messages open in any order within the window") {
  const Group group;
  SecretTree alice = group.NewTree();
  SecretTree bob = group.NewTree();
  std::vector<PrivateMessage> sent;
  for (int i = 0; i < 12; ++i) {
    sent.push_back(Protect(group, alice, Application(std::to_string(i))));
  }
  for (const std::size_t i : {11U, 3U, 0U, 5U, 4U, 10U, 1U, 2U, 9U, 8U, 7U, 6U}) {
    CHECK(Receive(group, bob, sent[i]) == Application(std::to_string(i)));
  }
  for (const PrivateMessage& message : sent) {
    CHECK(KindOf(Unprotect(group, bob, message)) == ErrorKind::kAlreadyUsed);
  }
}

TEST_CASE("A generation too far ahead is rejected, without work and without a trace") {
  const test::WatchedProvider provider(test::Provider());
  const Group group(test::SuiteOver(provider));
  const SecretTree bob = group.NewTree();
  const AuthenticatedContent content = group.SignPrivate(kAlice, Application());
  const Bytes plaintext = Plaintext(content);
  CHECK(
      Unprotect(group, bob, Forge(group, ContentType::application, plaintext, {{kAlice}, 1000, {}}))
          .ok());
  const PrivateMessage ahead =
      Forge(group, ContentType::application, plaintext, {{kAlice}, 1001, {}});
  CHECK(KindOf(Unprotect(group, bob, ahead)) == ErrorKind::kRejectedByPolicy);

  const std::uint64_t before = provider.calls();
  CHECK(KindOf(UnprotectPrivate(group.suite, ahead, {{kAlice}, 0xffffffff, {}}, bob, {})) ==
        ErrorKind::kRejectedByPolicy);
  CHECK(provider.calls() - before < 20);
}

TEST_CASE("A sender beyond the tree is rejected") {
  const Group group;
  const SecretTree bob = group.NewTree();
  SecretTree alice = group.NewTree();
  const PrivateMessage message = Protect(group, alice, Application());
  for (const std::uint32_t leaf : {4U, 5U, 1U << 30, 0x7fffffffU, 0xffffffffU}) {
    CHECK(KindOf(UnprotectPrivate(group.suite, message, {{leaf}, 0, {}}, bob, {})) ==
          ErrorKind::kNotAuthentic);
    const PrivateMessage forged =
        Forge(group, ContentType::application, Bytes(40, 0), {{leaf}, 0, {}});
    CHECK(KindOf(Unprotect(group, bob, forged)) == ErrorKind::kNotAuthentic);
  }
}

TEST_CASE("A message is bound to its group, epoch, content type and authenticated data") {
  const Group group;
  const SecretTree bob = group.NewTree();
  SecretTree alice = group.NewTree();
  const PrivateMessage message = Protect(group, alice, test::RemoveProposal());
  const SenderData sender_data =
      OpenSenderData(group.suite, message, group.sender_data_secret).value();
  // Past the sender data, which an insider can seal again.
  const auto kind_of_content = [&](const PrivateMessage& changed) {
    return KindOf(UnprotectPrivate(group.suite, changed, sender_data, bob, {}));
  };
  const auto kind_of_sender = [&](const PrivateMessage& changed) {
    return KindOf(OpenSenderData(group.suite, changed, group.sender_data_secret));
  };

  PrivateMessage changed = message;
  changed.group_id.push_back(0);
  CHECK(kind_of_sender(changed) == ErrorKind::kNotAuthentic);
  CHECK(kind_of_content(changed) == ErrorKind::kNotAuthentic);
  changed = message;
  changed.epoch += 1;
  CHECK(kind_of_sender(changed) == ErrorKind::kNotAuthentic);
  CHECK(kind_of_content(changed) == ErrorKind::kNotAuthentic);
  for (const ContentType other : {ContentType::application, ContentType::commit, ContentType{0},
                                  ContentType{4}, ContentType{255}}) {
    changed = message;
    changed.content_type = other;
    CHECK(kind_of_sender(changed) == ErrorKind::kNotAuthentic);
    CHECK(kind_of_content(changed) == ErrorKind::kNotAuthentic);
  }
  changed = message;
  changed.authenticated_data.clear();
  CHECK(kind_of_content(changed) == ErrorKind::kNotAuthentic);
}

TEST_CASE("Every byte of ciphertext and sender data counts, and so does their length") {
  const Group group;
  const SecretTree bob = group.NewTree();
  SecretTree alice = group.NewTree();
  const PrivateMessage message = Protect(group, alice, Application());
  const auto kind_of = [&](const PrivateMessage& changed) {
    return KindOf(Unprotect(group, bob, changed));
  };
  for (Bytes PrivateMessage::* const field :
       {&PrivateMessage::ciphertext, &PrivateMessage::encrypted_sender_data}) {
    for (std::size_t i = 0; i < (message.*field).size(); ++i) {
      PrivateMessage changed = message;
      (changed.*field)[i] ^= 1;
      CHECK(kind_of(changed) == ErrorKind::kNotAuthentic);
      changed = message;
      (changed.*field).resize(i);
      CHECK(kind_of(changed) == ErrorKind::kNotAuthentic);
    }
    PrivateMessage changed = message;
    (changed.*field).push_back(0);
    CHECK(kind_of(changed) == ErrorKind::kNotAuthentic);
  }
}

TEST_CASE("A ciphertext shorter than a hash is sampled whole") {
  const Group group;
  for (const std::size_t size : {0U, 1U, 31U, 32U}) {
    const Bytes ciphertext(size, 7);
    CHECK(DeriveSenderDataKey(group.suite, group.sender_data_secret, ciphertext).ok());
  }
  const auto key_for = [&](const Bytes& ciphertext) {
    return test::BytesOf(
        DeriveSenderDataKey(group.suite, group.sender_data_secret, ciphertext).value().key);
  };
  CHECK(key_for(Bytes(31, 7)) != key_for(Bytes(32, 7)));
  CHECK(key_for(Bytes(33, 7)) == key_for(Bytes(32, 7)));

  // Sealed properly, 17 bytes: opens as far as it can be opened, and is no content.
  const PrivateMessage message =
      Forge(group, ContentType::application, Bytes(1, 0), {{kAlice}, 0, {}});
  CHECK(message.ciphertext.size() == 17);
  CHECK(KindOf(Unprotect(group, group.NewTree(), message)) == ErrorKind::kMalformed);
}

TEST_CASE("A content type nobody knows is malformed") {
  const Group group;
  const PrivateMessage message = Forge(group, ContentType{4}, Bytes(20, 0), {{kAlice}, 0, {}});
  CHECK(KindOf(Unprotect(group, group.NewTree(), message)) == ErrorKind::kMalformed);
}

TEST_CASE("A client that lost its memory repeats a key, but hardly ever a nonce") {
  const Group group;
  const SecretTree bob = group.NewTree();
  const AuthenticatedContent content = group.SignPrivate(kAlice, Application());
  std::array<std::set<std::uint8_t>, 4> seen;
  std::set<std::array<std::uint8_t, 4>> guards;
  constexpr std::size_t kTimes = 4000;
  for (std::size_t i = 0; i < kTimes; ++i) {
    SecretTree restored = group.NewTree();
    const PrivateMessage message =
        ProtectPrivate(group.suite, content, restored, group.sender_data_secret, 0).value();
    const SenderData sender_data =
        OpenSenderData(group.suite, message, group.sender_data_secret).value();
    CHECK(sender_data.generation == 0);
    if (i % 100 == 0) CHECK(Unprotect(group, bob, message).value().content == content);
    guards.insert(sender_data.reuse_guard);
    for (std::size_t at = 0; at < 4; ++at) seen[at].insert(sender_data.reuse_guard[at]);
  }
  for (const auto& values : seen) CHECK(values.size() > 240);
  // Of 4000 random guards, two are equal in one run of 500; more than that, in one of 500,000.
  CHECK(guards.size() + 1 >= kTimes);
}

TEST_CASE("A failing provider never makes a key be used twice") {
  test::WatchedProvider provider(test::Provider());
  const Group group(test::SuiteOver(provider));
  const AuthenticatedContent content = group.SignPrivate(kAlice, Application());
  SecretTree alice = group.NewTree();
  std::uint32_t least = 0;
  for (std::uint64_t calls = 0; calls < 40; ++calls) {
    provider.FailAfter(calls);
    const auto failed = ProtectPrivate(group.suite, content, alice, group.sender_data_secret, 0);
    provider.FailAfter(std::nullopt);
    if (!failed.ok()) CHECK(KindOf(failed) == ErrorKind::kCrypto);
    const PrivateMessage message =
        ProtectPrivate(group.suite, content, alice, group.sender_data_secret, 0).value();
    const std::uint32_t generation =
        OpenSenderData(group.suite, message, group.sender_data_secret).value().generation;
    CHECK(generation >= least);
    least = generation + 1;
  }
}

}  // namespace
}  // namespace conclave
