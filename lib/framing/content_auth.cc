// RFC 9420, section 6.1.
#include "framing/content_auth.h"

#include <utility>

#include "base/result_macros.h"
#include "base/rule.h"
#include "labeled/labeled.h"
#include "rfc9420/labels.h"

namespace conclave {

Result<rfc9420::AuthenticatedContent> SignContent(const Signer& signer,
                                                  rfc9420::WireFormat wire_format,
                                                  rfc9420::FramedContent content,
                                                  BytesView serialized_context) {
  const Bytes tbs = rfc9420::SerializeFramedContentTBS(wire_format, content, serialized_context);
  CONCLAVE_ASSIGN_OR_RETURN(Bytes signature,
                            SignWithLabel(signer, rfc9420::labels::kFramedContentTBS, tbs));
  return rfc9420::AuthenticatedContent{
      wire_format, std::move(content), {std::move(signature), std::nullopt}};
}

Result<void> VerifyContentSignature(const Suite& suite, BytesView signature_key,
                                    const rfc9420::AuthenticatedContent& content,
                                    BytesView serialized_context) {
  const Bytes tbs =
      rfc9420::SerializeFramedContentTBS(content.wire_format, content.content, serialized_context);
  //= rfc9420#6.1
  //# Recipients of an MLSMessage MUST verify the signature with the key depending on the
  //# `sender_type` of the sender as described above.
  //= rfc9420#6.3.1
  //# When decoding a PrivateMessageContent, the application MUST check that the
  //# FramedContentAuthData is valid.
  return RuleFrom("6.1:signature-verifies", ErrorKind::kNotAuthentic,
                  VerifyWithLabel(suite, signature_key, rfc9420::labels::kFramedContentTBS, tbs,
                                  content.auth.signature));
}

}  // namespace conclave
