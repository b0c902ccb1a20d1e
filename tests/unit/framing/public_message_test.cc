// RFC 9420, sections 6, 6.1 and 6.2.
#include "framing/public_message.h"

#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "support/must.h"
#include "unit/framing/fixture.h"
#include "wire/parse.h"

namespace conclave {
namespace {

using rfc9420::AuthenticatedContent;
using rfc9420::Content;
using rfc9420::PublicMessage;
using rfc9420::Sender;
using test::Group;
using test::KindOf;

const Sender kExternal = Sender::Of(rfc9420::ExternalSenderIndex{0});
const Sender kNewMemberProposal = Sender::Of(rfc9420::NewMemberProposal{});
const Sender kNewMemberCommit = Sender::Of(rfc9420::NewMemberCommit{});

PublicMessage Protect(const Group& group, Sender sender, Content content) {
  return ProtectPublic(group.suite, group.SignPublic(std::move(sender), std::move(content)),
                       group.membership_key, group.context)
      .value();
}

Result<AuthenticatedContent> Unprotect(const Group& group, PublicMessage message) {
  return UnprotectPublic(group.suite, std::move(message), &group.membership_key, group.context);
}

// As it arrives: encoded and decoded.
PublicMessage OverTheWire(const PublicMessage& message) {
  return wire::Parse<PublicMessage>(wire::Serialize(message)).value();
}

TEST_CASE("What a member sends in public arrives as it was signed, in every suite") {
  for (const Suite& suite : test::AllSuites()) {
    const Group group(suite);
    for (const Content& content :
         {test::RemoveProposal(), test::AddProposal(), test::EmptyCommit()}) {
      const AuthenticatedContent sent = group.SignPublic(test::Member(2), content);
      const PublicMessage message =
          ProtectPublic(suite, sent, group.membership_key, group.context).value();
      REQUIRE(message.membership_tag.has_value());
      CHECK(message.membership_tag->size() == suite.hash_size());
      CHECK(Unprotect(group, OverTheWire(message)).value() == sent);
    }
  }
}

TEST_CASE("A membership tag of any other length is rejected, be it a prefix of the right one") {
  for (const Suite& suite : test::AllSuites()) {
    const Group group(suite);
    PublicMessage message = Protect(group, test::Member(2), test::RemoveProposal());
    const Bytes tag = *message.membership_tag;
    for (std::size_t size = 0; size < tag.size(); ++size) {
      message.membership_tag = Bytes(tag.begin(), tag.begin() + static_cast<std::ptrdiff_t>(size));
      CHECK(KindOf(Unprotect(group, OverTheWire(message))) == ErrorKind::kNotAuthentic);
    }
    for (const std::uint8_t more : Bytes{0, 1}) {
      message.membership_tag = tag;
      message.membership_tag->push_back(more);
      CHECK(KindOf(Unprotect(group, OverTheWire(message))) == ErrorKind::kNotAuthentic);
    }
    message.membership_tag.reset();
    CHECK(KindOf(Unprotect(group, message)) == ErrorKind::kNotAuthentic);
  }
}

TEST_CASE("Every bit of a membership tag counts") {
  const Group group;
  const PublicMessage message = Protect(group, test::Member(2), test::RemoveProposal());
  for (std::size_t bit = 0; bit < 8 * message.membership_tag->size(); ++bit) {
    PublicMessage changed = message;
    (*changed.membership_tag)[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
    CHECK(KindOf(Unprotect(group, OverTheWire(changed))) == ErrorKind::kNotAuthentic);
  }
}

TEST_CASE("The membership tag covers content, signature, confirmation tag and context") {
  const Group group;
  const PublicMessage message = Protect(group, test::Member(2), test::EmptyCommit());
  PublicMessage changed = message;
  changed.content.epoch += 1;
  CHECK(KindOf(Unprotect(group, changed)) == ErrorKind::kNotAuthentic);
  changed = message;
  changed.auth.signature.front() ^= 1;
  CHECK(KindOf(Unprotect(group, changed)) == ErrorKind::kNotAuthentic);
  changed = message;
  changed.auth.confirmation_tag->front() ^= 1;
  CHECK(KindOf(Unprotect(group, changed)) == ErrorKind::kNotAuthentic);
  CHECK(KindOf(UnprotectPublic(group.suite, message, &group.membership_key,
                               AsBytes("another epoch"))) == ErrorKind::kNotAuthentic);
  const Secret other_key = test::FilledSecret(32, 99);
  CHECK(KindOf(UnprotectPublic(group.suite, message, &other_key, group.context)) ==
        ErrorKind::kNotAuthentic);
}

TEST_CASE("An observer without secrets reads what members send, and takes no tag for proof") {
  const Group group;
  PublicMessage message = Protect(group, test::Member(2), test::RemoveProposal());
  message.membership_tag->front() ^= 1;
  const auto seen = UnprotectPublic(group.suite, message, nullptr, group.context);
  CHECK(seen.value().content == message.content);
}

TEST_CASE("Who is not a member has no membership tag and needs none") {
  const Group group;
  for (const auto& [sender, content] : {std::pair(kExternal, test::RemoveProposal()),
                                        std::pair(kNewMemberProposal, test::AddProposal()),
                                        std::pair(kNewMemberCommit, test::EmptyCommit())}) {
    const AuthenticatedContent sent = group.SignPublic(sender, content);
    const PublicMessage message =
        ProtectPublic(group.suite, sent, group.membership_key, group.context).value();
    CHECK_FALSE(message.membership_tag.has_value());
    CHECK(Unprotect(group, OverTheWire(message)).value() == sent);
  }
}

TEST_CASE("Application data never travels in public") {
  const Group group;
  const AuthenticatedContent content = group.SignPublic(test::Member(1), test::Application());
  CHECK(KindOf(ProtectPublic(group.suite, content, group.membership_key, group.context)) ==
        ErrorKind::kMisuse);

  const PublicMessage message{content.content, content.auth, Bytes(32, 1)};
  CHECK(KindOf(Unprotect(group, message)) == ErrorKind::kMalformed);
  CHECK(KindOf(UnprotectPublic(group.suite, message, nullptr, group.context)) ==
        ErrorKind::kMalformed);
}

}  // namespace
}  // namespace conclave
