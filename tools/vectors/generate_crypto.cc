// crypto-basics, psk_secret, key-schedule and secret-tree: RFC 9420, sections 5.1, 5.2, 8 and 9.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "framing/private_message.h"
#include "generators.h"
#include "labeled/labeled.h"
#include "rfc9420/group_context.h"
#include "schedule/exporter.h"
#include "schedule/key_schedule.h"
#include "schedule/psk_secret.h"
#include "schedule/secret_tree.h"

namespace conclave::vectors {

namespace {

using nlohmann::json;

unsigned Number(const Suite& suite) { return static_cast<unsigned>(suite.id()); }

json Derivations(const Source& source) {
  const Suite& suite = source.suite();
  const Secret secret = source.RandomHashSecret();
  const Bytes value = source.Random(64);
  const Bytes context = source.Random(20);
  const std::uint32_t generation = source.Below(1000);
  return {
      {"ref_hash",
       {{"label", "a reference"},
        {"value", ToHex(value)},
        {"out", ToHex(RefHash(suite, "a reference", value).value())}}},
      {"expand_with_label",
       {{"secret", ToHex(secret)},
        {"label", "an expansion"},
        {"context", ToHex(context)},
        {"length", 33},
        {"out", ToHex(ExpandWithLabel(suite, secret, "an expansion", context, 33).value())}}},
      {"derive_secret",
       {{"secret", ToHex(secret)},
        {"label", "a secret"},
        {"out", ToHex(DeriveSecret(suite, secret, "a secret").value())}}},
      {"derive_tree_secret",
       {{"secret", ToHex(secret)},
        {"label", "a tree secret"},
        {"generation", generation},
        {"length", 17},
        {"out", ToHex(DeriveTreeSecret(suite, secret, "a tree secret", generation, 17).value())}}}};
}

json Signature(const Source& source) {
  const SoftwareSigner signer = source.NewSigner();
  const Bytes content = source.Random(50);
  return {{"priv", ToHex(signer.private_key())},
          {"pub", ToHex(signer.public_key())},
          {"content", ToHex(content)},
          {"label", "a signature"},
          {"signature", ToHex(SignWithLabel(signer, "a signature", content).value())}};
}

json Encryption(const Source& source) {
  const KeyPair keys = source.NewKemKeys();
  const Bytes context = source.Random(30);
  const Secret plaintext = source.RandomSecret(40);
  const rfc9420::HPKECiphertext sealed =
      EncryptWithLabel(source.suite(), keys.public_key, "an encryption", context, plaintext)
          .value();
  return {{"priv", ToHex(keys.private_key)},
          {"pub", ToHex(keys.public_key)},
          {"label", "an encryption"},
          {"context", ToHex(context)},
          {"plaintext", ToHex(plaintext)},
          {"kem_output", ToHex(sealed.kem_output)},
          {"ciphertext", ToHex(sealed.ciphertext)}};
}

json ExporterOf(const Source& source, const EpochSecrets& epoch) {
  const Bytes context = source.Random(32);
  return {
      {"label", "an export"},
      {"context", ToHex(context)},
      {"length", 48},
      {"secret",
       ToHex(
           ExportSecret(source.suite(), epoch.exporter_secret, "an export", context, 48).value())}};
}

json Names(const EpochSecrets& epoch) {
  return {{"init_secret", ToHex(epoch.init_secret.value)},
          {"sender_data_secret", ToHex(epoch.sender_data_secret)},
          {"encryption_secret", ToHex(epoch.encryption_secret)},
          {"exporter_secret", ToHex(epoch.exporter_secret)},
          {"epoch_authenticator", ToHex(epoch.epoch_authenticator)},
          {"external_secret", ToHex(epoch.external_secret)},
          {"confirmation_key", ToHex(epoch.confirmation_key)},
          {"membership_key", ToHex(epoch.membership_key)},
          {"resumption_psk", ToHex(epoch.resumption_psk)}};
}

// One message key of each kind at `generation`. The senders' ratchets move there.
json KeysAt(const Source& source, SecretTree& tree, LeafIndex leaf, std::uint32_t generation) {
  const auto key_at = [&](RatchetType type) {
    for (;;) {
      MessageKey key = tree.NextKey(source.suite(), leaf, type).value();
      if (key.generation == generation) return key;
    }
  };
  const MessageKey handshake = key_at(RatchetType::handshake);
  const MessageKey application = key_at(RatchetType::application);
  return {{"generation", generation},
          {"handshake_key", ToHex(handshake.key)},
          {"handshake_nonce", ToHex(handshake.nonce)},
          {"application_key", ToHex(application.key)},
          {"application_nonce", ToHex(application.nonce)}};
}

}  // namespace

void GenerateCryptoBasics(const Source& source, json& cases) {
  json made = Derivations(source);
  made["cipher_suite"] = Number(source.suite());
  made["sign_with_label"] = Signature(source);
  made["encrypt_with_label"] = Encryption(source);
  cases.push_back(std::move(made));
}

void GeneratePskSecret(const Source& source, json& cases) {
  for (const std::size_t count : {0U, 1U, 3U}) {
    json psks = json::array();
    std::vector<PskInput> inputs;
    for (std::size_t i = 0; i < count; ++i) {
      rfc9420::ExternalPSK external{source.Random(16)};
      const Bytes nonce = source.RandomHash();
      // A PSK can be of any length.
      Secret psk = source.RandomSecret(8 + 24 * i);
      psks.push_back(
          {{"psk_id", ToHex(external.psk_id)}, {"psk", ToHex(psk)}, {"psk_nonce", ToHex(nonce)}});
      rfc9420::PreSharedKeyID id;
      id.psk = decltype(id.psk)::Of(std::move(external));
      id.psk_nonce = nonce;
      inputs.push_back({std::move(id), std::move(psk)});
    }
    cases.push_back({{"cipher_suite", Number(source.suite())},
                     {"psks", std::move(psks)},
                     {"psk_secret", ToHex(DerivePskSecret(source.suite(), inputs).value().value)}});
  }
}

void GenerateKeySchedule(const Source& source, json& cases) {
  const Suite& suite = source.suite();
  rfc9420::GroupContext context;
  context.cipher_suite = suite.id();
  context.group_id = source.Random(16);
  InitSecret init_secret{source.RandomHashSecret()};
  json made = {{"cipher_suite", Number(suite)},
               {"group_id", ToHex(context.group_id)},
               {"initial_init_secret", ToHex(init_secret.value)},
               {"epochs", json::array()}};
  for (; context.epoch < 2; ++context.epoch) {
    context.tree_hash = source.RandomHash();
    context.confirmed_transcript_hash = source.RandomHash();
    const CommitSecret commit_secret{source.RandomHashSecret()};
    const PskSecret psk_secret{source.RandomHashSecret()};
    const Bytes serialized = wire::Serialize(context);
    const JoinerSecret joiner_secret =
        DeriveJoinerSecret(suite, init_secret, commit_secret, serialized).value();
    EpochSecrets epoch = DeriveEpochSecrets(suite, joiner_secret, psk_secret, serialized).value();

    json entry = Names(epoch);
    entry["tree_hash"] = ToHex(context.tree_hash);
    entry["confirmed_transcript_hash"] = ToHex(context.confirmed_transcript_hash);
    entry["commit_secret"] = ToHex(commit_secret.value);
    entry["psk_secret"] = ToHex(psk_secret.value);
    entry["group_context"] = ToHex(serialized);
    entry["joiner_secret"] = ToHex(joiner_secret.value);
    entry["welcome_secret"] = ToHex(DeriveWelcomeSecret(suite, joiner_secret, psk_secret).value());
    entry["external_pub"] =
        ToHex(DeriveExternalKeyPair(suite, epoch.external_secret).value().public_key);
    entry["exporter"] = ExporterOf(source, epoch);
    made["epochs"].push_back(std::move(entry));
    init_secret = std::move(epoch.init_secret);
  }
  cases.push_back(std::move(made));
}

void GenerateSecretTree(const Source& source, json& cases) {
  const Suite& suite = source.suite();
  for (const std::uint32_t width : {1U, 4U}) {
    const Secret encryption_secret = source.RandomHashSecret();
    SecretTree tree(encryption_secret.Clone(), width);
    json leaves = json::array();
    for (LeafIndex leaf; leaf.value < width; ++leaf.value) {
      json keys = json::array();
      for (const std::uint32_t generation : {0U, 7U}) {
        keys.push_back(KeysAt(source, tree, leaf, generation));
      }
      leaves.push_back(std::move(keys));
    }
    const Secret sender_data_secret = source.RandomHashSecret();
    const Bytes ciphertext = source.Random(77);
    const SenderDataKey sender_key =
        DeriveSenderDataKey(suite, sender_data_secret, ciphertext).value();
    cases.push_back({{"cipher_suite", Number(suite)},
                     {"encryption_secret", ToHex(encryption_secret)},
                     {"sender_data",
                      {{"sender_data_secret", ToHex(sender_data_secret)},
                       {"ciphertext", ToHex(ciphertext)},
                       {"key", ToHex(sender_key.key)},
                       {"nonce", ToHex(sender_key.nonce)}}},
                     {"leaves", std::move(leaves)}});
  }
}

}  // namespace conclave::vectors
