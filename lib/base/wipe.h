// Erasing memory so that the optimizer cannot object.
#pragma once

#include "conclave/bytes.h"

namespace conclave {

void Wipe(MutableBytesView bytes);

}  // namespace conclave
