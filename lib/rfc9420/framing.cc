// The structs of RFC 9420 whose shape depends on another struct (sections 6.1, 6.2, 6.3.1 and 7.2):
// a tag that lies elsewhere decides which of their fields exist, so they are written out by hand.
#include "rfc9420/framing.h"

#include <algorithm>

#include "base/result_macros.h"
#include "base/rule.h"
#include "wire/codec.h"
#include "wire/parse.h"

namespace conclave::rfc9420 {

namespace {

void EncodeAuth(wire::Writer& w, const FramedContentAuthData& auth) {
  wire::Encode(w, auth.signature);
  if (auth.confirmation_tag.has_value()) wire::Encode(w, *auth.confirmation_tag);
}

void DecodeAuth(wire::Reader& r, ContentType content_type, FramedContentAuthData& auth) {
  wire::Decode(r, auth.signature);
  auth.confirmation_tag.reset();
  if (content_type == ContentType::commit) wire::Decode(r, auth.confirmation_tag.emplace());
}

bool CoversGroupContext(SenderType sender) {
  return sender == SenderType::member || sender == SenderType::new_member_commit;
}

void EncodeFramedContentTBS(wire::Writer& w, WireFormat wire_format, const FramedContent& content,
                            BytesView serialized_context) {
  wire::Encode(w, ProtocolVersion::mls10);
  wire::Encode(w, wire_format);
  wire::Encode(w, content);
  if (CoversGroupContext(content.sender.tag())) w.Raw(serialized_context);
}

// The content of a Select without its tag, which travels elsewhere.
void EncodeUntagged(wire::Writer& w, const Content& content) {
  if (const auto* application = content.GetIf<ApplicationData>()) wire::Encode(w, *application);
  if (const auto* proposal = content.GetIf<Proposal>()) wire::Encode(w, *proposal);
  if (const auto* commit = content.GetIf<Commit>()) wire::Encode(w, *commit);
}

template <class T>
Content DecodeUntagged(wire::Reader& r) {
  T value{};
  wire::Decode(r, value);
  return Content::Of(std::move(value));
}

}  // namespace

Bytes SerializeFramedContentTBS(WireFormat wire_format, const FramedContent& content,
                                BytesView serialized_context) {
  wire::Writer w;
  EncodeFramedContentTBS(w, wire_format, content, serialized_context);
  return w.Take();
}

Bytes SerializeAuthenticatedContentTBM(const AuthenticatedContent& content,
                                       BytesView serialized_context) {
  wire::Writer w;
  EncodeFramedContentTBS(w, content.wire_format, content.content, serialized_context);
  EncodeAuth(w, content.auth);
  return w.Take();
}

void EncodeWire(wire::Writer& w, const AuthenticatedContent& v) {
  wire::Encode(w, v.wire_format);
  wire::Encode(w, v.content);
  EncodeAuth(w, v.auth);
}

void DecodeWire(wire::Reader& r, AuthenticatedContent& v) {
  wire::Decode(r, v.wire_format);
  wire::Decode(r, v.content);
  DecodeAuth(r, v.content.content.tag(), v.auth);
}

void EncodeWire(wire::Writer& w, const PublicMessage& v) {
  wire::Encode(w, v.content);
  EncodeAuth(w, v.auth);
  if (v.membership_tag.has_value()) wire::Encode(w, *v.membership_tag);
}

void DecodeWire(wire::Reader& r, PublicMessage& v) {
  wire::Decode(r, v.content);
  DecodeAuth(r, v.content.content.tag(), v.auth);
  v.membership_tag.reset();
  if (v.content.sender.tag() == SenderType::member) wire::Decode(r, v.membership_tag.emplace());
}

Bytes SerializePrivateMessageContent(const Content& content, const FramedContentAuthData& auth,
                                     std::size_t padding) {
  wire::Writer w;
  EncodeUntagged(w, content);
  EncodeAuth(w, auth);
  Bytes out = w.Take();
  out.resize(out.size() + padding);
  return out;
}

Result<PrivateMessageContent> ParsePrivateMessageContent(ContentType content_type,
                                                         BytesView input) {
  wire::Reader r(input);
  PrivateMessageContent parsed;
  switch (content_type) {
    case ContentType::application:
      parsed.content = DecodeUntagged<ApplicationData>(r);
      break;
    case ContentType::proposal:
      parsed.content = DecodeUntagged<Proposal>(r);
      break;
    case ContentType::commit:
      parsed.content = DecodeUntagged<Commit>(r);
      break;
    default:
      return Error{ErrorKind::kMalformed, "6.3.1:content-type-known"};
  }
  DecodeAuth(r, content_type, parsed.auth);
  CONCLAVE_RETURN_IF_ERROR(Rule("6.3.1:content-decodes", ErrorKind::kMalformed, r.ok()));
  //= rfc9420#6.3.1
  //# A receiver MUST verify that there are no non-zero bytes in the `padding` field, and if this
  //# check fails, the enclosing PrivateMessage MUST be rejected as malformed.
  CONCLAVE_RETURN_IF_ERROR(
      Rule("6.3.1:padding-is-zero", ErrorKind::kMalformed,
           std::ranges::all_of(r.rest(), [](std::uint8_t byte) { return byte == 0; })));
  return parsed;
}

Bytes SerializeLeafNodeTBS(const LeafNode& leaf, BytesView group_id, LeafIndex leaf_index) {
  wire::Writer w;
  wire::EncodeTbs(w, leaf);
  if (leaf.leaf_node_source.tag() != LeafNodeSource::key_package) {
    w.VectorOf(group_id);
    wire::Encode(w, leaf_index);
  }
  return w.Take();
}

}  // namespace conclave::rfc9420
