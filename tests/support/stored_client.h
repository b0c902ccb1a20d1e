// For tests: a client whose storage is an SQLite file.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "conclave/sqlite_storage.h"
#include "support/must.h"
#include "support/parties.h"
#include "support/test_suite.h"

namespace conclave::testing {

struct StoredClient {
  StoredClient(const std::string& path, std::string_view identity)
      : storage(test::Must(SqliteStorage::Open({.path = path}))),
        client(test::Must(Client::Create({.identity = identity,
                                          .crypto = test::Provider(),
                                          .clock = clock,
                                          .verifier = verifier,
                                          .storage = *storage}))) {}

  SettableClock clock;
  RecordingVerifier verifier;
  std::unique_ptr<SqliteStorage> storage;
  Client client;
};

}  // namespace conclave::testing
