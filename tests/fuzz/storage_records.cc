// The records that a session is stored in (docs/storage_format.md), one by one. The first byte of
// the input says which. A storage may have become damaged: whatever decodes is something, and is
// encoded and decoded as the same thing.
#include <algorithm>
#include <array>
#include <cstddef>
#include <tuple>
#include <utility>

#include "fuzz/harness/mutate.h"
#include "fuzz/harness/scene.h"
#include "session/group_record_formats.h"
#include "session/records.h"
#include "storage/record_key.h"

namespace conclave::fuzz {

namespace {

using Records =
    std::tuple<GroupHead, CurrentEpochRecord, PastEpochRecord, RatchetRecord, RetainedKeyRecord,
               ProposalRecord, OwnUpdateRecord, OfferRecord, PendingJoinRecord, KeyPackageRecord,
               std::vector<Bytes>, rfc9420::GroupContext, rfc9420::ParentNode>;
constexpr std::size_t kCount = std::tuple_size_v<Records>;

template <class T>
bool Decodes(BytesView input) {
  const auto record = wire::Parse<T>(input);
  if (!record.ok()) return false;
  const Bytes encoded = ToBytes(wire::SerializeSecret(*record).ExposeForProvider());
  const auto again = wire::Parse<T>(encoded);
  Require(again.ok(), "a record that was written can be read");
  Require(std::ranges::equal(wire::SerializeSecret(*again).ExposeForProvider(), encoded),
          "and is what was written");
  return true;
}

template <std::size_t... kIndex>
constexpr auto MakeDecoders(std::index_sequence<kIndex...>) {
  return std::array{&Decodes<std::tuple_element_t<kIndex, Records>>...};
}
constexpr auto kDecoders = MakeDecoders(std::make_index_sequence<kCount>());

bool Run(BytesView input) {
  if (input.empty()) return false;
  const BytesView rest = input.subspan(1);
  if (input.front() == 0xff) return record_key::GroupIdIn(rest).has_value();
  return kDecoders[input.front() % kCount](rest);
}

// All rows that decode as a record of some kind.
std::vector<Seed> Seeds() {
  std::vector<Seed> seeds;
  const auto add = [&seeds](const Rows& rows) {
    for (std::size_t kind = 0; kind < kCount; ++kind) {
      std::size_t found = 0;
      for (const auto& [key, value] : rows) {
        if (found == 2 || !kDecoders[kind](value)) continue;
        Bytes input = {static_cast<std::uint8_t>(kind)};
        input.insert(input.end(), value.begin(), value.end());
        seeds.push_back({"record_" + std::to_string(kind) + "_" + std::to_string(seeds.size()),
                         std::move(input)});
        ++found;
      }
    }
  };
  add(Scene::Unchecked().alice());
  add(Scene::Unchecked().ivan());
  Party newcomer("newcomer", Scene::Unchecked().crypto());
  (void)Must(StartExternalJoin(newcomer.client, Scene::Unchecked().group_infos().front().input));
  add(newcomer.storage.rows);
  return seeds;
}

const Registration kTarget({"storage_records", Run, Seeds});

}  // namespace

}  // namespace conclave::fuzz
