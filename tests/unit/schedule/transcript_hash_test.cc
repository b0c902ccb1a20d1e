// RFC 9420, section 8.2.
#include "schedule/transcript_hash.h"

#include <catch2/catch_test_macros.hpp>

#include "support/test_suite.h"

namespace conclave {
namespace {

using rfc9420::AuthenticatedContent;
using test::TestSuite;

AuthenticatedContent SomeCommit() {
  AuthenticatedContent commit;
  commit.wire_format = rfc9420::WireFormat::mls_private_message;
  commit.content.group_id = ToBytes("group");
  commit.content.epoch = 3;
  commit.content.sender = rfc9420::Sender::Of(rfc9420::MemberSender{{1}});
  commit.content.content = rfc9420::Content::Of(rfc9420::Commit{});
  commit.auth.signature = ToBytes("signature");
  commit.auth.confirmation_tag = ToBytes("tag");
  return commit;
}

Bytes Confirmed(const AuthenticatedContent& commit, std::string_view before = "before") {
  return ConfirmedTranscriptHash(TestSuite(), AsBytes(before), commit).value();
}

TEST_CASE("The confirmed hash covers the commit and its signature, and not its tag") {
  const Bytes hash = Confirmed(SomeCommit());
  CHECK(hash.size() == 32);
  CHECK(Confirmed(SomeCommit(), "Before") != hash);

  AuthenticatedContent commit = SomeCommit();
  commit.auth.confirmation_tag = ToBytes("another");
  CHECK(Confirmed(commit) == hash);
  commit.auth.confirmation_tag.reset();
  CHECK(Confirmed(commit) == hash);

  commit = SomeCommit();
  commit.wire_format = rfc9420::WireFormat::mls_public_message;
  CHECK(Confirmed(commit) != hash);
  commit = SomeCommit();
  commit.auth.signature.push_back(0);
  CHECK(Confirmed(commit) != hash);
  commit = SomeCommit();
  commit.content.authenticated_data.push_back(0);
  CHECK(Confirmed(commit) != hash);
}

TEST_CASE("The interim hash adds the confirmation tag") {
  const auto interim = [](std::string_view confirmed, std::string_view tag) {
    return InterimTranscriptHash(TestSuite(), AsBytes(confirmed), AsBytes(tag)).value();
  };
  const Bytes hash = interim("confirmed", "tag");
  CHECK(hash.size() == 32);
  CHECK(interim("Confirmed", "tag") != hash);
  CHECK(interim("confirmed", "taG") != hash);
  // The length of the tag is hashed too: nothing can move from one to the other.
  CHECK(interim("confirme", "dtag") != hash);
  CHECK(interim("", "tag").size() == 32);
}

}  // namespace
}  // namespace conclave
