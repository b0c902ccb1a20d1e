// messages.json: every struct of RFC 9420 that is sent decodes, and encodes to the same bytes
// (sections 6, 7, 10 and 12).
#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <vector>

#include "rfc9420/framing.h"
#include "support/must.h"
#include "vectors/vectors.h"
#include "wire/parse.h"

namespace conclave::test {

namespace {

using nlohmann::json;
using RatchetTreeExtension = std::vector<std::optional<rfc9420::Node>>;

// What `hex` holds, if it is a T and nothing but the bytes of one.
template <class T>
T Canonical(const json& hex) {
  const Bytes wire = Hex(hex);
  T value = Must(wire::Parse<T>(wire));
  CHECK(wire::Serialize(value) == wire);
  return value;
}

template <class T>
void CheckMessage(const json& hex) {
  CHECK(Canonical<rfc9420::MLSMessage>(hex).message.Is<T>());
}

template <class T>
void CheckPublicMessage(const json& hex) {
  const auto message = Canonical<rfc9420::MLSMessage>(hex);
  const auto* public_message = message.message.GetIf<rfc9420::PublicMessage>();
  REQUIRE(public_message != nullptr);
  CHECK(public_message->content.content.Is<T>());
}

void CheckGroupSecrets(const json& hex) {
  const Bytes wire = Hex(hex);
  const auto secrets = Must(wire::Parse<rfc9420::GroupSecrets>(wire));
  CHECK(ToBytes(wire::SerializeSecret(secrets).ExposeForProvider()) == wire);
}

void CheckMessages(const json& vector) {
  CheckMessage<rfc9420::Welcome>(vector.at("mls_welcome"));
  CheckMessage<rfc9420::GroupInfo>(vector.at("mls_group_info"));
  CheckMessage<rfc9420::KeyPackage>(vector.at("mls_key_package"));

  Canonical<RatchetTreeExtension>(vector.at("ratchet_tree"));
  CheckGroupSecrets(vector.at("group_secrets"));

  Canonical<rfc9420::Add>(vector.at("add_proposal"));
  Canonical<rfc9420::Update>(vector.at("update_proposal"));
  Canonical<rfc9420::Remove>(vector.at("remove_proposal"));
  Canonical<rfc9420::PreSharedKey>(vector.at("pre_shared_key_proposal"));
  Canonical<rfc9420::ReInit>(vector.at("re_init_proposal"));
  Canonical<rfc9420::ExternalInit>(vector.at("external_init_proposal"));
  Canonical<rfc9420::GroupContextExtensions>(vector.at("group_context_extensions_proposal"));
  Canonical<rfc9420::Commit>(vector.at("commit"));

  CheckPublicMessage<rfc9420::ApplicationData>(vector.at("public_message_application"));
  CheckPublicMessage<rfc9420::Proposal>(vector.at("public_message_proposal"));
  CheckPublicMessage<rfc9420::Commit>(vector.at("public_message_commit"));
  CheckMessage<rfc9420::PrivateMessage>(vector.at("private_message"));
}

}  // namespace

TEST_CASE("messages.json", "[messages]") {
  ForEachVector("messages.json", "/0/commit", CheckMessages);
}

}  // namespace conclave::test
