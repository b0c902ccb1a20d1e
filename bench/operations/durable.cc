// Sessions in an SQLite file: what a call costs when it ends with a write to the disk, what it
// writes, and what it takes to store a session and to open it again. There is no floor: what a disk
// makes of fsync is not the library's.
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "base/check.h"
#include "conclave/sqlite_storage.h"
#include "operations/operations.h"
#include "session/group_records.h"
#include "storage/record_key.h"

namespace conclave::bench {

namespace {

constexpr std::uint32_t kLease = 32;
constexpr std::size_t kSize = 1024;

// Counts what goes into a storage.
class CountingStorage final : public Storage {
 public:
  explicit CountingStorage(Storage& below) : below_(below) {}

  Result<void> Write(const WriteBatch& batch) override {
    written.Count(batch);
    return below_.Write(batch);
  }
  Result<std::optional<Secret>> Read(BytesView key) const override { return below_.Read(key); }
  Result<void> Scan(BytesView prefix, RecordVisitor& visitor) const override {
    return below_.Scan(prefix, visitor);
  }

  Written written;

 private:
  Storage& below_;
};

// Where temporary files are, which should be a disk.
class Directory {
 public:
  Directory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "conclave-XXXXXX").string();
    CONCLAVE_CHECK(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~Directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  std::string File(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

std::unique_ptr<SqliteStorage> OpenFile(const std::string& path) {
  return SqliteStorage::Open({.path = path}).value();
}

// What Client::Enter() writes.
void StoreSession(const Party& member, Storage& storage) {
  const EpochState& epoch = member.group().epoch();
  GroupHead head;
  head.membership = 1;
  head.epoch = epoch.group.epoch();
  WriteBatch batch;
  RecordMembership({epoch.group.group_id(), head.membership}, epoch, batch);
  RecordJoin(head, epoch, batch);
  storage.Write(batch).value();
}

// A client of the member's, on whatever storage has the session.
class Device {
 public:
  Device(const Party& member, Storage& storage, const Policy& policy = BenchPolicy())
      : storage_(storage),
        client_(Client::Create({.identity = "somebody",
                                .crypto = Provider(),
                                .clock = clock_,
                                .verifier = verifier_,
                                .storage = storage_,
                                .signer = &member.signer(),
                                .policy = policy})
                    .value()),
        group_id_(member.group().epoch().group.group_id()) {}
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  void Open() { session_ = client_.OpenGroup(group_id_).value(); }
  void Close() { session_.reset(); }
  Session& session() { return *session_; }
  CountingStorage& storage() { return storage_; }

 private:
  Everybody verifier_;
  StoppedClock clock_;
  CountingStorage storage_;
  Client client_;
  GroupId group_id_;
  std::optional<Session> session_;
};

// A member in a file that nobody has open, to be copied. The one asked for last is kept.
struct StoredMember {
  explicit StoredMember(const GroupKind& its_kind)
      : kind(its_kind), member(GroupOf(kind).MemberAt(GroupOf(kind).far())) {
    const std::unique_ptr<SqliteStorage> disk = OpenFile(directory.File("stored"));
    const Device first(*member, *disk);  // makes it a client's storage
    StoreSession(*member, *disk);
  }
  static const StoredMember& Of(const GroupKind& kind) {
    static std::unique_ptr<StoredMember> latest;
    if (latest == nullptr || latest->kind != kind) {
      latest.reset();
      latest = std::make_unique<StoredMember>(kind);
    }
    return *latest;
  }

  GroupKind kind;
  Directory directory;
  std::unique_ptr<Party> member;
};

// The stored member, from a file of their own, and a committer who stores nothing.
struct DurableTalk {
  explicit DurableTalk(const GroupKind& kind, const Policy& policy = BenchPolicy())
      : stored(StoredMember::Of(kind)), other(GroupOf(kind).MemberAt(GroupOf(kind).committer())) {
    const std::string path = directory.File("member");
    std::filesystem::copy_file(stored.directory.File("stored"), path);
    disk = OpenFile(path);
    device = std::make_unique<Device>(*stored.member, *disk, policy);
    device->Open();
  }

  // The median of the operation is measured, and then what one run of it writes.
  void Measure(benchmark::State& state, const Operation& operation) {
    bench::Measure(state, stored.kind.suite, operation);
    CountingStorage& storage = device->storage();
    if (operation.prepare) operation.prepare();
    storage.written = {};
    for (std::size_t i = 0; i < operation.runs_per_sample; ++i) operation.run();
    const auto each = [&operation](std::size_t count) {
      return static_cast<double>(count) / static_cast<double>(operation.runs_per_sample);
    };
    state.counters["rows_written"] = each(storage.written.rows);
    state.counters["bytes_written"] = each(storage.written.bytes);
    state.counters["deletions"] = each(storage.written.erasures);
  }

  const StoredMember& stored;
  Directory directory;
  std::unique_ptr<SqliteStorage> disk;
  std::unique_ptr<Device> device;
  std::unique_ptr<Party> other;
};

// A sample is as many messages as one lease is for.
void Send(benchmark::State& state, const GroupKind& kind, std::uint32_t lease) {
  Policy policy = BenchPolicy();
  policy.sending_lease = lease;
  DurableTalk talk(kind, policy);
  const Bytes plaintext(kSize, 0x2a);
  const auto send = [&] { return talk.device->session().Protect(plaintext).value(); };
  for (std::uint32_t i = 1; i < lease; ++i) send();
  talk.Measure(state,
               {.run = [&] { send(); }, .wire_bytes = send().size(), .runs_per_sample = lease});
}

void Receive(benchmark::State& state, const GroupKind& kind) {
  DurableTalk talk(kind);
  Bytes message;
  const auto prepare = [&] { message = talk.other->session().Protect(Bytes(kSize, 0x2a)).value(); };
  prepare();
  talk.device->session().Receive(message).value();
  talk.Measure(state, {.prepare = prepare,
                       .run = [&] { talk.device->session().Receive(message).value(); },
                       .wire_bytes = message.size()});
}

// Each in the epoch that the one before led to.
void AcceptCommit(benchmark::State& state, const GroupKind& kind) {
  DurableTalk talk(kind);
  Bytes commit;
  const auto prepare = [&] {
    commit = talk.other->session().CreateCommit({}).value().commit;
    ReceiveAndApply(talk.other->session(), commit);
  };
  const auto accept = [&] { ReceiveAndApply(talk.device->session(), commit); };
  // As many as it takes until each of them ends a past epoch.
  for (std::size_t i = 0; i <= BenchPolicy().past_epochs; ++i) {
    prepare();
    accept();
  }
  talk.Measure(state, {.prepare = prepare, .run = accept, .wire_bytes = commit.size()});
}

// The first commit after a start, which also makes the indexes of the group's keys and members.
void AcceptFirstCommit(benchmark::State& state, const GroupKind& kind) {
  DurableTalk talk(kind);
  Bytes commit;
  const auto prepare = [&] {
    commit = talk.other->session().CreateCommit({}).value().commit;
    ReceiveAndApply(talk.other->session(), commit);
    talk.device->Close();
    talk.device->Open();
  };
  prepare();
  ReceiveAndApply(talk.device->session(), commit);
  talk.Measure(state, {.prepare = prepare,
                       .run = [&] { ReceiveAndApply(talk.device->session(), commit); },
                       .wire_bytes = commit.size()});
}

void Open(benchmark::State& state, const GroupKind& kind) {
  DurableTalk talk(kind);
  talk.device->Close();
  Measure(state, kind.suite,
          {.run = [&] { talk.device->Open(); }, .restore = [&] { talk.device->Close(); }});
}

void OpenFromMemory(benchmark::State& state, const GroupKind& kind) {
  const StoredMember& stored = StoredMember::Of(kind);
  MemoryStorage memory;
  Device device(*stored.member, memory);
  StoreSession(*stored.member, memory);
  Measure(state, kind.suite, {.run = [&] { device.Open(); }, .restore = [&] { device.Close(); }});
}

void Store(benchmark::State& state, const GroupKind& kind) {
  const StoredMember& stored = StoredMember::Of(kind);
  const Directory directory;
  std::unique_ptr<SqliteStorage> disk;
  std::unique_ptr<CountingStorage> counting;
  const Operation operation{.prepare =
                                [&] {
                                  const std::string path = directory.File("new");
                                  std::filesystem::remove(path);
                                  disk = OpenFile(path);
                                  counting = std::make_unique<CountingStorage>(*disk);
                                },
                            .run = [&] { StoreSession(*stored.member, *counting); },
                            .restore = [&] { disk.reset(); }};
  Measure(state, kind.suite, operation);
  state.counters["rows_written"] = static_cast<double>(counting->written.rows);
  state.counters["bytes_written"] = static_cast<double>(counting->written.bytes);
  state.counters["deletions"] = static_cast<double>(counting->written.erasures);
}

}  // namespace

void RegisterDurable(const GroupKind& kind) {
  Register("durable_store_session", kind, [=](benchmark::State& state) { Store(state, kind); });
  Register("durable_open_group", kind, [=](benchmark::State& state) { Open(state, kind); });
  Register("durable_open_group_from_memory", kind,
           [=](benchmark::State& state) { OpenFromMemory(state, kind); });
  Register("durable_protect_1KiB", kind, [=](benchmark::State& state) { Send(state, kind, 1); });
  Register("durable_protect_1KiB_leased_32", kind,
           [=](benchmark::State& state) { Send(state, kind, kLease); });
  Register("durable_unprotect_1KiB", kind, [=](benchmark::State& state) { Receive(state, kind); });
  Register("durable_process_empty_commit_far", kind,
           [=](benchmark::State& state) { AcceptCommit(state, kind); });
  Register("durable_process_first_commit_far", kind,
           [=](benchmark::State& state) { AcceptFirstCommit(state, kind); });
}

}  // namespace conclave::bench
