// RFC 9420, section 5.1.2: signature keys.
#include "crypto/signature_key.h"

#include <catch2/catch_test_macros.hpp>
#include <concepts>
#include <utility>

#include "support/forwarding_provider.h"
#include "support/test_suite.h"

namespace conclave::test {

static_assert(!std::copy_constructible<SoftwareSigner>);

TEST_CASE("What a signer signs verifies with its public key, on every suite") {
  const Bytes message = ToBytes("a message");
  for (const Suite& suite : AllSuites()) {
    INFO(suite.name());
    const auto signer = SoftwareSigner::Generate(Provider(), suite.signature());
    REQUIRE(signer.ok());
    const auto signature = signer->Sign(message);
    REQUIRE(signature.ok());
    CHECK(Provider().Verify(suite.signature(), signer->public_key(), message, *signature).ok());
    CHECK(Provider()
              .Verify(suite.signature(), signer->public_key(), ToBytes("another"), *signature)
              .error()
              .kind == ErrorKind::kNotAuthentic);
  }
}

TEST_CASE("A signer made again from its private key is the same signer") {
  for (const Suite& suite : AllSuites()) {
    auto signer = SoftwareSigner::Generate(Provider(), suite.signature());
    REQUIRE(signer.ok());
    const auto again = SoftwareSigner::FromPrivateKey(Provider(), suite.signature(),
                                                      signer->private_key().Clone());
    REQUIRE(again.ok());
    CHECK(ToBytes(again->public_key()) == ToBytes(signer->public_key()));
    CHECK(again->scheme() == suite.signature());
    const SoftwareSigner moved = std::move(*signer);
    CHECK(ToBytes(moved.public_key()) == ToBytes(again->public_key()));
  }
}

TEST_CASE("What is not a private key makes no signer") {
  for (const Suite& suite : AllSuites()) {
    INFO(suite.name());
    const auto from = [&](Secret key) {
      return SoftwareSigner::FromPrivateKey(Provider(), suite.signature(), std::move(key));
    };
    CHECK(from(Secret()).error().kind == ErrorKind::kMalformed);
    CHECK(from(FilledSecret(5, 1)).error().kind == ErrorKind::kMalformed);
  }
}

}  // namespace conclave::test
