// RFC 9420, section 8.4.
#include "schedule/psk_secret.h"

#include <catch2/catch_test_macros.hpp>
#include <utility>
#include <vector>

#include "support/must.h"
#include "support/test_suite.h"

namespace conclave {
namespace {

using test::BytesOf;
using test::FilledSecret;
using test::KindOf;
using test::TestSuite;

PskInput External(std::string_view id, std::uint8_t psk, std::uint8_t nonce = 0) {
  rfc9420::PreSharedKeyID name;
  name.psk = decltype(name.psk)::Of(rfc9420::ExternalPSK{ToBytes(id)});
  name.psk_nonce = Bytes(32, nonce);
  return {std::move(name), FilledSecret(32, psk)};
}

PskInput Resumption(rfc9420::ResumptionPSKUsage usage, Epoch epoch) {
  rfc9420::PreSharedKeyID name;
  name.psk = decltype(name.psk)::Of(rfc9420::ResumptionPSK{usage, ToBytes("group"), epoch});
  name.psk_nonce = Bytes(32, 0);
  return {std::move(name), FilledSecret(32, 1)};
}

template <class... Psks>
Bytes Derive(Psks... psks) {
  std::vector<PskInput> list;
  (list.push_back(std::move(psks)), ...);
  return BytesOf(DerivePskSecret(TestSuite(), list).value().value);
}

TEST_CASE("No PSKs are zeros") { CHECK(Derive() == Bytes(32, 0)); }

TEST_CASE("Every part of every PSK counts: value, name, nonce, order and number") {
  const Bytes secret = Derive(External("a", 1), External("b", 2));
  CHECK(Derive(External("a", 1), External("b", 2)) == secret);
  CHECK(Derive(External("b", 2), External("a", 1)) != secret);
  CHECK(Derive(External("a", 1)) != secret);
  CHECK(Derive(External("a", 3), External("b", 2)) != secret);
  CHECK(Derive(External("a", 1), External("c", 2)) != secret);
  CHECK(Derive(External("a", 1, 7), External("b", 2)) != secret);
}

TEST_CASE("A resumption PSK of another epoch or usage is another PSK") {
  using rfc9420::ResumptionPSKUsage;
  const Bytes secret = Derive(Resumption(ResumptionPSKUsage::application, 4));
  CHECK(Derive(Resumption(ResumptionPSKUsage::application, 5)) != secret);
  CHECK(Derive(Resumption(ResumptionPSKUsage::branch, 4)) != secret);
}

TEST_CASE("A PSK of any size is taken") {
  for (const std::size_t size : {0U, 1U, 64U, 1000U}) {
    std::vector<PskInput> psks;
    psks.push_back(External("a", 1));
    psks[0].psk = FilledSecret(size, 1);
    CHECK(DerivePskSecret(TestSuite(), psks).value().value.size() == 32);
  }
}

TEST_CASE("More PSKs than can be numbered are rejected before any is derived") {
  std::vector<PskInput> psks(65536);
  CHECK(KindOf(DerivePskSecret(TestSuite(), psks)) == ErrorKind::kMalformed);
}

}  // namespace
}  // namespace conclave
