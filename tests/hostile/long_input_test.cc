// Messages that are long or deep where their sender may choose: what they cost grows like their
// size, and no depth of theirs is the depth of our stack.
#include <pthread.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hostile/forge_group.h"
#include "support/test_suite.h"
#include "tree/tree_rules.h"
#include "wire/writer.h"

namespace conclave::testing {
namespace {

using rfc9420::KeyPackage;
using rfc9420::LeafNode;
using test::Must;

// -- Length.

// Makes something whose list has `length` entries, and returns the call that reads it.
using Reading = std::function<std::function<void()>(std::uint32_t length)>;

double SecondsOf(const std::function<void()>& call) {
  const std::clock_t start = std::clock();
  call();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

// Sixteen times the length takes at most forty times as long: a slope of 1.33 where both are
// logarithms. One that compared every entry with every other would take 256 times as long.
void RequireNearlyLinear(const Reading& reading, std::uint32_t length) {
  const auto shorter = reading(length);
  const auto longer = reading(16 * length);
  double least_shorter = 1e9, least_longer = 1e9;
  for (int again = 0; again < 3; ++again) {
    least_shorter = std::min(least_shorter, SecondsOf([&] {
                                              for (int i = 0; i < 10; ++i) shorter();
                                            }) / 10);
    least_longer = std::min(least_longer, SecondsOf(longer));
  }
  INFO(least_shorter << " s grew to " << least_longer << " s");
  REQUIRE(least_longer < 40 * least_shorter + 0.001);
}

// Types that nobody has given a meaning to, each once.
std::vector<Extension> ManyExtensions(std::uint32_t length) {
  std::vector<Extension> extensions;
  for (std::uint32_t i = 0; i < length; ++i) {
    extensions.push_back({ExtensionType(static_cast<std::uint16_t>(0x1000 + i)), {}});
  }
  return extensions;
}
template <class T>
std::vector<T> ManyTypes(std::uint32_t length) {
  std::vector<T> types;
  for (std::uint32_t i = 0; i < length; ++i) {
    types.push_back(T(static_cast<std::uint16_t>(0x1000 + i)));
  }
  return types;
}

// The lists of a leaf and of a key package.
void ListEverything(LeafNode& leaf, std::uint32_t length) {
  leaf.capabilities.extensions = ManyTypes<ExtensionType>(length);
  leaf.capabilities.proposals = ManyTypes<ProposalType>(length);
  for (const CipherSuite suite : ManyTypes<CipherSuite>(length)) {
    leaf.capabilities.cipher_suites.push_back(suite);
  }
  for (const CredentialType type : ManyTypes<CredentialType>(length)) {
    leaf.capabilities.credentials.push_back(type);
  }
  leaf.extensions = ManyExtensions(length);
}

constexpr std::uint32_t kLength = 2000;

// V4.
TEST_CASE("A key package costs what it is long, whatever lists it has") {
  HostileRoom room(2);
  TestClient& outsider = room.Outsider();
  RequireNearlyLinear(
      [&](std::uint32_t length) {
        const auto key_package = ForgeKeyPackage(
            outsider,
            {.leaf = [length](LeafNode& leaf) { ListEverything(leaf, length); },
             .key_package =
                 [length](KeyPackage& made) { made.extensions = ManyExtensions(length); },
             // What is in order is kept, and not looked at again.
             .signed_key_package = [](KeyPackage& made) { made.signature.front() ^= 1; }});
        const Bytes add = SendProposal(room[0], AsProposal(rfc9420::Add{key_package}));
        return [&room, add] {
          REQUIRE(ErrorOf(room[1].Receive(add)) ==
                  Describe(ErrorKind::kInvalidProposal, "10.1:signature"));
        };
      },
      kLength);
  room.RequireGoesOn();
}

TEST_CASE("A group's new extensions cost what they are long") {
  const auto senders = [](std::uint32_t length, std::uint8_t key) {
    std::vector<ExternalSenderEntry> list;
    for (std::uint32_t i = 0; i < length; ++i) {
      const Bytes name = {static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)};
      list.push_back({Bytes(32, key), BasicCredential{name}});
    }
    return MakeExternalSenders(list);
  };
  RequireNearlyLinear(
      [&](std::uint32_t length) {
        // As many are named already, and of the new ones the last is not believed.
        const Policy policy{.max_extensions_size = std::size_t{16} << 20};
        const auto room = std::make_shared<HostileRoom>(2, TestClientOptions{.policy = policy});
        room->room().Commit((*room)[0], {.extensions = {{senders(length, 1)}}});
        const Bytes change = SendProposal(
            (*room)[0], AsProposal(rfc9420::GroupContextExtensions{{senders(length, 2)}}));
        return [room, change, length] {
          room->client(1).verifier.judge = [left = length](const AskedQuestion&) mutable {
            return --left > 0 ? CredentialAnswer::accept : CredentialAnswer::reject;
          };
          REQUIRE(ErrorOf((*room)[1].Receive(change)) ==
                  Describe(ErrorKind::kRejectedByPolicy, "5.3.1:verifier-accepts"));
        };
      },
      kLength);
}

TEST_CASE("A commit costs what it is long, whatever it proposes and whatever its path") {
  HostileRoom room(4);
  const auto reading = [&room](const std::function<CommitEdits(std::uint32_t)>& edits) {
    return [&room, edits](std::uint32_t length) {
      CommitEdits made = edits(length);
      made.applied.emplace();  // the tree is another matter
      const Bytes commit = ForgeCommit(room.client(0), room[0], made);
      return [&room, commit] { REQUIRE(!room[1].Receive(commit).ok()); };
    };
  };
  SECTION("PSKs") {
    RequireNearlyLinear(reading([&room](std::uint32_t length) {
                          CommitEdits edits;
                          for (std::uint32_t i = 0; i < length; ++i) {
                            const Bytes id = {static_cast<std::uint8_t>(i >> 8),
                                              static_cast<std::uint8_t>(i)};
                            edits.proposals.push_back(
                                ByValue(rfc9420::PreSharedKey{ExternalPsk(room.suite(), id)}));
                          }
                          return edits;
                        }),
                        kLength);
  }
  SECTION("removals of one member") {
    RequireNearlyLinear(reading([](std::uint32_t length) {
                          CommitEdits edits;
                          edits.proposals.assign(length, ByValue(rfc9420::Remove{{2}}));
                          return edits;
                        }),
                        kLength);
  }
  SECTION("references to proposals that nobody has made") {
    RequireNearlyLinear(reading([](std::uint32_t length) {
                          CommitEdits edits;
                          edits.proposals.assign(length, ByRef({Bytes(32, 1)}));
                          return edits;
                        }),
                        kLength);
  }
  SECTION("nodes of a path, and ciphertexts of a node") {
    RequireNearlyLinear(reading([](std::uint32_t length) {
                          return CommitEdits{.sealed = [length](rfc9420::UpdatePath& path) {
                            path.nodes.resize(length);
                            path.nodes[0].encrypted_path_secret.resize(length);
                          }};
                        }),
                        kLength);
  }
  room.RequireGoesOn();
}

TEST_CASE("A Welcome and a GroupInfo cost what they are long") {
  Invitation invitation(7);
  const auto reading = [&](const std::function<void(ForgedGroup&, std::uint32_t)>& edit) {
    return [&, edit](std::uint32_t length) {
      ForgedGroup forged = invitation.Forge();
      edit(forged, length);
      const Bytes welcome = forged.WelcomeFor(invitation.key_package());
      return
          [&invitation, welcome] { static_cast<void>(invitation.joiner()->ReadWelcome(welcome)); };
    };
  };
  SECTION("secrets of others") {
    RequireNearlyLinear(reading([](ForgedGroup& forged, std::uint32_t length) {
                          forged.welcome = [length](rfc9420::Welcome& welcome) {
                            welcome.secrets.resize(1 + length);
                            std::swap(welcome.secrets.front(), welcome.secrets.back());
                          };
                        }),
                        kLength);
  }
  SECTION("PSKs") {
    RequireNearlyLinear(reading([&](ForgedGroup& forged, std::uint32_t length) {
                          forged.secrets = [&, length](rfc9420::GroupSecrets& secrets) {
                            secrets.psks.assign(
                                length, ExternalPsk(invitation.room().suite(), AsBytes("psk")));
                          };
                        }),
                        kLength);
  }
  SECTION("extensions of the GroupInfo") {
    RequireNearlyLinear(reading([](ForgedGroup& forged, std::uint32_t length) {
                          forged.extensions = ManyExtensions(length);
                        }),
                        kLength);
  }
  SECTION("extensions of the group, and what it requires") {
    RequireNearlyLinear(reading([](ForgedGroup& forged, std::uint32_t length) {
                          forged.context.extensions = ManyExtensions(length);
                          forged.context.extensions.push_back(MakeRequiredCapabilities(
                              {ManyTypes<ExtensionType>(length), ManyTypes<ProposalType>(length),
                               ManyTypes<CredentialType>(length)}));
                        }),
                        kLength);
  }
  SECTION("unmerged leaves") {
    RequireNearlyLinear(reading([](ForgedGroup& forged, std::uint32_t length) {
                          for (std::uint32_t i = 8; i < length; ++i) {
                            forged.Parent(7).unmerged_leaves.push_back({i});
                          }
                        }),
                        kLength);
  }
  SECTION("blank leaves") {
    RequireNearlyLinear(reading([](ForgedGroup& forged, std::uint32_t length) {
                          forged.nodes.resize(2 * length + 1);
                          forged.nodes.back() = forged.nodes.front();
                        }),
                        kLength);
  }
  invitation.RequireJoins();
}

// -- Depth.

// A leaf whose one extension is a tree of one leaf, whose one extension is ..., `depth` times: the
// content of a ratchet_tree extension. Made without recursion, from the outside to the inside.
Bytes NestedTrees(std::size_t depth) {
  const Bytes key(32, 9), signature(64, 9);
  // What a leaf has in front of its extensions: keys, an empty basic credential, empty
  // capabilities, the source of an Update.
  wire::Writer front;
  front.VectorOf(key);
  front.VectorOf(key);
  for (const unsigned byte : {0u, 1u, 0u, 0u, 0u, 0u, 0u, 0u, 2u}) front.Uint(byte, 1);
  const Bytes before = front.Take();
  wire::Writer back;
  back.VectorOf(signature);
  const Bytes after = back.Take();

  // From the inside to the outside: how large each tree is.
  std::vector<std::size_t> trees = {0};
  std::vector<std::size_t> lists, nodes;
  for (std::size_t i = 0; i < depth; ++i) {
    const std::size_t inner = trees.back();
    lists.push_back(i == 0 ? 0 : 2 + wire::VarIntSize(inner) + inner);
    nodes.push_back(2 + before.size() + wire::VarIntSize(lists.back()) + lists.back() +
                    after.size());
    trees.push_back(wire::VarIntSize(nodes.back()) + nodes.back());
  }
  wire::Writer nested;
  for (std::size_t i = depth; i-- > 0;) {
    nested.VarInt(nodes[i]);
    nested.Uint(1, 1);  // there is a node
    nested.Uint(1, 1);  // a leaf
    nested.Raw(before);
    nested.VarInt(lists[i]);
    if (i == 0) break;
    nested.Uint(static_cast<std::uint16_t>(ExtensionType::ratchet_tree), 2);
    nested.VarInt(trees[i]);
  }
  for (std::size_t i = 0; i < depth; ++i) nested.Raw(after);
  return nested.Take();
}

// Makes the call on a thread with a stack of 256 KiB.
void OnSmallStack(std::function<void()> call) {
  pthread_attr_t attributes;
  REQUIRE(pthread_attr_init(&attributes) == 0);
  REQUIRE(pthread_attr_setstacksize(&attributes, std::size_t{256} << 10) == 0);
  pthread_t thread;
  const auto run = [](void* context) -> void* {
    (*static_cast<std::function<void()>*>(context))();
    return nullptr;
  };
  REQUIRE(pthread_create(&thread, &attributes, run, &call) == 0);
  REQUIRE(pthread_join(thread, nullptr) == 0);
  pthread_attr_destroy(&attributes);
}

// V5: 100,000 trees, each inside a leaf of the other, are one tree with an extension.
TEST_CASE("Trees inside of leaves inside of trees are never looked into") {
  const Bytes nested = NestedTrees(100'000);
  REQUIRE(ParseRatchetTree(test::TestSuite(), NestedTrees(3), 8).ok());
  Invitation invitation(2);
  HostileRoom& room = invitation.room();
  ForgedGroup forged = invitation.Forge();
  forged.tree_bytes = nested;
  forged.external_pub = true;
  const Bytes info = forged.GroupInfo();
  const Bytes welcome = forged.WelcomeFor(invitation.key_package());
  const auto key_package =
      ForgeKeyPackage(room.Outsider(), {.leaf = [&nested](LeafNode& leaf) {
                        leaf.extensions.push_back({ExtensionType::ratchet_tree, nested});
                      }});
  const Bytes add = SendProposal(room[0], AsProposal(rfc9420::Add{key_package}));
  const Bytes commit =
      ForgeCommit(room.client(0), room[0], {.leaf = [&nested](LeafNode& leaf) {
                    leaf.extensions.push_back({ExtensionType::ratchet_tree, nested});
                  }});
  TestClient outsider("outsider");
  std::string joined, invited, added, committed;
  OnSmallStack([&] {
    joined = ErrorOf(StartExternalJoin(*outsider, info));
    invited = ErrorOf(invitation.joiner()->ReadWelcome(welcome));
    added = ErrorOf(room[1].Receive(add));
    committed = ErrorOf(room[1].Receive(commit));
  });
  REQUIRE(joined != "ok");
  REQUIRE(invited != "ok");
  // An extension that belongs elsewhere is a string of bytes like any other.
  REQUIRE(added == "ok");
  REQUIRE(committed == "ok");
}

}  // namespace
}  // namespace conclave::testing
