// For tests: a heap that forgets nothing. In a program that links arena.cc, every malloc() and all
// that is made of it, also in shared libraries, takes memory from one arena, which never gives out
// a byte twice and never clears one: what a block held when it was freed can be looked for.
#pragma once

#include <cstddef>
#include <cstdint>

#include "conclave/bytes.h"

namespace conclave::testing {

// A block that was given out: its bytes, and whether somebody still owns them.
struct HeapBlock {
  BytesView bytes;
  bool is_live = false;
};

// The blocks in the order in which they were given out. Each call goes on from `*position`, which
// is 0 at first; false when there is none left.
bool NextHeapBlock(std::size_t* position, HeapBlock* block);

// How much of the arena has been used: the position behind the last block.
std::size_t UsedHeap();

}  // namespace conclave::testing
