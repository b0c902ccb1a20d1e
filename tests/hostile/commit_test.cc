// RFC 9420, sections 7.4 to 7.6, 12.4 and 12.4.2: commits whose path, tag or signature is not what
// it should be.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "hostile/forge.h"
#include "hostile/refusal.h"
#include "labeled/labeled.h"
#include "rfc9420/labels.h"
#include "wire/parse.h"

namespace conclave::testing {
namespace {

using rfc9420::FramedContentAuthData;
using rfc9420::Remove;
using rfc9420::UpdatePath;
using test::Must;

constexpr ProposalType kCustom{0xf0b1};
constexpr ExtensionType kExtension{0xf0a1};

void RequireCommitRefused(HostileRoom& room, const CommitEdits& edits, ErrorKind kind,
                          std::string_view rule) {
  room.RequireRefused(ForgeCommit(room.client(0), room[0], edits), kind, rule);
}

// V6: each of these demands a path, alone. One without it would leave the epoch's secrets to those
// who should lose them.
TEST_CASE("A commit without the path that its list demands is refused") {
  HostileRoom room(4, {.extensions = {kExtension}, .proposals = {kCustom}});
  const Bytes update = Must(ProposeUpdate(room[1]));
  ProposalRef ref;
  for (const std::size_t i : {0u, 2u, 3u}) ref = ReceiveProposal(room[i], update).ref;
  struct List {
    const char* what;
    std::vector<rfc9420::ProposalOrRef> proposals;
  };
  const std::vector<List> lists = {
      {"nothing", {}},
      {"an Update", {ByRef(ref)}},
      {"a Remove", {ByValue(Remove{{2}})}},
      {"new extensions", {ByValue(rfc9420::GroupContextExtensions{{{kExtension, {1}}}})}},
      {"a custom proposal", {ByValue(CustomProposal{kCustom, {1}})}},
      {"an Add and a Remove",
       {ByValue(rfc9420::Add{ForgeKeyPackage(room.Outsider())}), ByValue(Remove{{3}})}}};
  for (const auto& [what, list] : lists) {
    const Mutation mutation(what);
    for (const auto framing :
         {HandshakeFraming::public_message, HandshakeFraming::private_message}) {
      RequireCommitRefused(room, {.proposals = list, .path = false, .framing = {.as = framing}},
                           ErrorKind::kInvalidCommit, "12.4:path-required");
    }
    // The same list with its path is fine.
    room.RequireAccepted(ForgeCommit(room.client(0), room[0], {.proposals = list}));
  }
  room.room().Commit(room[0], {});
  room.RequireGoesOn();
}

TEST_CASE("A committer makes the path that the list demands, and none that it does not") {
  const TestClientOptions options{.extensions = {kExtension}, .proposals = {kCustom}};
  const auto has_path = [&options](const CommitRequest& request,
                                   const std::function<Bytes(Session&)>& propose = nullptr) {
    HostileRoom room(4, options);
    if (propose) ReceiveProposal(room[0], propose(room[1]));
    const OutgoingCommit offer = Must(room[0].CreateCommit(request));
    return ReceiveCommit(room[0], offer.commit).summary().has_path;
  };
  TestClient outsider("outsider", options);
  REQUIRE(has_path({}));
  REQUIRE(has_path({.remove = {{2}}}));
  REQUIRE(has_path({.extensions = {{{kExtension, {1}}}}}));
  REQUIRE(has_path({.custom = {{kCustom, {1}}}}));
  REQUIRE(has_path({.add = {outsider.KeyPackage()}, .remove = {{2}}}));
  REQUIRE(has_path({}, [](Session& bob) { return Must(ProposeUpdate(bob)); }));
  REQUIRE(has_path({}, [](Session& bob) { return Must(ProposeRemove(bob, {2})); }));
  REQUIRE(has_path({.path = PathPolicy::always}, [&outsider](Session& bob) {
    return Must(ProposeAdd(bob, outsider.KeyPackage()));
  }));
  REQUIRE(!has_path({.add = {outsider.KeyPackage()}}));
  REQUIRE(!has_path(
      {}, [&outsider](Session& bob) { return Must(ProposeAdd(bob, outsider.KeyPackage())); }));
}

// V6: what is gone with a Remove is gone, whatever its owner still has.
TEST_CASE("A removed member's keys open nothing of the commit that removes it") {
  HostileRoom room(8);
  for (std::size_t i = 8; i-- > 0;) room.room().Commit(room[i], {.path = PathPolicy::always});
  const Suite suite = room.suite();
  const rfc9420::GroupContext old = GroupOf(room[0]).context();
  const Bytes commit = ForgeCommit(room.client(0), room[0], {.proposals = {ByValue(Remove{{1}})}});
  // What the committer encrypted under: the context of the next epoch, with the old transcript.
  StagedCommit staged = ReceiveCommit(room[3], commit);
  const PrivatePath bobs = EpochOf(room[1]).path.Clone();
  const PrivatePath daves = EpochOf(room[3]).path.Clone();
  const RatchetTree before = GroupOf(room[3]).tree();
  Must(room[3].Apply(std::move(staged)));
  rfc9420::GroupContext context = GroupOf(room[3]).context();
  context.confirmed_transcript_hash = old.confirmed_transcript_hash;
  const Bytes info = wire::Serialize(context);

  const auto message = Must(wire::Parse<rfc9420::MLSMessage>(commit));
  const auto* made = message.message.GetIf<rfc9420::PublicMessage>();
  const auto& path = *made->content.content.GetIf<rfc9420::Commit>()->path;
  const auto opened = [&](const PrivatePath& keys) {
    std::size_t count = 0;
    for (const rfc9420::UpdatePathNode& node : path.nodes) {
      for (const rfc9420::HPKECiphertext& ciphertext : node.encrypted_path_secret) {
        for (std::uint32_t i = 0; i < NodeCount(before.width()); ++i) {
          const Secret* key = keys.Find({i});
          if (key == nullptr) continue;
          count += DecryptWithLabel(suite, *key, before.EncryptionKey({i}),
                                    rfc9420::labels::kUpdatePathNode, info, ciphertext)
                       .ok();
        }
      }
    }
    return count;
  };
  REQUIRE(opened(daves) == 1);
  REQUIRE(opened(bobs) == 0);
  // Nor does what he had tell him anything of the epoch, or let him read it.
  REQUIRE(room[1].EpochAuthenticator() != room[3].EpochAuthenticator());
  REQUIRE(test::KindOf(room[1].Receive(Must(room[3].Protect(AsBytes("without bob"))))) ==
          ErrorKind::kEpochInFuture);
}

TEST_CASE("The confirmation tag is compared in full, whatever its length") {
  HostileRoom room(3);
  const std::size_t size = room.suite().hash_size();
  const auto with_tag = [&room](const Edit<Bytes>& edit, HandshakeFraming framing) {
    const auto auth = [&edit](FramedContentAuthData& data) {
      if (data.confirmation_tag.has_value()) edit(*data.confirmation_tag);
    };
    RequireCommitRefused(room, {.framing = {.as = framing, .auth = auth}}, ErrorKind::kNotAuthentic,
                         "12.4.2:confirmation-tag");
  };
  for (const auto framing : {HandshakeFraming::public_message, HandshakeFraming::private_message}) {
    for (std::size_t i = 0; i < size; ++i) {
      const Mutation mutation("cut short");
      with_tag([i](Bytes& tag) { tag.resize(i); }, framing);
    }
    for (const std::size_t longer : {size + 1, 2 * size}) {
      const Mutation mutation("continued");
      with_tag([longer](Bytes& tag) { tag.resize(longer); }, framing);
    }
    for (std::size_t bit = 0; bit < 8 * size; ++bit) {
      const Mutation mutation("changed in one bit");
      with_tag([bit](Bytes& tag) { tag[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8); },
               framing);
    }
  }
  room.RequireGoesOn();
}

TEST_CASE("A commit whose signature does not verify is refused") {
  HostileRoom room;
  const std::pair<const char*, Edit<FramedContentAuthData>> edits[] = {
      {"of another length", [](FramedContentAuthData& auth) { auth.signature.clear(); }},
      {"of another length", [](FramedContentAuthData& auth) { auth.signature.pop_back(); }},
      {"of another length", [](FramedContentAuthData& auth) { auth.signature.push_back(0); }},
      {"changed", [](FramedContentAuthData& auth) { auth.signature.front() ^= 1; }}};
  for (const auto framing : {HandshakeFraming::public_message, HandshakeFraming::private_message}) {
    for (const auto& [how, edit] : edits) {
      const Mutation mutation(how);
      RequireCommitRefused(room, {.framing = {.as = framing, .auth = edit}},
                           ErrorKind::kNotAuthentic, "6.1:signature-verifies");
    }
    const Mutation mutation("by another member");
    RequireCommitRefused(room, {.framing = {.as = framing, .signer = &SignerOf(room.client(1))}},
                         ErrorKind::kNotAuthentic, "6.1:signature-verifies");
  }
  room.RequireGoesOn();
}

// P16: a second signature that verifies, made from the first without the key, must not give a
// second commit: the transcript covers the signature.
TEST_CASE("An ECDSA signature that was turned around makes no second commit") {
  for (const auto suite : {CipherSuite{2}, CipherSuite{5}, CipherSuite{7}}) {
    HostileRoom room(3, {.suite = suite});
    const auto turn = [suite](FramedContentAuthData& auth) {
      auth.signature = TurnedAround(suite, auth.signature);
    };
    // Whoever turns it in flight cannot make the membership tag; a member can.
    room.RequireAccepted(ForgeCommit(room.client(0), room[0], {}));
    RequireCommitRefused(room, {.framing = {.auth = turn}}, ErrorKind::kNotAuthentic,
                         "12.4.2:confirmation-tag");
    // A proposal has no tag: turned around it is another proposal, with a reference of its own.
    Framing turned{.auth = turn};
    const Bytes proposal = SendProposal(room[0], AsProposal(Remove{{2}}), turned);
    REQUIRE(room[1].Receive(proposal).ok());
    room.room().Commit(room[1], {.exclude = {room[1].pending_proposals().front().ref}});
    room.RequireGoesOn();
  }
}

// P4.
TEST_CASE("A path of the wrong shape is refused by everybody") {
  HostileRoom room(8);
  const auto refused = [&room](const char* how, const Edit<UpdatePath>& edit,
                               std::string_view rule) {
    const Mutation mutation(how);
    RequireCommitRefused(room, {.sealed = edit}, ErrorKind::kInvalidCommit, rule);
  };
  refused(
      "no nodes", [](UpdatePath& path) { path.nodes.clear(); },
      "7.5:path-covers-filtered-direct-path");
  refused(
      "without the root", [](UpdatePath& path) { path.nodes.pop_back(); },
      "7.5:path-covers-filtered-direct-path");
  refused(
      "without the lowest node", [](UpdatePath& path) { path.nodes.erase(path.nodes.begin()); },
      "7.5:path-covers-filtered-direct-path");
  refused(
      "a node above the root",
      [](UpdatePath& path) {
        path.nodes.push_back(path.nodes.back());
        path.nodes.back().encryption_key.front() ^= 1;
      },
      "7.5:path-covers-filtered-direct-path");

  for (std::size_t node = 0; node < 3; ++node) {
    for (const std::size_t size : {0u, 31u, 33u}) {
      refused(
          "a key of another size",
          [node, size](UpdatePath& path) { path.nodes[node].encryption_key.resize(size); },
          "7.6:path-key-size");
    }
    refused(
        "no ciphertexts",
        [node](UpdatePath& path) { path.nodes[node].encrypted_path_secret.clear(); },
        "7.6:one-ciphertext-per-recipient");
    refused(
        "a ciphertext too few",
        [node](UpdatePath& path) { path.nodes[node].encrypted_path_secret.pop_back(); },
        "7.6:one-ciphertext-per-recipient");
    refused(
        "a ciphertext too many",
        [node](UpdatePath& path) {
          auto& secrets = path.nodes[node].encrypted_path_secret;
          secrets.push_back(secrets.front());
        },
        "7.6:one-ciphertext-per-recipient");
    refused(
        "a key that the leaf's parent hash does not cover",
        [node](UpdatePath& path) { path.nodes[node].encryption_key.front() ^= 1; },
        "7.9.2:leaf-parent-hash");
  }
  room.RequireGoesOn();
}

TEST_CASE("A committer's parent hash is the one of its path") {
  HostileRoom room;
  const std::pair<const char*, Edit<Bytes>> edits[] = {
      {"none", [](Bytes& hash) { hash.clear(); }},
      {"of another length", [](Bytes& hash) { hash.pop_back(); }},
      {"of another length", [](Bytes& hash) { hash.push_back(0); }},
      {"changed", [](Bytes& hash) { hash.front() ^= 1; }}};
  for (const auto& [how, edit] : edits) {
    const Mutation mutation(how);
    const auto leaf = [&change = edit](rfc9420::LeafNode& made) {
      change(made.leaf_node_source.GetIf<rfc9420::ParentHash>()->parent_hash);
    };
    RequireCommitRefused(room, {.leaf = leaf}, ErrorKind::kInvalidCommit, "7.9.2:leaf-parent-hash");
    const Mutation external("in an external commit");
    room.RequireRefused(ForgeExternalCommit(room.Outsider(), room[0], {.commit = {.leaf = leaf}}),
                        ErrorKind::kInvalidCommit, "7.9.2:leaf-parent-hash", 99);
  }
  room.RequireGoesOn();
}

// P4: who is not harmed cannot notice. Who is, refuses, and comes back by an external commit.
TEST_CASE("A path secret that does not open, or is another one, is refused by whom it is for") {
  HostileRoom room(8);
  const Suite suite = room.suite();
  const RatchetTree& tree = GroupOf(room[0]).tree();
  using rfc9420::HPKECiphertext;
  const std::pair<const char*, Edit<HPKECiphertext>> edits[] = {
      {"a ciphertext that is changed",
       [](HPKECiphertext& secret) { secret.ciphertext.front() ^= 1; }},
      {"no ciphertext", [](HPKECiphertext& secret) { secret.ciphertext.clear(); }},
      {"less than a tag", [](HPKECiphertext& secret) { secret.ciphertext.resize(15); }},
      {"no KEM output", [](HPKECiphertext& secret) { secret.kem_output.clear(); }},
      {"a KEM output of low order",
       [](HPKECiphertext& secret) { secret.kem_output.assign(32, 0); }}};
  // The lowest node of Alice's path is for Bob alone.
  for (const auto& [how, edit] : edits) {
    const Mutation mutation(how);
    const Bytes commit =
        ForgeCommit(room.client(0), room[0], {.sealed = [&change = edit](UpdatePath& path) {
                      change(path.nodes[0].encrypted_path_secret[0]);
                    }});
    room.RequireRefusedBy(1, commit, ErrorKind::kInvalidCommit, "7.6:path-secret-opens");
    for (std::size_t i = 2; i < 8; ++i) REQUIRE(room[i].Receive(commit).ok());
  }
  // Secrets that open, but are not those of the path's keys: another one, and ones of other sizes.
  for (const auto& [size, rule] : std::initializer_list<std::pair<std::size_t, const char*>>{
           {32, "7.5:derived-public-key-is-the-nodes"},
           {0, "7.4:path-secret-size"},
           {31, "7.4:path-secret-size"},
           {33, "7.4:path-secret-size"}}) {
    const Bytes commit =
        ForgeCommit(room.client(0), room[0], {.keys = [other = Bytes(size, 5)](PreparedPath& path) {
                      path.nodes[0].path_secret = {Secret::CopyOf(other)};
                    }});
    room.RequireRefusedBy(1, commit, ErrorKind::kInvalidCommit, rule);
    for (std::size_t i = 2; i < 8; ++i) REQUIRE(room[i].Receive(commit).ok());
  }
  REQUIRE(tree.width() == 8);
  REQUIRE(suite.hash_size() == 32);

  // One of these wins. Bob has lost the group, and joins it again in his old place.
  const Bytes split = ForgeCommit(room.client(0), room[0], {.sealed = [](UpdatePath& path) {
                                    path.nodes[0].encrypted_path_secret[0].ciphertext[0] ^= 1;
                                  }});
  Sessions others;
  for (std::size_t i = 2; i < 8; ++i) others.emplace_back(room[i]);
  DeliverCommit(others, split);
  PendingJoin back = Must(StartExternalJoin(*room.client(1), Must(MakeGroupInfo(room[2])),
                                            {.replace = room[1].own_leaf()}));
  DeliverCommit(others, back.commit());
  others.emplace_back(room[1] = Must(EnterExternally(*room.client(1), std::move(back))));
  RequireStillHealthy(others);
}

TEST_CASE("A path is made for the epoch it leads to, and opens in no other context") {
  HostileRoom room;
  // Sealed for the group as it would be with another extension: the context differs.
  const Bytes commit =
      ForgeCommit(room.client(0), room[0],
                  {.applied = {{AsProposal(rfc9420::GroupContextExtensions{
                       {MakeRequiredCapabilities({{}, {}, {CredentialType::basic}})}})}}});
  room.RequireRefused(commit, ErrorKind::kInvalidCommit, "7.6:path-secret-opens");
  room.RequireGoesOn();
}

// P8, beside what is in group_demands_test.cc: keys that the commit itself takes out may not return
// as others, and keys of other nodes may not be taken.
TEST_CASE("A path brings no key that its committer's old path had") {
  HostileRoom room;
  room.room().Commit(room[0], {.path = PathPolicy::always});
  for (const std::uint32_t node : {1u, 3u}) {
    const Bytes old = ToBytes(GroupOf(room[0]).tree().EncryptionKey({node}));
    RequireCommitRefused(
        room, {.keys = [&old](PreparedPath& path) { path.nodes[0].encryption_key = old; }},
        ErrorKind::kInvalidCommit, "12.4.2:path-keys-new");
    const Mutation mutation("as its leaf's");
    RequireCommitRefused(room,
                         {.leaf = [&old](rfc9420::LeafNode& leaf) { leaf.encryption_key = old; }},
                         ErrorKind::kInvalidCommit, "12.4.2:path-keys-new");
  }
  room.RequireGoesOn();
}

TEST_CASE("An Update that is committed for us is one that we made") {
  HostileRoom room;
  // Bob's key signs an Update that Bob's session knows nothing of: a second device with his keys.
  const Bytes update = SendProposal(room[1], AsProposal(rfc9420::Update{ForgeUpdateLeaf(room[1])}));
  ProposalRef ref;
  for (const std::size_t i : {0u, 1u, 2u, 3u}) ref = ReceiveProposal(room[i], update).ref;
  const Bytes commit = ForgeCommit(room.client(0), room[0], {.proposals = {ByRef(ref)}});
  room.RequireRefusedBy(1, commit, ErrorKind::kInvalidCommit, "12.1.2:our-update-is-ours");
  room.room().Commit(room[0], {.exclude = {ref}});
  room.RequireGoesOn();
}

TEST_CASE("A commit in our own name that we did not make is refused") {
  HostileRoom room;
  const OutgoingCommit offer = Must(room[1].CreateCommit({}));
  Must(Withdraw(room[1], offer.id));
  // In private, the generation is one that we have used; in public, the session it came from is
  // gone.
  room.RequireRefusedBy(1, offer.commit, ErrorKind::kAlreadyUsed, "9.2:key-is-not-used");
  room.RequireRefusedBy(1, ForgeCommit(room.client(1), room[1], {}), ErrorKind::kMissing,
                        "14:own-commit-is-an-offer");
  room.RequireGoesOn();
}

}  // namespace
}  // namespace conclave::testing
