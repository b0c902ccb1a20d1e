// A program with one fault of each kind that a checker is to find: what it is given as its argument
// is what goes wrong. A job that runs a checker over the tests runs this first, and requires that
// the checker ends it with an error.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <thread>

#include "planted/wire/sum.h"

namespace {

// What the compiler can know nothing about.
volatile std::size_t g_size = 16;

int BranchesOnUninitialised() {
  const auto* const bytes = static_cast<volatile std::uint8_t*>(std::malloc(g_size));
  return bytes[3] == 7 ? std::puts("seven") : 0;
}

int LosesMemory() {
  auto* volatile lost = static_cast<std::uint8_t*>(std::malloc(g_size));
  std::memset(lost, 1, g_size);
  lost = nullptr;
  return 0;
}

int WritesBeyondTheEnd() {
  auto* const bytes = static_cast<volatile std::uint8_t*>(std::malloc(g_size));
  bytes[g_size] = 1;
  std::free(const_cast<std::uint8_t*>(bytes));
  return 0;
}

int OverflowsSigned() {
  volatile int most = INT32_MAX;
  most = most + static_cast<int>(g_size);
  return 0;
}

int OverflowsUnsignedInWire() {
  return conclave::planted::Sum(UINT32_MAX, static_cast<std::uint32_t>(g_size)) == 0 ? 1 : 0;
}

int RacesForData() {
  int shared = 0;
  const auto count = [&shared] {
    for (int i = 0; i < 10000; ++i) ++shared;
  };
  std::thread other(count);
  count();
  other.join();
  return shared == 0 ? 1 : 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::map<std::string, int (*)()> faults = {
      {"uninitialised", BranchesOnUninitialised},     {"leak", LosesMemory},
      {"beyond-the-end", WritesBeyondTheEnd},         {"signed-overflow", OverflowsSigned},
      {"unsigned-overflow", OverflowsUnsignedInWire}, {"race", RacesForData},
  };
  const auto fault = count == 2 ? faults.find(arguments[1]) : faults.end();
  if (fault == faults.end()) {
    std::puts("which fault?");
    return 0;  // that no checker found anything is a failure
  }
  return fault->second();
}
