// What was replaced or erased is not on the disk when the write returns.
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "sqlite/unused_space.h"
#include "support/sqlite_file.h"
#include "support/storage_contract.h"
#include "support/temporary_directory.h"

namespace conclave {
namespace {

using test::Contains;
using test::ContentOnDisk;
using test::OpenStorage;
using test::PutNow;
using test::RawConnection;
using test::TemporaryDirectory;

// Random batches, and which distinctive values they put, replace and erase.
class Churn {
 public:
  explicit Churn(std::size_t largest) : largest_(largest) {}

  // One batch; afterwards gone() has the values that it made an end of.
  void Write(Storage& storage) {
    gone_.clear();
    WriteBatch batch;
    for (std::size_t i = 1 + Below(8); i > 0; --i) Step(batch);
    REQUIRE(storage.Write(batch).ok());
  }

  const std::vector<std::string>& gone() const { return gone_; }
  const std::set<std::string>& all_gone() const { return all_gone_; }
  const std::map<std::string, std::string>& live() const { return live_; }

 private:
  std::size_t Below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }

  void Step(WriteBatch& batch) {
    std::string key = "row " + std::to_string(Below(300));
    const std::size_t kind = Below(20);
    if (kind == 0) {
      key.resize(5);
      batch.ErasePrefix(AsBytes(key));
      for (auto it = live_.lower_bound(key); it != live_.end() && it->first.starts_with(key);) {
        End(it->second);
        it = live_.erase(it);
      }
      return;
    }
    if (live_.contains(key)) End(live_[key]);
    if (kind < 7) {
      batch.Erase(AsBytes(key));
      live_.erase(key);
    } else {
      live_[key] = Value();
      batch.Put(AsBytes(key), AsBytes(live_[key]));
    }
  }

  // Sixteen bytes that occur once, and some that do not matter.
  std::string Value() {
    char mark[17];
    std::snprintf(mark, sizeof mark, "%016llx", static_cast<unsigned long long>(engine_()));
    return mark + std::string(Below(largest_), '.');
  }

  void End(const std::string& value) {
    gone_.push_back(value.substr(0, 16));
    all_gone_.insert(gone_.back());
  }

