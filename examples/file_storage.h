// FileStorage: an application's own Storage, small enough to be read at once. All records are in
// memory and in one file, which each write makes anew and puts in the place of the old one: a
// rename takes effect or does not. So each write costs what all records cost, which suits a client
// of a few small groups; and what was erased stays on the disk until something else is put there.
// SqliteStorage (conclave/sqlite_storage.h) does better at both.
#pragma once

#include <conclave/memory_storage.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

class FileStorage final : public conclave::Storage {
 public:
  // kStorage if there is a file that is not one of ours.
  static conclave::Result<std::unique_ptr<FileStorage>> Open(const std::filesystem::path& path) {
    auto storage = std::make_unique<FileStorage>(path);
    std::ifstream file(storage->path_, std::ios::binary);
    if (!file.is_open()) return storage;
    conclave::WriteBatch batch;
    while (file.peek() != std::ifstream::traits_type::eof()) {
      const auto key = Get(file), value = Get(file);
      if (!key.has_value() || !value.has_value()) return Failed();
      batch.Put(key->ExposeForProvider(), value->ExposeForProvider());
    }
    const auto loaded = storage->records_.Write(batch);
    if (!loaded.ok()) return loaded.error();
    return storage;
  }
  explicit FileStorage(const std::filesystem::path& path)
      : path_(std::filesystem::absolute(path)) {}

  // Judges the batch's expectations and applies it to a copy. Memory follows the file.
  conclave::Result<void> Write(const conclave::WriteBatch& batch) override {
    Copy all;
    if (const auto read = records_.Scan({}, all); !read.ok()) return read;
    conclave::MemoryStorage next;
    if (const auto copied = next.Write(all.batch); !copied.ok()) return copied;
    if (const auto written = next.Write(batch); !written.ok()) return written;
    if (!Save(next)) return Failed();
    records_ = std::move(next);
    return {};
  }
  conclave::Result<std::optional<conclave::Secret>> Read(conclave::BytesView key) const override {
    return records_.Read(key);
  }
  conclave::Result<void> Scan(conclave::BytesView prefix,
                              conclave::RecordVisitor& visitor) const override {
    return records_.Scan(prefix, visitor);
  }

 private:
  struct Copy final : conclave::RecordVisitor {
    void Visit(conclave::BytesView key, conclave::BytesView value) override {
      batch.Put(key, value);
    }
    conclave::WriteBatch batch;
  };
  // Each key and each value is written as four bytes of its size and itself.
  struct Writer final : conclave::RecordVisitor {
    explicit Writer(int to) : file(to) {}
    void Visit(conclave::BytesView key, conclave::BytesView value) override {
      Put(key);
      Put(value);
    }
    void Put(conclave::BytesView bytes) {
      const auto size = static_cast<std::uint32_t>(bytes.size());
      written = written && write(file, &size, sizeof(size)) == ssize_t{sizeof(size)} &&
                write(file, bytes.data(), size) == ssize_t{size};
    }
    int file;
    bool written = true;
  };

  static std::optional<conclave::Secret> Get(std::ifstream& file) {
    std::uint32_t size = 0;
    if (!file.read(reinterpret_cast<char*>(&size), sizeof(size))) return std::nullopt;
    if (size > kLargest) return std::nullopt;
    conclave::Secret bytes(size);
    if (!file.read(reinterpret_cast<char*>(bytes.MutableForProvider().data()), size)) {
      return std::nullopt;
    }
    return bytes;
  }

  // The new file is on the disk before it takes the place of the old one, and its name afterwards.
  bool Save(const conclave::MemoryStorage& records) const {
    const std::filesystem::path draft = path_.string() + ".new";
    const int file = open(draft.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return false;
    Writer writer(file);
    const bool scanned = records.Scan({}, writer).ok();
    const bool saved = scanned && writer.written && fsync(file) == 0;
    close(file);
    if (!saved || std::rename(draft.c_str(), path_.c_str()) != 0) return false;
    const int directory = open(path_.parent_path().c_str(), O_RDONLY | O_CLOEXEC);
    if (directory < 0) return false;
    const bool durable = fsync(directory) == 0;
    close(directory);
    return durable;
  }

  static conclave::Error Failed() {
    return {conclave::ErrorKind::kStorage, "file storage: the file cannot be read or written"};
  }

  static constexpr std::uint32_t kLargest = 1U << 26;

  const std::filesystem::path path_;
  conclave::MemoryStorage records_;
};
