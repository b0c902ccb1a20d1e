// RFC 9420, section 6.2.
#include "framing/public_message.h"

#include <utility>

#include "base/check.h"
#include "base/result_macros.h"
#include "base/rule.h"
#include "crypto/kdf.h"

namespace conclave {

namespace {

using rfc9420::AuthenticatedContent;
using rfc9420::SenderType;

Result<Bytes> MembershipTag(const Suite& suite, const Secret& membership_key,
                            const AuthenticatedContent& content, BytesView serialized_context) {
  return Mac(suite, membership_key,
             rfc9420::SerializeAuthenticatedContentTBM(content, serialized_context));
}

}  // namespace

Result<rfc9420::PublicMessage> ProtectPublic(const Suite& suite, AuthenticatedContent content,
                                             const Secret& membership_key,
                                             BytesView serialized_context) {
  CONCLAVE_CHECK(content.wire_format == rfc9420::WireFormat::mls_public_message);
  const bool is_commit = content.content.content.Is<rfc9420::Commit>();
  CONCLAVE_CHECK(content.auth.confirmation_tag.has_value() == is_commit);
  //= rfc9420#6
  //# Applications MUST use PrivateMessage to encrypt application messages
  CONCLAVE_RETURN_IF_ERROR(Rule("6:application-data-is-sent-private", ErrorKind::kMisuse,
                                !content.content.content.Is<rfc9420::ApplicationData>()));
  rfc9420::PublicMessage message;
  if (content.content.sender.tag() == SenderType::member) {
    //= rfc9420#6.2
    //# For messages sent by members, it MUST be set to the following value:
    CONCLAVE_ASSIGN_OR_RETURN(message.membership_tag,
                              MembershipTag(suite, membership_key, content, serialized_context));
  }
  message.content = std::move(content.content);
  message.auth = std::move(content.auth);
  return message;
}

Result<AuthenticatedContent> UnprotectPublic(const Suite& suite, rfc9420::PublicMessage message,
                                             const Secret* membership_key,
                                             BytesView serialized_context) {
  //= rfc9420#6
  //# Applications MUST use PrivateMessage to encrypt application messages
  CONCLAVE_RETURN_IF_ERROR(Rule("6:public-has-no-application-data", ErrorKind::kMalformed,
                                !message.content.content.Is<rfc9420::ApplicationData>()));
  AuthenticatedContent content{rfc9420::WireFormat::mls_public_message, std::move(message.content),
                               std::move(message.auth)};
  if (membership_key == nullptr || content.content.sender.tag() != SenderType::member) {
    return content;
  }
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes expected,
                            MembershipTag(suite, *membership_key, content, serialized_context));
  //= rfc9420#6.2
  //# When decoding a PublicMessage into an AuthenticatedContent, the application MUST check
  //# `membership_tag` and MUST check that the FramedContentAuthData is valid.
  CONCLAVE_RETURN_IF_ERROR(Rule(
      "6.2:membership-tag", ErrorKind::kNotAuthentic,
      message.membership_tag.has_value() && ConstantTimeEquals(*message.membership_tag, expected)));
  return content;
}

}  // namespace conclave
