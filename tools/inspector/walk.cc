#include "walk.h"

#include <algorithm>

namespace conclave::inspector {

void Walk::Fail(wire::Reader& r, BytesView rest, Failure failure) {
  r.Fail();
  if (failure_.has_value()) return;
  failure.offset = static_cast<std::size_t>(rest.data() - object_.data());
  failure.field = FieldPath();
  failure_ = std::move(failure);
}

void Walk::FailAfter(BytesView rest) {
  Failure failure;
  failure.offset = static_cast<std::size_t>(rest.data() - object_.data());
  failure.field = FieldPath();
  failure.reason = Count(rest.size(), "byte") + (rest.size() == 1 ? " is" : " are") + " left over";
  failure_ = std::move(failure);
}

std::string Walk::FieldPath() const {
  std::string text;
  for (const Step& step : path_) {
    if (step.name == nullptr) {
      text += "[" + std::to_string(step.index) + "]";
    } else {
      if (!text.empty()) text += ".";
      text += step.name;
    }
  }
  return text;
}

Node& Walk::AddChild(wire::Reader& r, Node& parent) {
  Node& node = parent.children.emplace_back();
  if (++nodes_ > kMostNodes) {
    Failure failure;
    failure.reason = "there are more fields than can be shown, " + Grouped(kMostNodes);
    Fail(r, r.rest(), std::move(failure));
  }
  return node;
}

void Walk::ReadBytes(wire::Reader& r, Bytes& value, Node& node) {
  node.kind = Kind::bytes;
  node.type = "opaque<V>";
  const BytesView rest = r.rest();
  wire::Decode(r, value);
  if (!r.ok()) return Fail(r, rest, DiagnoseVector(rest));
  node.bytes = value;
}

void Walk::ReadSecret(wire::Reader& r, Secret& value, Node& node) {
  node.kind = Kind::secret;
  node.type = "opaque<V>";
  const BytesView rest = r.rest();
  wire::Decode(r, value);
  if (!r.ok()) return Fail(r, rest, DiagnoseVector(rest));
  node.size = value.size();
}

void Walk::ReadAuth(wire::Reader& r, rfc9420::ContentType type,
                    rfc9420::FramedContentAuthData& auth, Node& parent) {
  if (!r.ok()) return;
  path_.push_back({"auth", 0});
  Node& node = AddChild(r, parent);
  if (!r.ok()) return;
  node.name = "auth";
  node.type = kStruct<rfc9420::FramedContentAuthData>.type;
  node.offset = OffsetOf(r);
  ReadField(r, auth.signature, "signature", node);
  if (type == rfc9420::ContentType::commit) {
    ReadField(r, auth.confirmation_tag.emplace(), "confirmation_tag", node);
  }
  if (!r.ok()) return;
  node.size = OffsetOf(r) - node.offset;
  path_.pop_back();
}

void Walk::ReadFields(wire::Reader& r, rfc9420::AuthenticatedContent& value, Node& node) {
  ReadField(r, value.wire_format, "wire_format", node);
  ReadField(r, value.content, "content", node);
  ReadAuth(r, value.content.content.tag(), value.auth, node);
}

void Walk::ReadFields(wire::Reader& r, rfc9420::PublicMessage& value, Node& node) {
  ReadField(r, value.content, "content", node);
  ReadAuth(r, value.content.content.tag(), value.auth, node);
  if (r.ok() && value.content.sender.tag() == rfc9420::SenderType::member) {
    ReadField(r, value.membership_tag.emplace(), "membership_tag", node);
  }
}

void Walk::ReadFields(wire::Reader& r, Lifetime& value, Node& node) {
  ReadField(r, value.not_before, "not_before", node);
  ReadField(r, value.not_after, "not_after", node);
  if (!r.ok()) return;
  for (Node& time : node.children) time.meaning = DateOf(time.number);
}

void Walk::ReadPadding(wire::Reader& r, Node& parent) {
  if (!r.ok()) return;
  Node& node = AddChild(r, parent);
  if (!r.ok()) return;
  node.name = "padding";
  node.kind = Kind::bytes;
  node.type = "opaque";
  node.offset = OffsetOf(r);
  const BytesView rest = r.rest();
  const BytesView padding = r.Raw(r.remaining());
  node.size = padding.size();
  node.bytes = ToBytes(padding);
  const auto other = std::ranges::find_if(padding, [](std::uint8_t byte) { return byte != 0; });
  if (other == padding.end()) return;
  Failure failure;
  failure.reason = "the padding is not all zeros";
  failure.section = "6.3.1";
  Fail(r, rest.subspan(static_cast<std::size_t>(other - padding.begin())), std::move(failure));
}

// ---- Extensions.

template <class T>
void Walk::ReadContent(Node& extension, const char* name, BytesView content) {
  wire::Reader reader(content);
  T value{};
  Node node;
  node.name = name;
  const std::size_t depth = path_.size();
  path_.push_back({name, 0});
  Read(reader, value, node);
  if (!failure_.has_value() && !reader.empty()) FailAfter(reader.rest());
  path_.resize(depth);
  if (failure_.has_value()) {
    failures_inside_.push_back(std::move(*failure_));
    failure_.reset();
  } else {
    extension.at("extension_data").is_decoded = true;
    extension.children.push_back(std::move(node));
  }
}

void Walk::ReadContentOf(const Extension& extension, Node& node) {
  const Node& data = node.at("extension_data");
  const std::size_t header = data.size - data.bytes.size();
  const BytesView content = object_.subspan(data.offset + header, data.bytes.size());
  switch (extension.extension_type) {
    case ExtensionType::application_id:
      return ReadContent<Bytes>(node, "application_id", content);
    case ExtensionType::ratchet_tree:
      return ReadContent<RatchetTreeExtension>(node, "ratchet_tree", content);
    case ExtensionType::required_capabilities:
      return ReadContent<RequiredCapabilities>(node, "required_capabilities", content);
    case ExtensionType::external_pub:
      return ReadContent<rfc9420::HPKEPublicKey>(node, "external_pub", content);
    case ExtensionType::external_senders:
      return ReadContent<std::vector<rfc9420::ExternalSender>>(node, "external_senders", content);
  }
}

void Walk::ReadFields(wire::Reader& r, Extension& value, Node& node) {
  ReadField(r, value.extension_type, "extension_type", node);
  ReadField(r, value.extension_data, "extension_data", node);
  if (!r.ok() || content_depth_ == kDeepestContent) return;
  ++content_depth_;
  ReadContentOf(value, node);
  --content_depth_;
}

}  // namespace conclave::inspector
