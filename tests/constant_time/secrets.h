// For tests under Valgrind's memcheck: memory is marked as undefined where a secret arises, and as
// defined where what was made of it becomes public. Whatever branches, or looks into a table, by
// undefined memory is reported. (The way is Adam Langley's ctgrind.)
#pragma once

#include <valgrind/memcheck.h>

#include <cstddef>
#include <cstdint>

#include "conclave/bytes.h"
#include "conclave/secret.h"

namespace conclave::testing {

// From here on, nothing may depend on what `bytes` are.
void MarkSecret(BytesView bytes);
void MarkSecret(const Secret& secret);
// From here on, everybody may know them.
void MarkPublic(BytesView bytes);
template <class T>
void MarkPublicValue(T& value) {
  VALGRIND_MAKE_MEM_DEFINED(&value, sizeof(T));
}

// Whether any bit of it depends on a secret.
bool IsSecret(BytesView bytes);

// How many reports memcheck has made.
std::size_t Reports();

// What is wrong on purpose, for showing that it is reported.
enum class Fault : std::uint8_t {
  none,
  leaves_comparison_early,  // ConstantTimeEquals ends at the first difference
  branches_on_key,          // HMAC does something else for odd keys
  looks_up_by_key,          // HMAC looks into a table
};
inline Fault g_fault = Fault::none;

}  // namespace conclave::testing
