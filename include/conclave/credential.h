// Credentials, and CredentialVerifier: the Authentication Service as an interface
// (RFC 9420, section 5.3).
//
// MLS binds a signature key to whatever a credential says; whether that is true is for the
// application to know. The library asks at each of the seven moments that section 5.3.1 lists, and
// takes no for an answer.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "conclave/bytes.h"
#include "conclave/export.h"
#include "conclave/result.h"
#include "conclave/types.h"

namespace conclave {

// A bare identity, vouched for by nobody but the application.
struct BasicCredential {
  Bytes identity;
  bool operator==(const BasicCredential&) const = default;
};

// A chain of DER certificates, the client's own first. The library checks that it certifies the
// leaf's signature key; the verifier judges the chain (conclave/x509.h can do it).
struct X509Credential {
  std::vector<Bytes> certificates;
  bool operator==(const X509Credential&) const = default;
};

// A credential of a type that RFC 9420 does not define, carried as it came: `data` is the content
// of one variable-size vector.
struct CustomCredential {
  CredentialType credential_type{};
  Bytes data;
  bool operator==(const CustomCredential&) const = default;
};

using Credential = std::variant<BasicCredential, X509Credential, CustomCredential>;

[[nodiscard]] CONCLAVE_EXPORT CredentialType TypeOf(const Credential& credential);

// Why the verifier is asked (RFC 9420, section 5.3.1, in its order).
enum class CredentialMoment : std::uint8_t {
  key_package_to_add = 1,       // a KeyPackage that we are about to propose to add
  group_info_to_join = 2,       // a member of a group that we are about to join
  received_add = 3,             // a KeyPackage in an Add proposal
  received_update = 4,          // the new leaf of an Update proposal
  received_update_path = 5,     // the new leaf of a committer, or of one who joins externally
  external_sender_added = 6,    // an entry of an external_senders extension that is new
  external_sender_updated = 7,  // an entry of one that takes another's place
};

// What is asked: does `signature_key` belong to whom `credential` names? Views are valid during the
// call only.
struct CredentialQuestion {
  CredentialMoment moment{};
  BytesView group_id;  // empty where no group is concerned yet
  const Credential* credential = nullptr;
  BytesView signature_key;
  // The credential that this one replaces, if it replaces one; else null. Say whether the new one
  // is a valid successor: the same client (section 5.3.1).
  const Credential* replaces = nullptr;
  // The clock's time, in seconds since the Unix epoch.
  std::uint64_t now = 0;
};

enum class CredentialAnswer : std::uint8_t {
  accept,
  reject,       // the call fails with kRejectedByPolicy
  unavailable,  // cannot say yet: the call fails with kUnavailable and can be repeated
};

class CONCLAVE_EXPORT CredentialVerifier {
 public:
  virtual ~CredentialVerifier() = default;

  // Called on the thread that called the library, and never kept. Must not call back into the
  // session that asks.
  virtual CredentialAnswer Verify(const CredentialQuestion& question) = 0;

  // Which client a credential names, as the application tells clients apart. No group holds one
  // client twice (section 12.2), and a branch or a successor of a group has clients of the original
  // (sections 11.2 and 11.3). An empty answer, the default, means that signature keys tell clients
  // apart within a group, and equal credentials between groups.
  virtual Bytes ClientId(const Credential& credential) {
    static_cast<void>(credential);
    return {};
  }
};

}  // namespace conclave
