// For tests: every secret that a program of alice's holds, by name, and her store in a file, in
// which the bytes of a secret can be looked for.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "conclave/sqlite_storage.h"
#include "durability/cast.h"
#include "durability/outside.h"
#include "durability/program.h"
#include "support/temporary_directory.h"

namespace conclave::testing {

using NamedSecrets = std::map<std::string, Bytes>;

// Alice, as the cast has prepared her, with her rows in an SQLite file.
class AliceOnDisk {
 public:
  explicit AliceOnDisk(Cast& cast);

  Program* operator->() { return program_.get(); }
  // The session of the cast's group.
  Session& session();
  // Another program over the same file, as after a restart.
  std::unique_ptr<Program> Another();

  // The secrets of the group's session if there is one, of her key packages, and of a join that is
  // pending.
  NamedSecrets held();
  bool IsOnDisk(BytesView secret) const;

  // Makes a call, and requires that all that she held before it and does not hold any more is not
  // on the disk; and, so that this means something, that all that she holds is. What was lost.
  template <class Call>
  NamedSecrets LostBy(const Call& call, const NamedSecrets& used_besides = {}) {
    NamedSecrets before = held();
    before.insert(used_besides.begin(), used_besides.end());
    RequireOnDisk(held());
    call();
    return RequireLost(std::move(before));
  }

 private:
  void RequireOnDisk(const NamedSecrets& secrets) const;
  NamedSecrets RequireLost(NamedSecrets before);

  Cast& cast_;
  test::TemporaryDirectory directory_;
  const std::string path_ = directory_.File("db");
  Outside outside_;
  std::unique_ptr<SqliteStorage> storage_;
  std::unique_ptr<Program> program_;
};

}  // namespace conclave::testing
