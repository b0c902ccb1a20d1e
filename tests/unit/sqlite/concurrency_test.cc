// Several connections, processes and threads at one file.
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "support/forked.h"
#include "support/sqlite_file.h"
#include "support/storage_contract.h"
#include "support/temporary_directory.h"

namespace conclave {
namespace {

using test::Forked;
using test::KindOf;
using test::OpenStorage;
using test::PutNow;
using test::RawConnection;
using test::TemporaryDirectory;
using test::ValueOf;

// Adds one to the number in a row, by compare and swap.
bool TryToIncrement(Storage& storage, std::string_view key) {
  auto read = storage.Read(AsBytes(key));
  if (!read.ok() || !read->has_value()) return false;
  const BytesView before = (*read)->ExposeForProvider();
  const std::string number(before.begin(), before.end());
  WriteBatch batch;
  batch.Expect(AsBytes(key), before);
  test::Put(batch, key, std::to_string(std::stoi(number) + 1));
  return storage.Write(batch).ok();
}

// Increments it `times` times, however often others are faster.
int Increment(Storage& storage, std::string_view key, int times) {
  for (int tries = 0; times > 0 && tries < 100'000; ++tries) {
    if (TryToIncrement(storage, key)) --times;
  }
  return times;
}

TEST_CASE("A second writer waits, and then says why it fails") {
  const TemporaryDirectory directory;
  const SqliteStorageOptions options = {.path = directory.File("db"), .busy_timeout_ms = 50};
  const auto storage = OpenStorage(options);
  PutNow(*storage, "a", "1");
  {
    RawConnection writer(options.path);
    writer.Execute("BEGIN IMMEDIATE");
    WriteBatch batch;
    test::Put(batch, "a", "2");
    const auto start = std::chrono::steady_clock::now();
    const auto written = storage->Write(batch);
    CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(40));
    REQUIRE(KindOf(written) == ErrorKind::kStorage);
    CHECK(std::string(written.error().detail) == kSqliteBusy);
    // Reading goes on.
    CHECK(ValueOf(*storage, "a") == ToBytes("1"));
  }
  PutNow(*storage, "a", "2");
  CHECK(ValueOf(*storage, "a") == ToBytes("2"));
}

TEST_CASE("A second writer that waits long enough writes") {
  const TemporaryDirectory directory;
  const std::string path = directory.File("db");
  const auto storage = OpenStorage({.path = path, .busy_timeout_ms = 20'000});
  RawConnection writer(path);
  writer.Execute("BEGIN IMMEDIATE");
  std::thread second([&storage] { PutNow(*storage, "a", "1"); });
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  writer.Execute("COMMIT");
  second.join();
  CHECK(ValueOf(*storage, "a") == ToBytes("1"));
}

TEST_CASE("Two processes write to one file and nothing is lost") {
  const TemporaryDirectory directory;
  const SqliteStorageOptions options = {.path = directory.File("db"), .busy_timeout_ms = 60'000};
  PutNow(*OpenStorage(options), "count", "0");
  const auto increment = [&options] {
    const auto storage = SqliteStorage::Open(options);
    return storage.ok() ? Increment(**storage, "count", 100) : 1;
  };
  Forked one(increment);
  Forked other(increment);
  CHECK(one.Wait() == 0);
  CHECK(other.Wait() == 0);
  CHECK(ValueOf(*OpenStorage(options), "count") == ToBytes("200"));
}

TEST_CASE("Processes that create one file at the same time create one") {
  const TemporaryDirectory directory;
  for (int round = 0; round < 20; ++round) {
    const SqliteStorageOptions options = {.path = directory.File("db" + std::to_string(round)),
                                          .busy_timeout_ms = 60'000};
    const auto create = [&options](const char* key) {
      const auto storage = SqliteStorage::Open(options);
      if (!storage.ok()) return 1;
      WriteBatch batch;
      test::Put(batch, key, "1");
      return (*storage)->Write(batch).ok() ? 0 : 2;
    };
    Forked one([&create] { return create("a"); });
    Forked other([&create] { return create("b"); });
    CHECK(one.Wait() == 0);
    CHECK(other.Wait() == 0);
    const auto storage = OpenStorage(options);
    CHECK(ValueOf(*storage, "a") == ToBytes("1"));
    CHECK(ValueOf(*storage, "b") == ToBytes("1"));
  }
}

TEST_CASE("Threads share one object") {
  const TemporaryDirectory directory;
  const auto storage = OpenStorage({.path = directory.File("db")});
  PutNow(*storage, "count", "0");
  std::vector<std::thread> threads;
  std::vector<int> left(4, -1);
  for (int& each : left) {
    threads.emplace_back([&each, &storage] { each = Increment(*storage, "count", 50); });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(left == std::vector<int>(4, 0));
  CHECK(ValueOf(*storage, "count") == ToBytes("200"));
}

TEST_CASE("Threads that create one file at the same time create one") {
  const TemporaryDirectory directory;
  for (int round = 0; round < 20; ++round) {
    const SqliteStorageOptions options = {.path = directory.File("db" + std::to_string(round)),
                                          .busy_timeout_ms = 60'000};
    std::vector<char> written(4, 0);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < written.size(); ++i) {
      threads.emplace_back([&options, &written, i] {
        const auto storage = SqliteStorage::Open(options);
        if (!storage.ok()) return;
        WriteBatch batch;
        test::Put(batch, std::to_string(i), "1");
        written[i] = (*storage)->Write(batch).ok() ? 1 : 0;
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(written == std::vector<char>(4, 1));
    CHECK(test::Must(OpenStorage(options)->Keys({})).size() == 4);
  }
}

}  // namespace
}  // namespace conclave
