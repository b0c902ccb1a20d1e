#include "tree/tree_hash.h"

#include "base/result_macros.h"
#include "crypto/kdf.h"
#include "wire/codec.h"

namespace conclave {

namespace {

using rfc9420::NodeType;

Result<void> HashInto(const Suite& suite, const Parts& parts, TreeHashValue& out) {
  const std::size_t size = suite.hash_size();
  CONCLAVE_RETURN_IF_ERROR(
      suite.provider().Hash(suite.hash(), parts.span(), MutableBytesView(out.bytes).first(size)));
  out.size = static_cast<std::uint8_t>(size);
  return {};
}

// The fields of a LeafNodeHashInput in front of the LeafNode.
struct LeafHeader {
  std::array<std::uint8_t, 6> bytes;

  LeafHeader(LeafIndex index, bool present)
      : bytes{static_cast<std::uint8_t>(NodeType::leaf),
              static_cast<std::uint8_t>(index.value >> 24),
              static_cast<std::uint8_t>(index.value >> 16),
              static_cast<std::uint8_t>(index.value >> 8),
              static_cast<std::uint8_t>(index.value),
              static_cast<std::uint8_t>(present ? 1 : 0)} {}
};

// The header of a vector that holds a hash (section 2.1.2).
struct HashHeader {
  std::array<std::uint8_t, 2> bytes;
  std::size_t size;

  explicit HashHeader(std::size_t hash_size)
      : bytes{static_cast<std::uint8_t>(hash_size < 0x40 ? hash_size : 0x40),
              static_cast<std::uint8_t>(hash_size)},
        size(hash_size < 0x40 ? 1 : 2) {}
  BytesView view() const { return {bytes.data(), size}; }
};

}  // namespace

//= rfc9420#7.8
//# For both parent and leaf nodes, the optional node value MUST be absent if the node is blank and
//# present if the node contains a value.
Result<void> HashLeaf(const Suite& suite, LeafIndex index, BytesView wire, TreeHashValue& out) {
  const LeafHeader header(index, true);
  return HashInto(suite, {header.bytes, wire}, out);
}

Result<void> HashParent(const Suite& suite, const ParentRecord& record,
                        std::span<const LeafIndex> unmerged_leaves, BytesView left, BytesView right,
                        TreeHashValue& out) {
  const HashHeader header(left.size());
  if (record.is_blank()) {
    const std::uint8_t blank[] = {static_cast<std::uint8_t>(NodeType::parent), 0};
    return HashInto(suite, {blank, header.view(), left, header.view(), right}, out);
  }
  wire::Writer writer;
  writer.Reserve(16 + record.encryption_key().size() + record.parent_hash().size() +
                 4 * unmerged_leaves.size());
  wire::Encode(writer, NodeType::parent);
  writer.Uint(1, 1);
  writer.VectorOf(record.encryption_key());
  writer.VectorOf(record.parent_hash());
  writer.VarInt(4 * unmerged_leaves.size());
  for (const LeafIndex leaf : unmerged_leaves) wire::Encode(writer, leaf);
  return HashInto(suite, {writer.bytes(), header.view(), left, header.view(), right}, out);
}

Result<void> HashBlankSubtree(const Suite& suite, NodeIndex top, TreeHashValue& out) {
  if (IsLeaf(top)) {
    const LeafHeader header(ToLeaf(top), false);
    return HashInto(suite, BytesView(header.bytes), out);
  }
  TreeHashValue left;
  TreeHashValue right;
  CONCLAVE_RETURN_IF_ERROR(HashBlankSubtree(suite, Left(top), left));
  CONCLAVE_RETURN_IF_ERROR(HashBlankSubtree(suite, Right(top), right));
  return HashParent(suite, {}, {}, left.view(), right.view(), out);
}

}  // namespace conclave
