// psk_secret.json: RFC 9420, section 8.4.
#include "schedule/psk_secret.h"

#include <catch2/catch_test_macros.hpp>
#include <utility>
#include <vector>

#include "support/must.h"
#include "support/test_suite.h"
#include "vectors/vectors.h"

namespace conclave::test {

TEST_CASE("psk_secret.json", "[psk_secret]") {
  ForEachVector("psk_secret.json", "/0/psk_secret", [](const nlohmann::json& vector) {
    const Suite suite = TestSuite(CipherSuite{vector.at("cipher_suite")});
    std::vector<PskInput> psks;
    for (const nlohmann::json& psk : vector.at("psks")) {
      rfc9420::PreSharedKeyID id;
      id.psk = decltype(id.psk)::Of(rfc9420::ExternalPSK{Hex(psk.at("psk_id"))});
      id.psk_nonce = Hex(psk.at("psk_nonce"));
      psks.push_back({std::move(id), Secret::CopyOf(Hex(psk.at("psk")))});
    }
    CHECK(BytesOf(Must(DerivePskSecret(suite, psks)).value) == Hex(vector.at("psk_secret")));
  });
}

}  // namespace conclave::test
