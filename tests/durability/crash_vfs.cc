#include "durability/crash_vfs.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace conclave::testing {

namespace {

constexpr std::size_t kSectorSize = 512;

std::string ContentOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// An open file: ours, and behind it the one of the file system below.
struct CrashFile {
  sqlite3_file base;
  CrashVfs* vfs;
  std::string* path;
  // The default file system syncs the directory of a journal or a log when it first syncs the file.
  bool syncs_directory;
};

CrashFile& Ours(sqlite3_file* file) { return *reinterpret_cast<CrashFile*>(file); }
sqlite3_file* Below(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<CrashFile*>(file) + 1);
}
template <auto Method, class... Arguments>
auto PassThrough(sqlite3_file* file, Arguments... arguments) {
  return (Below(file)->pMethods->*Method)(Below(file), arguments...);
}

}  // namespace

// What SQLite calls.
struct CrashVfsCalls {
  using Change = CrashVfs::Change;

  static CrashVfs& VfsOf(sqlite3_vfs* vfs) { return *static_cast<CrashVfs*>(vfs->pAppData); }

  static int Open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* given) {
    CrashVfs& self = VfsOf(vfs);
    // A scratch file does not outlive the process anyway.
    if (name == nullptr) return self.base_->xOpen(self.base_, name, file, flags, given);
    Ours(file).base.pMethods = nullptr;
    const int code = self.base_->xOpen(self.base_, name, Below(file), flags, given);
    if (Below(file)->pMethods == nullptr) return code;
    const bool is_log = (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL)) != 0;
    Ours(file) = {{&kMethods}, &self, new std::string(name), is_log};
    self.Opened(name);
    return code;
  }

  static int Delete(sqlite3_vfs* vfs, const char* name, int sync_directory) {
    CrashVfs& self = VfsOf(vfs);
    return self.Operate(SQLITE_IOERR_DELETE, [&](bool whole) {
      if (!whole) return SQLITE_OK;
      self.Known(name);
      const int code = self.base_->xDelete(self.base_, name, sync_directory);
      if (code == SQLITE_OK) self.Deleted(name, sync_directory != 0);
      return code;
    });
  }

  static int Close(sqlite3_file* file) {
    const int code = PassThrough<&sqlite3_io_methods::xClose>(file);
    delete Ours(file).path;
    return code;
  }

  static int Write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
    CrashVfs& self = *Ours(file).vfs;
    const bool is_full = self.plan.failure == CrashVfs::Failure::disk_full;
    return self.Operate(is_full ? SQLITE_FULL : SQLITE_IOERR_WRITE, [&](bool whole) {
      const int written = whole ? size : size / 2;
      const std::string bytes(static_cast<const char*>(data), static_cast<std::size_t>(written));
      self.Known(*Ours(file).path).unsynced.push_back({std::nullopt, offset, bytes});
      return PassThrough<&sqlite3_io_methods::xWrite>(file, data, written, offset);
    });
  }

  static int Truncate(sqlite3_file* file, sqlite3_int64 size) {
    CrashVfs& self = *Ours(file).vfs;
    return self.Operate(SQLITE_IOERR_TRUNCATE, [&](bool whole) {
      if (!whole) return SQLITE_OK;
      self.Known(*Ours(file).path).unsynced.push_back({size, 0, {}});
      return PassThrough<&sqlite3_io_methods::xTruncate>(file, size);
    });
  }

  static int Sync(sqlite3_file* file, int flags) {
    CrashVfs& self = *Ours(file).vfs;
    return self.Operate(SQLITE_IOERR_FSYNC, [&](bool whole) {
      if (!whole) return SQLITE_OK;
      const int code = PassThrough<&sqlite3_io_methods::xSync>(file, flags);
      if (code != SQLITE_OK) return code;
      self.Synced(*Ours(file).path);
      if (std::exchange(Ours(file).syncs_directory, false)) self.DirectorySynced();
      return code;
    });
  }

  // Version 2: with shared memory, without mapped pages, so that every byte is read by xRead.
  static constexpr sqlite3_io_methods kMethods = {
      2,
      &Close,
      &PassThrough<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
      &Write,
      &Truncate,
      &Sync,
      &PassThrough<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
      &PassThrough<&sqlite3_io_methods::xLock, int>,
      &PassThrough<&sqlite3_io_methods::xUnlock, int>,
      &PassThrough<&sqlite3_io_methods::xCheckReservedLock, int*>,
      &PassThrough<&sqlite3_io_methods::xFileControl, int, void*>,
      &PassThrough<&sqlite3_io_methods::xSectorSize>,
      &PassThrough<&sqlite3_io_methods::xDeviceCharacteristics>,
      &PassThrough<&sqlite3_io_methods::xShmMap, int, int, int, void volatile**>,
      &PassThrough<&sqlite3_io_methods::xShmLock, int, int, int>,
      &PassThrough<&sqlite3_io_methods::xShmBarrier>,
      &PassThrough<&sqlite3_io_methods::xShmUnmap, int>,
      nullptr,
      nullptr,
  };
};

