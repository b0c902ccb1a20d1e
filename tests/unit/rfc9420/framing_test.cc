// The structs whose shape depends on another struct (RFC 9420, sections 6.1, 6.2, 6.3.1 and 7.2):
// which fields exist, and what a signature covers.
#include "rfc9420/framing.h"

#include <catch2/catch_test_macros.hpp>
#include <initializer_list>
#include <utility>

#include "wire/parse.h"

namespace conclave::rfc9420 {
namespace {

const Bytes kContext = {0xc0, 0xc1, 0xc2};

Bytes Joined(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

FramedContent Framed(Sender sender, Content content) {
  return {{0x61}, 5, std::move(sender), {0x62, 0x63}, std::move(content)};
}

Content RemoveOfThree() { return Content::Of(Proposal::Of(Remove{{3}})); }
Content Application() { return Content::Of(ApplicationData{{0x64}}); }
Content EmptyCommit() { return Content::Of(Commit{}); }
Sender MemberTwo() { return Sender::Of(MemberSender{{2}}); }

// group_id, epoch, sender member 2, authenticated_data.
const Bytes kFromMember = {1, 0x61, 0, 0, 0, 0, 0, 0, 0, 5, 1, 0, 0, 0, 2, 2, 0x62, 0x63};
// content_type, and the content.
const Bytes kRemove = {2, 0, 3, 0, 0, 0, 3};
const Bytes kApplication = {1, 1, 0x64};
const Bytes kCommit = {3, 0, 0};

TEST_CASE("A FramedContent is the RFC's") {
  CHECK(wire::Serialize(Framed(MemberTwo(), RemoveOfThree())) == Joined({kFromMember, kRemove}));
  CHECK(wire::Serialize(Framed(MemberTwo(), Application())) == Joined({kFromMember, kApplication}));
  CHECK(wire::Serialize(Framed(MemberTwo(), EmptyCommit())) == Joined({kFromMember, kCommit}));
}

TEST_CASE("What is signed has version, wire format, content, and the context of members") {
  const FramedContent content = Framed(MemberTwo(), RemoveOfThree());
  CHECK(SerializeFramedContentTBS(WireFormat::mls_private_message, content, kContext) ==
        Joined({{0, 1, 0, 2}, kFromMember, kRemove, kContext}));

  const auto tail = [](Sender sender) {
    const FramedContent framed = Framed(std::move(sender), RemoveOfThree());
    const Bytes tbs = SerializeFramedContentTBS(WireFormat::mls_public_message, framed, kContext);
    return tbs.size() - wire::Serialize(framed).size() - 4;
  };
  CHECK(tail(MemberTwo()) == kContext.size());
  CHECK(tail(Sender::Of(NewMemberCommit{})) == kContext.size());
  CHECK(tail(Sender::Of(ExternalSenderIndex{1})) == 0);
  CHECK(tail(Sender::Of(NewMemberProposal{})) == 0);
}

TEST_CASE("What a membership tag covers is what is signed, and the auth data") {
  AuthenticatedContent content{WireFormat::mls_public_message,
                               Framed(MemberTwo(), RemoveOfThree()),
                               {{0x73, 0x74}, std::nullopt}};
  const Bytes tbs = SerializeFramedContentTBS(content.wire_format, content.content, kContext);
  CHECK(SerializeAuthenticatedContentTBM(content, kContext) == Joined({tbs, {2, 0x73, 0x74}}));
  content.auth.confirmation_tag = Bytes{0x75};
  CHECK(SerializeAuthenticatedContentTBM(content, kContext) ==
        Joined({tbs, {2, 0x73, 0x74, 1, 0x75}}));
}

TEST_CASE("A confirmation tag is there for commits, a membership tag for members") {
  const auto wire_of = [](Sender sender, Content content, bool confirmed, bool member) {
    PublicMessage message{Framed(std::move(sender), std::move(content)), {{0x73}, {}}, {}};
    if (confirmed) message.auth.confirmation_tag = Bytes{0x74};
    if (member) message.membership_tag = Bytes{0x75};
    return wire::Serialize(message);
  };
  const Bytes signature = {1, 0x73};
  const Bytes confirmation = {1, 0x74};
  const Bytes membership = {1, 0x75};
  const Bytes proposal = wire_of(MemberTwo(), RemoveOfThree(), false, true);
  CHECK(proposal == Joined({kFromMember, kRemove, signature, membership}));
  const Bytes commit = wire_of(MemberTwo(), EmptyCommit(), true, true);
  CHECK(commit == Joined({kFromMember, kCommit, signature, confirmation, membership}));
  CHECK(wire::Parse<PublicMessage>(proposal).ok());
  CHECK(wire::Parse<PublicMessage>(commit).value().auth.confirmation_tag == Bytes{0x74});

  // A tag that is missing, or one too many.
  CHECK_FALSE(wire::Parse<PublicMessage>(wire_of(MemberTwo(), RemoveOfThree(), false, false)).ok());
  CHECK_FALSE(wire::Parse<PublicMessage>(wire_of(MemberTwo(), RemoveOfThree(), true, true)).ok());
  CHECK_FALSE(wire::Parse<PublicMessage>(wire_of(MemberTwo(), EmptyCommit(), false, true)).ok());
  const auto external = [] { return Sender::Of(ExternalSenderIndex{0}); };
  CHECK(wire::Parse<PublicMessage>(wire_of(external(), RemoveOfThree(), false, false)).ok());
  CHECK_FALSE(wire::Parse<PublicMessage>(wire_of(external(), RemoveOfThree(), false, true)).ok());
}

TEST_CASE("An AuthenticatedContent begins with its wire format") {
  const AuthenticatedContent content{
      WireFormat::mls_private_message, Framed(MemberTwo(), EmptyCommit()), {{0x73}, Bytes{0x74}}};
  const Bytes wire = wire::Serialize(content);
  CHECK(wire == Joined({{0, 2}, kFromMember, kCommit, {1, 0x73, 1, 0x74}}));
  CHECK(wire::Parse<AuthenticatedContent>(wire).value() == content);
}

TEST_CASE("The plaintext of a PrivateMessage has no type, and zeros at its end") {
  const FramedContentAuthData auth{{0x73}, std::nullopt};
  const Bytes wire = SerializePrivateMessageContent(Application(), auth, 3);
  CHECK(wire == Bytes{1, 0x64, 1, 0x73, 0, 0, 0});
  CHECK(SerializePrivateMessageContent(Application(), auth, 0) == Bytes{1, 0x64, 1, 0x73});

  const auto parsed = ParsePrivateMessageContent(ContentType::application, wire);
  REQUIRE(parsed.ok());
  CHECK(parsed->content == Application());
  CHECK(parsed->auth == auth);

  const Bytes commit = SerializePrivateMessageContent(EmptyCommit(), {{0x73}, Bytes{0x74}}, 1);
  CHECK(commit == Bytes{0, 0, 1, 0x73, 1, 0x74, 0});
  CHECK(ParsePrivateMessageContent(ContentType::commit, commit)->auth.confirmation_tag ==
        Bytes{0x74});
  const Bytes proposal = SerializePrivateMessageContent(RemoveOfThree(), auth, 0);
  CHECK(ParsePrivateMessageContent(ContentType::proposal, proposal)->content == RemoveOfThree());
}

//= rfc9420#6.3.1
//# A receiver MUST verify that there are no non-zero bytes in the `padding` field, and if this
//# check fails, the enclosing PrivateMessage MUST be rejected as malformed.
TEST_CASE("Padding that is not zero is malformed, wherever it is not") {
  const Bytes plain = SerializePrivateMessageContent(Application(), {{0x73}, {}}, 20);
  CHECK(ParsePrivateMessageContent(ContentType::application, plain).ok());
  for (std::size_t i = plain.size() - 20; i < plain.size(); ++i) {
    Bytes wire = plain;
    wire[i] = 1;
    const auto parsed = ParsePrivateMessageContent(ContentType::application, wire);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().kind == ErrorKind::kMalformed);
  }
}

TEST_CASE("A plaintext that is cut off, or of an unknown type, is malformed") {
  const Bytes wire = SerializePrivateMessageContent(EmptyCommit(), {{0x73}, Bytes{0x74}}, 0);
  for (std::size_t size = 0; size < wire.size(); ++size) {
    CHECK_FALSE(ParsePrivateMessageContent(ContentType::commit, BytesView(wire).first(size)).ok());
  }
  for (int type = 0; type <= 0xff; ++type) {
    if (type >= 1 && type <= 3) continue;
    const auto parsed =
        ParsePrivateMessageContent(ContentType{static_cast<std::uint8_t>(type)}, wire);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().kind == ErrorKind::kMalformed);
  }
}

TEST_CASE("A leaf's signature covers its place, unless it comes from a key package") {
  LeafNode leaf;
  leaf.signature = {1, 2, 3};
  const Bytes group_id = {0x67};
  using Source = decltype(leaf.leaf_node_source);
  leaf.leaf_node_source = Source::Of(Lifetime{1, 2});
  CHECK(SerializeLeafNodeTBS(leaf, group_id, {7}) == wire::SerializeTbs(leaf));
  const Bytes place = {1, 0x67, 0, 0, 0, 7};
  leaf.leaf_node_source = Source::Of(NoLeafContext{});
  CHECK(SerializeLeafNodeTBS(leaf, group_id, {7}) == Joined({wire::SerializeTbs(leaf), place}));
  leaf.leaf_node_source = Source::Of(ParentHash{{9}});
  CHECK(SerializeLeafNodeTBS(leaf, group_id, {7}) == Joined({wire::SerializeTbs(leaf), place}));

  // The signature itself is no part of it.
  const Bytes before = SerializeLeafNodeTBS(leaf, group_id, {7});
  leaf.signature = {4};
  CHECK(SerializeLeafNodeTBS(leaf, group_id, {7}) == before);
}

}  // namespace
}  // namespace conclave::rfc9420
