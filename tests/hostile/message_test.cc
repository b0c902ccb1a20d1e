// RFC 9420, sections 6, 6.2, 6.3, 9 and 15.3: messages that are not what they say, or not for us.
#include <catch2/catch_test_macros.hpp>

#include "hostile/forge.h"
#include "hostile/refusal.h"
#include "wire/parse.h"

namespace conclave::testing {
namespace {

using rfc9420::PrivateMessage;
using rfc9420::PublicMessage;
using rfc9420::Remove;
using rfc9420::SenderData;
using test::Must;

const rfc9420::Proposal kRemoval = AsProposal(Remove{{2}});

// G15.
constexpr std::uint32_t kHuge[] = {1u << 24, 1u << 30, (1u << 31) - 1, 1u << 31, ~0u};

TEST_CASE("A message of another group is for another session") {
  HostileRoom room;
  TestClient& mallory = room.Outsider();
  Session other = Must(mallory->CreateGroup());
  const auto elsewhere = [](rfc9420::FramedContent& content) { content.group_id.pop_back(); };
  const auto nowhere = [](PrivateMessage& message) { message.group_id.clear(); };
  for (const auto& [how, message] : std::initializer_list<std::pair<const char*, Bytes>>{
           {"a message of another group", Must(other.Protect(AsBytes("hello")))},
           {"a commit of another group", Must(other.CreateCommit({})).commit},
           {"a proposal for another group",
            SendProposal(room[0], kRemoval, {.content = elsewhere})},
           {"a message for no group",
            SendApplication(room[0], AsBytes("hello"), {.header = nowhere})}}) {
    const Mutation mutation(how);
    room.RequireRefused(message, ErrorKind::kWrongGroup, "6:group-id");
  }
  room.RequireGoesOn();
}

TEST_CASE("A handshake message of another epoch is not processed") {
  HostileRoom room;
  room.room().Commit(room[0], {});
  room.room().Commit(room[1], {});
  for (const auto framing : {HandshakeFraming::public_message, HandshakeFraming::private_message}) {
    for (const std::uint64_t epoch :
         {room[0].epoch() + 1, room[0].epoch() + 2, ~std::uint64_t{0}}) {
      const auto later = [epoch](rfc9420::FramedContent& content) { content.epoch = epoch; };
      const Framing framed{.as = framing, .content = later};
      room.RequireRefused(SendProposal(room[0], kRemoval, framed), ErrorKind::kEpochInFuture,
                          "12.4.2:epoch-not-ahead");
      const Mutation mutation("a commit");
      room.RequireRefused(ForgeCommit(room.client(0), room[0], {.framing = framed}),
                          ErrorKind::kEpochInFuture, "12.4.2:epoch-not-ahead");
    }
    for (const std::uint64_t epoch : {std::uint64_t{0}, room[0].epoch() - 1}) {
      const auto earlier = [epoch](rfc9420::FramedContent& content) { content.epoch = epoch; };
      const Framing framed{.as = framing, .content = earlier};
      room.RequireRefused(SendProposal(room[0], kRemoval, framed), ErrorKind::kEpochTooOld,
                          "12.4.2:epoch-not-past");
      const Mutation mutation("a commit");
      room.RequireRefused(ForgeCommit(room.client(0), room[0], {.framing = framed}),
                          ErrorKind::kEpochTooOld, "12.4.2:epoch-not-past");
    }
  }
  room.RequireGoesOn();
}

TEST_CASE("A message of another version, or that is for no session, is not processed") {
  HostileRoom room;
  Bytes message = Must(room[0].Protect(AsBytes("hello")));
  message[1] = 2;
  room.RequireRefused(message, ErrorKind::kUnsupported, "6:message-version");
  for (const bool info : {false, true}) {
    const Mutation mutation(info ? "a GroupInfo" : "a key package");
    const Bytes other = info ? Must(MakeGroupInfo(room[0])) : room.Outsider().KeyPackage();
    room.RequireRefused(other, ErrorKind::kMisuse, "6:message-of-a-group");
  }
  room.RequireGoesOn();
}

TEST_CASE("A message is read to its end, and has no more than that") {
  HostileRoom room(3);
  const std::pair<const char*, Bytes> messages[] = {
      {"a private message", Must(room[0].Protect(AsBytes("hello")))},
      {"a proposal", SendProposal(room[0], kRemoval)},
      {"a commit", ForgeCommit(room.client(0), room[0], {})}};
  for (const auto& [what, message] : messages) {
    const Mutation mutation(what);
    for (std::size_t size = 0; size < message.size(); size += 1 + size / 7) {
      room.RequireRefusedBy(1, BytesView(message).first(size), ErrorKind::kMalformed,
                            "2.1:decodes");
    }
    Bytes longer = message;
    longer.push_back(0);
    room.RequireRefused(longer, ErrorKind::kMalformed, "2.1:no-trailing-bytes");
  }
  room.RequireGoesOn();
}

// V1.
TEST_CASE("The membership tag is compared in full, whatever its length") {
  HostileRoom room(3);
  const std::size_t size = room.suite().hash_size();
  const auto refused = [&room](const Edit<Bytes>& edit) {
    const Framing framing{
        .public_message = [&edit](PublicMessage& message) { edit(*message.membership_tag); }};
    room.RequireRefused(SendProposal(room[0], kRemoval, framing), ErrorKind::kNotAuthentic,
                        "6.2:membership-tag");
    const Mutation mutation("of a commit");
    room.RequireRefused(ForgeCommit(room.client(0), room[0], {.framing = framing}),
                        ErrorKind::kNotAuthentic, "6.2:membership-tag");
  };
  for (std::size_t i = 0; i < size; ++i) {
    const Mutation mutation("cut short");
    refused([i](Bytes& tag) { tag.resize(i); });
  }
  for (const std::size_t longer : {size + 1, 2 * size}) {
    const Mutation mutation("continued");
    refused([longer](Bytes& tag) { tag.resize(longer); });
  }
  for (std::size_t bit = 0; bit < 8 * size; ++bit) {
    const Mutation mutation("changed in one bit");
    refused([bit](Bytes& tag) { tag[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8); });
  }
  const Mutation mutation("left out");
  room.RequireRefused(
      SendProposal(
          room[0], kRemoval,
          {.public_message = [](PublicMessage& message) { message.membership_tag.reset(); }}),
      ErrorKind::kMalformed, "2.1:decodes");
  room.RequireGoesOn();
}

TEST_CASE("The sender of a message is a member") {
  HostileRoom room(5);
  room.room().Commit(room[0], {.remove = {{3}}});
  std::vector<std::uint32_t> nobody(std::begin(kHuge), std::end(kHuge));
  nobody.insert(nobody.end(), {3, 5, 7, 8});
  for (const std::uint32_t leaf : nobody) {
    INFO(leaf);
    const auto claim = [leaf](rfc9420::FramedContent& content) {
      content.sender = rfc9420::Sender::Of(rfc9420::MemberSender{{leaf}});
    };
    const Mutation mutation(leaf < 8 ? "a leaf that is blank" : "a leaf outside the tree");
    room.RequireRefused(SendProposal(room[0], kRemoval, {.content = claim}),
                        ErrorKind::kNotAuthentic, "6:member-sender-exists");
    room.RequireRefused(ForgeCommit(room.client(0), room[0], {.framing = {.content = claim}}),
                        ErrorKind::kNotAuthentic, "6:member-sender-exists");
    // P15.
    room.RequireRefused(
        SendApplication(
            room[0], AsBytes("hello"),
            {.sender_data = [leaf](SenderData& sender) { sender.leaf_index = {leaf}; }}),
        ErrorKind::kNotAuthentic, "6.3.2:sender-leaf-exists");
  }
  RequireStillHealthy(room.room().all());
}

TEST_CASE("Nobody speaks in another member's name") {
  HostileRoom room;
  const auto bob = [](rfc9420::FramedContent& content) {
    content.sender = rfc9420::Sender::Of(rfc9420::MemberSender{{1}});
  };
  for (const bool commit : {false, true}) {
    const Mutation mutation(commit ? "a commit" : "a proposal");
    room.RequireRefused(commit ? ForgeCommit(room.client(0), room[0], {.framing = {.content = bob}})
                               : SendProposal(room[0], kRemoval, {.content = bob}),
                        ErrorKind::kNotAuthentic, "6.1:signature-verifies");
  }
  const Mutation mutation("with another's key");
  for (const auto framing : {HandshakeFraming::public_message, HandshakeFraming::private_message}) {
    room.RequireRefused(
        SendProposal(room[0], kRemoval, {.as = framing, .signer = &SignerOf(room.client(1))}),
        ErrorKind::kNotAuthentic, "6.1:signature-verifies");
  }
  room.RequireGoesOn();
}

// G28, G16: a forgery and a replay cost nobody a message.
TEST_CASE("A forged message takes no key from the member it is forged for") {
  HostileRoom room;
  for (const std::uint32_t generation : {0u, 1u, 5u}) {
    const Bytes forged = SendApplication(room[0], AsBytes("from bob"),
                                         {.content =
                                              [](rfc9420::FramedContent& content) {
                                                content.sender =
                                                    rfc9420::Sender::Of(rfc9420::MemberSender{{1}});
                                              },
                                          .ratchet_of = LeafIndex{1},
                                          .generation = generation});
    for (const std::size_t i : {2u, 3u}) {
      const Mutation mutation("by an insider");
      room.RequireRefusedBy(i, forged, ErrorKind::kNotAuthentic, "6.1:signature-verifies");
    }
    Bytes garbled = SendApplication(
        room[0], AsBytes("noise"),
        {.private_message = [](PrivateMessage& message) { message.ciphertext.back() ^= 1; },
         .ratchet_of = LeafIndex{1},
         .generation = generation});
    for (const std::size_t i : {2u, 3u}) {
      room.RequireRefusedBy(i, garbled, ErrorKind::kNotAuthentic, "6.3.1:ciphertext-opens");
    }
  }
  for (int i = 0; i < 7; ++i) {
    const Bytes genuine = Must(room[1].Protect(AsBytes("really from bob")));
    for (const std::size_t reader : {0u, 2u, 3u}) ReceiveApplication(room[reader], genuine);
    for (int again = 0; again < 2; ++again) {
      room.RequireRefused(genuine, ErrorKind::kAlreadyUsed, "9.2:key-is-not-used", 1);
    }
  }
  room.RequireGoesOn();
}

// P1.
TEST_CASE("A generation far ahead is refused before anything is derived for it") {
  HostileRoom room(3, {.policy = {.max_forward_generations = 50}});
  const auto ahead = [&room](std::uint32_t generation) {
    return SendApplication(room[0], AsBytes("hello"),
                           {.ratchet_of = LeafIndex{0}, .generation = generation});
  };
  const Bytes last = ahead(50);
  for (const std::uint32_t generation : {51u, 52u, 1000u}) {
    const Mutation mutation("sealed with its key");
    room.RequireRefused(ahead(generation), ErrorKind::kRejectedByPolicy,
                        "15.3:generation-is-within-window");
  }
  for (const std::uint32_t generation : {(1u << 31) - 1, 1u << 31, ~0u - 1, ~0u}) {
    const Mutation mutation("claimed");
    room.RequireRefused(
        SendApplication(
            room[0], AsBytes("hello"),
            {.sender_data = [generation](SenderData& sender) { sender.generation = generation; }}),
        ErrorKind::kRejectedByPolicy, "15.3:generation-is-within-window");
  }
  ReceiveApplication(room[1], last);
  ReceiveApplication(room[2], last);
  RequireStillHealthy(room.room().all());
}

TEST_CASE("A private message that was changed on the way does not open") {
  HostileRoom room(3);
  struct Change {
    const char* how;
    const char* rule;
    Edit<PrivateMessage> edit;
  };
  const std::vector<Change> changes = {
      {"other authenticated data", "6.3.1:ciphertext-opens",
       [](PrivateMessage& message) { message.authenticated_data.push_back(1); }},
      {"another tag", "6.3.1:ciphertext-opens",
       [](PrivateMessage& message) { message.ciphertext.back() ^= 1; }},
      {"a tag that is cut short", "6.3.1:ciphertext-opens",
       [](PrivateMessage& message) { message.ciphertext.pop_back(); }},
      {"a tag that goes on", "6.3.1:ciphertext-opens",
       [](PrivateMessage& message) { message.ciphertext.push_back(0); }},
      // The sender data are sealed under a sample of the ciphertext.
      {"another sample", "6.3.2:sender-data-opens",
       [](PrivateMessage& message) { message.ciphertext.front() ^= 1; }},
      {"less than a sample", "6.3.2:sender-data-opens",
       [](PrivateMessage& message) { message.ciphertext.resize(15); }},
      {"no sample", "6.3.2:sender-data-opens",
       [](PrivateMessage& message) { message.ciphertext.clear(); }},
      {"no sender data", "6.3.2:sender-data-opens",
       [](PrivateMessage& message) { message.encrypted_sender_data.clear(); }},
      {"sender data of another length", "6.3.2:sender-data-opens",
       [](PrivateMessage& message) { message.encrypted_sender_data.resize(15); }},
      {"sender data of another length", "6.3.2:sender-data-opens",
       [](PrivateMessage& message) { message.encrypted_sender_data.push_back(0); }},
      {"other sender data", "6.3.2:sender-data-opens",
       [](PrivateMessage& message) { message.encrypted_sender_data.front() ^= 1; }},
      {"another type", "6.3.2:sender-data-opens",
       [](PrivateMessage& message) { message.content_type = rfc9420::ContentType::commit; }},
      {"an unknown type", "6.3.2:sender-data-opens",
       [](PrivateMessage& message) { message.content_type = rfc9420::ContentType{9}; }}};
  for (const auto& [how, rule, edit] : changes) {
    const Mutation mutation(how);
    room.RequireRefused(SendApplication(room[0], AsBytes("hello"), {.private_message = edit}),
                        ErrorKind::kNotAuthentic, rule);
    room.RequireRefused(
        SendProposal(room[0], kRemoval,
                     {.as = HandshakeFraming::private_message, .private_message = edit}),
        ErrorKind::kNotAuthentic, rule);
  }
  room.RequireGoesOn();
}

// P23.
TEST_CASE("Content is of the type that the message says, and signed for the format it travels in") {
  HostileRoom room(3);
  const auto typed = [](rfc9420::ContentType type) {
    return [type](PrivateMessage& message) { message.content_type = type; };
  };
  using rfc9420::ContentType;
  room.RequireRefused(SendApplication(room[0], AsBytes("hello"), {.header = typed(ContentType{9})}),
                      ErrorKind::kMalformed, "6.3.1:content-type-known");
  room.RequireRefused(
      SendApplication(room[0], AsBytes("hello"), {.header = typed(ContentType::proposal)}),
      ErrorKind::kMalformed, "6.3.1:content-decodes");
  const auto as_public = rfc9420::WireFormat::mls_public_message;
  const auto as_private = rfc9420::WireFormat::mls_private_message;
  for (const auto& [how, message] : std::initializer_list<std::pair<const char*, Bytes>>{
           // Text with a bad signature.
           {"a Commit, read as application data",
            SendApplication(room[0], AsBytes("hello"),
                            {.plaintext = [](Bytes& plaintext) { plaintext = {0, 1, 7}; }})},
           {"signed for a PublicMessage",
            SendApplication(room[0], AsBytes("hello"), {.signed_as = as_public})},
           {"signed for a PrivateMessage",
            SendProposal(room[0], kRemoval, {.signed_as = as_private})}}) {
    const Mutation mutation(how);
    room.RequireRefused(message, ErrorKind::kNotAuthentic, "6.1:signature-verifies");
  }
  room.RequireGoesOn();
}

// P14.
TEST_CASE("Padding is zero, and as long as its sender likes") {
  HostileRoom room(3);
  const auto pad = [](std::size_t zeros, const Bytes& rest) {
    return [zeros, rest](Bytes& plaintext) {
      plaintext.resize(plaintext.size() + zeros);
      plaintext.insert(plaintext.end(), rest.begin(), rest.end());
    };
  };
  for (const std::size_t zeros : {0u, 1u, 63u, 1000u}) {
    room.RequireRefused(SendApplication(room[0], AsBytes("hello"), {.plaintext = pad(zeros, {1})}),
                        ErrorKind::kMalformed, "6.3.1:padding-is-zero");
    room.RequireRefused(
        SendApplication(room[0], AsBytes("hello"), {.plaintext = pad(zeros, {0x80, 0, 0})}),
        ErrorKind::kMalformed, "6.3.1:padding-is-zero");
    const Bytes padded = SendApplication(room[0], AsBytes("hello"), {.plaintext = pad(zeros, {})});
    for (const std::size_t i : {1u, 2u}) {
      REQUIRE(TextOf(ReceiveApplication(room[i], padded).plaintext) == "hello");
    }
  }
  for (std::size_t size = 0; size < 20; ++size) {
    const Mutation mutation("cut short");
    room.RequireRefused(
        SendApplication(room[0], AsBytes("hello"),
                        {.plaintext = [size](Bytes& plaintext) { plaintext.resize(size); }}),
        ErrorKind::kMalformed, "6.3.1:content-decodes");
  }
  room.RequireGoesOn();
}

// G8, G9: a leaf's late message is from whoever held the leaf then.
TEST_CASE("A late message is attributed to the member who held the leaf, never to a successor") {
  HostileRoom room;
  const Member bob = *room[0].FindMember({1});
  const Bytes from_bob = Must(room[1].Protect(AsBytes("before I go")));
  const Bytes from_dave = Must(room[3].Protect(AsBytes("still here")));
  TestClient& erin = room.Outsider();
  room.room().Commit(room[0], {.add = {erin.KeyPackage()}, .remove = {{1}}}, {&erin});
  REQUIRE(room[4].own_leaf() == LeafIndex{1});
  for (const std::size_t reader : {0u, 2u, 3u}) {
    REQUIRE(ReceiveApplication(room[reader], from_bob).sender == bob);
  }
  REQUIRE(ReceiveApplication(room[2], from_dave).sender == *room[0].FindMember({3}));
  room.RequireRefusedBy(4, from_bob, ErrorKind::kEpochTooOld, "15.3:past-epoch-kept");
  RequireStillHealthy(room.room().all());
}

TEST_CASE("Messages of epochs that were left too long ago are gone for good") {
  HostileRoom room(3, {.policy = {.past_epochs = 2}});
  const Bytes old = Must(room[0].Protect(AsBytes("old news")));
  const Bytes older = Must(room[0].Protect(AsBytes("older news")));
  room.room().Commit(room[1], {});
  room.room().Commit(room[1], {});
  REQUIRE(TextOf(ReceiveApplication(room[1], old).plaintext) == "old news");
  room.RequireRefusedBy(1, old, ErrorKind::kAlreadyUsed, "9.2:key-is-not-used");
  room.room().Commit(room[2], {});
  room.RequireRefusedBy(1, older, ErrorKind::kEpochTooOld, "15.3:past-epoch-kept");
  room.RequireRefusedBy(2, older, ErrorKind::kEpochTooOld, "15.3:past-epoch-kept");
  room.RequireGoesOn();
}

}  // namespace
}  // namespace conclave::testing
