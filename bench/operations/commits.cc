// Commits in a group: made by the member at the leftmost leaf, and received, which means read and
// applied, by a member in the other half of the tree and by the one beside the committer.
#include <map>

#include "conclave/offers.h"
#include "lower_bounds.h"
#include "operations/operations.h"

namespace conclave::bench {

namespace {

constexpr std::size_t kManyAdds = 1000;

using MakeRequest = CommitRequest (*)(const LargeGroup& group);

CommitRequest Empty(const LargeGroup&) { return {}; }
CommitRequest AddOne(const LargeGroup& group) { return {.add = KeyPackages(group.suite(), 1)}; }
CommitRequest AddOneWithPath(const LargeGroup& group) {
  return {.add = KeyPackages(group.suite(), 1), .path = PathPolicy::always};
}
CommitRequest AddMany(const LargeGroup& group) {
  return {.add = KeyPackages(group.suite(), kManyAdds)};
}
CommitRequest RemoveOne(const LargeGroup& group) { return {.remove = {group.removed()}}; }

std::size_t WireBytes(const Offer& offer) {
  std::size_t bytes = offer.message.size();
  for (const Bytes& welcome : offer.welcomes) bytes += welcome.size();
  return bytes;
}

void Create(benchmark::State& state, const GroupKind& kind, MakeRequest make_request) {
  const LargeGroup& group = GroupOf(kind);
  const auto committer = group.MemberAt(group.committer());
  const CommitRequest request = make_request(group);
  const auto create = [&] { committer->session().CreateCommit(request).value(); };
  const auto withdraw = [&] {
    Withdraw(committer->session(), {LatestOffer(*committer).id}).value();
  };
  create();
  Operation operation{.run = create, .restore = withdraw};
  operation.floor =
      LowerBoundOfCreating(FactsOf(committer->group().epoch().group, LatestOffer(*committer)));
  operation.wire_bytes = WireBytes(LatestOffer(*committer));
  withdraw();
  Measure(state, kind.suite, operation);
}

enum class Place : std::uint8_t { far, near };

void Process(benchmark::State& state, const GroupKind& kind, MakeRequest make_request,
             Place place) {
  const LargeGroup& group = GroupOf(kind);
  const auto committer = group.MemberAt(group.committer());
  const LeafIndex at = place == Place::far ? group.far() : group.neighbour();
  const Bytes commit = committer->session().CreateCommit(make_request(group)).value().commit;
  const auto receiver = group.MemberAt(at);
  Operation operation;
  operation.run = [&] { ReceiveAndApply(receiver->session(), commit); };
  operation.restore = [&] { group.Rewind(*receiver); };
  operation.floor = LowerBoundOfProcessing(
      FactsOf(committer->group().epoch().group, LatestOffer(*committer)), at);
  operation.wire_bytes = commit.size();
  Measure(state, kind.suite, operation);
}

void RegisterCommit(const std::string& name, const GroupKind& kind, MakeRequest make_request) {
  Register(name, kind, [=](benchmark::State& state) { Create(state, kind, make_request); });
  const bool removes_receiver = make_request == RemoveOne && kind.members == 2;
  if (removes_receiver) return;
  Register("process_" + name + "_far", kind,
           [=](benchmark::State& state) { Process(state, kind, make_request, Place::far); });
  if (kind.members == 2) return;
  Register("process_" + name + "_near", kind,
           [=](benchmark::State& state) { Process(state, kind, make_request, Place::near); });
}

}  // namespace

void RegisterCommits(const GroupKind& kind) {
  RegisterCommit("empty_commit", kind, Empty);
  RegisterCommit("add_one", kind, AddOne);
  RegisterCommit("add_one_with_path", kind, AddOneWithPath);
  RegisterCommit("remove_one", kind, RemoveOne);
  if (kind.state == TreeState::full) RegisterCommit("add_1000", kind, AddMany);
}

}  // namespace conclave::bench
