// transcript-hashes.json: RFC 9420, section 8.2, and the confirmation tag of 6.1.
#include <catch2/catch_test_macros.hpp>

#include "schedule/key_schedule.h"
#include "schedule/transcript_hash.h"
#include "support/must.h"
#include "support/test_suite.h"
#include "vectors/vectors.h"
#include "wire/parse.h"

namespace conclave::test {

TEST_CASE("transcript-hashes.json", "[transcript-hashes]") {
  ForEachVector(
      "transcript-hashes.json", "/0/confirmed_transcript_hash_after",
      [](const nlohmann::json& vector) {
        const Suite suite = TestSuite(CipherSuite{vector.at("cipher_suite")});
        const auto commit = Must(
            wire::Parse<rfc9420::AuthenticatedContent>(Hex(vector.at("authenticated_content"))));
        REQUIRE(commit.content.content.Is<rfc9420::Commit>());
        REQUIRE(commit.auth.confirmation_tag.has_value());

        const Bytes confirmed = Must(ConfirmedTranscriptHash(
            suite, Hex(vector.at("interim_transcript_hash_before")), commit));
        CHECK(confirmed == Hex(vector.at("confirmed_transcript_hash_after")));
        const Secret confirmation_key = Secret::CopyOf(Hex(vector.at("confirmation_key")));
        CHECK(Must(MakeConfirmationTag(suite, confirmation_key, confirmed)) ==
              *commit.auth.confirmation_tag);
        CHECK(Must(InterimTranscriptHash(suite, confirmed, *commit.auth.confirmation_tag)) ==
              Hex(vector.at("interim_transcript_hash_after")));
      });
}

}  // namespace conclave::test
