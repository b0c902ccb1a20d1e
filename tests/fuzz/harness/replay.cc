// Runs every target on its seeds and on the files of its corpus, without libFuzzer: an ordinary
// test, in any build.
//
//   fuzz_corpus <directory of the corpora>     the last line is "fuzz-corpus: N passed, 0 failed"
//   fuzz_corpus --seeds <directory>            writes the seeds there, a directory for each target
//
// A broken promise ends the program; what it was about is printed then.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz/harness/target.h"

namespace conclave::fuzz {

namespace {

namespace fs = std::filesystem;

std::string g_running;  // for the handler

extern "C" void SayWhatWasRunning(int signal) {
  std::fprintf(stderr, "\nended by signal %d while running %s\n", signal, g_running.c_str());
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

Bytes ContentOf(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<fs::path> FilesIn(const fs::path& directory) {
  std::vector<fs::path> files;
  if (!fs::is_directory(directory)) return files;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

// An allocation of its own for each input, so that sanitizers see where it ends.
bool Run(const Target& target, const std::string& name, const Bytes& input) {
  g_running = std::string(target.name) + "/" + name;
  const Bytes exact(input.begin(), input.end());
  return target.run(exact);
}

struct Count {
  int passed = 0;
  int failed = 0;

  void Add(bool passes, const char* otherwise) {
    ++(passes ? passed : failed);
    if (!passes) std::printf("FAILED  %s: %s\n", g_running.c_str(), otherwise);
  }
};

void Replay(const Target& target, const fs::path& corpora, Count& count) {
  const std::vector<Seed> seeds = target.seeds();
  for (const Seed& seed : seeds) {
    const bool accepted = Run(target, "seed " + seed.name, seed.input);
    count.Add(accepted == seed.accepted.value_or(accepted), accepted ? "accepted" : "not accepted");
  }
  const std::vector<fs::path> files = FilesIn(corpora / target.name);
  count.Add(!files.empty(), "there is no corpus");
  int accepted = 0;
  for (const fs::path& file : files) {
    accepted += Run(target, file.filename().string(), ContentOf(file)) ? 1 : 0;
    count.Add(true, "");
  }
  std::printf("%-26s %3zu seeds, %4zu files, %4d of them accepted\n",
              std::string(target.name).c_str(), seeds.size(), files.size(), accepted);
}

// A directory that belongs to no target is a corpus that nobody runs.
void FindStrays(const fs::path& corpora, Count& count) {
  if (!fs::is_directory(corpora)) return;
  for (const auto& entry : fs::directory_iterator(corpora)) {
    const std::string name = entry.path().filename().string();
    g_running = name;
    const bool known = std::ranges::any_of(
        Targets(), [&name](const Target& target) { return target.name == name; });
    if (!known) count.Add(false, "no target has that name");
  }
}

int ReplayAll(const fs::path& corpora) {
  Count count;
  for (const Target& target : Targets()) Replay(target, corpora, count);
  FindStrays(corpora, count);
  std::printf("fuzz-corpus: %d passed, %d failed\n", count.passed, count.failed);
  return count.failed == 0 ? 0 : 1;
}

int WriteSeeds(const fs::path& directory) {
  for (const Target& target : Targets()) {
    const fs::path place = directory / target.name;
    fs::create_directories(place);
    for (const Seed& seed : target.seeds()) {
      std::ofstream file(place / seed.name, std::ios::binary);
      file.write(reinterpret_cast<const char*>(seed.input.data()),
                 static_cast<std::streamsize>(seed.input.size()));
      if (!file) return 1;
    }
  }
  return 0;
}

}  // namespace

int Main(int argc, char** argv) {
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
    std::signal(signal, SayWhatWasRunning);
  }
  std::ranges::sort(Targets(), {}, &Target::name);
  if (argc == 3 && std::strcmp(argv[1], "--seeds") == 0) return WriteSeeds(argv[2]);
  if (argc == 2) return ReplayAll(argv[1]);
  std::fprintf(stderr, "fuzz_corpus <corpora> | --seeds <directory>\n");
  return 2;
}

}  // namespace conclave::fuzz

int main(int argc, char** argv) { return conclave::fuzz::Main(argc, argv); }
