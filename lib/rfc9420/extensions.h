// The extensions that RFC 9420 defines: sections 5.3.3, 11.1, 12.1.8.1, 12.4.3.2 and 12.4.3.3.
// RequiredCapabilities is in conclave/types.h; ratchet_tree is decoded by lib/tree, as a stream.
#pragma once

#include <vector>

#include "conclave/types.h"
#include "rfc9420/credential.h"
#include "rfc9420/crypto.h"

namespace conclave::rfc9420 {

// Section 12.4.3.2.
struct ExternalPub {
  HPKEPublicKey external_pub;
  bool operator==(const ExternalPub&) const = default;
};

// Section 12.1.8.1.
struct ExternalSender {
  SignaturePublicKey signature_key;
  Credential credential;
  bool operator==(const ExternalSender&) const = default;
};
struct ExternalSenders {
  std::vector<ExternalSender> external_senders;
  bool operator==(const ExternalSenders&) const = default;
};

// The first extension of `type` in `extensions`, or null.
inline const Extension* FindExtension(const std::vector<Extension>& extensions,
                                      ExtensionType type) {
  for (const Extension& extension : extensions) {
    if (extension.extension_type == type) return &extension;
  }
  return nullptr;
}

}  // namespace conclave::rfc9420
