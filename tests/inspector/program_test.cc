// The program `conclave`: what it prints where, and how it ends (docs/man/conclave.1).
#include <sys/wait.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "base/hex.h"
#include "large_tree_fixture.h"
#include "objects.h"
#include "support/temporary_directory.h"

namespace conclave::inspector {
namespace {

struct Ended {
  int exit = -1;
  std::string out;
  std::string err;
};

std::string Content(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

class Shell {
 public:
  // Runs `conclave <arguments>`, with names of files in the shell's directory.
  Ended Run(const std::string& arguments) const {
    const std::string command = "cd '" + directory_.path().string() +
                                "' && '" CONCLAVE_PROGRAM "' " + arguments + " > out 2> err";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, Content(File("out")),
            Content(File("err"))};
  }

  void Write(const std::string& name, BytesView bytes) const {
    std::ofstream(File(name), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }
  std::string File(const std::string& name) const { return directory_.File(name); }

 private:
  test::TemporaryDirectory directory_;
};

}  // namespace

TEST_CASE("The program shows an object from a file or standard input, in any form") {
  Case([] {
    const Shell shell;
    const Bytes message = ObjectOf("messages.json", "/0/mls_key_package");
    shell.Write("binary", message);
    shell.Write("hex", AsBytes(ToHex(message)));
    const Ended binary = shell.Run("show --time 1800000001 binary");
    CHECK(binary.exit == 0);
    CHECK(binary.err.empty());
    CHECK(binary.out.starts_with("MLSMessage, 276 bytes\n"));
    CHECK(shell.Run("show --time 1800000001 hex").out == binary.out);
    CHECK(shell.Run("show --time 1800000001 - < hex").out == binary.out);
    CHECK(shell.Run("show --time 1800000001 --input hex hex").out == binary.out);
    CHECK(shell.Run("show --time 1800000001 --as mlsmessage hex").out == binary.out);
    const auto json = nlohmann::json::parse(shell.Run("show --json --time 1800000001 hex").out);
    CHECK(json.at("object").at("wire_format").at("name") == "mls_key_package");
    CHECK(json.at("findings").empty());
  });
}

TEST_CASE("The program has colours only where somebody asks for them") {
  Case([] {
    const Shell shell;
    shell.Write("message", ObjectOf("messages.json", "/0/mls_key_package"));
    CHECK(shell.Run("show message").out.find('\033') == std::string::npos);
    CHECK(shell.Run("show --color always message").out.find('\033') != std::string::npos);
  });
}

TEST_CASE("An object in which a rule is broken is shown, and ends with 1") {
  Case([] {
    const Shell shell;
    Bytes message = ObjectOf("messages.json", "/0/mls_key_package");
    message.back() ^= 1;
    shell.Write("message", message);
    const Ended ended = shell.Run("show --time 1800000001 message");
    CHECK(ended.exit == 1);
    CHECK(ended.out.find("error: the signature is not valid, in key_package.signature") !=
          std::string::npos);
    CHECK(ended.err.empty());
  });
}

TEST_CASE("Arguments that make no sense end with 2") {
  Case([] {
    const Shell shell;
    CHECK(shell.Run("").exit == 2);
    CHECK(shell.Run("paint x").exit == 2);
    CHECK(shell.Run("show").exit == 2);
    CHECK(shell.Run("show --color sometimes x").exit == 2);
    shell.Write("hex", AsBytes("0001"));
    const Ended ended = shell.Run("show --as Letter hex");
    CHECK(ended.exit == 2);
    CHECK(ended.err ==
          "conclave: hex: there is no struct called Letter; `conclave show --list` names them\n");
    CHECK(shell.Run("--help").exit == 0);
    CHECK(shell.Run("--version").out.starts_with("conclave "));
    CHECK(shell.Run("show --list").out.find("\nLeafNode\n") != std::string::npos);
  });
}

TEST_CASE("Input that cannot be read ends with 3") {
  Case([] {
    const Shell shell;
    CHECK(shell.Run("show none").err == "conclave: none: the file cannot be opened\n");
    CHECK(shell.Run("show none").exit == 3);
    CHECK(shell.Run("show .").exit == 3);
    shell.Write("empty", {});
    CHECK(shell.Run("show empty").err == "conclave: empty: the input is empty\n");
    shell.Write("text", AsBytes("this is neither!"));
    CHECK(shell.Run("show text").exit == 3);
    shell.Write("hex", AsBytes("0001000z"));
    const Ended ended = shell.Run("show --input hex hex");
    CHECK(ended.exit == 3);
    CHECK(ended.err ==
          "conclave: hex: the input is not hexadecimal: byte 7 ('z') is not a hexadecimal digit\n");
  });
}

TEST_CASE("Bytes that are not the object end with 4, and say where and why") {
  Case([] {
    const Shell shell;
    Bytes message = ObjectOf("messages.json", "/0/mls_key_package");
    shell.Write("truncated", BytesView(message).first(20));
    Ended ended = shell.Run("show truncated");
    CHECK(ended.exit == 4);
    CHECK(ended.out.empty());
    CHECK(
        ended.err ==
        "conclave: truncated: taken for MLSMessage (--as names another struct), and none: at byte "
        "8, in key_package.init_key: a vector announces 32 bytes, and 11 bytes are left (RFC 9420, "
        "section 2.1.2)\n");
    ended = shell.Run("show --as Welcome truncated");
    CHECK(ended.exit == 4);
    CHECK(ended.err.find("conclave: truncated: no Welcome: at byte ") != std::string::npos);
    message.push_back(0);
    shell.Write("longer", message);
    ended = shell.Run("show longer");
    CHECK(ended.exit == 4);
    CHECK(ended.err.find("at byte 276: 1 byte is left over") != std::string::npos);
    // A key package has no tree.
    message.pop_back();
    shell.Write("message", message);
    ended = shell.Run("tree message");
    CHECK(ended.exit == 4);
    CHECK(ended.err.find("neither a GroupInfo nor a ratchet tree") != std::string::npos);
  });
}

TEST_CASE("The program draws a tree, as text and into a file") {
  Case([] {
    const Shell shell;
    shell.Write("tree", LargeTree(bench::TreeState::churned, 13));
    const Ended text = shell.Run("tree tree");
    CHECK(text.exit == 0);
    CHECK(text.out.starts_with("ratchet tree: 13 members, 16 leaves"));
    const Ended drawn = shell.Run("tree --svg tree.svg --commit-by 2 tree");
    CHECK(drawn.exit == 0);
    CHECK(drawn.out.empty());
    CHECK(Content(shell.File("tree.svg")).starts_with("<svg "));
    CHECK(shell.Run("tree --svg - --commit-by 2 tree").out == Content(shell.File("tree.svg")));
    CHECK(shell.Run("tree --commit-by 15 tree").exit == 2);
    CHECK(shell.Run("tree --svg none/tree.svg tree").exit == 3);
  });
}

TEST_CASE("The program lists suites and a store") {
  Case([] {
    const Shell shell;
    const Ended suites = shell.Run("suites");
    CHECK(suites.exit == 0);
    CHECK(suites.out.find("0x0007  MLS_256_DHKEMP384_AES256GCM_SHA384_P384") != std::string::npos);
    CHECK(suites.out.find("Ed448                       libdecaf") != std::string::npos);
    CHECK(nlohmann::json::parse(shell.Run("suites --json").out).size() >= 7);
    const std::string store = CONCLAVE_PROJECT_DIR "/tests/fixtures/format_2/alice.sqlite";
    const Ended db = shell.Run("db '" + store + "'");
    CHECK(db.exit == 0);
    CHECK(db.out.find("a group of format 2") != std::string::npos);
    CHECK(shell.Run("db none").exit == 3);
    CHECK(shell.Run("db .").exit == 3);
  });
}

TEST_CASE("The program makes and checks vectors") {
  Case([] {
    const Shell shell;
    CHECK(shell.Run("vectors generate . --seed check").exit == 0);
    const Ended verified = shell.Run("vectors verify .");
    CHECK(verified.exit == 0);
    CHECK(verified.out.find(" passed, 0 failed\n") != std::string::npos);
    CHECK(shell.Run("vectors generate none").exit == 3);
    CHECK(shell.Run("vectors verify none").exit == 1);
  });
}

}  // namespace conclave::inspector
