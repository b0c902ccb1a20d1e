#include "model/run.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iomanip>
#include <memory>
#include <sstream>

#include "model/driver.h"

namespace conclave::testing::model {

namespace {

// What a child tells its parent, line by line: "+" and an operation before it is done, "=" and what
// came of it, "!" and a disagreement.
class Teller {
 public:
  explicit Teller(int descriptor) : file_(fdopen(descriptor, "w")) {}
  void Say(char what, const std::string& text) {
    std::fprintf(file_, "%c%s\n", what, text.c_str());
    if (what != '=') std::fflush(file_);
  }

 private:
  std::FILE* file_;
};

// Does operations until `next` has no more.
void Work(const Setting& setting, const std::function<std::optional<Operation>(World&)>& next,
          const std::function<void(const Operation&, const Outcome&)>& note, Teller& teller) {
  try {
    World world(setting);
    while (const auto operation = next(world)) {
      teller.Say('+', Print(*operation));
      const Outcome outcome = world.Do(*operation);
      note(*operation, outcome);
      if (outcome.kind == Outcome::Kind::idle) continue;
      const bool is_refused = outcome.kind == Outcome::Kind::refused;
      teller.Say('=', std::string(NameOf(operation->verb)) + ": " + (is_refused ? "- " : "+ ") +
                          outcome.what);
    }
  } catch (const Disagreement& disagreement) {
    teller.Say('!', disagreement.what);
  } catch (const std::exception& error) {
    teller.Say('!', error.what());
  }
}

Report Listen(const Setting& setting, std::FILE* from) {
  Report report{.script = {setting, {}}};
  std::unique_ptr<char, decltype(&std::free)> line(nullptr, &std::free);
  char* text = nullptr;
  std::size_t capacity = 0;
  for (ssize_t size = 0; (size = getline(&text, &capacity, from)) > 0;) {
    const std::string said(text + 1, static_cast<std::size_t>(size) - 2);
    if (text[0] == '+') {
      const auto parsed = ParseScript(Print(setting) + "\n" + said);
      report.script.operations.push_back(parsed.value().operations.front());
    } else if (text[0] == '=') {
      ++report.done;
      const std::size_t split = said.find(": ");
      ++report.table[{said.substr(0, split), said.substr(split + 2)}];
    } else {
      report.disagreement = said;
    }
  }
  line.reset(text);
  return report;
}

template <class Act>
Report RunApart(const Setting& setting, const Act& act) {
  int ends[2];
  if (pipe(ends) != 0) std::abort();
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) std::abort();
  if (child == 0) {
    close(ends[0]);
    {
      Teller teller(ends[1]);
      act(teller);
      std::fflush(nullptr);
    }
    _exit(0);
  }
  close(ends[1]);
  std::FILE* from = fdopen(ends[0], "r");
  Report report = Listen(setting, from);
  std::fclose(from);
  int status = 0;
  waitpid(child, &status, 0);
  const bool is_well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (!is_well && !report.disagreement.has_value()) {
    report.disagreement = WIFSIGNALED(status)
                              ? "ended by signal " + std::to_string(WTERMSIG(status))
                              : "ended with status " + std::to_string(WEXITSTATUS(status));
  }
  return report;
}

}  // namespace

Report Drive(const Setting& setting, std::size_t operations) {
  return RunApart(setting, [&](Teller& teller) {
    std::optional<Driver> driver;
    std::size_t done = 0;
    Work(
        setting,
        [&](World& world) -> std::optional<Operation> {
          if (!driver.has_value()) driver.emplace(world);
          if (done == operations) return std::nullopt;
          return driver->Next();
        },
        [&](const Operation& operation, const Outcome& outcome) {
          if (outcome.kind != Outcome::Kind::idle) ++done;
          driver->Note(operation, outcome);
        },
        teller);
  });
}

Report Replay(const Script& script) {
  return RunApart(script.setting, [&](Teller& teller) {
    std::size_t at = 0;
    Work(
        script.setting,
        [&](World&) -> std::optional<Operation> {
          if (at == script.operations.size()) return std::nullopt;
          return script.operations[at++];
        },
        [](const Operation&, const Outcome&) {}, teller);
  });
}

std::string Print(const Table& table) {
  std::ostringstream text;
  for (const auto& [what, count] : table) {
    const bool is_refused = what.second.front() == '-';
    text << std::setw(8) << count << "  " << std::left << std::setw(10) << what.first
         << (is_refused ? " refused: " : " ") << what.second.substr(2) << std::right << "\n";
  }
  return text.str();
}

}  // namespace conclave::testing::model
