// Joining: by a Welcome with the ratchet tree inside or beside it, and by an external commit. What
// a joined session holds of the heap is counted too.
#include "conclave/external_join.h"
#include "conclave/group_info.h"
#include "counting_allocator.h"
#include "lower_bounds.h"
#include "operations/operations.h"
#include "session/session_state.h"

namespace conclave::bench {

namespace {

// Live heap of the joiner's session, and the most there was while it joined, for each member. The
// Welcome, the tree beside it, and what the storage holds are not counted.
void CountMemory(benchmark::State& state, const Operation& join, std::uint32_t members) {
  StartPeak();
  const std::size_t before = Heap().live_bytes;
  join.run();
  const HeapCounts after = Heap();
  join.restore();
  state.counters["bytes_per_member"] =
      static_cast<double>(after.live_bytes - before) / static_cast<double>(members);
  state.counters["peak_bytes_per_member"] =
      static_cast<double>(after.peak_bytes - before) / static_cast<double>(members);
}

enum class Tree : std::uint8_t { inside, beside };

// A group's committer has added somebody, without a path.
void Join(benchmark::State& state, const GroupKind& kind, Tree tree) {
  const LargeGroup& group = GroupOf(kind);
  Policy policy = BenchPolicy();
  policy.tree_in_welcome = tree == Tree::inside;
  const auto inviter = group.MemberAt(group.committer(), policy);
  Party joiner(group.suite(), "somebody who joi");
  // A last resort may be used again.
  const Bytes key_package = joiner.client().NewKeyPackage({.last_resort = true}).value();
  const Bytes commit = inviter->session().CreateCommit({.add = {key_package}}).value().commit;
  const CommitFacts facts = FactsOf(inviter->group().epoch().group, LatestOffer(*inviter));
  const Bytes welcome = ReceiveAndApply(inviter->session(), commit).welcomes.front();
  const Bytes beside =
      tree == Tree::beside ? ExportRatchetTree(inviter->session()).value() : Bytes{};

  Operation operation;
  operation.run = [&] {
    StagedJoin staged = joiner.client().ReadWelcome(welcome, {.ratchet_tree = beside}).value();
    joiner.Enter(joiner.client().Enter(std::move(staged)).value());
  };
  operation.restore = [&] { joiner.Leave(); };
  const std::size_t sealed = facts.sealed_infos.front();
  operation.floor = LowerBoundOfJoining(
      {group.suite(), facts.after, facts.context_size, sealed - kAeadTagSize}, sealed);
  operation.wire_bytes = welcome.size() + beside.size();
  Measure(state, kind.suite, operation);
  CountMemory(state, operation, kind.members + 1);
}

// What an external joiner is given, and the commit that one joiner made.
struct ExternalJoin {
  ExternalJoin(const LargeGroup& group, Party& joiner)
      : inviter(group.MemberAt(group.committer())),
        group_info(MakeGroupInfo(inviter->session()).value()),
        pending(StartExternalJoin(joiner.client(), group_info).value()),
        facts{.suite = group.suite(),
              .before = group.tree(),
              .after = group.tree(),
              .context_size = inviter->group().epoch().group.serialized_context().size(),
              .committer = pending.summary().committer_leaf,
              .added = {},
              .removed = {},
              .has_path = true,
              .is_external = true,
              .message_size = pending.commit().size()} {
    // The tree with the joiner in it, as a member sees it.
    ReceiveAndApply(inviter->session(), pending.commit());
    facts.after = inviter->group().epoch().group.tree();
  }

  std::unique_ptr<Party> inviter;
  Bytes group_info;
  PendingJoin pending;
  CommitFacts facts;
};

void JoinExternally(benchmark::State& state, const GroupKind& kind) {
  const LargeGroup& group = GroupOf(kind);
  Party joiner(group.suite(), "somebody who joi");
  const ExternalJoin join(group, joiner);
  Operation operation;
  operation.run = [&] {
    PendingJoin pending = StartExternalJoin(joiner.client(), join.group_info).value();
    joiner.Enter(EnterExternally(joiner.client(), std::move(pending)).value());
  };
  operation.restore = [&] { joiner.Leave(); };
  operation.floor = LowerBoundOfJoiningExternally(
      {group.suite(), group.tree(), join.facts.context_size, join.group_info.size()}, join.facts);
  operation.wire_bytes = join.group_info.size() + join.pending.commit().size();
  Measure(state, kind.suite, operation);
}

// The joiner takes a leaf in the right half of the tree; the receiver is the leftmost member.
void ProcessExternalJoin(benchmark::State& state, const GroupKind& kind) {
  const LargeGroup& group = GroupOf(kind);
  Party joiner(group.suite(), "somebody who joi");
  const ExternalJoin join(group, joiner);
  const auto receiver = group.MemberAt(group.committer());
  Operation operation;
  operation.run = [&] { ReceiveAndApply(receiver->session(), join.pending.commit()); };
  operation.restore = [&] { group.Rewind(*receiver); };
  operation.floor = LowerBoundOfProcessing(join.facts, group.committer());
  operation.wire_bytes = join.pending.commit().size();
  Measure(state, kind.suite, operation);
}

}  // namespace

void RegisterJoins(const GroupKind& kind) {
  Register("join_tree_inside", kind,
           [=](benchmark::State& state) { Join(state, kind, Tree::inside); });
  Register("join_tree_beside", kind,
           [=](benchmark::State& state) { Join(state, kind, Tree::beside); });
  Register("external_join", kind, [=](benchmark::State& state) { JoinExternally(state, kind); });
  Register("process_external_join_far", kind,
           [=](benchmark::State& state) { ProcessExternalJoin(state, kind); });
}

}  // namespace conclave::bench
