// Uses conclave::sqlite as a stranger would: the file is there, and what was written in it.
#include <conclave/sqlite_storage.h>

#include <cstdio>

int main() {
  const char path[] = "open_storage.conclave";
  std::remove(path);
  const conclave::Secret key = conclave::Secret::CopyOf(conclave::Bytes(32, 1));
  auto storage = conclave::SqliteStorage::Open({.path = path, .sealing_key = &key}).value();
  conclave::WriteBatch batch;
  batch.Put(conclave::AsBytes("key"), conclave::AsBytes("value"));
  storage->Write(batch).value();
  return storage->Read(conclave::AsBytes("key")).value().has_value() ? 0 : 1;
}
