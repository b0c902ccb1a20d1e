// The public-key primitives of the floor, one object for each group and each signature scheme, with
// keys parsed and output buffers allocated. What is returned by reference lives until the next
// call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "floor_sha.h"

namespace conclave::bench {

// A Diffie-Hellman group under a DHKEM (RFC 9180, section 4.1).
class DhGroup {
 public:
  virtual ~DhGroup() = default;

  virtual std::size_t private_key_size() const = 0;

  // Keeps the key pair of a recipient, parsed; they are numbered from 0. Returns the public key.
  virtual Octets AddRecipient(OctetsView private_key) = 0;

  // A fresh key pair, which replaces the one before. Returns its public key.
  virtual const Octets& Generate() = 0;
  // The public key of a private one.
  virtual const Octets& PublicKey(OctetsView private_key) = 0;
  // Fresh private key, a recipient's public key.
  virtual const Octets& Encapsulate(std::size_t recipient) = 0;
  // A recipient's private key, an encoded public key.
  virtual const Octets& Decapsulate(std::size_t recipient, OctetsView public_key) = 0;
};

std::unique_ptr<DhGroup> X25519();
std::unique_ptr<DhGroup> X448();

// A signature scheme of RFC 9420, section 5.1.2, with one key pair.
class Signer {
 public:
  virtual ~Signer() = default;
  virtual const Octets& Sign(OctetsView content) = 0;
  virtual bool Verify(OctetsView content, OctetsView signature) = 0;
};

std::unique_ptr<Signer> Ed25519();
std::unique_ptr<Signer> Ed448();

enum class NistCurve { p256, p384, p521 };
std::unique_ptr<DhGroup> NistDh(NistCurve curve);
std::unique_ptr<Signer> Ecdsa(NistCurve curve, ShaId hash);

}  // namespace conclave::bench
