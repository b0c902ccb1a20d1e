// Judge: what follows from an object beyond its fields. It computes hashes and references, verifies
// signatures whose keys are in the object, and holds it against the library's own rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conclave/crypto_provider.h"
#include "crypto/cipher_suite.h"
#include "diagnosis.h"
#include "finding.h"
#include "node.h"
#include "rfc9420/framing.h"
#include "tree/ratchet_tree.h"
#include "walk.h"

namespace conclave::inspector {

// What an object does not say, and whoever asks may know.
struct Questions {
  std::uint64_t now = 0;  // seconds since the Unix epoch
  std::optional<CipherSuite> cipher_suite = {};
  std::optional<GroupId> group_id = {};
  std::optional<LeafIndex> leaf = {};
  Bytes ratchet_tree = {};  // the content of a ratchet_tree extension that travelled apart
};

// The default provider.
const CryptoProvider& Provider();

// The suite of RFC 9420 whose keys have the leaf's sizes: the one that it lists first. Suites with
// the same sizes have the same hash and signature scheme.
std::optional<Suite> GuessSuite(const rfc9420::LeafNode& leaf);

class Judge {
 public:
  explicit Judge(const Questions& questions) : questions_(questions) {}

  // Judges the object that `root` shows. Of a T that has no overload there is nothing to say.
  template <class T>
  void Object(const T&, Node&) {}
  void Object(const rfc9420::MLSMessage& message, Node& root);
  void Object(const rfc9420::PublicMessage& message, Node& root);
  void Object(const rfc9420::AuthenticatedContent& content, Node& root);
  void Object(const rfc9420::KeyPackage& key_package, Node& root);
  void Object(const rfc9420::LeafNode& leaf, Node& root);
  void Object(const rfc9420::Proposal& proposal, Node& root);
  void Object(const rfc9420::Add& add, Node& root);
  void Object(const rfc9420::Update& update, Node& root);
  void Object(const rfc9420::Commit& commit, Node& root);
  void Object(const rfc9420::UpdatePath& path, Node& root);
  void Object(const rfc9420::GroupContext& context, Node& root);
  void Object(const rfc9420::GroupInfo& info, Node& root);
  void Object(const rfc9420::Welcome& welcome, Node& root);
  void Object(const RatchetTreeExtension& nodes, Node& root);

  // Everything that was found in the object, the worst first. `inside`: extensions whose content
  // does not decode.
  std::vector<Finding> Findings(const Node& root, const std::vector<Failure>& inside) const;

 private:
  // Where a part of an object stands, as far as that is known.
  struct Surroundings {
    std::optional<Suite> suite = {};
    std::optional<GroupId> group_id = {};
    std::optional<LeafIndex> leaf = {};
  };
  Surroundings Asked() const;

  void Note(const Node& node, std::string text);
  void Warn(const Node& node, std::string text, std::string rule = {});
  void Broken(const Node& node, const Error& error);
  void Wrong(const Node& node, std::string text, std::string rule);
  // The suite, or nothing, with a note, if this build does not have it.
  std::optional<Suite> SuiteOf(CipherSuite id, const Node& node);
  // Adds to a signature's node whether it is valid.
  void SignatureIs(Node& signature, bool is_valid, const char* rule, std::string note);
  static void SignatureIsOpen(Node& signature, std::string why);

  void KeyPackage(const rfc9420::KeyPackage& key_package, Node& node);
  // Whether no rule is broken. `source`: what the leaf's must be, if its place demands one.
  bool Leaf(const Surroundings& around, const rfc9420::LeafNode& leaf,
            std::optional<rfc9420::LeafNodeSource> source, Node& node);
  bool LeafRules(const Surroundings& around, const Suite& suite, const rfc9420::LeafNode& leaf,
                 std::optional<rfc9420::LeafNodeSource> source, Node& node);
  void LeafLifetime(const rfc9420::LeafNode& leaf, Node& node);

  void Authenticated(const rfc9420::AuthenticatedContent& content, Node& holder);
  void ContentSignature(const std::optional<Suite>& suite,
                        const rfc9420::AuthenticatedContent& content, Node& signature);
  std::optional<Suite> SuiteIn(const rfc9420::FramedContent& content) const;
  void Proposal(const Surroundings& around, const rfc9420::Proposal& proposal, Node& node);
  void Commit(const Surroundings& around, const rfc9420::Commit& commit, Node& node);

  void Context(const rfc9420::GroupContext& context, Node& node);
  void TreeOfGroupInfo(const Suite& suite, const rfc9420::GroupInfo& info, Node& node);
  // `holder` gets what is computed; `list` shows the nodes, if the object has them.
  void Tree(const Surroundings& around, const RatchetTree& tree, Node& holder, Node* list);

  struct Found {
    Severity severity;
    const Node* node;
    std::string text;
    std::string rule;
  };

  const Questions& questions_;
  std::vector<Found> found_;
};

}  // namespace conclave::inspector
