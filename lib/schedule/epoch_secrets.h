// The secrets of one epoch, by name (RFC 9420, section 8, table 4).
#pragma once

#include <type_traits>

#include "conclave/secret.h"
#include "labeled/secrets.h"

namespace conclave {

// What the key schedule leaves behind once the epoch secret itself is erased. Move-only; each field
// is erased by whoever consumes it: `encryption_secret` by the SecretTree that is made from it,
// `init_secret` by the key schedule of the next epoch.
struct EpochSecrets {
  Secret sender_data_secret;   // seals who sent a PrivateMessage (section 6.3.2)
  Secret encryption_secret;    // the root of the secret tree (section 9)
  Secret exporter_secret;      // section 8.5
  Secret external_secret;      // the key pair for external commits (section 8.3)
  Secret confirmation_key;     // section 6.1
  Secret membership_key;       // section 6.2
  Secret resumption_psk;       // section 8.6
  Secret epoch_authenticator;  // section 8.7
  InitSecret init_secret;      // into the next epoch
};

static_assert(!std::is_copy_constructible_v<EpochSecrets>);
static_assert(std::is_nothrow_move_constructible_v<EpochSecrets>);

}  // namespace conclave
