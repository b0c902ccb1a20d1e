#include "model/operation.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>

namespace conclave::testing::model {

namespace {

constexpr std::array<const char*, kVerbs> kVerbNames = {
    "create",    "package",   "send",    "propose",  "request", "outside", "commit",
    "withdraw",  "deliver",   "publish", "external", "enter",   "abandon", "join",
    "delivered", "give",      "take",    "forget",   "close",   "open",    "copy",
    "restore",   "roll_back", "leave",   "branch",   "succeed", "audit"};

constexpr std::array<const char*, kKeys> kKeyNames = {
    "who",      "group",   "mail", "package",    "info",       "copy",   "add",
    "remove",   "update",  "psk",  "resumption", "extensions", "custom", "reinit",
    "identity", "exclude", "path", "joiners",    "replace",    "sender", "last",
    "tree",     "version", "drop", "flip",       "cut",        "grow",   "readdress"};

template <class Names>
std::optional<std::size_t> IndexOf(const Names& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

template <class T>
std::optional<T> ParseNumber(std::string_view text) {
  T number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "name=number".
template <class T>
std::optional<std::pair<std::string_view, T>> ParsePair(std::string_view word) {
  const std::size_t split = word.find('=');
  if (split == std::string_view::npos) return std::nullopt;
  const auto number = ParseNumber<T>(word.substr(split + 1));
  if (!number.has_value()) return std::nullopt;
  return std::pair(word.substr(0, split), *number);
}

std::optional<Setting> ParseSetting(std::istream& words) {
  Setting setting;
  for (std::string word; words >> word;) {
    const auto pair = ParsePair<std::uint64_t>(word);
    if (!pair.has_value()) return std::nullopt;
    const auto& [name, value] = *pair;
    const auto small = static_cast<Number>(value);
    if (name == "suite") {
      setting.suite = small;
    } else if (name == "clients") {
      setting.clients = small;
    } else if (name == "groups") {
      setting.groups = small;
    } else if (name == "seed") {
      setting.seed = value;
    } else if (name == "lie") {
      setting.lie = static_cast<Lie>(small);
    } else {
      return std::nullopt;
    }
  }
  return setting;
}

std::optional<Operation> ParseOperation(std::string_view number, std::istream& words) {
  std::string word;
  words >> word;
  const auto parsed = ParseNumber<Number>(number);
  const auto verb = IndexOf(kVerbNames, word);
  if (!parsed.has_value() || !verb.has_value()) return std::nullopt;
  Operation operation{*parsed, static_cast<Verb>(*verb)};
  while (words >> word) {
    const auto pair = ParsePair<Number>(word);
    const auto key = pair.has_value() ? IndexOf(kKeyNames, pair->first) : std::nullopt;
    if (!key.has_value()) return std::nullopt;
    operation.With(static_cast<Key>(*key), pair->second);
  }
  return operation;
}

}  // namespace

const char* NameOf(Verb verb) { return kVerbNames[static_cast<std::size_t>(verb)]; }

std::optional<Number> Operation::Find(Key key) const {
  const auto found = std::ranges::find(details, key, &Detail::key);
  return found == details.end() ? std::nullopt : std::optional(found->value);
}

std::vector<Number> Operation::All(Key key) const {
  std::vector<Number> values;
  for (const Detail& detail : details) {
    if (detail.key == key) values.push_back(detail.value);
  }
  return values;
}

Operation& Operation::With(Key key, Number value) {
  details.push_back({key, value});
  return *this;
}

std::string Print(const Operation& operation) {
  std::string text = std::to_string(operation.number) + " " + NameOf(operation.verb);
  for (const Detail& detail : operation.details) {
    text += std::string(" ") + kKeyNames[static_cast<std::size_t>(detail.key)] + "=" +
            std::to_string(detail.value);
  }
  return text;
}

std::string Print(const Setting& setting) {
  std::string text = "world suite=" + std::to_string(setting.suite) +
                     " clients=" + std::to_string(setting.clients) +
                     " groups=" + std::to_string(setting.groups) +
                     " seed=" + std::to_string(setting.seed);
  if (setting.lie != Lie::none) text += " lie=" + std::to_string(static_cast<int>(setting.lie));
  return text;
}

std::string Print(const Script& script) {
  std::string text = Print(script.setting) + "\n";
  for (const Operation& operation : script.operations) text += Print(operation) + "\n";
  return text;
}

std::optional<Script> ParseScript(std::string_view text) {
  std::istringstream lines{std::string(text)};
  std::optional<Script> script;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string first;
    if (!(words >> first)) continue;
    if (!script.has_value()) {
      const auto setting = first == "world" ? ParseSetting(words) : std::nullopt;
      if (!setting.has_value()) return std::nullopt;
      script = Script{*setting, {}};
      continue;
    }
    const auto operation = ParseOperation(first, words);
    if (!operation.has_value()) return std::nullopt;
    script->operations.push_back(*operation);
  }
  return script;
}

}  // namespace conclave::testing::model
