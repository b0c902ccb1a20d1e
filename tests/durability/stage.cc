#include "durability/stage.h"

#include <catch2/catch_test_macros.hpp>

#include "durability/reopened.h"
#include "durability/watched_storage.h"

namespace conclave::testing {

Stage::Stage(const Scenario& scenario)
    : scenario_(scenario), cast_(std::make_unique<Cast>(scenario.policy)) {
  scenario.prepare(*cast_);
  initial_digest_ = DigestOf(cast_->alice.storage);
  outside_.Reset(initial_digest_);
  reference_.Reset(0);
}

void Stage::Finish(Program& program) {
  const auto finish = scenario_.finish != nullptr ? scenario_.finish : Converse;
  finish(*cast_, program);
  Sessions knowing = cast_->peers;
  for (auto& [id, session] : program.sessions()) knowing.emplace_back(session);
  for (Session& session : cast_->joined) knowing.emplace_back(session);
  RequireNoKeyUsedTwice(outside_, knowing);

  const std::string outcome = OutcomeOf(program);
  const std::vector<Bytes> expected = reference_.Distinct(Sent::outcome);
  if (expected.empty()) {
    reference_.Add(Sent::outcome, AsBytes(outcome));
  } else {
    REQUIRE(outcome == TextOf(expected.front()));
  }
}

}  // namespace conclave::testing
