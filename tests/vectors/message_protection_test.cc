// message-protection.json: RFC 9420, sections 6.1, 6.2 and 6.3.
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <utility>

#include "framing/content_auth.h"
#include "framing/private_message.h"
#include "framing/public_message.h"
#include "support/must.h"
#include "support/test_suite.h"
#include "vectors/private_key.h"
#include "vectors/vectors.h"
#include "wire/parse.h"

namespace conclave::test {

namespace {

using nlohmann::json;
using rfc9420::AuthenticatedContent;
using rfc9420::Content;
using rfc9420::WireFormat;

constexpr LeafIndex kSender{1};

// One element of the file: a group of two, whose member at leaf 1 sends.
class MessageProtection {
 public:
  explicit MessageProtection(const json& vector)
      : vector_(vector),
        suite_(TestSuite(CipherSuite{vector.at("cipher_suite")})),
        signer_(SignerFrom(suite_, vector.at("signature_priv"))),
        signature_pub_(Hex(vector.at("signature_pub"))),
        sender_data_secret_(Secret::CopyOf(Hex(vector.at("sender_data_secret")))),
        membership_key_(Secret::CopyOf(Hex(vector.at("membership_key")))) {
    context_.cipher_suite = suite_.id();
    context_.group_id = Hex(vector.at("group_id"));
    context_.epoch = vector.at("epoch");
    context_.tree_hash = Hex(vector.at("tree_hash"));
    context_.confirmed_transcript_hash = Hex(vector.at("confirmed_transcript_hash"));
    serialized_context_ = wire::Serialize(context_);
  }

  void Check() const {
    CHECK(ToBytes(signer_.public_key()) == signature_pub_);
    const auto proposal = Must(wire::Parse<rfc9420::Proposal>(Hex(vector_.at("proposal"))));
    const auto commit = Must(wire::Parse<rfc9420::Commit>(Hex(vector_.at("commit"))));
    CheckPublic(Content::Of(proposal), "proposal_pub");
    CheckPublic(Content::Of(commit), "commit_pub");
    CheckPrivate(Content::Of(proposal), "proposal_priv");
    CheckPrivate(Content::Of(commit), "commit_priv");

    const Content application =
        Content::Of(rfc9420::ApplicationData{Hex(vector_.at("application"))});
    CheckPrivate(application, "application_priv");
    CHECK(ProtectPublic(suite_, Sign(WireFormat::mls_public_message, application), membership_key_,
                        serialized_context_)
              .error()
              .kind == ErrorKind::kMisuse);
  }

 private:
  template <class Message>
  Message Given(const std::string& name) const {
    const auto message = Must(wire::Parse<rfc9420::MLSMessage>(Hex(vector_.at(name))));
    const auto* given = message.message.GetIf<Message>();
    REQUIRE(given != nullptr);
    return *given;
  }

  AuthenticatedContent Sign(WireFormat wire_format, const Content& content) const {
    rfc9420::FramedContent framed{context_.group_id, context_.epoch,
                                  rfc9420::Sender::Of(rfc9420::MemberSender{kSender}),
                                  ToBytes("authenticated data"), content};
    auto made = Must(SignContent(signer_, wire_format, std::move(framed), serialized_context_));
    // The vectors leave the tag of the commit that we protect to us.
    if (content.Is<rfc9420::Commit>()) made.auth.confirmation_tag = Bytes(suite_.hash_size(), 1);
    return made;
  }

  void CheckVerified(const AuthenticatedContent& content, const Content& expected) const {
    CHECK(VerifyContentSignature(suite_, signature_pub_, content, serialized_context_).ok());
    CHECK(content.content.content == expected);
    CHECK(content.content.group_id == context_.group_id);
    CHECK(content.content.epoch == context_.epoch);
    CHECK(content.content.sender == rfc9420::Sender::Of(rfc9420::MemberSender{kSender}));
  }

  void CheckPublic(const Content& content, const std::string& name) const {
    INFO(name);
    const auto unprotect = [&](const rfc9420::PublicMessage& message) {
      return Must(UnprotectPublic(suite_, message, &membership_key_, serialized_context_));
    };
    CheckVerified(unprotect(Given<rfc9420::PublicMessage>(name)), content);
    const auto made = ProtectPublic(suite_, Sign(WireFormat::mls_public_message, content),
                                    membership_key_, serialized_context_);
    CheckVerified(unprotect(Must(made)), content);
  }

  SecretTree NewTree() const {
    return SecretTree(Secret::CopyOf(Hex(vector_.at("encryption_secret"))), 2);
  }

  void CheckPrivate(const Content& content, const std::string& name) const {
    INFO(name);
    SecretTree receiver = NewTree();
    const auto unprotect = [&](const rfc9420::PrivateMessage& message) {
      const auto sender_data = Must(OpenSenderData(suite_, message, sender_data_secret_));
      CHECK(sender_data.leaf_index == kSender);
      return Must(UnprotectPrivate(suite_, message, sender_data, receiver, {}));
    };
    OpenedPrivate given = unprotect(Given<rfc9420::PrivateMessage>(name));
    CheckVerified(given.content, content);

    SecretTree sender = NewTree();
    for (const std::size_t padding : {0U, 100U}) {
      const auto made = ProtectPrivate(suite_, Sign(WireFormat::mls_private_message, content),
                                       sender, sender_data_secret_, padding);
      OpenedPrivate opened = unprotect(Must(made));
      CheckVerified(opened.content, content);
      receiver.Install(std::move(opened.key));
    }
  }

  const json& vector_;
  Suite suite_;
  SoftwareSigner signer_;
  Bytes signature_pub_;
  Secret sender_data_secret_;
  Secret membership_key_;
  rfc9420::GroupContext context_;
  Bytes serialized_context_;
};

}  // namespace

TEST_CASE("message-protection.json", "[message-protection]") {
  ForEachVector("message-protection.json", "/0/application",
                [](const json& vector) { MessageProtection(vector).Check(); });
}

}  // namespace conclave::test
