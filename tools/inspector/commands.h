// The inspector's commands, once their arguments are known (docs/man/conclave.1). Each writes to
// `out` and says how the program ends; Trouble ends it early.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

#include "input.h"
#include "trouble.h"

namespace conclave::inspector {

// What is asked about an object, as it was typed.
struct ObjectRequest {
  std::string file;
  InputForm form = InputForm::automatic;
  std::string as;         // the name of a struct; empty: what the bytes are
  std::string tree_file;  // a ratchet tree that travelled apart
  std::string group_id;   // in hexadecimal
  std::optional<std::uint16_t> cipher_suite = {};
  std::optional<std::uint32_t> leaf = {};
  std::optional<std::uint64_t> time = {};  // instead of now
};

struct ShowRequest : ObjectRequest {
  bool is_json = false;
  bool is_full = false;
  bool has_offsets = false;
  bool has_colours = false;
};
Exit Show(const ShowRequest& request, std::ostream& out);
Exit ListStructs(std::ostream& out);

struct TreeRequest : ObjectRequest {
  std::optional<std::uint32_t> commit_by = {};
  std::string svg_file;  // "-" for `out`; empty: text
  bool has_colours = false;
};
Exit DrawTree(const TreeRequest& request, std::ostream& out);

Exit ListSuites(bool is_json, bool has_colours, std::ostream& out);
Exit ShowStore(const std::string& file, bool is_json, bool has_colours, std::ostream& out);

Exit GenerateVectors(const std::string& directory, const std::string& seed);
Exit VerifyVectors(const std::string& directory);

}  // namespace conclave::inspector
