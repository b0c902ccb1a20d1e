// RFC 9420, section 6.1.
#include "framing/content_auth.h"

#include <catch2/catch_test_macros.hpp>

#include "support/must.h"
#include "unit/framing/fixture.h"

namespace conclave {
namespace {

using rfc9420::AuthenticatedContent;
using rfc9420::Sender;
using rfc9420::WireFormat;
using test::Group;
using test::KindOf;

bool Verifies(const Group& group, const AuthenticatedContent& content, BytesView context) {
  const auto verified =
      VerifyContentSignature(group.suite, group.signer.public_key(), content, context);
  if (!verified.ok()) CHECK(KindOf(verified) == ErrorKind::kNotAuthentic);
  return verified.ok();
}

TEST_CASE("A signature covers the content, the wire format and, for members, the context") {
  for (const Suite& suite : test::AllSuites()) {
    const Group group(suite);
    const AuthenticatedContent content = group.SignPublic(test::Member(1), test::RemoveProposal());
    CHECK(Verifies(group, content, group.context));
    CHECK_FALSE(Verifies(group, content, AsBytes("another epoch")));

    AuthenticatedContent changed = content;
    changed.wire_format = WireFormat::mls_private_message;
    CHECK_FALSE(Verifies(group, changed, group.context));
    changed = content;
    changed.content.epoch += 1;
    CHECK_FALSE(Verifies(group, changed, group.context));
    changed = content;
    changed.content.sender = test::Member(2);
    CHECK_FALSE(Verifies(group, changed, group.context));
    changed = content;
    changed.content.authenticated_data.clear();
    CHECK_FALSE(Verifies(group, changed, group.context));
    changed = content;
    changed.content.content = test::AddProposal();
    CHECK_FALSE(Verifies(group, changed, group.context));
    changed = content;
    changed.auth.signature.back() ^= 1;
    CHECK_FALSE(Verifies(group, changed, group.context));
    changed = content;
    changed.auth.signature.clear();
    CHECK_FALSE(Verifies(group, changed, group.context));
  }
}

TEST_CASE("The context counts for members and those who join by commit, for no one else") {
  const Group group;
  const auto with = [&](Sender sender, rfc9420::Content content) {
    return group.SignPublic(std::move(sender), std::move(content));
  };
  const AuthenticatedContent joiner =
      with(Sender::Of(rfc9420::NewMemberCommit{}), test::EmptyCommit());
  CHECK(Verifies(group, joiner, group.context));
  CHECK_FALSE(Verifies(group, joiner, {}));

  const AuthenticatedContent proposer =
      with(Sender::Of(rfc9420::NewMemberProposal{}), test::AddProposal());
  CHECK(Verifies(group, proposer, {}));
  const AuthenticatedContent outsider =
      with(Sender::Of(rfc9420::ExternalSenderIndex{0}), test::RemoveProposal());
  CHECK(Verifies(group, outsider, {}));
}

TEST_CASE("A commit is signed before it has a confirmation tag") {
  const Group group;
  rfc9420::FramedContent commit;
  commit.sender = test::Member(0);
  commit.content = test::EmptyCommit();
  AuthenticatedContent made =
      SignContent(group.signer, WireFormat::mls_public_message, commit, group.context).value();
  CHECK_FALSE(made.auth.confirmation_tag.has_value());
  made.auth.confirmation_tag = Bytes(32, 1);
  CHECK(Verifies(group, made, group.context));
}

TEST_CASE("Another key, or none, verifies nothing") {
  const Group group;
  const Group stranger;
  const AuthenticatedContent content = group.SignPublic(test::Member(1), test::RemoveProposal());
  for (const Bytes& key : {ToBytes(stranger.signer.public_key()), Bytes(), Bytes(31, 1)}) {
    CHECK(KindOf(VerifyContentSignature(group.suite, key, content, group.context)) ==
          ErrorKind::kNotAuthentic);
  }
}

}  // namespace
}  // namespace conclave
