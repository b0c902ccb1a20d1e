// Leaves as they travelled (RFC 9420, section 7.2).
#include "tree/leaf_record.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "unit/tree/tree_fixture.h"
#include "wire/parse.h"

namespace conclave::test {

TEST_CASE("a leaf record gives back what it was made from", "[leaf-record]") {
  rfc9420::LeafNode leaf = NewLeafFromCommit(UniqueBytes(32));
  leaf.encryption_key = UniqueBytes(133);
  leaf.signature_key = UniqueBytes(20000);
  leaf.credential.value = X509Credential{{UniqueBytes(100), UniqueBytes(200)}};
  const Bytes wire = wire::Serialize(leaf);
  const LeafRecord read = Must(LeafRecord::FromWire(wire));
  for (const LeafRecord& record : {LeafRecord(leaf), read}) {
    CHECK(ToBytes(record.wire()) == wire);
    CHECK(ToBytes(record.encryption_key()) == leaf.encryption_key);
    CHECK(ToBytes(record.signature_key()) == leaf.signature_key);
    CHECK(record.credential() == leaf.credential.value);
    CHECK(record.Parse() == leaf);
  }
}

TEST_CASE("a leaf with empty keys is a leaf", "[leaf-record]") {
  rfc9420::LeafNode leaf;
  const LeafRecord record = Must(LeafRecord::FromWire(wire::Serialize(leaf)));
  CHECK(record.encryption_key().empty());
  CHECK(record.signature_key().empty());
  CHECK(record.Parse() == leaf);
}

TEST_CASE("only exactly one leaf node is a leaf record", "[leaf-record]") {
  const Bytes wire = wire::Serialize(NewLeaf());
  for (std::size_t size = 0; size < wire.size(); ++size) {
    const auto record =
        LeafRecord::FromWire(Bytes(wire.begin(), wire.begin() + static_cast<std::ptrdiff_t>(size)));
    REQUIRE(!record.ok());
    CHECK(record.error().kind == ErrorKind::kMalformed);
  }
  Bytes longer = wire;
  longer.push_back(0);
  CHECK(!LeafRecord::FromWire(longer).ok());
}

TEST_CASE("a leaf record takes from a reader what is its own", "[leaf-record]") {
  const Bytes first = wire::Serialize(NewLeaf());
  const Bytes second = wire::Serialize(NewLeafFromCommit(UniqueBytes(32)));
  Bytes both = first;
  both.insert(both.end(), second.begin(), second.end());
  both.push_back(7);
  wire::Reader reader(both);
  CHECK(ToBytes(Must(LeafRecord::Read(reader)).wire()) == first);
  CHECK(ToBytes(Must(LeafRecord::Read(reader)).wire()) == second);
  CHECK(reader.remaining() == 1);
  const auto no_more = LeafRecord::Read(reader);
  REQUIRE(!no_more.ok());
  CHECK(std::string(no_more.error().detail) == "7.2:leaf-node-decodes");
  CHECK(!reader.ok());
}

// In memory, an extension of three bytes takes ten times as much, and a certificate of one byte
// more than twenty times: more than their own bytes would be allowed, but not more than all the
// bytes that they came with.
TEST_CASE("a leaf that was read as a part of something is read by itself, too", "[leaf-record]") {
  rfc9420::LeafNode many_extensions = NewLeaf();
  for (std::uint16_t type = 0; type < 20'000; ++type) {
    many_extensions.extensions.push_back({ExtensionType{type}, {}});
  }
  rfc9420::LeafNode many_certificates = NewLeaf();
  many_certificates.credential.value = X509Credential{std::vector<Bytes>(20'000)};
  for (const rfc9420::LeafNode& leaf : {many_extensions, many_certificates}) {
    const Bytes wire = wire::Serialize(leaf);
    CHECK(!wire::Parse<rfc9420::LeafNode>(wire).ok());
    Bytes whole = wire;
    whole.resize(whole.size() + 200'000);
    wire::Reader reader(whole);
    const LeafRecord record = Must(LeafRecord::Read(reader));
    CHECK(record.Parse() == leaf);
    CHECK(record.credential() == leaf.credential.value);
    CHECK(LeafRecord(leaf).Parse() == leaf);
  }
}

}  // namespace conclave::test
