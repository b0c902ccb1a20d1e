// `conclave db`: groups, epochs and sizes of a store, without its secrets and without writing to
// it.
#include "store.h"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/hex.h"
#include "conclave/sqlite_storage.h"
#include "objects.h"
#include "storage/scan.h"
#include "support/must.h"
#include "support/temporary_directory.h"
#include "trouble.h"

namespace conclave::inspector {
namespace {

using test::Must;

std::string Content(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// A database that a client has left: Alice's, of tests/fixtures.
std::string CopyOfStore(const test::TemporaryDirectory& directory) {
  const std::string path = directory.File("alice.sqlite");
  std::filesystem::copy_file(
      std::string(CONCLAVE_PROJECT_DIR) + "/tests/fixtures/format_2/alice.sqlite", path);
  return path;
}

std::string TroubleOf(const std::string& path) {
  try {
    ReadStore(path);
  } catch (const Trouble& trouble) {
    return std::to_string(static_cast<int>(trouble.exit())) + " " + trouble.what();
  }
  return "none";
}

void CheckAlice(const Store& store) {
  REQUIRE(store.groups.size() == 1);
  const auto& [id, group] = *store.groups.begin();
  CHECK(id == ToBytes("a group of format 2"));
  CHECK(group.has_head);
  REQUIRE(group.memberships.size() == 1);
  const StoredMembership& membership = group.memberships.begin()->second;
  CHECK(membership.current_epoch == 3);
  CHECK(membership.past_epochs.contains(2));
  CHECK(membership.leaves.rows == 3);
  CHECK(membership.parts.at("offers").rows == 1);
  CHECK(membership.parts.at("proposals").rows == 1);
  CHECK(store.key_packages.rows == 2);
  CHECK(store.psks.rows == 1);
  CHECK(store.unknown.rows == 0);
}

}  // namespace

TEST_CASE("A store's groups, epochs and sizes are listed") {
  Case([] {
    const test::TemporaryDirectory directory;
    const std::string path = CopyOfStore(directory);
    const std::string before = Content(path);
    const Store store = ReadStore(path);
    CHECK(store.format == 2);
    CHECK_FALSE(store.is_sealed);
    CheckAlice(store);
    const std::string text = RenderStoreText(store, false);
    CHECK(text.find("group \"a group of format 2\"") != std::string::npos);
    CHECK(text.find("3 members, epoch 3, past epochs") != std::string::npos);
    CHECK(RenderStoreJson(store).at("groups").size() == 1);
    // Nothing was written, and nothing was left beside it.
    CHECK(Content(path) == before);
    CHECK(std::distance(std::filesystem::directory_iterator(directory.path()), {}) == 1);
  });
}

TEST_CASE("No value of a store is shown") {
  Case([] {
    const test::TemporaryDirectory directory;
    const std::string path = CopyOfStore(directory);
    const Store store = ReadStore(path);
    std::string shown = RenderStoreText(store, false) + RenderStoreJson(store).dump();
    // The group's id is part of keys and of values.
    const std::string id = ToHex(store.groups.begin()->first);
    shown.erase(shown.find(id), id.size());
    const auto storage = Must(SqliteStorage::Open({.path = path}));
    std::size_t values = 0;
    Must(ScanRecords(*storage, {}, [&](BytesView, BytesView value) {
      if (value.size() < 8) return;
      ++values;
      for (std::size_t at = 0; at + 8 <= value.size(); ++at) {
        CHECK(shown.find(ToHex(value.subspan(at, 8))) == std::string::npos);
      }
    }));
    CHECK(values > 20);
  });
}

TEST_CASE("A sealed store is listed without its key") {
  Case([] {
    const test::TemporaryDirectory directory;
    const std::string path = CopyOfStore(directory);
    const Secret key = Secret::CopyOf(Bytes(kSealingKeySize, 7));
    Must(Must(SqliteStorage::Open({.path = path}))->Rekey(&key));
    const Store store = ReadStore(path);
    CHECK(store.is_sealed);
    CHECK_FALSE(store.format.has_value());
    CheckAlice(store);
  });
}

TEST_CASE("A store that a client has open is listed as it is now") {
  Case([] {
    const test::TemporaryDirectory directory;
    const std::string path = CopyOfStore(directory);
    const auto storage = Must(SqliteStorage::Open({.path = path}));
    WriteBatch batch;
    batch.Put(AppRowKey(AsBytes("draft")), AsBytes("text"));
    Must(storage->Write(batch));
    CHECK(ReadStore(path).app_rows.rows == 1);
  });
}

TEST_CASE("What is not a store is refused, and not created") {
  Case([] {
    const test::TemporaryDirectory directory;
    CHECK(TroubleOf(directory.File("none.sqlite")) == "3 there is no such file");
    CHECK_FALSE(std::filesystem::exists(directory.File("none.sqlite")));
    std::ofstream(directory.File("text")) << "this is a text, and long enough to be no header";
    CHECK(TroubleOf(directory.File("text")).starts_with("4 not a store: "));
    std::ofstream(directory.File("empty")).flush();
    CHECK(TroubleOf(directory.File("empty")).starts_with("4 an SQLite database, but not"));
  });
}

}  // namespace conclave::inspector
