// secret-tree.json: RFC 9420, sections 6.3.2, 9 and 9.1.
#include "schedule/secret_tree.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <utility>

#include "framing/private_message.h"
#include "support/must.h"
#include "support/test_suite.h"
#include "vectors/vectors.h"

namespace conclave::test {

namespace {

using nlohmann::json;

// As a receiver finds the key, which uses it up, and then as the sender, whose ratchet moves there.
void CheckKey(const Suite& suite, SecretTree& receiver, SecretTree& sender, RatchetId id,
              std::uint32_t generation, const Bytes& key, const Bytes& nonce) {
  OpeningKey opening = Must(receiver.PrepareOpening(suite, id.sender, id.type, generation, {}));
  CHECK(BytesOf(opening.key()) == key);
  CHECK(BytesOf(opening.nonce()) == nonce);
  receiver.Install(std::move(opening));

  for (;;) {
    const MessageKey sealing = Must(sender.NextKey(suite, id.sender, id.type));
    REQUIRE(sealing.generation <= generation);
    if (sealing.generation < generation) continue;
    CHECK(BytesOf(sealing.key) == key);
    CHECK(BytesOf(sealing.nonce) == nonce);
    return;
  }
}

void CheckSecretTree(const json& vector) {
  const Suite suite = TestSuite(CipherSuite{vector.at("cipher_suite")});
  const json& sender_data = vector.at("sender_data");
  const SenderDataKey sender_key =
      Must(DeriveSenderDataKey(suite, Secret::CopyOf(Hex(sender_data.at("sender_data_secret"))),
                               Hex(sender_data.at("ciphertext"))));
  CHECK(BytesOf(sender_key.key) == Hex(sender_data.at("key")));
  CHECK(BytesOf(sender_key.nonce) == Hex(sender_data.at("nonce")));

  const Secret encryption_secret = Secret::CopyOf(Hex(vector.at("encryption_secret")));
  const json& leaves = vector.at("leaves");
  const std::uint32_t width = WidthFor(static_cast<std::uint32_t>(leaves.size()));
  SecretTree receiver(encryption_secret.Clone(), width);
  SecretTree sender(encryption_secret.Clone(), width);
  for (std::uint32_t leaf = 0; leaf < leaves.size(); ++leaf) {
    for (const json& expected : leaves[leaf]) {
      const std::uint32_t generation = expected.at("generation");
      CheckKey(suite, receiver, sender, {{leaf}, RatchetType::handshake}, generation,
               Hex(expected.at("handshake_key")), Hex(expected.at("handshake_nonce")));
      CheckKey(suite, receiver, sender, {{leaf}, RatchetType::application}, generation,
               Hex(expected.at("application_key")), Hex(expected.at("application_nonce")));
    }
  }
  CHECK(receiver.nodes().empty());
}

}  // namespace

TEST_CASE("secret-tree.json", "[secret-tree]") {
  ForEachVector("secret-tree.json", "/0/leaves/0/0/application_key", CheckSecretTree);
}

}  // namespace conclave::test
