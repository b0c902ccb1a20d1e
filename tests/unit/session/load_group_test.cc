// Loading a group from records that are damaged: an error that says which rule they break, and
// never the end of the program.
#include "session/load_group.h"

#include <catch2/catch_test_macros.hpp>
#include <functional>

#include "conclave/external_join.h"
#include "conclave/group_info.h"
#include "conclave/key_packages.h"
#include "conclave/offers.h"
#include "conclave/proposals.h"
#include "session/session_state.h"
#include "storage/record_key.h"
#include "support/conversation.h"
#include "support/must.h"

namespace conclave::testing {

namespace {

using record_key::EpochPart;
using test::Must;

template <class T>
std::string Refusal(const Result<T>& result) {
  return result.ok() ? "ok" : result.error().detail;
}

void Put(Storage& storage, BytesView key, BytesView value) {
  WriteBatch batch;
  batch.Put(key, value);
  Must(storage.Write(batch));
}
void Erase(Storage& storage, BytesView key) {
  WriteBatch batch;
  batch.Erase(key);
  Must(storage.Write(batch));
}

// A session with something in every kind of record: past epochs, ratchets with keys that were
// skipped, proposals, an update of its own, an offer, Welcomes.
struct RichSession {
  RichSession() {
    room.Commit(room[1], {.remove = {LeafIndex{3}}});
    for (Session* sender : {&room[1], &room[2]}) {
      Must(sender->Protect(AsBytes("skipped")));
      late.push_back(Must(sender->Protect(AsBytes("late"))));
      ReceiveApplication(room[0], Must(sender->Protect(AsBytes("read"))));
    }
    room.Commit(room[1]);
    Must(room[1].Protect(AsBytes("skipped")));
    ReceiveApplication(room[0], Must(room[1].Protect(AsBytes("read"))));
    Must(room[0].Protect(AsBytes("sent")));
    offer = Must(room[0].CreateCommit({.remove = {LeafIndex{2}}}));
    Must(ProposeUpdate(room[0]));
  }

  Storage& storage() { return alice.storage; }
  const auto& impl() { return SessionAccess::Of(room[0]); }
  Bytes Current() { return impl().keys.OfEpoch(room[0].epoch(), EpochPart::current); }
  std::string Open() { return Refusal(alice->OpenGroup(room[0].group_id())); }

  template <class Record>
  void Edit(const Bytes& key, const std::function<void(Record&)>& edit) {
    Record record = Must(wire::Parse<Record>(Must(storage().Read(key))->ExposeForProvider()));
    edit(record);
    Put(storage(), key, wire::SerializeSecret(record).ExposeForProvider());
  }

