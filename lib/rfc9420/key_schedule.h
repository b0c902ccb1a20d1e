// RFC 9420, section 8: what goes into the key schedule.
#pragma once

#include <cstdint>
#include <vector>

#include "conclave/types.h"
#include "rfc9420/framing.h"
#include "rfc9420/pre_shared_key.h"

namespace conclave::rfc9420 {

// Section 8.
struct KDFLabel {
  std::uint16_t length = 0;
  Bytes label;
  Bytes context;
};

// Section 8.2.
struct ConfirmedTranscriptHashInput {
  WireFormat wire_format{};
  FramedContent content;
  Bytes signature;
};
struct InterimTranscriptHashInput {
  MAC confirmation_tag;
};

// Section 8.4.
struct PSKLabel {
  PreSharedKeyID id;
  std::uint16_t index = 0;
  std::uint16_t count = 0;
};

}  // namespace conclave::rfc9420
