// RFC 9180, sections 4.1 and 7.1: DHKEM.
#include "hpke/kem.h"

#include <catch2/catch_test_macros.hpp>
#include <set>
#include <span>
#include <vector>

#include "crypto/cipher_suite.h"
#include "support/forwarding_provider.h"
#include "support/test_suite.h"

namespace conclave::test {

namespace {

constexpr KemId kKems[] = {KemId::dhkem_p256_sha256, KemId::dhkem_p384_sha384,
                           KemId::dhkem_p521_sha512, KemId::dhkem_x25519_sha256,
                           KemId::dhkem_x448_sha512};

class WithoutRandomness final : public ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;
  Result<KeyPair> DhGenerate(KemId) const override {
    return Error{ErrorKind::kCrypto, "no randomness"};
  }
};

// Finds that the first `refusals` scalars it is shown are not valid.
class RefusingScalars final : public ForwardingProvider {
 public:
  RefusingScalars(const CryptoProvider& below, int refusals)
      : ForwardingProvider(below), refusals_(refusals) {}
  Result<Bytes> DhPublicKey(KemId kem, BytesView private_key) const override {
    if (refusals_-- > 0) return Error{ErrorKind::kMalformed, "not this one"};
    return below_.DhPublicKey(kem, private_key);
  }

 private:
  mutable int refusals_;
};

}  // namespace

TEST_CASE("Both ends of a KEM have the same secret") {
  for (const KemId kem : kKems) {
    const auto recipient = KemGenerateKeyPair(Provider(), kem);
    REQUIRE(recipient.ok());
    const KemSizes sizes = SizesOf(kem);
    CHECK(recipient->public_key.size() == sizes.public_key);
    CHECK(recipient->private_key.size() == sizes.private_key);
    const auto encapsulation = KemEncap(Provider(), kem, recipient->public_key);
    REQUIRE(encapsulation.ok());
    CHECK(encapsulation->kem_output.size() == sizes.kem_output);
    CHECK(encapsulation->shared_secret.size() == sizes.shared_secret);
    const auto secret = KemDecap(Provider(), kem, recipient->private_key, recipient->public_key,
                                 encapsulation->kem_output);
    REQUIRE(secret.ok());
    CHECK(ConstantTimeEquals(*secret, encapsulation->shared_secret));
  }
}

TEST_CASE("A batch of encapsulations is one for each key, in their order") {
  for (const KemId kem : kKems) {
    std::vector<KeyPair> recipients;
    std::vector<BytesView> public_keys;
    for (int i = 0; i < 5; ++i) recipients.push_back(KemGenerateKeyPair(Provider(), kem).value());
    for (const KeyPair& recipient : recipients) public_keys.emplace_back(recipient.public_key);
    const auto batch = KemEncapBatch(Provider(), kem, public_keys).value();
    REQUIRE(batch.size() == recipients.size());
    std::set<Bytes> outputs;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      outputs.insert(batch[i].kem_output);
      const auto secret = KemDecap(Provider(), kem, recipients[i].private_key,
                                   recipients[i].public_key, batch[i].kem_output);
      CHECK(ConstantTimeEquals(secret.value(), batch[i].shared_secret));
    }
    CHECK(outputs.size() == batch.size());
    CHECK(KemEncapBatch(Provider(), kem, {}).value().empty());

    public_keys[3] = public_keys[3].first(5);
    CHECK(KemEncapBatch(Provider(), kem, public_keys).error().kind == ErrorKind::kMalformed);
  }
}

TEST_CASE("A provider that leaves out a key of a batch has failed") {
  class Forgetful final : public ForwardingProvider {
   public:
    using ForwardingProvider::ForwardingProvider;
    Result<std::vector<DhEncapsulation>> DhEncapBatch(
        KemId kem, std::span<const BytesView> public_keys) const override {
      return below_.DhEncapBatch(kem, public_keys.first(public_keys.size() - 1));
    }
  };
  const Forgetful provider(Provider());
  const KeyPair recipient = KemGenerateKeyPair(Provider(), KemId::dhkem_x25519_sha256).value();
  const BytesView keys[] = {recipient.public_key, recipient.public_key};
  CHECK(KemEncapBatch(provider, KemId::dhkem_x25519_sha256, keys).error().kind ==
        ErrorKind::kCrypto);
}

