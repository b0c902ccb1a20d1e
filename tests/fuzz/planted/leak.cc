// A planted bug: the plaintext of a commit that does not decode is never freed.
#include "rfc9420/framing.h"

namespace conclave::fuzz {

using rfc9420::ContentType;
using rfc9420::PrivateMessageContent;

Result<PrivateMessageContent> RealParse(ContentType type, BytesView input) asm(
    "__real__ZN8conclave7rfc942026ParsePrivateMessageContentENS0_11ContentTypeE"
    "St4spanIKhLm18446744073709551615EE");
Result<PrivateMessageContent> WrapParse(ContentType type, BytesView input) asm(
    "__wrap__ZN8conclave7rfc942026ParsePrivateMessageContentENS0_11ContentTypeE"
    "St4spanIKhLm18446744073709551615EE");

Result<PrivateMessageContent> WrapParse(ContentType type, BytesView input) {
  auto* const copy = new Bytes(ToBytes(input));
  auto parsed = RealParse(type, *copy);
  if (parsed.ok() || type != ContentType::commit) delete copy;
  return parsed;
}

}  // namespace conclave::fuzz
