// RFC 9420, sections 8, 8.3 and 8.5. That the values are the RFC's is for tests/vectors to show.
#include "schedule/key_schedule.h"

#include <catch2/catch_test_macros.hpp>
#include <set>
#include <utility>
#include <vector>

#include "schedule/exporter.h"
#include "support/must.h"
#include "support/test_suite.h"
#include "support/watched_provider.h"

namespace conclave {
namespace {

using test::BytesOf;
using test::FilledSecret;
using test::KindOf;
using test::TestSuite;

const Bytes kContext = ToBytes("a serialized GroupContext");

JoinerSecret Joiner(std::uint8_t fill) { return {FilledSecret(32, fill)}; }

std::vector<Bytes> All(const EpochSecrets& epoch) {
  return {BytesOf(epoch.sender_data_secret), BytesOf(epoch.encryption_secret),
          BytesOf(epoch.exporter_secret),    BytesOf(epoch.external_secret),
          BytesOf(epoch.confirmation_key),   BytesOf(epoch.membership_key),
          BytesOf(epoch.resumption_psk),     BytesOf(epoch.epoch_authenticator),
          BytesOf(epoch.init_secret.value)};
}

TEST_CASE("An epoch has nine different secrets of the size of the hash, in every suite") {
  for (const Suite& suite : test::AllSuites()) {
    const EpochSecrets epoch =
        DeriveEpochSecrets(suite, FilledSecret(suite.hash_size(), 3)).value();
    const std::vector<Bytes> all = All(epoch);
    CHECK(std::set<Bytes>(all.begin(), all.end()).size() == 9);
    for (const Bytes& secret : all) CHECK(secret.size() == suite.hash_size());
  }
}

TEST_CASE("Whoever differs in the joiner secret, the PSK or the context is in another epoch") {
  const Suite suite = TestSuite();
  const auto derive = [&](std::uint8_t joiner, std::uint8_t psk, BytesView context) {
    return All(DeriveEpochSecrets(suite, Joiner(joiner), {FilledSecret(32, psk)}, context).value());
  };
  const std::vector<Bytes> epoch = derive(1, 2, kContext);
  CHECK(derive(1, 2, kContext) == epoch);
  CHECK(derive(9, 2, kContext) != epoch);
  CHECK(derive(1, 9, kContext) != epoch);
  CHECK(derive(1, 2, AsBytes("another")) != epoch);
  CHECK(derive(2, 1, kContext) != epoch);
}

TEST_CASE("A commit without a path and without PSKs contributes zeros") {
  for (const Suite& suite : test::AllSuites()) {
    CHECK(BytesOf(NoCommitSecret(suite).value) == Bytes(suite.hash_size(), 0));
    CHECK(BytesOf(NoPskSecret(suite).value) == Bytes(suite.hash_size(), 0));
  }
}

TEST_CASE("The joiner secret binds the init secret, the commit secret and the context") {
  const Suite suite = TestSuite();
  const auto derive = [&](std::uint8_t init, std::uint8_t commit, BytesView context) {
    return BytesOf(
        DeriveJoinerSecret(suite, {FilledSecret(32, init)}, {FilledSecret(32, commit)}, context)
            .value()
            .value);
  };
  const Bytes joiner = derive(1, 2, kContext);
  CHECK(derive(9, 2, kContext) != joiner);
  CHECK(derive(1, 9, kContext) != joiner);
  CHECK(derive(1, 2, AsBytes("another")) != joiner);
  CHECK(derive(2, 1, kContext) != joiner);
}

TEST_CASE("A Welcome's key and nonce have the sizes of the suite's AEAD") {
  for (const Suite& suite : test::AllSuites()) {
    const Secret welcome_secret = DeriveWelcomeSecret(suite, Joiner(1), NoPskSecret(suite)).value();
    CHECK(welcome_secret.size() == suite.hash_size());
    const WelcomeKey welcome = DeriveWelcomeKey(suite, welcome_secret).value();
    CHECK(welcome.key.size() == suite.aead_key_size());
    CHECK(welcome.nonce.size() == suite.aead_nonce_size());
  }
}

TEST_CASE("Who joins externally and the members find the same init secret, in every suite") {
  for (const Suite& suite : test::AllSuites()) {
    const Secret external_secret = FilledSecret(suite.hash_size(), 5);
    const KeyPair external = DeriveExternalKeyPair(suite, external_secret).value();
    const ExternalInitSent sent = SendExternalInit(suite, external.public_key).value();
    CHECK(sent.init_secret.value.size() == suite.hash_size());
    const InitSecret received =
        ReceiveExternalInit(suite, external_secret, sent.kem_output).value();
    CHECK(BytesOf(received.value) == BytesOf(sent.init_secret.value));

    const ExternalInitSent again = SendExternalInit(suite, external.public_key).value();
    CHECK(BytesOf(again.init_secret.value) != BytesOf(sent.init_secret.value));
  }
}

TEST_CASE("Keys that are no keys are malformed") {
  const Suite suite = TestSuite();
  const Secret external_secret = FilledSecret(32, 5);
  for (const std::size_t size : {0U, 31U, 32U, 33U}) {
    // 32 zero bytes are X25519's point of low order.
    const Bytes no_key(size, 0);
    CHECK(KindOf(SendExternalInit(suite, no_key)) == ErrorKind::kMalformed);
    CHECK(KindOf(ReceiveExternalInit(suite, external_secret, no_key)) == ErrorKind::kMalformed);
  }
}

TEST_CASE("A confirmation tag is a MAC over the confirmed transcript hash") {
  const Suite suite = TestSuite();
  const Secret key = FilledSecret(32, 1);
  const Bytes tag = MakeConfirmationTag(suite, key, AsBytes("transcript")).value();
  CHECK(tag.size() == suite.hash_size());
  CHECK(MakeConfirmationTag(suite, key, AsBytes("Transcript")).value() != tag);
  CHECK(MakeConfirmationTag(suite, FilledSecret(32, 2), AsBytes("transcript")).value() != tag);
  CHECK(MakeConfirmationTag(suite, key, {}).ok());
}

TEST_CASE("Exported secrets differ by label, context and length") {
  const Suite suite = TestSuite();
  const Secret exporter = FilledSecret(32, 1);
  const auto derive = [&](std::string_view label, std::string_view context, std::size_t length) {
    return BytesOf(ExportSecret(suite, exporter, label, AsBytes(context), length).value());
  };
  const Bytes secret = derive("label", "context", 32);
  CHECK(secret.size() == 32);
  CHECK(derive("label", "context", 32) == secret);
  CHECK(derive("Label", "context", 32) != secret);
  CHECK(derive("label", "Context", 32) != secret);
  const Bytes longer = derive("label", "context", 64);
  CHECK(Bytes(longer.begin(), longer.begin() + 32) != secret);
}

TEST_CASE("An export is as long as the KDF allows, and not longer") {
  for (const Suite& suite : test::AllSuites()) {
    const Secret exporter = FilledSecret(suite.hash_size(), 1);
    const std::size_t most = 255 * suite.hash_size();
    CHECK(ExportSecret(suite, exporter, "x", {}, 0).value().empty());
    CHECK(ExportSecret(suite, exporter, "x", {}, most).value().size() == most);
    CHECK(KindOf(ExportSecret(suite, exporter, "x", {}, most + 1)) == ErrorKind::kMisuse);
    CHECK(KindOf(ExportSecret(suite, exporter, "x", {}, 65536 + 32)) == ErrorKind::kMisuse);
  }
}

TEST_CASE("A provider's failure anywhere in the key schedule is reported as such") {
  test::WatchedProvider provider(test::Provider());
  const Suite suite = test::SuiteOver(provider);
  for (std::uint64_t calls = 0;; ++calls) {
    provider.FailAfter(calls);
    const auto epoch = DeriveEpochSecrets(suite, Joiner(1), NoPskSecret(suite), kContext);
    if (epoch.ok()) {
      CHECK(calls >= 11);
      break;
    }
    CHECK(KindOf(epoch) == ErrorKind::kCrypto);
  }
}

}  // namespace
}  // namespace conclave
