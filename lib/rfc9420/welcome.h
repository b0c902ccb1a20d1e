// RFC 9420, section 12.4.3: GroupInfo, and Welcome with what is inside.
#pragma once

#include <optional>
#include <vector>

#include "conclave/secret.h"
#include "rfc9420/crypto.h"
#include "rfc9420/group_context.h"
#include "rfc9420/pre_shared_key.h"

namespace conclave::rfc9420 {

// Section 12.4.3.
struct GroupInfo {
  GroupContext group_context;
  std::vector<Extension> extensions;
  MAC confirmation_tag;
  LeafIndex signer;
  Bytes signature;  // SignWithLabel(., "GroupInfoTBS", GroupInfoTBS), its other fields
  bool operator==(const GroupInfo&) const = default;
};

// Section 12.4.3.1. Secret: encodes with SecretWriter only.
struct PathSecret {
  Secret path_secret;
};
struct GroupSecrets {
  Secret joiner_secret;
  std::optional<PathSecret> path_secret;
  std::vector<PreSharedKeyID> psks;
};

struct EncryptedGroupSecrets {
  KeyPackageRef new_member;
  HPKECiphertext encrypted_group_secrets;
  bool operator==(const EncryptedGroupSecrets&) const = default;
};
struct Welcome {
  CipherSuite cipher_suite{};
  std::vector<EncryptedGroupSecrets> secrets;
  Bytes encrypted_group_info;
  bool operator==(const Welcome&) const = default;
};

}  // namespace conclave::rfc9420
