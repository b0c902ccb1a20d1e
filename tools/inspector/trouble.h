// How the inspector ends: its exit codes (docs/man/conclave.1), and Trouble, which ends it early.
#pragma once

#include <stdexcept>
#include <string>

namespace conclave::inspector {

enum class Exit : int {
  done = 0,         // and nothing is wrong
  found_wrong = 1,  // the object was shown, and a rule of RFC 9420 is broken in it
  usage = 2,
  no_input = 3,         // a file cannot be read or written, or is text in no form that is known
  malformed_input = 4,  // the bytes are not the object, or the file is not a store
  unavailable = 5,      // this build cannot do it
};

class Trouble : public std::runtime_error {
 public:
  Trouble(Exit exit, const std::string& what) : std::runtime_error(what), exit_(exit) {}
  Exit exit() const { return exit_; }

 private:
  Exit exit_;
};

}  // namespace conclave::inspector
