#include "durability/store_story.h"

#include <algorithm>
#include <utility>

#include "conclave/memory_storage.h"
#include "storage/scan.h"

namespace conclave::testing {

namespace {

// Its first bytes occur once.
std::string ValueOf(int number, std::size_t size) {
  std::string value = "<value " + std::to_string(1000 + number) + ">";
  value.resize(std::max(size, value.size()), static_cast<char>('a' + number % 26));
  return value;
}

void Put(WriteBatch& batch, const std::string& key, int number, std::size_t size) {
  batch.Put(AsBytes(key), AsBytes(ValueOf(number, size)));
}

}  // namespace

std::optional<Rows> RowsOf(const Storage& storage) {
  Rows rows;
  const auto scanned = ScanRecords(storage, {}, [&rows](BytesView key, BytesView value) {
    rows[std::string(key.begin(), key.end())] = std::string(value.begin(), value.end());
  });
  if (!scanned.ok()) return std::nullopt;
  return rows;
}

StoreStory::StoreStory() {
  int number = 0;
  WriteBatch first;
  for (int i = 0; i < 12; ++i) Put(first, "tree/" + std::to_string(i), ++number, 300);
  for (int i = 0; i < 6; ++i) Put(first, "past/" + std::to_string(i), ++number, 700);
  Put(first, "epoch", ++number, 40);
  batches_.push_back(std::move(first));

  WriteBatch second;
  second.Expect(AsBytes("epoch"), AsBytes(ValueOf(number, 40)));
  Put(second, "epoch", ++number, 40);
  Put(second, "tree/3", ++number, 300);
  Put(second, "tree/7", ++number, 350);
  Put(second, "large", ++number, 9000);
  second.Erase(AsBytes("tree/5"));
  second.ErasePrefix(AsBytes("past/"));
  batches_.push_back(std::move(second));

  WriteBatch third;
  Put(third, "epoch", ++number, 40);
  Put(third, "inbox", ++number, 100);
  third.Erase(AsBytes("large"));
  batches_.push_back(std::move(third));

  MemoryStorage model;
  states_.emplace_back();
  for (const WriteBatch& batch : batches_) {
    model.Write(batch).value();
    states_.push_back(RowsOf(model).value());
  }
}

std::vector<std::string> StoreStory::GoneIn(std::size_t batches) const {
  std::vector<std::string> gone;
  for (std::size_t before = 0; before < batches; ++before) {
    for (const auto& [key, value] : state(before)) {
      const auto now = state(batches).find(key);
      const bool is_gone = now == state(batches).end() || now->second != value;
      if (is_gone) gone.push_back(value.substr(0, value.find('>') + 1));
    }
  }
  return gone;
}

}  // namespace conclave::testing
