// Ivan, who has key packages, and is shown Welcomes for them (RFC 9420, section 12.4.3.1).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "fuzz/harness/scene.h"
#include "rfc9420/framing.h"

namespace conclave::fuzz {

class Joiner {
 public:
  explicit Joiner(const Scene& scene) : scene_(scene) {}

  // Reads a Welcome, with a tree that is there in case it has none inside, and enters if it is
  // accepted. One that is refused changes nothing. The session, if there is one, is exercised; what
  // its epoch's authenticator is.
  std::optional<Bytes> Join(BytesView welcome, BytesView tree);

 private:
  const Scene& scene_;
  std::optional<Party> party_;
};

// For the targets `welcome` and `welcome_unchecked`, whose input is a number and a Welcome: which
// of the invitations' trees is there.
struct Invited {
  std::uint8_t tree = 0;
  rfc9420::MLSMessage welcome;
};
const Bytes& TreeFor(const Scene& scene, std::uint8_t number);
std::vector<Seed> WelcomeSeeds(const Scene& scene);

}  // namespace conclave::fuzz