  std::mt19937_64 engine_{4};
  std::size_t largest_;
  std::map<std::string, std::string> live_;
  std::vector<std::string> gone_;
  std::set<std::string> all_gone_;
};

std::size_t CountIn(const std::string& content, const std::set<std::string>& marks) {
  std::size_t found = 0;
  for (std::size_t at = 0; at + 16 <= content.size(); ++at) {
    if (marks.contains(content.substr(at, 16))) ++found;
  }
  return found;
}

TEST_CASE("Nothing that was replaced or erased is on the disk") {
  for (const std::size_t largest :
       {std::size_t{1}, std::size_t{60}, std::size_t{1500}, std::size_t{9000}}) {
    const TemporaryDirectory directory;
    const std::string path = directory.File("db");
    const auto storage = OpenStorage({.path = path});
    Churn churn(largest);
    for (int i = 1; i <= 1000; ++i) {
      churn.Write(*storage);
      // What this batch has ended, each time; what any has ended, each hundredth.
      if (!churn.gone().empty() && (largest < 1000 || i % 10 == 0)) {
        const std::string content = ContentOnDisk(path);
        for (const std::string& value : churn.gone()) REQUIRE(!Contains(content, value));
      }
      if (i % 100 == 0) REQUIRE(CountIn(ContentOnDisk(path), churn.all_gone()) == 0);
    }
    // That the search finds what is there.
    std::size_t found = 0;
    for (const auto& [key, value] : churn.live()) {
      found += Contains(ContentOnDisk(path), value.substr(0, 16)) ? 1 : 0;
      CHECK(test::ValueOf(*storage, key) == ToBytes(value));
    }
    CHECK(found == churn.live().size());
    CHECK(RawConnection(path).Query("PRAGMA integrity_check") == std::vector<std::string>{"ok"});
    std::printf("erasure: values up to %zu bytes: %zu ended, 0 found\n", largest + 16,
                churn.all_gone().size());
  }
}

TEST_CASE("Without zeroed gaps, SQLite's own secure deletion leaves some behind") {
  // So this file tests what it says. When SQLite mends it, unused_space.h may go.
  const TemporaryDirectory directory;
  const std::string path = directory.File("db");
  {
    const auto storage = OpenStorage({.path = path});
  }
  RawConnection raw(path);
  raw.Execute("PRAGMA secure_delete=ON; PRAGMA synchronous=OFF");
  std::mt19937_64 engine(4);
  std::set<std::string> gone;
  std::map<std::size_t, std::string> live;
  std::size_t found = 0;
  for (int i = 0; i < 1000 && found == 0; ++i) {
    raw.Execute("BEGIN");
    for (int step = 0; step < 8; ++step) {
      const std::size_t key = engine() % 300;
      if (live.contains(key)) gone.insert(live[key]);
      char mark[17];
      std::snprintf(mark, sizeof mark, "%016llx", static_cast<unsigned long long>(engine()));
      live[key] = mark;
      raw.Execute("INSERT OR REPLACE INTO record VALUES(CAST('" + std::to_string(key) +
                  "' AS BLOB), CAST('" + mark + std::string(engine() % 1500, '.') + "' AS BLOB))");
    }
    raw.Execute("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
    if (i % 10 == 9) found = CountIn(ContentOnDisk(path), gone);
  }
  CHECK(found > 0);
}

TEST_CASE("Old values that a killed process left in the log are gone when the file is opened") {
  const TemporaryDirectory directory;
  const std::string path = directory.File("db");
  PutNow(*OpenStorage({.path = path}), "a", "the old value");
  const std::string copy = directory.File("copy");
  {
    RawConnection raw(path);
    raw.Execute("UPDATE record SET value = x'00'");
    raw.Execute("UPDATE record SET value = CAST('the middle value' AS BLOB)");
    raw.Execute("UPDATE record SET value = x'01'");
    std::filesystem::copy_file(path, copy);
    std::filesystem::copy_file(path + "-wal", copy + "-wal");
  }
  REQUIRE(Contains(ContentOnDisk(copy), "the middle value"));
  const auto storage = OpenStorage({.path = copy});
  CHECK(test::ValueOf(*storage, "a") == Bytes{1});
  CHECK(!Contains(ContentOnDisk(copy), "the old value"));
  CHECK(!Contains(ContentOnDisk(copy), "the middle value"));
}

TEST_CASE("A reader that is in the way does not fail a write, and the next write makes up for it") {
  const TemporaryDirectory directory;
  const std::string path = directory.File("db");
  const auto storage = OpenStorage({.path = path, .busy_timeout_ms = 1});
  PutNow(*storage, "a", "the old value");
  RawConnection reader(path);
  reader.Execute("BEGIN; SELECT count(*) FROM record");
  PutNow(*storage, "a", "the new value");
  REQUIRE(Contains(ContentOnDisk(path), "the old value"));
  reader.Execute("COMMIT");
  PutNow(*storage, "b", "another value");
  CHECK(!Contains(ContentOnDisk(path), "the old value"));
  CHECK(test::ValueOf(*storage, "a") == ToBytes("the new value"));
}

// A page of 64 bytes: `type`, two rows that begin at 40, and an index of `header` bytes and two
// entries.
Bytes PageOf(std::uint8_t type) {
  Bytes page(64, 0xee);
  const bool is_leaf = type == 10 || type == 13;
  const std::size_t index = is_leaf ? 8 : 12;
  page[0] = type;
  page[3] = 0;
  page[4] = 2;
  page[5] = 0;
  page[6] = 40;
  page[index] = 0;
  page[index + 1] = 50;
  page[index + 2] = 0;
  page[index + 3] = 40;
  return page;
}

TEST_CASE("The gap of a page lies between its index and its rows") {
  for (const std::uint8_t type : Bytes{2, 5, 10, 13}) {
    const Bytes page = PageOf(type);
    const std::size_t start = (type == 10 || type == 13 ? 8U : 12U) + 4U;
    const BytesView gap = sqlite::GapOf(page, false);
    CHECK(gap.data() == page.data() + start);
    CHECK(gap.size() == 40 - start);
  }
}

TEST_CASE("The first page has the header of the file before its own") {
  Bytes page(100, 0xee);
  const Bytes rest = PageOf(13);
  page.insert(page.end(), rest.begin(), rest.end());
  page[106] = 140;  // where its rows begin
  page[109] = 150;
  page[111] = 140;
  const BytesView gap = sqlite::GapOf(page, true);
  CHECK(gap.data() == page.data() + 112);
  CHECK(gap.size() == 28);
}

TEST_CASE("A page that is of no table, or damaged, has no gap") {
  for (const std::uint8_t type : Bytes{0, 1, 3, 14, 255})
    CHECK(sqlite::GapOf(PageOf(type), false).empty());
  Bytes page = PageOf(13);
  page[6] = 65;  // the rows begin behind the end
  CHECK(sqlite::GapOf(page, false).empty());
  page = PageOf(13);
  page[6] = 11;  // or inside of the index
  CHECK(sqlite::GapOf(page, false).empty());
  page = PageOf(13);
  page[11] = 39;  // a row begins before the rows
  CHECK(sqlite::GapOf(page, false).empty());
  page = PageOf(13);
  page[3] = 1;  // the index is longer than the page
  CHECK(sqlite::GapOf(page, false).empty());
  CHECK(sqlite::GapOf(Bytes(11, 13), false).empty());
  CHECK(sqlite::GapOf({}, false).empty());
}

}  // namespace
}  // namespace conclave
