// For the tests of framing: contents of every kind, and what two members of a group share.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "conclave/bytes.h"
#include "crypto/signature_key.h"
#include "framing/content_auth.h"
#include "rfc9420/framing.h"
#include "schedule/secret_tree.h"
#include "support/test_suite.h"

namespace conclave::test {

inline rfc9420::Content Application(std::string_view text = "hello") {
  return rfc9420::Content::Of(rfc9420::ApplicationData{ToBytes(text)});
}
inline rfc9420::Content RemoveProposal() {
  return rfc9420::Content::Of(rfc9420::Proposal::Of(rfc9420::Remove{{1}}));
}
inline rfc9420::Content AddProposal() {
  return rfc9420::Content::Of(rfc9420::Proposal::Of(rfc9420::Add{}));
}
inline rfc9420::Content EmptyCommit() { return rfc9420::Content::Of(rfc9420::Commit{}); }

inline rfc9420::Sender Member(std::uint32_t leaf) {
  return rfc9420::Sender::Of(rfc9420::MemberSender{{leaf}});
}

// A group of four. All members sign with one key: which key is whose is not framing's business.
struct Group {
  explicit Group(const Suite& s = TestSuite())
      : suite(s),
        signer(SoftwareSigner::Generate(Provider(), s.signature()).value()),
        sender_data_secret(FilledSecret(s.hash_size(), 1)),
        membership_key(FilledSecret(s.hash_size(), 2)) {}

  SecretTree NewTree() const { return SecretTree(FilledSecret(suite.hash_size(), 3), 4); }

  rfc9420::AuthenticatedContent Sign(rfc9420::WireFormat wire_format, rfc9420::Sender sender,
                                     rfc9420::Content content) const {
    rfc9420::FramedContent framed{ToBytes("group"), 7, std::move(sender), ToBytes("aad"),
                                  std::move(content)};
    const bool is_commit = framed.content.Is<rfc9420::Commit>();
    auto made = SignContent(signer, wire_format, std::move(framed), context).value();
    if (is_commit) made.auth.confirmation_tag = Bytes(suite.hash_size(), 5);
    return made;
  }
  rfc9420::AuthenticatedContent SignPrivate(std::uint32_t leaf, rfc9420::Content content) const {
    return Sign(rfc9420::WireFormat::mls_private_message, Member(leaf), std::move(content));
  }
  rfc9420::AuthenticatedContent SignPublic(rfc9420::Sender sender, rfc9420::Content content) const {
    return Sign(rfc9420::WireFormat::mls_public_message, std::move(sender), std::move(content));
  }

  Suite suite;
  SoftwareSigner signer;
  Bytes context = ToBytes("a serialized GroupContext");
  Secret sender_data_secret;
  Secret membership_key;
};

}  // namespace conclave::test