CrashVfs::CrashVfs(std::string name)
    : name_(std::move(name)), base_(sqlite3_vfs_find(nullptr)), vfs_(*base_) {
  // The other methods do not look at the object that they are called on.
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.szOsFile = static_cast<int>(sizeof(CrashFile)) + base_->szOsFile;
  vfs_.xOpen = &CrashVfsCalls::Open;
  vfs_.xDelete = &CrashVfsCalls::Delete;
  if (sqlite3_vfs_register(&vfs_, 0) != SQLITE_OK) std::abort();
}

CrashVfs::~CrashVfs() { sqlite3_vfs_unregister(&vfs_); }

bool CrashVfs::Fails() const {
  if (plan.fail_at == 0) return false;
  return plan.for_good ? operations_ >= plan.fail_at : operations_ == plan.fail_at;
}

template <class Act>
int CrashVfs::Operate(int failure, Act act) {
  ++operations_;
  const bool dies = operations_ == plan.die_at;
  if (dies && plan.end == End::killed_before) Die();
  if (Fails()) {
    act(false);
    return failure;
  }
  const int code = act(true);
  if (dies) Die();
  return code;
}

void CrashVfs::Die() {
  if (plan.end == End::power_loss) LosePower();
  _exit(kDied);
}

CrashVfs::FileState& CrashVfs::Known(const std::string& path) {
  const auto known = files_.find(path);
  if (known != files_.end()) return known->second;
  FileState& state = files_[path];
  state.durable = ContentOf(path);
  return state;
}

void CrashVfs::Opened(const std::string& path) {
  FileState& state = Known(path);
  if (!state.is_deleted) return;
  FileState created;
  created.deleted_before = std::make_shared<const FileState>(std::move(state));
  state = std::move(created);
}

void CrashVfs::Synced(const std::string& path) {
  FileState& state = Known(path);
  for (const Change& change : state.unsynced) Apply(change, state.durable);
  state.unsynced.clear();
}

void CrashVfs::DirectorySynced() {
  std::erase_if(files_, [](const auto& file) { return file.second.is_deleted; });
  for (auto& [path, state] : files_) state.deleted_before = nullptr;
}

void CrashVfs::Deleted(const std::string& path, bool is_durable) {
  Known(path).is_deleted = true;
  if (is_durable) DirectorySynced();
}

void CrashVfs::Apply(const Change& change, std::string& content) {
  if (change.truncated_to.has_value()) {
    content.resize(static_cast<std::size_t>(*change.truncated_to));
    return;
  }
  const auto offset = static_cast<std::size_t>(change.offset);
  content.resize(std::max(content.size(), offset + change.bytes.size()));
  content.replace(offset, change.bytes.size(), change.bytes);
}

void CrashVfs::ApplyByChance(const Change& change, std::string& content) {
  if (change.truncated_to.has_value()) {
    if (Chance(50)) content.resize(static_cast<std::size_t>(*change.truncated_to));
    return;
  }
  const auto offset = static_cast<std::size_t>(change.offset);
  const std::size_t end = offset + change.bytes.size();
  if (content.size() < end && Chance(70)) content.resize(end);
  for (std::size_t at = offset; at < end;) {
    const std::size_t next = std::min(end, (at / kSectorSize + 1) * kSectorSize);
    std::size_t size = next - at;
    if (Chance(3)) size = dice_() % size;
    if (Chance(50) && at + size <= content.size()) {
      content.replace(at, size, change.bytes, at - offset, size);
    }
    at = next;
  }
}

std::string CrashVfs::ContentAfterLoss(const FileState& state) {
  std::string content = state.durable;
  // Now and then the disk was fast, or slow, with all of it.
  const bool all = Chance(10);
  const bool none = !all && Chance(10);
  if (none) return content;
  for (const Change& change : state.unsynced) {
    if (all) {
      Apply(change, content);
    } else {
      ApplyByChance(change, content);
    }
  }
  return content;
}

void CrashVfs::LosePower() {
  dice_.seed(plan.seed * 1'000'003 + plan.die_at);
  for (const auto& [path, state] : files_) {
    const FileState* survivor = &state;
    if (state.deleted_before != nullptr && Chance(50)) survivor = state.deleted_before.get();
    if (survivor->is_deleted && Chance(50)) {
      std::filesystem::remove(path);
      continue;
    }
    const std::string content = ContentAfterLoss(*survivor);
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
  }
}

}  // namespace conclave::testing
