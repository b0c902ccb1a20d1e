// The floor of a benchmark: the time of the cryptography that RFC 9420 makes unavoidable for an
// operation, called back to back, with keys parsed and buffers ready. docs/performance.md says
// which primitives those are for each operation, and why.
//
// The floor is no part of the library and includes nothing of it: floor*.cc call BoringSSL,
// libsodium and libdecaf directly, for each primitive the fastest of them.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace conclave::bench {

// How many of each primitive an operation cannot do without.
struct Primitives {
  // HPKE in base mode (RFC 9180) of a secret of Nh bytes. The hash of its info is shared among the
  // recipients, and no exporter secret is derived. An ephemeral key pair, a DH, five KDF steps and
  // an AEAD; to open, one multiplication less.
  std::size_t seals = 0;
  std::size_t opens = 0;

  // Nodes of a path (RFC 9420, section 7.4): the next path secret, the node secret, and
  // DeriveKeyPair with its public key.
  std::size_t key_pairs = 0;
  // Key pairs of the KEM from random numbers: of a leaf, of a KeyPackage's init key.
  std::size_t random_key_pairs = 0;

  // Signatures over 300 bytes, and over longer content of the sizes given.
  std::size_t signatures = 0;
  std::size_t verifications = 0;
  std::vector<std::size_t> signatures_over = {};
  std::vector<std::size_t> verifications_over = {};

  // HMACs of a short input under a key of their own: a step of the key schedule.
  std::size_t macs = 0;
  // Hashes: the sizes of their inputs.
  std::vector<std::size_t> hashed = {};
  // AEAD with its key set-up: the sizes of the plaintexts sealed and of the ciphertexts opened.
  std::vector<std::size_t> sealed = {};
  std::vector<std::size_t> opened = {};
};

class FloorSuite;

// The primitives of one cipher suite (1 to 7), ready to be called.
class Floor {
 public:
  explicit Floor(int suite);
  ~Floor();
  Floor(const Floor&) = delete;
  Floor& operator=(const Floor&) = delete;

  // Makes keys, signatures and ciphertexts of the sizes in `work` ready, where they are not yet.
  void Prepare(const Primitives& work);

  // Does all of `work` once; it was prepared before, since that is not what is timed. A call that
  // fails ends the program: a floor that did not do its work would be a lie.
  void Run(const Primitives& work);

  // What shows that the floor does the real work: what it seals opens to what was sealed (with
  // BoringSSL's own HPKE too, where that has the suite), a signature verifies, and neither does
  // when a bit is changed. Empty, or what is wrong.
  std::string SelfCheck();

 private:
  std::unique_ptr<FloorSuite> suite_;
};

}  // namespace conclave::bench
