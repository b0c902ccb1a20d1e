#include "large_tree.h"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/check.h"
#include "crypto/kdf.h"
#include "labeled/labeled.h"
#include "rfc9420/labels.h"
#include "tree/tree_hash.h"
#include "wire/codec.h"
#include "wire/parse.h"

namespace conclave::bench {

namespace {

using rfc9420::LeafNodeSource;

// The parent hash that the next node down a committer's path has to carry (section 7.9).
struct Link {
  LeafIndex committer;
  Bytes parent_hash;
};

class TreeGrower {
 public:
  TreeGrower(const Suite& suite, const TreeHistory& history, const SeededKeys& keys,
             const LeafMould& mould)
      : suite_(suite),
        history_(history),
        keys_(keys),
        mould_(mould),
        leaves_(history.width()),
        parents_(NodeCount(history.width())),
        hashes_(NodeCount(history.width())) {}

  Bytes Grow() {
    const NodeIndex root = Root(history_.width());
    Grow(root, nullptr);
    // The last node that is not blank: a member's leaf, since members() are the leftmost.
    const std::uint32_t count = 2 * history_.members() - 1;
    wire::SizeCounter counter;
    Encode(counter, count);
    wire::Writer writer;
    writer.Reserve(4 + counter.size());
    writer.VarInt(counter.size());
    Encode(writer, count);
    return writer.Take();
  }

 private:
  // Makes all that is under `at`. `link` is for the first populated node on the way to its
  // committer's leaf, which is under `at`; null if nothing down there is linked to.
  void Grow(NodeIndex at, const Link* link) {
    if (history_.CountUnder(at) == 0) {
      return Check(HashBlankSubtree(suite_, at, hashes_[at.value]));
    }
    if (IsLeaf(at)) return GrowLeaf(ToLeaf(at), link);
    if (history_.IsPopulated(at)) {
      GrowPopulated(at, link);
    } else {
      for (const NodeIndex child : {Left(at), Right(at)}) {
        const bool leads = link != nullptr && IsInSubtree(link->committer, child);
        Grow(child, leads ? link : nullptr);
      }
    }
    hashes_[at.value] = HashWithout(at, {});
  }

  void GrowPopulated(NodeIndex at, const Link* link) {
    rfc9420::ParentNode& parent = parents_[at.value].emplace();
    parent.encryption_key = keys_.NodeKeyPair(at).public_key;
    parent.unmerged_leaves = history_.UnmergedOf(at);
    parent.parent_hash = ParentHashOf(at, link);

    // The sibling as it was when the committer hashed it: final, but for those who joined since.
    const LeafIndex committer = history_.CommitterOf(at);
    const bool is_left = IsInSubtree(committer, Left(at));
    const NodeIndex sibling = is_left ? Right(at) : Left(at);
    Grow(sibling, nullptr);
    const TreeHashValue original = OriginalHash(sibling, parent.unmerged_leaves);
    wire::Writer input;
    input.VectorOf(parent.encryption_key);
    input.VectorOf(parent.parent_hash);
    input.VectorOf(original.view());
    const Link next{committer, Hash(suite_, BytesView(input.bytes())).value()};
    Grow(is_left ? Left(at) : Right(at), &next);
  }

  // Of a node that nothing links to, since what it was linked to has been replaced, any value will
  // do. The root has none.
  Bytes ParentHashOf(NodeIndex at, const Link* link) const {
    if (link != nullptr) return link->parent_hash;
    if (at == Root(history_.width())) return {};
    return ToBytes(keys_.Derive("unlinked", at.value, suite_.hash_size()).ExposeForProvider());
  }

  void GrowLeaf(LeafIndex index, const Link* link) {
    const NodeIndex at = ToNode(index);
    const SoftwareSigner signer = keys_.SignerAt(index);
    rfc9420::LeafNode leaf;
    leaf.encryption_key = keys_.NodeKeyPair(at).public_key;
    leaf.signature_key = ToBytes(signer.public_key());
    leaf.credential.value = BasicCredential{IdentityAt(index)};
    leaf.capabilities = mould_.capabilities;
    using Source = decltype(leaf.leaf_node_source);
    const LeafNodeSource source = history_.SourceOf(index);
    CONCLAVE_CHECK(link == nullptr || source == LeafNodeSource::commit);
    if (source == LeafNodeSource::commit) {
      leaf.leaf_node_source = Source::Of(rfc9420::ParentHash{LeafParentHash(at, link)});
    } else if (source == LeafNodeSource::update) {
      leaf.leaf_node_source = Source::Of(rfc9420::NoLeafContext{});
    } else {
      leaf.leaf_node_source = Source::Of(mould_.lifetime);
    }
    leaf.signature = SignatureOf(leaf, signer, index);
    leaves_[index.value] = wire::Serialize(leaf);
    Check(HashLeaf(suite_, index, leaves_[index.value], hashes_[at.value]));
  }

