// A client's inventory of key packages (RFC 9420, sections 10 and 16.8): which private keys the
// storage holds, and what became of their public halves.
//
//     NewKeyPackage --> reserved --> published --> used by one join, or expired: gone
//
// A last-resort package is used by any number of joins. When a client makes a new one, the older
// ones are superseded: each is good for the one Welcome that may be on its way, and then gone.
#pragma once

#include <cstdint>
#include <vector>

#include "conclave/export.h"
#include "conclave/result.h"
#include "conclave/types.h"

namespace conclave {

class Client;

enum class KeyPackageState : std::uint8_t {
  reserved = 0,    // made, and perhaps on its way to whoever publishes it
  published = 1,   // MarkPublished() was called
  superseded = 2,  // a last-resort package that has a successor
};

struct KeyPackageSummary {
  KeyPackageRef ref;
  Bytes key_package;  // an MLSMessage, for publishing again
  KeyPackageState state{};
  bool last_resort = false;
  std::uint64_t not_after = 0;  // seconds since the Unix epoch
};

// Those of this client: of its suite and its signature key. In no particular order.
CONCLAVE_EXPORT Result<std::vector<KeyPackageSummary>> KeyPackages(const Client& client);

// Remembers that the delivery service has a key package, so that after a crash an application knows
// which to send again. kMissing if it is not there.
CONCLAVE_EXPORT Result<void> MarkPublished(Client& client, const KeyPackageRef& ref);

// Erases the private keys of a key package: a Welcome for it cannot be opened any more. kMissing if
// it is not there.
CONCLAVE_EXPORT Result<void> DeleteKeyPackage(Client& client, const KeyPackageRef& ref);

}  // namespace conclave
