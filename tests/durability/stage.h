// For tests: one scenario, played again and again in processes of their own, each of which begins
// with the same cast and the same rows.
#pragma once

#include <memory>
#include <string>

#include "durability/outside.h"
#include "durability/scenario.h"

namespace conclave::testing {

class Stage {
 public:
  // Prepares the scenario.
  explicit Stage(const Scenario& scenario);

  const Scenario& scenario() const { return scenario_; }
  Cast& cast() { return *cast_; }
  Outside& outside() { return outside_; }
  std::uint64_t initial_digest() const { return initial_digest_; }

  // Plays the scenario's end with a program that has acted, and requires that all is well. The
  // first time, for a run that was not interrupted, it remembers the outcome.
  void Finish(Program& program);

 private:
  const Scenario& scenario_;
  std::unique_ptr<Cast> cast_;
  Outside outside_;
  Outside reference_;
  std::uint64_t initial_digest_ = 0;
};

}  // namespace conclave::testing
