// What the group layer is lent when it runs vectors: a verifier, PSKs and a policy.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <utility>
#include <variant>

#include "group/environment.h"
#include "group/epoch_state.h"

namespace conclave::test {

// Knows everybody.
class TrustingVerifier final : public CredentialVerifier {
 public:
  CredentialAnswer Verify(const CredentialQuestion&) override { return CredentialAnswer::accept; }
};

// External PSKs, and those of the epochs that somebody has been in.
class PskTable final : public PskSource {
 public:
  void Add(Bytes id, Bytes psk) { external_[std::move(id)] = std::move(psk); }
  void Remember(const EpochState& epoch) {
    resumption_.insert_or_assign({epoch.group.group_id(), epoch.group.epoch()},
                                 epoch.secrets.resumption_psk.Clone());
  }

  Result<Secret> Find(const PskId& id) const override {
    if (const auto* external = std::get_if<ExternalPskId>(&id)) {
      const auto found = external_.find(external->id);
      if (found != external_.end()) return Secret::CopyOf(found->second);
    }
    if (const auto* resumption = std::get_if<ResumptionPskId>(&id)) {
      const auto found = resumption_.find({resumption->group_id, resumption->epoch});
      if (found != resumption_.end()) return found->second.Clone();
    }
    return Error{ErrorKind::kMissing, "no such PSK"};
  }

 private:
  std::map<Bytes, Bytes> external_;
  std::map<std::pair<GroupId, Epoch>, Secret> resumption_;
};

// Leaves live as long as they like.
inline Policy PermissivePolicy() {
  Policy policy;
  policy.max_key_package_lifetime = std::numeric_limits<std::uint64_t>::max();
  return policy;
}

}  // namespace conclave::test
