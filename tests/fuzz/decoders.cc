// Every struct of RFC 9420 that is decoded. The first byte says which; what follows may be longer
// than the struct. Whatever decodes is encoded as exactly the bytes that were consumed.
#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <tuple>
#include <utility>

#include "fuzz/harness/mutate.h"
#include "fuzz/harness/vector_seeds.h"

namespace conclave::fuzz {

namespace {

using test::WireStructs;
constexpr std::size_t kCount = std::tuple_size_v<WireStructs>;
static_assert(kCount < 256);

template <class T>
bool Decodes(BytesView input) {
  wire::Reader reader(input);
  T value{};
  wire::Decode(reader, value);
  const bool whole = wire::Parse<T>(input).ok();
  if (!reader.ok()) {
    Require(!whole, "what does not decode does not parse");
    return false;
  }
  const BytesView consumed = input.first(input.size() - reader.remaining());
  Require(std::ranges::equal(Encoded(value), consumed), "a struct is encoded as it was");
  Require(whole == reader.empty(), "a struct parses if and only if nothing is left over");
  return true;
}

// One of these for each struct.
struct Decoder {
  bool (*decodes)(BytesView);
  void (*mutate)(test::Random&, Bytes&);
  Bytes (*random)(test::Random&);
};
template <class T>
constexpr Decoder DecoderOf() {
  return {Decodes<T>, MutateInput<T>,
          [](test::Random& random) { return Encoded(test::RandomInstance<T>(random)); }};
}
template <std::size_t... kIndex>
constexpr auto MakeDecoders(std::index_sequence<kIndex...>) {
  return std::array{DecoderOf<std::tuple_element_t<kIndex, WireStructs>>()...};
}
constexpr auto kDecoders = MakeDecoders(std::make_index_sequence<kCount>());

// The place of a struct among them.
template <class T, std::size_t kAt = 0>
constexpr std::uint8_t NumberOf() {
  if constexpr (std::is_same_v<T, std::tuple_element_t<kAt, WireStructs>>) {
    return kAt;
  } else {
    return NumberOf<T, kAt + 1>();
  }
}

bool Run(BytesView input) {
  if (input.empty()) return false;
  return kDecoders[input.front() % kCount].decodes(input.subspan(1));
}

void MutateStructOf(test::Random& random, Bytes& input) {
  if (input.empty()) input.push_back(static_cast<std::uint8_t>(random.Below(kCount)));
  const std::uint8_t number = input.front();
  Bytes rest(input.begin() + 1, input.end());
  kDecoders[number % kCount].mutate(random, rest);
  input.resize(1);
  input.insert(input.end(), rest.begin(), rest.end());
}

Bytes Numbered(std::uint8_t number, const Bytes& rest) {
  Bytes input = {number};
  input.insert(input.end(), rest.begin(), rest.end());
  return input;
}

template <class T>
void AddVectors(const char* field, std::vector<Seed>& seeds) {
  for (Seed& seed : VectorSeeds("messages", field, {1})) {
    seeds.push_back({std::move(seed.name), Numbered(NumberOf<T>(), seed.input)});
  }
}

// A vector in a vector, at the sizes at which the header of the one or the other gets longer, and
// the same with a header of the inner one that is longer than it must be: to encode it again takes
// another number of bytes than to decode it did.
void AddEdges(std::vector<Seed>& seeds) {
  const std::uint8_t number = NumberOf<rfc9420::GroupContextExtensions>();
  for (const std::size_t size : std::initializer_list<std::size_t>{59, 60, 61, 62, 63, 64, 65, 250,
                                                                   255, 256, 16379, 16380, 16384}) {
    rfc9420::GroupContextExtensions extensions;
    extensions.extensions.push_back({ExtensionType{0xf0a1}, Bytes(size, 0x22)});
    seeds.push_back(
        {"extension_of_" + std::to_string(size), Numbered(number, wire::Serialize(extensions))});
  }
  for (const std::size_t size : std::initializer_list<std::size_t>{0, 1, 62, 63, 252}) {
    Bytes inner = {
        0xf0, 0xa1, 0x80, 0, static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)};
    inner.resize(inner.size() + size, 0x22);
    seeds.push_back({"extension_with_a_long_header_of_" + std::to_string(size),
                     Numbered(number, wire::Serialize(inner)), false});
  }
}

std::vector<Seed> Seeds() {
  std::vector<Seed> seeds;
  test::Random random(1);
  for (std::size_t number = 0; number < kCount; ++number) {
    seeds.push_back(
        {"struct_" + std::to_string(number),
         Numbered(static_cast<std::uint8_t>(number), kDecoders[number].random(random))});
  }
  AddVectors<rfc9420::GroupSecrets>("group_secrets", seeds);
  AddVectors<rfc9420::Add>("add_proposal", seeds);
  AddVectors<rfc9420::Update>("update_proposal", seeds);
  AddVectors<rfc9420::Remove>("remove_proposal", seeds);
  AddVectors<rfc9420::PreSharedKey>("pre_shared_key_proposal", seeds);
  AddVectors<rfc9420::ReInit>("re_init_proposal", seeds);
  AddVectors<rfc9420::ExternalInit>("external_init_proposal", seeds);
  AddVectors<rfc9420::GroupContextExtensions>("group_context_extensions_proposal", seeds);
  AddVectors<rfc9420::Commit>("commit", seeds);
  AddVectors<std::vector<std::optional<rfc9420::Node>>>("ratchet_tree", seeds);
  AddEdges(seeds);
  return seeds;
}

const Registration kTarget({"decoders", Run, Seeds, MutateStructOf});

}  // namespace

}  // namespace conclave::fuzz
