// For hostile tests: what was refused, counted.
//
// A rejection is a rule and a mutation, which is a way to break the rule: the name of the test
// case, its sections, and what Mutations say where one test breaks a rule in several ways. The same
// mutation in other suites, framings, lengths, of other members and leaves is the same rejection.
//
// A rejection is noted when the error has the right kind and names the rule, and the state and the
// storage of whoever refused are what they were; it counts once the honest conversation has gone on
// and if the test case passes. The program ends with "rejections: <count> passed, <count> failed";
// those that were never followed by an honest conversation have failed, and so has the program. If
// the environment variable CONCLAVE_REJECTIONS names a file, they are listed in it.
#pragma once

#include <string>
#include <string_view>

namespace conclave::testing {

// Says, as long as it lives, how a rule is broken. Of several, the outer ones are said first.
class Mutation {
 public:
  explicit Mutation(std::string how);
  ~Mutation();
  Mutation(const Mutation&) = delete;
  Mutation& operator=(const Mutation&) = delete;
};

// Somebody has refused what breaks `rule`.
void NoteRejection(std::string_view rule);
// The honest conversation has gone on.
void NoteGoingOn();

}  // namespace conclave::testing
