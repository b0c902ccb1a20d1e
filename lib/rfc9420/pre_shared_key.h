// RFC 9420, section 8.4: the names of pre-shared keys.
#pragma once

#include "conclave/types.h"
#include "rfc9420/registries.h"
#include "wire/select.h"

namespace conclave::rfc9420 {

struct ExternalPSK {
  Bytes psk_id;
  bool operator==(const ExternalPSK&) const = default;
};
struct ResumptionPSK {
  ResumptionPSKUsage usage{};
  GroupId psk_group_id;
  Epoch psk_epoch = 0;
  bool operator==(const ResumptionPSK&) const = default;
};

struct PreSharedKeyID {
  wire::Select<PSKType, wire::Case<PSKType::external, ExternalPSK>,
               wire::Case<PSKType::resumption, ResumptionPSK>>
      psk;
  Bytes psk_nonce;
  bool operator==(const PreSharedKeyID&) const = default;
};

}  // namespace conclave::rfc9420
