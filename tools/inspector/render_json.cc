#include <utility>

#include "base/hex.h"
#include "base/overloaded.h"
#include "printable.h"
#include "render.h"

namespace conclave::inspector {

namespace {

using Json = nlohmann::ordered_json;

Json ValueOf(const Computed& computed) {
  return std::visit(
      Overloaded{[](std::monostate) { return Json(); }, [](bool holds) { return Json(holds); },
                 [](std::uint64_t number) { return Json(number); },
                 [](const Bytes& bytes) { return Json(ToHex(bytes)); }},
      computed.value);
}

// What is computed of a struct, and of its fields that are no structs: those under the field's name
// and theirs, "signature_valid".
Json ComputedOf(const Node& node) {
  Json computed = Json::object();
  for (const Computed& item : node.computed) computed[item.name] = ValueOf(item);
  if (node.kind != Kind::structure) return computed;
  for (const Node& child : node.children) {
    if (child.kind == Kind::structure) continue;
    for (const Computed& item : child.computed) {
      computed[std::string(child.name) + "_" + item.name] = ValueOf(item);
    }
  }
  return computed;
}

Json JsonOf(const Node& node);

Json FieldsOf(const Node& node) {
  Json fields = Json::object();
  for (const Node& child : node.children) fields[child.name] = JsonOf(child);
  if (Json computed = ComputedOf(node); !computed.empty()) fields["computed"] = std::move(computed);
  return fields;
}

Json JsonOf(const Node& node) {
  switch (node.kind) {
    case Kind::structure:
      return FieldsOf(node);
    case Kind::list: {
      Json items = Json::array();
      for (const Node& child : node.children) items.push_back(JsonOf(child));
      return items;
    }
    case Kind::number:
      return node.number;
    case Kind::code_point: {
      Json code = {{"code", node.number}, {"name", nullptr}};
      if (node.is_named || node.meaning == "GREASE") code["name"] = node.meaning;
      return code;
    }
    case Kind::bytes:
      return ToHex(node.bytes);
    case Kind::secret:
      return {{"secret", true}, {"size", node.size}};
    case Kind::absent:
      break;
  }
  return nullptr;
}

Json JsonOf(const Finding& finding) {
  Json json = {{"severity", NameOf(finding.severity)},
               {"text", finding.text},
               {"field", finding.field},
               {"offset", finding.offset},
               {"rule", nullptr}};
  if (!finding.rule.empty()) json["rule"] = finding.rule;
  return json;
}

}  // namespace

Json RenderJson(const Object& object) {
  Json json = {{"type", object.type}, {"size", object.size}, {"object", JsonOf(object.root)}};
  if (object.root.kind != Kind::structure && !object.root.computed.empty()) {
    json["computed"] = ComputedOf(object.root);
  }
  json["findings"] = Json::array();
  for (const Finding& finding : object.findings) json["findings"].push_back(JsonOf(finding));
  return json;
}

}  // namespace conclave::inspector
