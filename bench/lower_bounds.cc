#include "lower_bounds.h"

#include <algorithm>
#include <bit>
#include <set>
#include <utility>

#include "wire/parse.h"
#include "wire/writer.h"

namespace conclave::bench {

namespace {

constexpr std::size_t kSenderDataSize = 12;  // leaf index, generation, reuse guard
constexpr std::size_t kMessageHeader = 40;   // what a FramedContent has besides its body
constexpr std::size_t kAuthSize = 67;        // a signature and its header
constexpr std::size_t kReferenceLabel = 32;  // "MLS 1.0 KeyPackage Reference" and headers

std::size_t VectorSize(std::size_t content) { return wire::VarIntSize(content) + content; }

// -- Section 7.8: the inputs of tree hashes.

std::size_t HashInputSize(const Suite& suite, const RatchetTree& tree, NodeIndex node) {
  if (IsLeaf(node)) {
    const LeafRecord* leaf = tree.leaf(ToLeaf(node));
    return 6 + (leaf != nullptr ? leaf->wire().size() : 0);
  }
  const std::size_t children = 2 * VectorSize(suite.hash_size());
  const ParentRecord* parent = tree.parent(node);
  if (parent == nullptr) return 2 + children;
  return 2 + VectorSize(parent->encryption_key().size()) +
         VectorSize(parent->parent_hash().size()) +
         VectorSize(4 * parent->unmerged_leaves().size()) + children;
}

// Section 7.9: the key, the parent hash above, the sibling's tree hash.
std::size_t ParentHashInputSize(const Suite& suite) {
  return VectorSize(suite.kem_sizes().public_key) + 2 * VectorSize(suite.hash_size());
}

// The nodes of the new tree that have something new under them, each hashed once.
std::set<NodeIndex> NodesToHash(const CommitFacts& commit) {
  std::vector<LeafIndex> leaves = commit.added;
  leaves.insert(leaves.end(), commit.removed.begin(), commit.removed.end());
  if (commit.has_path) leaves.push_back(commit.committer);
  std::set<NodeIndex> nodes;
  const std::uint32_t width = commit.after.width();
  for (const LeafIndex leaf : leaves) {
    if (leaf.value >= width) continue;
    nodes.insert(ToNode(leaf));
    for (const NodeIndex above : DirectPath(leaf, width)) nodes.insert(above);
  }
  // A tree that grew has new blank nodes, each with a hash of its own.
  for (NodeIndex node{NodeCount(commit.before.width())}; node.value < NodeCount(width);
       ++node.value) {
    nodes.insert(node);
  }
  return nodes;
}

void AddTreeHashes(const CommitFacts& commit, Primitives& work) {
  for (const NodeIndex node : NodesToHash(commit)) {
    work.hashed.push_back(HashInputSize(commit.suite, commit.after, node));
  }
}

// -- Section 8.

// The nine secrets of the epoch secret, and the confirmation tag.
void AddEpochSecrets(Primitives& work) { work.macs += 9 + 1; }

// From the init secret to the epoch secret: two extractions, "joiner" and "epoch".
void AddAdvance(const CommitFacts& commit, Primitives& work) {
  work.macs += 4;
  AddEpochSecrets(work);
  // The confirmed and the interim transcript hash (section 8.2).
  work.hashed.push_back(commit.suite.hash_size() + commit.message_size);
  work.hashed.push_back(2 * commit.suite.hash_size() + 1);
}

// The membership tag of a PublicMessage (section 6.2), over all of the message.
void AddMembershipTag(const CommitFacts& commit, Primitives& work) {
  if (commit.is_external) return;
  work.macs += 1;
  work.hashed.push_back(commit.message_size + commit.context_size);
}

// The info of HPKE (section 5.1.3), hashed once for all recipients.
void AddHpkeInfo(std::size_t context_size, Primitives& work) {
  work.macs += 1;
  work.hashed.push_back(context_size);
}

std::size_t SignedSize(const CommitFacts& commit) {
  return commit.message_size + commit.context_size;
}

// -- Sections 7.4 to 7.6.

// The nodes of the resolution that are sealed to: all but those whom the commit adds.
std::size_t Recipients(const CommitFacts& commit, NodeIndex copath_child) {
  const std::vector<NodeIndex> resolution = commit.after.Resolution(copath_child);
  return static_cast<std::size_t>(std::ranges::count_if(resolution, [&](NodeIndex node) {
    return !IsLeaf(node) || std::ranges::find(commit.added, ToLeaf(node)) == commit.added.end();
  }));
}

void AddPath(const CommitFacts& commit, Primitives& work) {
  const std::vector<PathStep> steps = commit.after.FilteredDirectPath(commit.committer);
  for (const PathStep& step : steps) work.seals += Recipients(commit, step.copath_child);
  work.key_pairs += steps.size();
  work.random_key_pairs += 1;
  work.signatures += 1;
  work.hashed.insert(work.hashed.end(), steps.size(), ParentHashInputSize(commit.suite));
  AddHpkeInfo(commit.context_size, work);
}

void AddReceivedPath(const CommitFacts& commit, LeafIndex receiver, Primitives& work) {
  const std::vector<PathStep> steps = commit.after.FilteredDirectPath(commit.committer);
  const auto common = std::ranges::find_if(
      steps, [receiver](const PathStep& step) { return IsInSubtree(receiver, step.copath_child); });
  work.verifications += 1;
  work.opens += 1;
  work.key_pairs += static_cast<std::size_t>(steps.end() - common);
  work.hashed.insert(work.hashed.end(), steps.size(), ParentHashInputSize(commit.suite));
  AddHpkeInfo(commit.context_size, work);
}

// -- Section 12.4.3.1.

// The keys that open and seal a GroupInfo: "welcome", key and nonce.
constexpr std::size_t kWelcomeMacs = 3;

void AddWelcomes(const CommitFacts& commit, Primitives& work) {
  if (commit.added.empty()) return;
  work.macs += kWelcomeMacs;
  work.seals += commit.added.size();
  for (const std::size_t size : commit.key_packages) {
    work.hashed.push_back(kReferenceLabel + size);
  }
  const std::size_t sealed = commit.sealed_infos.front();
  work.signatures_over.push_back(sealed);
  work.sealed.push_back(sealed);
  AddHpkeInfo(sealed, work);
}

void AddGroupChecks(const JoinFacts& join, Primitives& work) {
  work.verifications += join.tree.member_count();
  work.verifications_over.push_back(join.signed_info_size);
  for (NodeIndex node; node.value < NodeCount(join.tree.width()); ++node.value) {
    work.hashed.push_back(HashInputSize(join.suite, join.tree, node));
    if (!IsLeaf(node) && !join.tree.IsBlank(node)) {
      work.hashed.push_back(ParentHashInputSize(join.suite));
    }
  }
  // The interim transcript hash.
  work.hashed.push_back(2 * join.suite.hash_size() + 1);
}

}  // namespace

Primitives LowerBoundOfKeyPackage(const Suite&, std::size_t size) {
  return {.random_key_pairs = 2, .signatures = 2, .hashed = {kReferenceLabel + size}};
}

Primitives LowerBoundOfNewGroup(const Suite& suite, const RatchetTree& tree) {
  Primitives work{.random_key_pairs = 1, .signatures = 1};
  work.hashed = {HashInputSize(suite, tree, {0}), suite.hash_size() + 1};
  AddEpochSecrets(work);
  return work;
}

CommitFacts FactsOf(const PublicGroup& before, const Offer& offer) {
  const CommitSummary& summary = offer.staged.summary;
  CommitFacts facts{.suite = before.suite(),
                    .before = before.tree(),
                    .after = offer.staged.next->group.tree(),
                    .context_size = before.serialized_context().size(),
                    .committer = summary.committer_leaf,
                    .added = {},
                    .removed = {},
                    .has_path = summary.has_path,
                    .is_external = false,
                    .message_size = offer.message.size()};
  for (const Member& member : summary.added) {
    facts.added.push_back(member.leaf);
    // A KeyPackage is its leaf, a key, a signature and a few bytes.
    facts.key_packages.push_back(facts.after.leaf(member.leaf)->wire().size() +
                                 facts.suite.kem_sizes().public_key + kAuthSize + 8);
  }
  for (const Member& member : summary.removed) facts.removed.push_back(member.leaf);
  for (const Bytes& welcome : offer.welcomes) {
    const auto parsed = wire::Parse<rfc9420::MLSMessage>(welcome).value();
    facts.sealed_infos.push_back(
        parsed.message.GetIf<rfc9420::Welcome>()->encrypted_group_info.size());
  }
  return facts;
}

Primitives LowerBoundOfCreating(const CommitFacts& commit) {
  Primitives work;
  work.signatures_over.push_back(SignedSize(commit));
  // Of each KeyPackage that is added, its own and its leaf's.
  work.verifications += 2 * commit.added.size();
  AddTreeHashes(commit, work);
  if (commit.has_path) AddPath(commit, work);
  AddAdvance(commit, work);
  AddMembershipTag(commit, work);
  AddWelcomes(commit, work);
  return work;
}

Primitives LowerBoundOfProcessing(const CommitFacts& commit, LeafIndex receiver) {
  Primitives work;
  work.verifications_over.push_back(SignedSize(commit));
  work.verifications += 2 * commit.added.size();
  AddTreeHashes(commit, work);
  if (commit.has_path) AddReceivedPath(commit, receiver, work);
  if (commit.is_external) {
    // Section 8.3: the external key pair is derived and opens the KEM output.
    work.opens += 1;
    work.random_key_pairs += 1;
    work.macs += 2;
  }
  AddAdvance(commit, work);
  AddMembershipTag(commit, work);
  return work;
}

Primitives LowerBoundOfJoining(const JoinFacts& join, std::size_t sealed_info_size) {
  Primitives work;
  AddGroupChecks(join, work);
  work.opens += 1;
  AddHpkeInfo(sealed_info_size, work);
  work.opened.push_back(sealed_info_size);
  // The joiner secret, extracted with the PSK secret, leads to "welcome" and to "epoch".
  work.macs += 1 + kWelcomeMacs + 1;
  AddEpochSecrets(work);
  return work;
}

Primitives LowerBoundOfJoiningExternally(const JoinFacts& join, const CommitFacts& commit) {
  Primitives work = LowerBoundOfCreating(commit);
  AddGroupChecks(join, work);
  // Section 8.3: the encapsulation to the external key.
  work.seals += 1;
  return work;
}

namespace {

// Key, nonce and next secret of the ratchet, a step for each generation skipped; key and nonce of
// the sender data; the two children of each node on the way to the leaf, and its two ratchets.
std::size_t MessageMacs(const MessageFacts& message) {
  std::size_t macs = 3 + 2 + message.skipped;
  if (message.first_below_width != 0) {
    macs += 2 * static_cast<std::size_t>(std::countr_zero(message.first_below_width)) + 2;
  }
  return macs;
}

}  // namespace

Primitives LowerBoundOfProtecting(const MessageFacts& message) {
  return {.signatures_over = {message.size + message.context_size + kMessageHeader},
          .macs = MessageMacs(message),
          .sealed = {message.size + kAuthSize, kSenderDataSize}};
}

Primitives LowerBoundOfUnprotecting(const MessageFacts& message) {
  return {.verifications_over = {message.size + message.context_size + kMessageHeader},
          .macs = MessageMacs(message),
          .opened = {message.size + kAuthSize + kAeadTagSize, kSenderDataSize + kAeadTagSize}};
}

Primitives LowerBoundOfExporting(std::size_t context_size) {
  return {.macs = 2, .hashed = {context_size}};
}

}  // namespace conclave::bench
