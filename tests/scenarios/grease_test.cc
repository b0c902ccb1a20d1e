// GREASE (RFC 9420, section 13.5): values that nobody knows are sent, and change nothing.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "rfc9420/framing.h"
#include "rfc9420/registries.h"
#include "support/conversation.h"
#include "support/must.h"
#include "support/parties.h"
#include "wire/parse.h"

namespace conclave::testing {
namespace {

template <class T>
std::size_t GreaseIn(const std::vector<T>& values) {
  return static_cast<std::size_t>(std::ranges::count_if(
      values, [](T value) { return rfc9420::IsGrease(static_cast<std::uint16_t>(value)); }));
}

std::size_t GreaseIn(const std::vector<Extension>& extensions) {
  std::vector<ExtensionType> types;
  for (const Extension& extension : extensions) types.push_back(extension.extension_type);
  return GreaseIn(types);
}

rfc9420::KeyPackage KeyPackageIn(BytesView message) {
  const auto parsed = wire::Parse<rfc9420::MLSMessage>(message).value();
  return *parsed.message.GetIf<rfc9420::KeyPackage>();
}

rfc9420::GroupInfo GroupInfoIn(BytesView message) {
  const auto parsed = wire::Parse<rfc9420::MLSMessage>(message).value();
  return *parsed.message.GetIf<rfc9420::GroupInfo>();
}

TEST_CASE("A key package carries GREASE wherever section 13.5 asks for it") {
  TestClient alice("alice");
  const auto key_package = KeyPackageIn(alice.KeyPackage());
  const Capabilities& capabilities = key_package.leaf_node.capabilities;
  CHECK(GreaseIn(capabilities.cipher_suites) == 1);
  CHECK(GreaseIn(capabilities.proposals) == 1);
  CHECK(GreaseIn(capabilities.credentials) == 1);
  CHECK(GreaseIn(key_package.leaf_node.extensions) == 1);
  CHECK(GreaseIn(key_package.extensions) == 1);
  // What the leaf and the key package carry is mirrored in the capabilities.
  for (const auto* extensions : {&key_package.extensions, &key_package.leaf_node.extensions}) {
    for (const Extension& extension : *extensions) {
      CHECK(std::ranges::find(capabilities.extensions, extension.extension_type) !=
            capabilities.extensions.end());
    }
  }
}

TEST_CASE("No GREASE is sent where it would get the message rejected") {
  TestClient alice("alice");
  const auto key_package = KeyPackageIn(alice.KeyPackage());
  CHECK(GreaseIn(key_package.leaf_node.capabilities.versions) == 0);
  const auto type = static_cast<std::uint16_t>(key_package.leaf_node.credential.tag());
  CHECK(!rfc9420::IsGrease(type));
  Session room = alice->CreateGroup().value();
  CHECK(GreaseIn(room.extensions()) == 0);
}

TEST_CASE("A GroupInfo carries a GREASE extension, and joiners ignore it") {
  TestClient alice("alice");
  TestClient bob("bob");
  Room room({&alice, &bob});
  const auto info = GroupInfoIn(MakeGroupInfo(room[0]).value());
  CHECK(GreaseIn(info.extensions) == 1);
  RequireHealthy(room.all());
}

TEST_CASE("A client can be told to send no GREASE") {
  TestClientOptions options;
  options.policy.grease = false;
  TestClient alice("alice", options);
  const auto key_package = KeyPackageIn(alice.KeyPackage());
  CHECK(GreaseIn(key_package.leaf_node.capabilities.cipher_suites) == 0);
  CHECK(GreaseIn(key_package.leaf_node.capabilities.extensions) == 0);
  CHECK(key_package.leaf_node.extensions.empty());
  CHECK(key_package.extensions.empty());
  Session room = alice->CreateGroup().value();
  CHECK(GreaseIn(GroupInfoIn(MakeGroupInfo(room).value()).extensions) == 0);
}

TEST_CASE("Default types are never listed, even when an application lists them") {
  TestClientOptions options;
  options.policy.grease = false;
  options.extensions = {ExtensionType::required_capabilities, ExtensionType{0xf001}};
  options.proposals = {ProposalType::add, ProposalType{0xf002}};
  options.leaf_extensions = {{ExtensionType::application_id, ToBytes("device 1")}};
  TestClient alice("alice", options);
  const auto key_package = KeyPackageIn(alice.KeyPackage());
  const Capabilities& capabilities = key_package.leaf_node.capabilities;
  CHECK(capabilities.extensions == std::vector<ExtensionType>{ExtensionType{0xf001}});
  CHECK(capabilities.proposals == std::vector<ProposalType>{ProposalType{0xf002}});
}

}  // namespace
}  // namespace conclave::testing
