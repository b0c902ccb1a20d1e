// What the inspector computes, verifies and finds.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "base/hex.h"
#include "labeled/labeled.h"
#include "objects.h"
#include "render.h"
#include "support/must.h"
#include "support/test_suite.h"
#include "wire/parse.h"

namespace conclave::inspector {
namespace {

using test::Must;

bool Has(const Object& object, Severity severity, const std::string& text) {
  return std::ranges::any_of(object.findings, [&](const Finding& finding) {
    return finding.severity == severity && finding.text.find(text) != std::string::npos;
  });
}

const Computed* FindComputed(const Node& node, std::string_view name) {
  for (const Computed& computed : node.computed) {
    if (computed.name == name) return &computed;
  }
  return nullptr;
}

bool IsValid(const Node& signature) {
  const Computed* computed = FindComputed(signature, "valid");
  REQUIRE(computed != nullptr);
  return std::get<bool>(computed->value);
}

rfc9420::KeyPackage KeyPackageOf(const Bytes& message) {
  return *Must(wire::Parse<rfc9420::MLSMessage>(message)).message.GetIf<rfc9420::KeyPackage>();
}

}  // namespace

TEST_CASE("A key package has its reference and valid signatures") {
  Case([] {
    const Bytes message = ObjectOf("messages.json", "/0/mls_key_package");
    Object object = Describe(message, "", AtTimeOfVectors());
    Node& key_package = object.root.at("key_package");
    CHECK(ErrorsOf(object).empty());
    CHECK(IsValid(key_package.at("signature")));
    CHECK(IsValid(key_package.at("leaf_node").at("signature")));
    const Bytes wire = wire::Serialize(KeyPackageOf(message));
    const auto ref = Must(MakeKeyPackageRef(test::TestSuite(), wire));
    CHECK(std::get<Bytes>(FindComputed(key_package, "KeyPackageRef")->value) == ref.value);
  });
}

TEST_CASE("A changed signature is said to be not valid, and so is one over a changed field") {
  Case([] {
    rfc9420::KeyPackage changed = KeyPackageOf(ObjectOf("messages.json", "/0/mls_key_package"));
    changed.signature.back() ^= 1;
    Object object = Describe(wire::Serialize(changed), "", AtTimeOfVectors());
    CHECK_FALSE(IsValid(object.root.at("signature")));
    CHECK(IsValid(object.root.at("leaf_node").at("signature")));
    CHECK(Has(object, Severity::error, "the signature is not valid"));

    changed.leaf_node.credential = rfc9420::Credential::Of(BasicCredential{ToBytes("mallory")});
    object = Describe(wire::Serialize(changed), "", AtTimeOfVectors());
    CHECK_FALSE(IsValid(object.root.at("leaf_node").at("signature")));
  });
}

TEST_CASE("A broken rule is named with the library's id for it") {
  Case([] {
    rfc9420::KeyPackage changed = KeyPackageOf(ObjectOf("messages.json", "/0/mls_key_package"));
    changed.leaf_node.capabilities.versions.clear();
    const Object object = Describe(wire::Serialize(changed), "", AtTimeOfVectors());
    const auto found = std::ranges::find(object.findings, "7.2:version-listed", &Finding::rule);
    REQUIRE(found != object.findings.end());
    CHECK(found->field == "leaf_node");
    CHECK(found->severity == Severity::error);
  });
}

TEST_CASE("A lifetime that has ended, or has not begun, is a warning") {
  Case([] {
    const Bytes message = ObjectOf("messages.json", "/0/mls_key_package");
    Questions questions = AtTimeOfVectors();
    questions.now += 91 * 86400;
    CHECK(Has(Describe(message, "", questions), Severity::warning, "lifetime ended 2027-04-15"));
    questions.now = 1'700'000'000;
    CHECK(Has(Describe(message, "", questions), Severity::warning, "lifetime begins 2027-01-15"));
  });
}

TEST_CASE("Unknown extensions are found, and GREASE is said to be that") {
  Case([] {
    rfc9420::KeyPackage changed = KeyPackageOf(ObjectOf("messages.json", "/0/mls_key_package"));
    changed.extensions.push_back({ExtensionType{0xbaba}, {}});
    changed.extensions.push_back({ExtensionType{0x1234}, {}});
    const Object object = Describe(wire::Serialize(changed), "", AtTimeOfVectors());
    CHECK(Has(object, Severity::note, "unknown extension 0xBABA (GREASE)"));
    CHECK(Has(object, Severity::note, "unknown extension 0x1234"));
  });
}

TEST_CASE("An extension whose content is another thing is shown, and is an error") {
  Case([] {
    rfc9420::GroupContext context;
    context.cipher_suite = CipherSuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519;
    context.extensions.push_back({ExtensionType::required_capabilities, {0x05, 1}});
    const Object object = Describe(wire::Serialize(context), "GroupContext", AtTimeOfVectors());
    const auto found = std::ranges::find(
        object.findings, "extensions[0].required_capabilities.extension_types", &Finding::field);
    REQUIRE(found != object.findings.end());
    CHECK(found->severity == Severity::error);
    CHECK(found->text ==
          "the content does not decode: a vector announces 5 bytes, and 1 byte is left");
    CHECK(RenderText(object, {}).find("extension_data: 0501") != std::string::npos);
  });
}

TEST_CASE("A GroupInfo is held against the tree inside it") {
  Case([] {
    const Bytes message = ObjectOf("messages.json", "/0/mls_group_info");
    const auto parsed = Must(wire::Parse<rfc9420::MLSMessage>(message));
    rfc9420::GroupInfo info = *parsed.message.GetIf<rfc9420::GroupInfo>();
    Object object = Describe(message, "", AtTimeOfVectors());
    INFO(ErrorsOf(object));
    CHECK(ErrorsOf(object).empty());
    CHECK(IsValid(object.root.at("group_info").at("signature")));

    info.group_context.tree_hash.back() ^= 1;
    object = Describe(wire::Serialize(info), "GroupInfo", AtTimeOfVectors());
    CHECK(Has(object, Severity::error, "the ratchet tree has another hash"));
    CHECK_FALSE(IsValid(object.root.at("signature")));
  });
}

TEST_CASE("A GroupInfo without its tree is verified with one that is given") {
  Case([] {
    const auto message =
        Must(wire::Parse<rfc9420::MLSMessage>(ObjectOf("messages.json", "/0/mls_group_info")));
    rfc9420::GroupInfo info = *message.message.GetIf<rfc9420::GroupInfo>();
    const auto tree =
        std::ranges::find(info.extensions, ExtensionType::ratchet_tree, &Extension::extension_type);
    REQUIRE(tree != info.extensions.end());
    const Bytes data = tree->extension_data;
    info.extensions.erase(tree);
    Questions questions = AtTimeOfVectors();
    Object object = Describe(wire::Serialize(info), "GroupInfo", questions);
    const Computed* open = FindComputed(object.root.at("signature"), "valid");
    REQUIRE(open != nullptr);
    CHECK(std::holds_alternative<std::monostate>(open->value));

    // The signature covers the extensions, the missing one too.
    questions.ratchet_tree = data;
    object = Describe(wire::Serialize(info), "GroupInfo", questions);
    CHECK_FALSE(IsValid(object.root.at("signature")));
    CHECK(std::get<bool>(
        FindComputed(object.root.at("group_context").at("tree_hash"), "matches")->value));
  });
}

TEST_CASE("A proposal's reference is computed if the suite is known") {
  Case([] {
    const Bytes message = ObjectOf("messages.json", "/0/public_message_proposal");
    Questions questions = AtTimeOfVectors();
    questions.cipher_suite = CipherSuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519;
    Object object = Describe(message, "", questions);
    const auto parsed = Must(wire::Parse<rfc9420::MLSMessage>(message));
    const auto& body = *parsed.message.GetIf<rfc9420::PublicMessage>();
    const rfc9420::AuthenticatedContent content{rfc9420::WireFormat::mls_public_message,
                                                body.content, body.auth};
    const auto ref = Must(MakeProposalRef(test::TestSuite(), wire::Serialize(content)));
    const Computed* computed = FindComputed(object.root.at("public_message"), "ProposalRef");
    REQUIRE(computed != nullptr);
    CHECK(std::get<Bytes>(computed->value) == ref.value);
  });
}

TEST_CASE("No secret is shown") {
  Case([] {
    const Bytes secrets = ObjectOf("messages.json", "/0/group_secrets");
    const Object object = Describe(secrets, "GroupSecrets", AtTimeOfVectors());
    const std::string shown = RenderText(object, {true, true, false}) + RenderJson(object).dump();
    const auto parsed = Must(wire::Parse<rfc9420::GroupSecrets>(secrets));
    const auto hex = [](const Secret& secret) {
      return ToHex(secret.ExposeForProvider()).substr(0, 16);
    };
    CHECK(shown.find(hex(parsed.joiner_secret)) == std::string::npos);
    REQUIRE(parsed.path_secret.has_value());
    CHECK(shown.find(hex(parsed.path_secret->path_secret)) == std::string::npos);
    CHECK(shown.find("a secret of 32 bytes, not shown") != std::string::npos);
  });
}

TEST_CASE("What an attacker named himself does not reach the terminal") {
  Case([] {
    const std::vector<std::string> names = {"\033[2J", "a\nb",
                                            "\xe2\x80\xae"
                                            "gpj",
                                            "\xc3\x28", "\xed\xa0\x80"};
    for (const std::string& name : names) {
      rfc9420::KeyPackage changed = KeyPackageOf(ObjectOf("messages.json", "/0/mls_key_package"));
      changed.leaf_node.credential = rfc9420::Credential::Of(BasicCredential{ToBytes(name)});
      const Object object = Describe(wire::Serialize(changed), "", AtTimeOfVectors());
      CHECK(RenderText(object, {}).find(name) == std::string::npos);
    }
  });
}

}  // namespace conclave::inspector
