#include "durability/held_secrets.h"

#include <algorithm>

#include "conclave/external_join.h"
#include "durability/store_story.h"
#include "session/pending_join.h"
#include "session/session_state.h"
#include "support/group_secrets.h"
#include "support/must.h"
#include "support/sqlite_file.h"

namespace conclave::testing {

using test::Must;

AliceOnDisk::AliceOnDisk(Cast& cast) : cast_(cast), storage_(test::OpenStorage({.path = path_})) {
  const Rows rows = RowsOf(cast.alice.storage).value();
  WriteBatch batch;
  for (const auto& [key, value] : rows) batch.Put(AsBytes(key), AsBytes(value));
  Must(storage_->Write(batch));
  program_ = Must(Program::Start(cast, *storage_, outside_));
}

Session& AliceOnDisk::session() { return *Must(program_->Open(cast_.group())); }

std::unique_ptr<Program> AliceOnDisk::Another() {
  return Must(Program::Start(cast_, *storage_, outside_));
}

NamedSecrets AliceOnDisk::held() {
  NamedSecrets secrets;
  const auto add = [&secrets](const std::string& name, const Secret& secret) {
    secrets[name] = BytesOf(secret);
  };
  if (Must(program_->IsInGroup(cast_.group()))) {
    VisitSecrets(Must(SessionAccess::Of(session()).member())->state(), add);
  }
  for (const KeyPackageSummary& one : Must(KeyPackages(program_->client()))) {
    const auto record = Must(ReadKeyPackage(*storage_, one.ref));
    const std::string name = "key package " + TextOf(one.ref.value) + ": ";
    add(name + "init key", record->init_private_key);
    add(name + "leaf key", record->leaf_private_key);
  }
  for (const GroupId& group : Must(PendingJoins(program_->client()))) {
    PendingJoin join = Must(ResumeExternalJoin(program_->client(), group));
    VisitSecrets(*PendingJoinAccess::Of(join).staged.next, "join: ", add);
  }
  return secrets;
}

bool AliceOnDisk::IsOnDisk(BytesView secret) const {
  return test::Contains(test::ContentOnDisk(path_), secret);
}

void AliceOnDisk::RequireOnDisk(const NamedSecrets& secrets) const {
  const std::string content = test::ContentOnDisk(path_);
  for (const auto& [name, secret] : secrets) {
    INFO(name);
    REQUIRE(test::Contains(content, secret));
  }
}

NamedSecrets AliceOnDisk::RequireLost(NamedSecrets before) {
  const std::string content = test::ContentOnDisk(path_);
  const NamedSecrets after = held();
  RequireOnDisk(after);
  std::erase_if(before, [&after](const auto& one) {
    return std::ranges::any_of(after,
                               [&one](const auto& kept) { return kept.second == one.second; });
  });
  for (const auto& [name, secret] : before) {
    INFO(name);
    REQUIRE(!test::Contains(content, secret));
  }
  return before;
}

}  // namespace conclave::testing