  Bytes LeafParentHash(NodeIndex at, const Link* link) const {
    // Alone in the tree, a leaf is its root.
    return history_.width() == 1 ? Bytes{} : ParentHashOf(at, link);
  }

  Bytes SignatureOf(const rfc9420::LeafNode& leaf, const Signer& signer, LeafIndex index) const {
    // Of the size of an Ed25519 signature.
    if (mould_.signatures == LeafSignatures::left_out) return Bytes(64);
    return SignWithLabel(signer, rfc9420::labels::kLeafNodeTBS,
                         rfc9420::SerializeLeafNodeTBS(leaf, mould_.group_id, index))
        .value();
  }

  using Leaves = std::span<const LeafIndex>;

  static Leaves Under(NodeIndex top, Leaves leaves) {
    const auto begin = std::ranges::lower_bound(leaves, FirstLeaf(top));
    const auto end = std::ranges::lower_bound(begin, leaves.end(),
                                              LeafIndex{FirstLeaf(top).value + LeafSpan(top)});
    return {begin, end};
  }

  // The tree hash of a subtree that is made, as it was without some of its leaves (section 7.9).
  TreeHashValue OriginalHash(NodeIndex at, Leaves without) const {
    without = Under(at, without);
    if (without.empty()) return hashes_[at.value];
    if (!IsLeaf(at)) return HashWithout(at, without);
    TreeHashValue blank;
    Check(HashBlankSubtree(suite_, at, blank));
    return blank;
  }

  TreeHashValue HashWithout(NodeIndex at, Leaves without) const {
    const auto& parent = parents_[at.value];
    std::vector<LeafIndex> unmerged;
    if (parent.has_value()) {
      std::ranges::set_difference(parent->unmerged_leaves, without, std::back_inserter(unmerged));
    }
    const TreeHashValue left = OriginalHash(Left(at), without);
    const TreeHashValue right = OriginalHash(Right(at), without);
    TreeHashValue hash;
    const ParentRecord record = parent.has_value() ? ParentRecord(*parent) : ParentRecord();
    Check(HashParent(suite_, record, unmerged, left.view(), right.view(), hash));
    return hash;
  }

  template <class W>
  void Encode(W& w, std::uint32_t count) const {
    for (NodeIndex at; at.value < count; ++at.value) {
      const auto& parent = parents_[at.value];
      w.Uint(IsLeaf(at) || parent.has_value() ? 1 : 0, 1);
      if (IsLeaf(at)) {
        wire::Encode(w, rfc9420::NodeType::leaf);
        w.Raw(leaves_[ToLeaf(at).value]);
      } else if (parent.has_value()) {
        wire::Encode(w, rfc9420::NodeType::parent);
        wire::Encode(w, *parent);
      }
    }
  }

  static void Check(const Result<void>& done) { CONCLAVE_CHECK(done.ok()); }

  const Suite& suite_;
  const TreeHistory& history_;
  const SeededKeys& keys_;
  const LeafMould& mould_;
  std::vector<Bytes> leaves_;                                // serialized
  std::vector<std::optional<rfc9420::ParentNode>> parents_;  // by node index
  std::vector<TreeHashValue> hashes_;                        // by node index
};

}  // namespace

Bytes IdentityAt(LeafIndex leaf) {
  char identity[17];
  std::snprintf(identity, sizeof(identity), "member-%09u", leaf.value);
  return ToBytes(std::string_view(identity));
}

Bytes GrowRatchetTree(const Suite& suite, const TreeHistory& history, const SeededKeys& keys,
                      const LeafMould& mould) {
  return TreeGrower(suite, history, keys, mould).Grow();
}

}  // namespace conclave::bench
