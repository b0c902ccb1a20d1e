// The presentation language (RFC 9420, section 2.1) and the arithmetic of trees (section 4.1 and
// appendix C), by themselves. The first byte says which.
#include <algorithm>
#include <cstdint>
#include <initializer_list>

#include "fuzz/harness/target.h"
#include "tree/tree_math.h"
#include "wire/parse.h"

namespace conclave::fuzz {

namespace {

// Takes vectors off a reader, and writes what was read: it is what was there.
bool ReadVectors(BytesView input) {
  wire::Reader reader(input);
  wire::Writer writer;
  wire::SizeCounter counter;
  while (!reader.empty()) {
    const BytesView content = reader.Vector();
    if (!reader.ok()) break;
    Require(content.data() >= input.data() &&
                content.data() + content.size() <= input.data() + input.size(),
            "a vector lies within its input");
    writer.VectorOf(content);
    counter.VectorOf(content);
  }
  Require(counter.size() == writer.size(), "sizes are counted as they are written");
  Require(std::ranges::equal(writer.bytes(), input.first(writer.size())),
          "vectors are written as they were");
  return reader.ok();
}

// The same for numbers of all sizes and raw bytes: each is introduced by a byte.
bool ReadNumbers(BytesView input) {
  wire::Reader reader(input);
  wire::Writer writer;
  while (!reader.empty()) {
    const std::size_t before = reader.remaining();
    const std::uint64_t kind = reader.Uint(1);
    writer.Uint(kind, 1);
    const std::size_t size = kind % 8 + 1;
    if (kind < 128) {
      writer.Uint(reader.Uint(size), size);
    } else {
      writer.Raw(reader.Raw(size));
    }
    if (!reader.ok()) break;
    Require(before - reader.remaining() == size + 1, "a reader takes what is asked for");
    Require(std::ranges::equal(writer.bytes(), input.first(writer.size())),
            "numbers are written as they were");
  }
  return reader.ok();
}

// Vectors in vectors, and vectors of vectors as the codec has them.
bool Nest(BytesView input) {
  const auto lists = wire::Parse<std::vector<std::vector<Bytes>>>(input);
  if (!lists.ok()) return false;
  Require(std::ranges::equal(wire::Serialize(*lists), input), "lists are written as they were");
  wire::Writer writer;
  writer.Vector([&] {
    for (const auto& list : *lists) {
      writer.Vector([&] {
        for (const Bytes& bytes : list) wire::Encode(writer, bytes);
      });
    }
  });
  Require(std::ranges::equal(writer.bytes(), input), "headers go in front of what is written");
  return true;
}

// Parent and child, sibling, subtree and path say the same thing about each other.
bool Climb(BytesView input) {
  wire::Reader reader(input);
  const std::uint32_t width = std::uint32_t{1} << reader.Uint(1) % 31;
  const LeafIndex a{static_cast<std::uint32_t>(reader.Uint(4)) % width};
  const LeafIndex b{static_cast<std::uint32_t>(reader.Uint(4)) % width};
  if (!reader.ok()) return false;
  const auto path = DirectPath(a, width);
  const auto copath = Copath(a, width);
  Require(path.size() == copath.size(), "each node of a path has one beside it");
  NodeIndex below = ToNode(a);
  for (std::size_t i = 0; i < path.size(); ++i) {
    Require(Level(path[i]) == i + 1, "a path climbs one level at a time");
    Require(
        Left(path[i]) == std::min(below, copath[i]) && Right(path[i]) == std::max(below, copath[i]),
        "a parent lies between its children");
    Require(Sibling(below) == copath[i] && Parent(copath[i]) == path[i], "siblings share a parent");
    Require(IsInSubtree(a, path[i]) && !IsInSubtree(a, copath[i]), "a leaf is under its path");
    below = path[i];
  }
  Require(below == Root(width), "a path ends at the root");
  const NodeIndex common = CommonAncestor(a, b);
  Require(common == CommonAncestor(b, a) && IsInSubtree(a, common) && IsInSubtree(b, common),
          "a common ancestor has both under it");
  Require(a == b || (IsInSubtree(a, Left(common)) != IsInSubtree(b, Left(common))),
          "it is the lowest");
  return true;
}

bool Run(BytesView input) {
  if (input.empty()) return false;
  const BytesView rest = input.subspan(1);
  switch (input.front() % 4) {
    case 0:
      return ReadVectors(rest);
    case 1:
      return Nest(rest);
    case 2:
      return Climb(rest);
    default:
      return ReadNumbers(rest);
  }
}

// A vector whose header has `header_size` bytes.
Bytes VectorOf(std::size_t size, std::size_t header_size) {
  static constexpr std::uint8_t kPrefix[] = {0, 0x00, 0x40, 0, 0x80};
  Bytes input = {0};
  for (std::size_t i = header_size; i-- > 0;) {
    input.push_back(static_cast<std::uint8_t>(size >> (8 * i)));
  }
  input[1] = static_cast<std::uint8_t>(input[1] | kPrefix[header_size]);
  input.resize(input.size() + size, 0xee);
  return input;
}

std::vector<Seed> Seeds() {
  std::vector<Seed> seeds;
  // Section 2.1.2: the sizes around which a header gets longer, with the header that is right and
  // with one that is too long.
  for (const std::size_t size :
       std::initializer_list<std::size_t>{0x3e, 0x3f, 0x40, 0x41, 0x3ffe, 0x3fff, 0x4000, 0x4001}) {
    const std::size_t right = wire::VarIntSize(size);
    for (const std::size_t header : std::initializer_list<std::size_t>{1, 2, 4}) {
      if (header < right) continue;
      seeds.push_back({"vector_of_" + std::to_string(size) + "_in_" + std::to_string(header),
                       VectorOf(size, header), header == right});
    }
    wire::Writer list;
    list.Vector([&] { list.Vector([&] { list.VectorOf(Bytes(size, 0x11)); }); });
    Bytes input = {1};
    input.insert(input.end(), list.bytes().begin(), list.bytes().end());
    seeds.push_back({"list_of_" + std::to_string(size), std::move(input)});
  }
  seeds.push_back({"vector_with_prefix_3", {0, 0xc0, 0, 0}, false});
  seeds.push_back({"vector_of_2_to_the_30", {0, 0xbf, 0xff, 0xff, 0xff, 0, 0}, false});
  seeds.push_back({"numbers", {3, 0, 9, 1, 8, 8, 7, 1, 2, 3, 4, 5, 6, 7, 8, 130, 1, 2, 3}});
  seeds.push_back({"climb", {2, 5, 0, 0, 0, 3, 0, 0, 0, 20}});
  seeds.push_back({"climb_high", {2, 30, 0x3f, 0xff, 0xff, 0xff, 0, 0, 0, 0}});
  return seeds;
}

const Registration kTarget({"wire", Run, Seeds});

}  // namespace

}  // namespace conclave::fuzz
