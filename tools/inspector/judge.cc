#include "judge.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "code_points.h"
#include "conclave/boringssl_provider.h"

namespace conclave::inspector {

namespace {

std::size_t SignatureKeySize(SignatureScheme scheme) {
  switch (scheme) {
    case SignatureScheme::ecdsa_secp256r1_sha256:
      return 65;
    case SignatureScheme::ecdsa_secp384r1_sha384:
      return 97;
    case SignatureScheme::ecdsa_secp521r1_sha512:
      return 133;
    case SignatureScheme::ed25519:
      return 32;
    case SignatureScheme::ed448:
      return 57;
  }
  return 0;
}

bool FitsKeys(const SuiteParameters& suite, const rfc9420::LeafNode& leaf) {
  return SizesOf(suite.kem).public_key == leaf.encryption_key.size() &&
         SignatureKeySize(suite.signature) == leaf.signature_key.size();
}

// A code point of a field of its own that the RFC has no name for. Those in lists of capabilities
// are what such lists are for.
void CollectUnnamed(const Node& node, std::vector<const Node*>& unnamed) {
  const bool is_element = *node.name == '\0';
  if (node.kind == Kind::code_point && !node.is_named && !is_element) unnamed.push_back(&node);
  for (const Node& child : node.children) CollectUnnamed(child, unnamed);
}

// The paths of the nodes that are keys of `paths`.
void FindPaths(const Node& node, const std::string& path,
               std::map<const Node*, std::string>& paths) {
  if (const auto wanted = paths.find(&node); wanted != paths.end()) wanted->second = path;
  std::size_t index = 0;
  for (const Node& child : node.children) {
    if (node.kind == Kind::list) {
      FindPaths(child, path + "[" + std::to_string(index++) + "]", paths);
    } else {
      FindPaths(child, path.empty() ? child.name : path + "." + child.name, paths);
    }
  }
}

}  // namespace

const CryptoProvider& Provider() {
  static const BoringSslProvider provider;
  return provider;
}

std::optional<Suite> GuessSuite(const rfc9420::LeafNode& leaf) {
  const auto& listed = leaf.capabilities.cipher_suites;
  const SuiteParameters* found = nullptr;
  auto best = listed.end();
  for (const SuiteParameters& suite : RfcSuites()) {
    if (!FitsKeys(suite, leaf)) continue;
    const auto place = std::ranges::find(listed, suite.id);
    if (found == nullptr || place < best) {
      found = &suite;
      best = place;
    }
  }
  if (found == nullptr) return std::nullopt;
  auto suite = Suite::Create(*found, Provider());
  return suite.ok() ? std::optional(*suite) : std::nullopt;
}

Judge::Surroundings Judge::Asked() const {
  Surroundings around;
  if (questions_.cipher_suite.has_value()) {
    auto suite = FindSuite(*questions_.cipher_suite, Provider());
    if (suite.ok()) around.suite = *suite;
  }
  around.group_id = questions_.group_id;
  around.leaf = questions_.leaf;
  return around;
}

void Judge::Note(const Node& node, std::string text) {
  found_.push_back({Severity::note, &node, std::move(text), {}});
}

void Judge::Warn(const Node& node, std::string text, std::string rule) {
  found_.push_back({Severity::warning, &node, std::move(text), std::move(rule)});
}

void Judge::Wrong(const Node& node, std::string text, std::string rule) {
  found_.push_back({Severity::error, &node, std::move(text), std::move(rule)});
}

void Judge::Broken(const Node& node, const Error& error) {
  const std::string rule = error.detail;
  switch (error.kind) {
    case ErrorKind::kUnsupported:
    case ErrorKind::kCrypto:
      return Note(node, "not checked: " + rule);
    case ErrorKind::kRejectedByPolicy:
      return Warn(node, "more than the library accepts by default", rule);
    default:
      break;
  }
  const std::size_t colon = rule.find(':');
  std::string name = rule.substr(colon == std::string::npos ? 0 : colon + 1);
  std::ranges::replace(name, '-', ' ');
  Wrong(node, "a rule is broken: " + name, rule);
}

std::optional<Suite> Judge::SuiteOf(CipherSuite id, const Node& node) {
  auto suite = FindSuite(id, Provider());
  if (suite.ok()) return *suite;
  Note(node, "this build does not have the cipher suite " + CipherSuiteText(id) +
                 ": nothing is computed or verified");
  return std::nullopt;
}

void Judge::SignatureIs(Node& signature, bool is_valid, const char* rule, std::string note) {
  signature.computed.push_back({"valid", is_valid, std::move(note)});
  if (!is_valid) Wrong(signature, "the signature is not valid", rule);
}

void Judge::SignatureIsOpen(Node& signature, std::string why) {
  signature.computed.push_back({"valid", std::monostate(), std::move(why)});
}

std::vector<Finding> Judge::Findings(const Node& root, const std::vector<Failure>& inside) const {
  std::vector<Found> all = found_;
  std::vector<const Node*> unnamed;
  CollectUnnamed(root, unnamed);
  for (const Node* node : unnamed) {
    std::string text =
        std::string("unknown ") + node->noun + " " + CodeText(node->number, node->width);
    if (node->meaning != "unknown") text += " (" + node->meaning + ")";
    all.push_back({Severity::note, node, std::move(text), {}});
  }
  std::map<const Node*, std::string> paths;
  for (const Found& found : all) paths[found.node];
  FindPaths(root, "", paths);

  std::vector<Finding> findings;
  for (const Failure& failure : inside) {
    findings.push_back({Severity::error, "the content does not decode: " + failure.reason,
                        failure.section, failure.field, failure.offset});
  }
  for (const Found& found : all) {
    findings.push_back(
        {found.severity, found.text, found.rule, paths[found.node], found.node->offset});
  }
  std::ranges::sort(findings, [](const Finding& a, const Finding& b) {
    return std::tie(b.severity, a.offset, a.text) < std::tie(a.severity, b.offset, b.text);
  });
  return findings;
}

}  // namespace conclave::inspector
