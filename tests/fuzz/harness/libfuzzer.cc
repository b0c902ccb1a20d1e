// The entry points of libFuzzer for the one target that is linked with this file.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "fuzz/harness/target.h"

namespace conclave::fuzz {

namespace {

const Target& TheTarget() {
  Require(Targets().size() == 1, "one target in each program");
  return Targets().front();
}

}  // namespace

}  // namespace conclave::fuzz

extern "C" {

std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  conclave::fuzz::TheTarget().run({data, size});
  return 0;
}

// Half of the changes are to the bytes, half to the structure.
std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                    unsigned int seed);
std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                    unsigned int seed) {
  const auto mutate = conclave::fuzz::TheTarget().mutate;
  if (mutate == nullptr || seed % 2 == 0) return LLVMFuzzerMutate(data, size, max_size);
  conclave::test::Random random(seed);
  conclave::Bytes input(data, data + size);
  mutate(random, input);
  if (input.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::copy(input.begin(), input.end(), data);
  return input.size();
}

}  // extern "C"
