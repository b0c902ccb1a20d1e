// Real groups: after every commit the members, whoever has just joined, and an observer who has
// read the messages alone agree on the tree, and each member holds the private keys that they
// should, and no others (RFC 9420, sections 4.2, 7.4 to 7.6 and 12.4).
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <vector>

#include "hostile/forge.h"
#include "hpke/kem.h"
#include "support/cases.h"
#include "support/conversation.h"
#include "support/must.h"
#include "support/test_suite.h"
#include "tree_model/observer.h"
#include "tree_model/trial.h"

namespace conclave::testing {

namespace {

using test::Must;
using test::Observer;
using test::ReferenceTree;

class Crowd {
 public:
  Crowd(CipherSuite suite, std::uint32_t seed, std::size_t limit)
      : suite_(test::TestSuite(suite)),
        random_(seed),
        limit_(limit),
        people_(1),
        observer_(suite_, Found()) {}

  // One epoch, whatever it brings. The group's state is checked.
  void Step() {
    if (MembersOf().size() < limit_ && Below(6) == 0) {
      JoinExternally();
    } else {
      CommitSomething();
    }
    Check();
  }

  std::size_t gone() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(people_, [](const Somebody& one) { return !one.is_member(); }));
  }

 private:
  struct Somebody {
    std::unique_ptr<TestClient> client;
    std::optional<Session> session;
    std::set<Bytes> held;  // the public keys of all private keys that they have ever held
    bool is_member() const { return session.has_value() && session->is_member(); }
  };

  std::size_t Below(std::size_t limit) { return random_() % limit; }

  TestClientOptions Options() const {
    TestClientOptions options{.suite = suite_.id()};
    options.policy.handshakes = HandshakeFraming::public_message;
    return options;
  }
  Somebody NewPerson() {
    return {
        .client = std::make_unique<TestClient>("somebody", Options()), .session = {}, .held = {}};
  }
  const Session& Found() {
    people_.front() = NewPerson();
    people_.front().session = Must((*people_.front().client)->CreateGroup());
    return *people_.front().session;
  }

  std::vector<Somebody*> MembersOf() {
    std::vector<Somebody*> members;
    for (Somebody& one : people_) {
      if (one.is_member()) members.push_back(&one);
    }
    return members;
  }
  static Sessions SessionsOf(const std::vector<Somebody*>& members) {
    Sessions sessions;
    for (Somebody* member : members) sessions.emplace_back(*member->session);
    return sessions;
  }
  Sessions Others(const Session& session) {
    Sessions others = SessionsOf(MembersOf());
    std::erase_if(others, [&session](Session& other) { return &other == &session; });
    return others;
  }

  // A commit by somebody: of others' updates, and of removals and adds of their own.
  void CommitSomething() {
    std::vector<Somebody*> members = MembersOf();
    std::ranges::shuffle(members, random_);
    Session& committer = *members.back()->session;
    members.pop_back();
    for (std::size_t i = Below(3); i > 0 && !members.empty(); --i) {
      Session& updater = *members.back()->session;
      members.pop_back();
      const Bytes proposal = Must(ProposeUpdate(updater));
      DeliverProposal(Others(updater), proposal);
      observer_.ReadProposal(proposal);
    }
    CommitRequest request{.path = Below(2) == 0 ? PathPolicy::always : PathPolicy::when_required};
    const bool is_large = MembersOf().size() > limit_ / 2;
    for (std::size_t i = is_large ? Below(4) : Below(2); i > 0 && !members.empty(); --i) {
      request.remove.push_back(members.back()->session->own_leaf());
      members.pop_back();
    }
    std::vector<Somebody> joiners;
    const std::size_t room = limit_ - MembersOf().size();
    for (std::size_t i = std::min(room, Below(is_large ? 2 : 4)); i > 0; --i) {
      joiners.push_back(NewPerson());
      request.add.push_back(joiners.back().client->KeyPackage());
    }

    const OutgoingCommit offer = Must(committer.CreateCommit(request));
    REQUIRE(offer.skipped.empty());
    observer_.ReadCommit(offer.commit);
    DeliverCommit(Others(committer), offer.commit);
    const Entered entered = ReceiveAndApply(committer, offer.commit);
    for (Somebody& joiner : joiners) {
      joiner.session = joiner.client->Join(entered.welcomes.front());  // with the tree inside
      people_.push_back(std::move(joiner));
    }
  }

