// RFC 9420, sections 7.2, 10 and 10.1: key packages that nobody may add, refused by whoever
// receives them in a proposal or a commit, and by whoever is asked to add them.
#include <catch2/catch_test_macros.hpp>

#include "hostile/forge.h"
#include "hostile/refusal.h"

namespace conclave::testing {
namespace {

using rfc9420::Add;
using rfc9420::KeyPackage;
using rfc9420::LeafNode;
using test::Must;

constexpr std::uint64_t kDay = 86400;

void RequireKeyPackageRefused(HostileRoom& room, const KeyPackage& key_package, ErrorKind kind,
                              std::string_view rule) {
  const Add add{key_package};
  for (const auto framing : {HandshakeFraming::public_message, HandshakeFraming::private_message}) {
    room.RequireRefused(SendProposal(room[0], AsProposal(add), {.as = framing}), kind, rule);
    room.RequireRefused(
        ForgeCommit(room.client(0), room[0],
                    {.proposals = {ByValue(add)}, .path = false, .framing = {.as = framing}}),
        kind, rule);
  }
  if (key_package.version != ProtocolVersion::mls10) return;  // no message can carry it
  const Bytes message = WrapMessage(key_package);
  room.RequireRequestRefused(0, {.add = {message}}, kind, rule);
  room.RequireCallRefused(0, [&] { return ProposeAdd(room[0], message); }, kind, rule);
}

void RequireEditsRefused(HostileRoom& room, const KeyPackageEdits& edits, std::string_view rule) {
  RequireKeyPackageRefused(room, ForgeKeyPackage(room.Outsider(), edits),
                           ErrorKind::kInvalidProposal, rule);
}

TEST_CASE("A key package of another version or suite is refused") {
  HostileRoom room;
  for (const auto version : std::vector<std::uint16_t>{0, 2, 0xffff}) {
    RequireEditsRefused(room,
                        {.key_package =
                             [version](KeyPackage& key_package) {
                               key_package.version = ProtocolVersion{version};
                             }},
                        "10.1:version-matches");
  }
  for (const auto suite : std::vector<std::uint16_t>{0, 2, 3, 7, 0x0a0a, 0xf000}) {
    RequireEditsRefused(
        room,
        {.key_package =
             [suite](KeyPackage& key_package) { key_package.cipher_suite = CipherSuite{suite}; }},
        "10.1:suite-matches");
  }
  const Mutation mutation("as a client of that suite makes it, whose leaf lists both");
  TestClient other("other", {.suite = CipherSuite{3}});
  RequireKeyPackageRefused(room, ParseKeyPackage(other.KeyPackage()), ErrorKind::kInvalidProposal,
                           "10.1:suite-matches");
  room.RequireGoesOn();
}

TEST_CASE("A key package whose signature does not verify is refused") {
  HostileRoom room;
  const std::pair<const char*, Edit<KeyPackage>> edits[] = {
      {"of another length", [](KeyPackage& key_package) { key_package.signature.clear(); }},
      {"of another length", [](KeyPackage& key_package) { key_package.signature.pop_back(); }},
      {"of another length", [](KeyPackage& key_package) { key_package.signature.push_back(0); }},
      {"changed", [](KeyPackage& key_package) { key_package.signature.back() ^= 1; }},
      {"of another init key", [](KeyPackage& key_package) { key_package.init_key.front() ^= 1; }},
      {"that of its leaf",
       [](KeyPackage& key_package) { key_package.signature = key_package.leaf_node.signature; }}};
  for (const auto& [how, edit] : edits) {
    const Mutation mutation(how);
    RequireEditsRefused(room, {.signed_key_package = edit}, "10.1:signature");
  }
  // What the leaf says is covered by its own signature, which is judged first.
  const auto add_extension = [](KeyPackage& key_package) {
    key_package.leaf_node.capabilities.extensions.push_back(ExtensionType{0xf0a1});
    key_package.extensions.push_back({ExtensionType{0xf0a1}, {}});
  };
  RequireKeyPackageRefused(room,
                           ForgeKeyPackage(room.Outsider(), {.signed_key_package = add_extension}),
                           ErrorKind::kNotAuthentic, "7.3:leaf-signature");
  room.RequireGoesOn();
}

TEST_CASE("A key package's extensions are in its leaf's capabilities, and each stands there once") {
  HostileRoom room;
  const Extension extension{ExtensionType{0xf0a1}, {1}};
  const Extension grease{ExtensionType{0x3a3a}, {}};
  RequireEditsRefused(
      room, {.key_package = [&](KeyPackage& key_package) { key_package.extensions = {extension}; }},
      "10:extensions-in-capabilities");
  RequireEditsRefused(
      room,
      {.leaf =
           [&](LeafNode& leaf) {
             leaf.capabilities.extensions.push_back(extension.extension_type);
           },
       .key_package =
           [&](KeyPackage& key_package) { key_package.extensions = {extension, extension}; }},
      "10:extensions-once");
  const Mutation mutation("GREASE");
  RequireEditsRefused(
      room,
      {.leaf =
           [](LeafNode& leaf) {
             leaf.capabilities.extensions.clear();
             leaf.extensions.clear();
           },
       .key_package = [&](KeyPackage& key_package) { key_package.extensions = {grease}; }},
      "10:extensions-in-capabilities");
  room.RequireGoesOn();
}

TEST_CASE("A key package's init key is a key of the suite, and not the leaf's") {
  HostileRoom room;
  for (const std::size_t size : {0u, 1u, 31u, 33u, 65u}) {
    RequireEditsRefused(
        room,
        {.key_package = [size](KeyPackage& key_package) { key_package.init_key.resize(size); }},
        "10:init-key-size");
  }
  RequireEditsRefused(room,
                      {.key_package =
                           [](KeyPackage& key_package) {
                             key_package.init_key = key_package.leaf_node.encryption_key;
                           }},
                      "10.1:init-key-differs");
  room.RequireGoesOn();
}

TEST_CASE("A key package is added while its lifetime lasts, which is not too long") {
  HostileRoom room;
  const std::uint64_t now = room.client(0).clock.now;
  const auto with = [&](std::uint64_t not_before, std::uint64_t not_after) {
    return ForgeKeyPackage(room.Outsider(), {.leaf = [=](LeafNode& leaf) {
                             leaf.leaf_node_source = decltype(leaf.leaf_node_source)::Of(
                                 Lifetime{not_before, not_after});
                           }});
  };
  const auto refused = [&](const char* how, std::uint64_t not_before, std::uint64_t not_after,
                           std::string_view rule) {
    const Mutation mutation(how);
    RequireKeyPackageRefused(room, with(not_before, not_after), ErrorKind::kInvalidProposal, rule);
  };
  refused("over", now - kDay, now - 1, "7.3:lifetime-is-current");
  refused("over", 0, 0, "7.3:lifetime-is-current");
  refused("not begun", now + 1, now + kDay, "7.3:lifetime-is-current");
  refused("turned around", now + 1, now - 1, "7.2:lifetime-not-too-long");
  refused("a day too long", now - kDay, now + 100 * kDay, "7.2:lifetime-not-too-long");
  refused("for ever", 0, ~std::uint64_t{0}, "7.2:lifetime-not-too-long");
  refused("for ever", now, ~std::uint64_t{0}, "7.2:lifetime-not-too-long");
  // The limits themselves are inside.
  for (const auto& [not_before, not_after] :
       std::initializer_list<std::pair<std::uint64_t, std::uint64_t>>{
           {now, now}, {now, now + 100 * kDay}, {now - 100 * kDay, now}}) {
    room.RequireAccepted(
        ForgeCommit(room.client(0), room[0],
                    {.proposals = {ByValue(Add{with(not_before, not_after)})}, .path = false}));
  }
  room.RequireGoesOn();
}

TEST_CASE("What is to be added is a key package, and its version is its message's") {
  HostileRoom room;
  const Bytes key_package = room.Outsider().KeyPackage();
  Bytes other_version = key_package;
  other_version[1] = 2;  // the MLSMessage's
  const Bytes info = Must(MakeGroupInfo(room[0]));
  for (const auto& [message, kind, rule] :
       std::initializer_list<std::tuple<Bytes, ErrorKind, const char*>>{
           {info, ErrorKind::kMisuse, "10:is-a-key-package"},
           {other_version, ErrorKind::kMalformed, "10:version-is-the-messages"},
           {{}, ErrorKind::kMalformed, "2.1:decodes"},
           {Bytes(key_package.begin(), key_package.end() - 1), ErrorKind::kMalformed,
            "2.1:decodes"}}) {
    room.RequireRequestRefused(0, {.add = {message}}, kind, rule);
    room.RequireCallRefused(
        0, [&room, &add = message] { return ProposeAdd(room[0], add); }, kind, rule);
  }
  Bytes longer = key_package;
  longer.push_back(0);
  room.RequireRequestRefused(0, {.add = {longer}}, ErrorKind::kMalformed, "2.1:no-trailing-bytes");
  room.RequireGoesOn();
}

// RFC 9420 has no limit to a leaf's extensions. These take more memory than a message of their size
// may ask for, and travel in a larger one.
TEST_CASE("A leaf of very many extensions is kept and read again by whoever accepts it") {
  HostileRoom room;
  const auto make_large = [](LeafNode& leaf) {
    leaf.extensions.clear();
    leaf.capabilities.extensions.clear();
    for (std::uint16_t i = 0; i < 17'000; ++i) {
      const ExtensionType type{static_cast<std::uint16_t>(0x1000 + i)};
      leaf.extensions.push_back({type, {}});
      leaf.capabilities.extensions.push_back(type);
    }
  };
  const KeyPackage key_package = ForgeKeyPackage(room.Outsider(), {.leaf = make_large});
  REQUIRE(!wire::Parse<KeyPackage>(wire::Serialize(key_package)).ok());
  const Bytes proposal = SendProposal(room[0], AsProposal(Add{key_package}),
                                      {.content = [](rfc9420::FramedContent& content) {
                                        content.authenticated_data.resize(90'000);
                                      }});
  const auto reopen = [&room](std::size_t member) {
    REQUIRE(ErrorOf(room.client(member)->OpenGroup(room[member].group_id())) == "ok");
  };
  for (std::size_t member = 1; member < room.size(); ++member) {
    ReceiveProposal(room[member], proposal);
    reopen(member);
  }
  const OutgoingCommit offer = Must(room[1].CreateCommit({}));
  reopen(1);
  for (std::size_t member = 1; member < room.size(); ++member) {
    REQUIRE(ReceiveCommit(room[member], offer.commit).added().size() == 1);
    ReceiveAndApply(room[member], offer.commit);
    reopen(member);
  }
}

}  // namespace
}  // namespace conclave::testing
