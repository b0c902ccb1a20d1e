// A client as vectors show it: all its keys are open.
#pragma once

#include <cstdint>
#include <utility>

#include "group/own_leaf.h"
#include "source.h"

namespace conclave::vectors {

// When all of this happens.
inline constexpr std::uint64_t kNow = 1'800'000'000;

struct SimulatedClient {
  SoftwareSigner signer;
  LeafProfile profile;
  OwnKeyPackage package;
};

// A client with a random name that can do what the suite demands and nothing else.
inline SimulatedClient NewClient(const Source& source) {
  SoftwareSigner signer = source.NewSigner();
  LeafProfile profile;
  profile.credential = BasicCredential{source.Random(4)};
  profile.capabilities.versions = {ProtocolVersion::mls10};
  profile.capabilities.cipher_suites = {source.suite().id()};
  profile.capabilities.credentials = {CredentialType::basic};
  OwnKeyPackage package =
      MakeKeyPackage(source.suite(), profile, signer, {kNow, kNow + 90 * 86400}, {}).value();
  return {std::move(signer), std::move(profile), std::move(package)};
}

}  // namespace conclave::vectors
