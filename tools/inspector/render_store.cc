#include "base/hex.h"
#include "code_points.h"
#include "paint.h"
#include "printable.h"
#include "store.h"

namespace conclave::inspector {

namespace {

using Json = nlohmann::ordered_json;

std::string EpochsText(const std::set<Epoch>& epochs) {
  std::string text;
  for (const Epoch epoch : epochs) text += (text.empty() ? "" : ", ") + std::to_string(epoch);
  return text;
}

std::string Row(const std::string& name, const Tally& tally) {
  std::string text = "    " + name;
  text.resize(24, ' ');
  std::string rows = Grouped(tally.rows);
  std::string bytes = Grouped(tally.bytes);
  rows.insert(0, rows.size() < 10 ? 10 - rows.size() : 0, ' ');
  bytes.insert(0, bytes.size() < 14 ? 14 - bytes.size() : 0, ' ');
  return text + rows + bytes + "\n";
}

std::string MembershipText(std::uint64_t number, const StoredMembership& membership) {
  std::string text =
      "  membership " + CodeText(number, 8) + ": " + Count(membership.leaves.rows, "member");
  if (membership.current_epoch.has_value()) {
    text += ", epoch " + std::to_string(*membership.current_epoch);
  }
  if (!membership.past_epochs.empty()) {
    text += ", past epochs " + EpochsText(membership.past_epochs);
  }
  text += "\n                              rows         bytes\n";
  text += Row("leaves", membership.leaves) + Row("parents", membership.parents);
  for (const auto& [name, tally] : membership.parts) text += Row(name, tally);
  return text + Row("all", membership.all);
}

Json JsonOf(const Tally& tally) { return {{"rows", tally.rows}, {"bytes", tally.bytes}}; }

Json JsonOf(std::uint64_t number, const StoredMembership& membership) {
  Json json = {{"membership", CodeText(number, 8)}, {"current_epoch", nullptr}};
  if (membership.current_epoch.has_value()) json["current_epoch"] = *membership.current_epoch;
  json["past_epochs"] = membership.past_epochs;
  json["all"] = JsonOf(membership.all);
  json["leaves"] = JsonOf(membership.leaves);
  json["parents"] = JsonOf(membership.parents);
  for (const auto& [name, tally] : membership.parts) json[name] = JsonOf(tally);
  return json;
}

}  // namespace

std::string RenderStoreText(const Store& store, bool has_colours) {
  const Paint paint(has_colours);
  std::string text = "storage";
  if (store.format.has_value()) text += " of format " + std::to_string(*store.format);
  text += std::string(store.is_sealed ? ", sealed" : ", not sealed") + ": " +
          Count(store.all.rows, "row") + ", " + Count(store.all.bytes, "byte") + " of values\n";
  text += Count(store.signers.rows, "signature key") + ", " +
          Count(store.key_packages.rows, "key package") + ", " +
          Count(store.psks.rows, "pre-shared key") + ", " + Count(store.app_rows.rows, "row") +
          " of the application\n";
  if (store.unknown.rows > 0) {
    text += paint(Colour::warning, Count(store.unknown.rows, "row") + " of unknown tables") + "\n";
  }
  text += Count(store.groups.size(), "group") + "\n";
  for (const auto& [id, group] : store.groups) {
    text += "\ngroup " + paint(Colour::name, TextOrHex(id, 64));
    if (group.is_pending) text += ", an external join is pending";
    if (!group.has_head && !group.is_pending) text += ", not a member";
    text += ", " + Count(group.resumption_psks, "resumption PSK") + "\n";
    for (const auto& [number, membership] : group.memberships) {
      text += MembershipText(number, membership);
    }
  }
  return text;
}

Json RenderStoreJson(const Store& store) {
  Json json = {{"format", nullptr}, {"sealed", store.is_sealed}, {"all", JsonOf(store.all)}};
  if (store.format.has_value()) json["format"] = *store.format;
  json["signers"] = JsonOf(store.signers);
  json["key_packages"] = JsonOf(store.key_packages);
  json["psks"] = JsonOf(store.psks);
  json["app_rows"] = JsonOf(store.app_rows);
  json["unknown"] = JsonOf(store.unknown);
  json["groups"] = Json::array();
  for (const auto& [id, group] : store.groups) {
    Json item = {{"group_id", ToHex(id)},
                 {"member", group.has_head},
                 {"pending", group.is_pending},
                 {"resumption_psks", group.resumption_psks}};
    item["memberships"] = Json::array();
    for (const auto& [number, membership] : group.memberships) {
      item["memberships"].push_back(JsonOf(number, membership));
    }
    json["groups"].push_back(std::move(item));
  }
  return json;
}

}  // namespace conclave::inspector