TEST_CASE("A key pair is determined by its input") {
  for (const KemId kem : kKems) {
    const auto pair = KemDeriveKeyPair(Provider(), kem, FilledSecret(32, 1)).value();
    const auto same = KemDeriveKeyPair(Provider(), kem, FilledSecret(32, 1)).value();
    const auto other = KemDeriveKeyPair(Provider(), kem, FilledSecret(32, 2)).value();
    CHECK(pair.public_key == same.public_key);
    CHECK(pair.public_key != other.public_key);
    CHECK(KemPublicKey(Provider(), kem, pair.private_key).value() == pair.public_key);
  }
}

TEST_CASE("A candidate that is no scalar is passed over, and the search ends") {
  const Secret ikm = FilledSecret(32, 1);
  const auto first = KemDeriveKeyPair(Provider(), KemId::dhkem_p256_sha256, ikm).value();
  const RefusingScalars once(Provider(), 1);
  const auto second = KemDeriveKeyPair(once, KemId::dhkem_p256_sha256, ikm);
  REQUIRE(second.ok());
  CHECK(second->public_key != first.public_key);
  const RefusingScalars always(Provider(), 1000);
  CHECK(KemDeriveKeyPair(always, KemId::dhkem_p256_sha256, ikm).error().kind == ErrorKind::kCrypto);
}

TEST_CASE("What is not a public key is malformed, to the sender and to the recipient") {
  for (const KemId kem : kKems) {
    const auto pair = KemGenerateKeyPair(Provider(), kem).value();
    const std::size_t size = SizesOf(kem).public_key;
    Bytes wrong_first = pair.public_key;
    wrong_first[0] = 0x05;
    Bytes longer = pair.public_key;
    longer.push_back(0);
    std::vector<Bytes> bad = {Bytes(), Bytes(size, 0), Bytes(size - 1, 1), longer};
    // Any 32 or 56 bytes but a few are a point of curve25519 or curve448.
    if (size > 56) bad.push_back(wrong_first);
    CHECK(KemCheckPublicKey(Provider(), kem, pair.public_key).ok());
    for (const Bytes& key : bad) {
      CHECK(KemCheckPublicKey(Provider(), kem, key).error().kind == ErrorKind::kMalformed);
      CHECK(KemEncap(Provider(), kem, key).error().kind == ErrorKind::kMalformed);
      CHECK(KemDecap(Provider(), kem, pair.private_key, pair.public_key, key).error().kind ==
            ErrorKind::kMalformed);
    }
  }
}

TEST_CASE("A provider that does not say what a public key is is asked to use it") {
  // Has what every CryptoProvider has.
  class Plain final : public ForwardingProvider {
   public:
    using ForwardingProvider::ForwardingProvider;
    Result<void> CheckDhPublicKey(KemId kem, BytesView public_key) const override {
      return CryptoProvider::CheckDhPublicKey(kem, public_key);
    }
  };
  const Plain provider(Provider());
  for (const KemId kem : kKems) {
    const auto pair = KemGenerateKeyPair(Provider(), kem).value();
    CHECK(KemCheckPublicKey(provider, kem, pair.public_key).ok());
    const Bytes zeros(pair.public_key.size(), 0);
    CHECK(KemCheckPublicKey(provider, kem, zeros).error().kind == ErrorKind::kMalformed);
  }
}

TEST_CASE("Without randomness there is no key and no encapsulation") {
  const WithoutRandomness broken(Provider());
  const auto pair = KemGenerateKeyPair(Provider(), KemId::dhkem_x25519_sha256).value();
  CHECK(KemGenerateKeyPair(broken, KemId::dhkem_x25519_sha256).error().kind == ErrorKind::kCrypto);
  CHECK(KemEncap(broken, KemId::dhkem_x25519_sha256, pair.public_key).error().kind ==
        ErrorKind::kCrypto);
}

TEST_CASE("A KEM that nobody knows is unsupported") {
  const KemId unknown{0x1234};
  CHECK(KemGenerateKeyPair(Provider(), unknown).error().kind == ErrorKind::kUnsupported);
  CHECK(KemDeriveKeyPair(Provider(), unknown, Secret(32)).error().kind == ErrorKind::kUnsupported);
  CHECK(KemPublicKey(Provider(), unknown, Secret(32)).error().kind == ErrorKind::kUnsupported);
  CHECK(KemEncap(Provider(), unknown, Bytes(32)).error().kind == ErrorKind::kUnsupported);
  CHECK(KemCheckPublicKey(Provider(), unknown, Bytes(32)).error().kind == ErrorKind::kUnsupported);
  CHECK(KemDecap(Provider(), unknown, Secret(32), Bytes(32), Bytes(32)).error().kind ==
        ErrorKind::kUnsupported);
}

}  // namespace conclave::test