  TestClient alice{"alice"}, bob{"bob"}, carol{"carol"}, dave{"dave"};
  Room room{{&alice, &bob, &carol, &dave}};
  std::vector<Bytes> late;
  OutgoingCommit offer;
};

}  // namespace

TEST_CASE("A group with something in every record is loaded as it was") {
  RichSession rich;
  REQUIRE(rich.Open() == "ok");
  Session again = Must(rich.alice->OpenGroup(rich.room[0].group_id()));
  CHECK(SnapshotOf(again) == SnapshotOf(rich.room[0]));
  for (const Bytes& late : rich.late) ReceiveApplication(again, late);
  CHECK(ReceiveCommit(again, rich.offer.commit).removed().size() == 1);
}

TEST_CASE("A record that is damaged anywhere is refused or does no harm") {
  RichSession rich;
  Storage& storage = rich.storage();
  const GroupId id = rich.room[0].group_id();
  std::size_t tried = 0, refused = 0;
  const auto use = [&] {
    auto session = rich.alice->OpenGroup(id);
    ++tried;
    if (!session.ok()) return void(++refused);
    for (const Bytes& late : rich.late) (void)session->Receive(late);
    (void)session->Protect(AsBytes("hello"));
    (void)session->Receive(rich.offer.commit);
    (void)session->CreateCommit({});
    (void)Undelivered(*session);
  };
  std::vector<std::pair<Bytes, Bytes>> records;
  for (const Bytes& key : Must(storage.Keys({}))) {
    records.emplace_back(key, BytesOf(*Must(storage.Read(key))));
  }
  const auto restore = [&] {
    WriteBatch batch;
    batch.ErasePrefix({});
    for (const auto& [key, value] : records) batch.Put(key, value);
    Must(storage.Write(batch));
  };
  for (const auto& [key, value] : records) {
    if (key[0] != static_cast<std::uint8_t>(record_key::Table::group) &&
        key[0] != static_cast<std::uint8_t>(record_key::Table::membership)) {
      continue;
    }
    std::vector<Bytes> damaged = {Bytes(), Bytes(value)};
    damaged.back().push_back(0);
    for (std::size_t at = 0; at < value.size(); at += 1 + value.size() / 9) {
      damaged.push_back(value);
      damaged.back()[at] ^= 0xff;
      damaged.emplace_back(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(at));
    }
    for (const Bytes& bad : damaged) {
      Put(storage, key, bad);
      use();
      restore();
    }
    Erase(storage, key);
    use();
    restore();
  }
  CHECK(rich.Open() == "ok");
  CHECK(tried > 300);
  CHECK(refused > 100);
}

TEST_CASE("Each rule of a group's records has a record that breaks it") {
  RichSession rich;
  const auto& keys = rich.impl().keys;
  const Epoch epoch = rich.room[0].epoch();
  SECTION("the current epoch is missing") {
    Erase(rich.storage(), rich.Current());
    CHECK(rich.Open() == "storage:current-epoch-is-there");
  }
  SECTION("a node lies outside the tree") {
    Put(rich.storage(), keys.Node(200), AsBytes("x"));
    CHECK(rich.Open() == "storage:nodes-are-of-the-tree");
  }
  SECTION("a node is missing") {
    Erase(rich.storage(), keys.Node(2));
    CHECK(rich.Open() == "storage:tree-is-the-groups");
  }
  SECTION("a parent is none") {
    Put(rich.storage(), keys.Node(1), AsBytes("x"));
    CHECK(rich.Open() == "storage:parent-node-decodes");
  }
  SECTION("our leaf is blank") {
    rich.Edit<CurrentEpochRecord>(rich.Current(), [](auto& record) { record.path.leaf = {3}; });
    CHECK(rich.Open() == "storage:path-is-of-our-leaf");
  }
  SECTION("a key is of a node that is not above our leaf") {
    rich.Edit<CurrentEpochRecord>(
        rich.Current(), [](auto& record) { record.path.node_keys.push_back({5, Secret(32)}); });
    CHECK(rich.Open() == "storage:path-is-of-our-leaf");
  }
  SECTION("a ratchet is missing") {
    Erase(rich.storage(),
          keys.OfEpoch(epoch, EpochPart::ratchet, RatchetType::application, LeafIndex{1}));
    CHECK(rich.Open() == "storage:secret-tree-is-whole");
  }
  SECTION("a ratchet has gone on too far") {
    rich.Edit<RatchetRecord>(
        keys.OfEpoch(epoch, EpochPart::ratchet, RatchetType::application, LeafIndex{1}),
        [](auto& record) { record.head = HashRatchet::kUsedUp + 1; });
    CHECK(rich.Open() == "storage:secret-tree-is-whole");
  }
  SECTION("an offer leads to a tree that is none") {
    rich.Edit<OfferRecord>(keys.OfEpoch(epoch, EpochPart::offer, rich.offer.id.value),
                           [](auto& record) { record.next.width = 3; });
    CHECK(rich.Open() == "storage:offers-tree-is-one");
  }
  SECTION("a proposal is about nobody, or by nobody") {
    const Bytes key = keys.OfEpoch(epoch, EpochPart::proposal, std::uint32_t{0});
    const LeafIndex nobody{3};
    SECTION("a Remove of a leaf that is blank") {
      rich.Edit<ProposalRecord>(key, [nobody](auto& record) {
        record.proposal = rfc9420::Proposal::Of(rfc9420::Remove{nobody});
      });
    }
    SECTION("by a leaf that is blank") {
      rich.Edit<ProposalRecord>(key, [nobody](auto& record) {
        record.sender = rfc9420::Sender::Of(rfc9420::MemberSender{nobody});
      });
    }
    SECTION("by an external sender that the group does not have") {
      rich.Edit<ProposalRecord>(key, [](auto& record) {
        record.sender = rfc9420::Sender::Of(rfc9420::ExternalSenderIndex{0});
      });
    }
    SECTION("an Update by somebody who has no leaf") {
      rich.Edit<ProposalRecord>(key, [](auto& record) {
        record.sender = rfc9420::Sender::Of(rfc9420::NewMemberProposal{});
      });
    }
    CHECK(rich.Open() == "storage:proposals-are-of-the-group");
  }
  SECTION("a record is of no part that there is") {
    Bytes key = keys.prefix();
    key.push_back(99);
    Put(rich.storage(), key, AsBytes("x"));
    CHECK(rich.Open() == "storage:group-records-decode");
  }
  SECTION("a key goes on where it should end") {
    Bytes key = keys.OwnMessage(0);
    key.push_back(0);
    Put(rich.storage(), key, AsBytes("x"));
    CHECK(rich.Open() == "storage:group-records-decode");
  }
  SECTION("the head is none") {
    Put(rich.storage(), record_key::Group(rich.room[0].group_id()), AsBytes("x"));
    CHECK(rich.Open() == "storage:group-record-decodes");
    CHECK(Refusal(rich.alice->Groups()) == "storage:group-list-decodes");
  }
  SECTION("Welcomes are none") {
    Put(rich.storage(), keys.Welcomes(1), AsBytes("x"));
    CHECK(Refusal(Undelivered(rich.room[0])) == "storage:welcomes-record-decodes");
  }
}

TEST_CASE("What is not there is said to be missing, by name") {
  RichSession rich;
  TestClient erin("erin");
  CHECK(Refusal(rich.alice->OpenGroup(AsBytes("no such group"))) == "session:group-is-in-storage");
  Client other = rich.alice.InSuite(CipherSuite::MLS_128_DHKEMP256_AES128GCM_SHA256_P256);
  CHECK(Refusal(other.OpenGroup(rich.room[0].group_id())) == "session:group-is-of-our-suite");
  CHECK(Refusal(ResumeExternalJoin(*erin, AsBytes("no join"))) == "session:join-is-in-storage");
  CHECK(Refusal(MarkPublished(*erin, KeyPackageRef{})) == "10:published-key-package-is-held");
}

TEST_CASE("A pending join's record that does not decode is the storage's fault") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice});
  PendingJoin join = Must(StartExternalJoin(*bob, Must(MakeGroupInfo(room[0]))));
  Put(bob.storage, record_key::PendingJoin(room[0].group_id()), AsBytes("x"));
  CHECK(Refusal(ResumeExternalJoin(*bob, room[0].group_id())) ==
        "storage:pending-join-record-decodes");
  CHECK(Refusal(EnterExternally(*bob, std::move(join))) == "storage:pending-join-record-decodes");
}

TEST_CASE("A session whose signer is not shown is not opened") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  const auto signer = MakeSigner();
  const Identity identity{BasicCredential{ToBytes("new")}, signer.get()};
  const Bytes update = Must(ProposeUpdate(room[0], identity));
  ReceiveProposal(room[1], update);
  CHECK(Refusal(alice->OpenGroup(room[0].group_id())) == "session:signer-of-our-update");
  DeliverCommit(room.all(), Must(room[1].CreateCommit({})).commit);
  CHECK(Refusal(alice->OpenGroup(room[0].group_id())) == "session:signer-of-our-leaf");
  CHECK(alice->OpenGroup(room[0].group_id(), {.signers = {signer.get()}}).ok());
}

}  // namespace conclave::testing