  void JoinExternally() {
    const std::vector<Somebody*> members = MembersOf();
    const Session& inside = *members[Below(members.size())]->session;
    Somebody joiner = NewPerson();
    PendingJoin pending = Must(StartExternalJoin(**joiner.client, Must(MakeGroupInfo(inside))));
    observer_.ReadCommit(pending.commit());
    DeliverCommit(SessionsOf(members), pending.commit());
    joiner.session = Must(EnterExternally(**joiner.client, std::move(pending)));
    people_.push_back(std::move(joiner));
  }

  void Check() {
    const std::vector<Somebody*> members = MembersOf();
    RequireAgreement(SessionsOf(members));
    REQUIRE(TreeHashOf(*members.front()->session) == observer_.tree().TreeHash());
    REQUIRE(Must(ExportRatchetTree(*members.front()->session)) == observer_.tree().Serialize());
    REQUIRE(observer_.tree().IsValid());
    REQUIRE(observer_.knowledge().Violation(observer_.tree()) == "");
    for (Somebody* member : members) CheckKeysOf(*member);
    for (const Somebody& one : people_) {
      if (!one.is_member()) CheckGone(one);
    }
  }

  // A member holds the private keys that the model says they know, and they are the nodes'.
  void CheckKeysOf(Somebody& member) {
    const ReferenceTree& tree = observer_.tree();
    const PrivatePath& path = EpochOf(*member.session).path;
    REQUIRE(path.leaf() == member.session->own_leaf());
    const auto person = observer_.knowledge().PersonAt(path.leaf());
    std::size_t held = 0;
    for (ReferenceTree::Index x = 0; x < tree.size(); ++x) {
      const Secret* key = path.Find({x});
      const bool knows = !tree.IsBlank(x) && observer_.knowledge().Knows(person, tree.KeyOf(x));
      INFO("node " << x << ", leaf " << path.leaf().value);
      REQUIRE((key != nullptr) == knows);
      if (key == nullptr) continue;
      ++held;
      const Bytes public_key = Must(KemPublicKey(suite_.provider(), suite_.kem(), *key));
      REQUIRE(public_key == tree.KeyOf(x));
      member.held.insert(public_key);
    }
    // And none of nodes that are not there any more.
    REQUIRE(path.node_keys().size() + 1 == held);
  }

  // Whoever has left has never held the private key of any node.
  void CheckGone(const Somebody& one) {
    REQUIRE(!one.held.empty());
    const ReferenceTree& tree = observer_.tree();
    for (ReferenceTree::Index x = 0; x < tree.size(); ++x) {
      REQUIRE((tree.IsBlank(x) || !one.held.contains(tree.KeyOf(x))));
    }
  }

  Suite suite_;
  std::mt19937 random_;
  std::size_t limit_;
  std::deque<Somebody> people_;
  Observer observer_;
};

}  // namespace

// G6, P11.
TEST_CASE("Members hold the keys above them into which they are merged, and nobody else does") {
  const std::vector<CipherSuite> suites = EverySuite();
  const std::size_t groups = test::IsLongRun() ? 300 : 21;
  std::size_t gone = 0;
  for (std::size_t i = 0; i < groups; ++i) {
    const auto seed = static_cast<std::uint32_t>(test::RunSeed() + i);
    Crowd crowd(suites[i % suites.size()], seed, 4 + i % 9);
    bool goes_on = true;
    for (std::size_t step = 0; step < 25 && goes_on; ++step) {
      goes_on = false;
      test::RunCase(test::kTreeModel, [&] {
        INFO("CONCLAVE_SEED=" << test::RunSeed() << ", group " << i << ", step " << step);
        crowd.Step();
        goes_on = true;
      });
    }
    gone += crowd.gone();
  }
  CHECK(gone > groups);
  std::printf("%zu groups of clients, whom %zu have left\n", groups, gone);
}

}  // namespace conclave::testing
