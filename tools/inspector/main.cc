// conclave: shows what MLS messages say (docs/inspector.md, docs/man/conclave.1).
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iostream>
#include <map>
#include <string>

#include "commands.h"

namespace {

using namespace conclave::inspector;  // NOLINT(google-build-using-namespace)

// What all commands have in common, and the one that was chosen.
struct Program {
  std::string colour = "auto";
  std::string subject;  // the file that complaints are about
  std::function<Exit()> command;

  bool HasColours() const {
    if (colour != "auto") return colour == "always";
    const char* const terminal = std::getenv("TERM");
    return isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr &&
           (terminal == nullptr || std::strcmp(terminal, "dumb") != 0);
  }
};

void AddColour(CLI::App& command, Program& program) {
  command.add_option("--color", program.colour, "auto (on a terminal), always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
}

// Of a command that takes an object.
void AddObject(CLI::App& command, ObjectRequest& request) {
  static const std::map<std::string, InputForm> kForms = {{"auto", InputForm::automatic},
                                                          {"binary", InputForm::binary},
                                                          {"hex", InputForm::hex},
                                                          {"base64", InputForm::base64}};
  command.add_option("--input", request.form, "auto, binary, hex or base64")
      ->transform(CLI::CheckedTransformer(kForms, CLI::ignore_case));
  command.add_option("--as", request.as, "The struct that the input is, by the RFC's name");
  command.add_option("--suite", request.cipher_suite, "The cipher suite, if the input has none");
  command.add_option("--group-id", request.group_id,
                     "The group's id in hex, if the input has none");
  command.add_option("--tree", request.tree_file, "The ratchet tree, if the input has none");
}

void AddShow(CLI::App& app, Program& program) {
  static ShowRequest request;
  static bool is_list = false;
  CLI::App& command = *app.add_subcommand("show", "Show what an object says");
  command.add_option("file", request.file, "The object; - for standard input");
  AddObject(command, request);
  command.add_option("--leaf", request.leaf, "The leaf's index, if the input is a leaf");
  command.add_option("--time", request.time, "Judge lifetimes at this Unix time instead of now");
  command.add_flag("--json", request.is_json, "JSON instead of text");
  command.add_flag("--full", request.is_full, "Show long byte strings to their end");
  command.add_flag("--offsets", request.has_offsets,
                   "Begin each line with an offset in the object");
  command.add_flag("--list", is_list, "List the structs that --as takes");
  AddColour(command, program);
  command.callback([&program] {
    if (is_list) {
      program.command = [] { return ListStructs(std::cout); };
      return;
    }
    if (request.file.empty()) throw CLI::RequiredError("file");
    program.subject = request.file;
    program.command = [&program] {
      request.has_colours = program.HasColours();
      return Show(request, std::cout);
    };
  });
}

void AddTree(CLI::App& app, Program& program) {
  static TreeRequest request;
  CLI::App& command =
      *app.add_subcommand("tree", "Draw the ratchet tree of a GroupInfo or ratchet_tree extension");
  command.add_option("file", request.file, "The object; - for standard input")->required();
  AddObject(command, request);
  command.add_option("--svg", request.svg_file, "Draw into this file; - for standard output");
  command.add_option("--commit-by", request.commit_by,
                     "Show what a commit of the member at this leaf would replace");
  AddColour(command, program);
  command.callback([&program] {
    program.subject = request.file;
    program.command = [&program] {
      request.has_colours = program.HasColours();
      return DrawTree(request, std::cout);
    };
  });
}

void AddSuites(CLI::App& app, Program& program) {
  static bool is_json = false;
  CLI::App& command = *app.add_subcommand("suites", "List the cipher suites of this build");
  command.add_flag("--json", is_json, "JSON instead of text");
  AddColour(command, program);
  command.callback([&program] {
    program.command = [&program] { return ListSuites(is_json, program.HasColours(), std::cout); };
  });
}

void AddVectors(CLI::App& app, Program& program) {
  static std::string directory;
  static std::string seed = "conclave";
  CLI::App& command = *app.add_subcommand("vectors", "Make and check test vectors");
  command.require_subcommand(1);
  CLI::App& generate = *command.add_subcommand("generate", "Write a file for each kind of vectors");
  generate.add_option("directory", directory, "Where to")->required();
  generate.add_option("--seed", seed, "What keys and random bytes are made from");
  generate.callback([&program] {
    program.subject = directory;
    program.command = [] { return GenerateVectors(directory, seed); };
  });
  CLI::App& verify = *command.add_subcommand("verify", "Check such files");
  verify.add_option("directory", directory, "Where they are")->required();
  verify.callback([&program] {
    program.subject = directory;
    program.command = [] { return VerifyVectors(directory); };
  });
}

void AddStore(CLI::App& app, Program& program) {
  static std::string file;
  static bool is_json = false;
  CLI::App& command =
      *app.add_subcommand("db", "List the groups, epochs and sizes in an SQLite store");
  command.add_option("file", file, "The store, which is not written to")->required();
  command.add_flag("--json", is_json, "JSON instead of text");
  AddColour(command, program);
  command.callback([&program] {
    program.subject = file;
    program.command = [&program] {
      return ShowStore(file, is_json, program.HasColours(), std::cout);
    };
  });
}

int Complain(const Program& program, const char* what, Exit exit) {
  std::cout.flush();
  const std::string about = program.subject.empty() ? "" : program.subject + ": ";
  std::fprintf(stderr, "conclave: %s%s\n", about.c_str(), what);
  return static_cast<int>(exit);
}

}  // namespace

int main(int argc, char** argv) {
  Program program;
  CLI::App app("Shows what MLS messages (RFC 9420) say, and never a secret.", "conclave");
  app.set_version_flag("--version", "conclave " CONCLAVE_VERSION);
  app.require_subcommand(1);
  AddShow(app, program);
  AddTree(app, program);
  AddSuites(app, program);
  AddVectors(app, program);
  AddStore(app, program);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(Exit::usage);
  }
  try {
    const Exit exit = program.command();
    std::cout.flush();
    return std::cout ? static_cast<int>(exit)
                     : Complain(program, "the output cannot be written", Exit::no_input);
  } catch (const Trouble& trouble) {
    return Complain(program, trouble.what(), trouble.exit());
  } catch (const std::bad_alloc&) {
    return Complain(program, "out of memory", Exit::unavailable);
  }
}
