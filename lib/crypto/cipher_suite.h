// Cipher suites as data (RFC 9420, sections 5.1 and 17.1): which primitives a suite is made of, how
// long their inputs and outputs are, and `Suite`, the value that everything above this layer takes.
//
// The seven suites of the RFC are here; the suites of drafts have no assigned code points, so an
// application hands in its own table of SuiteParameters for them.
#pragma once

#include <cstddef>
#include <span>

#include "conclave/crypto_provider.h"
#include "conclave/executor.h"
#include "conclave/result.h"
#include "conclave/types.h"

namespace conclave {

struct SuiteParameters {
  CipherSuite id{};
  const char* name = "";
  KemId kem{};
  KdfId kdf{};
  AeadId aead{};
  HashId hash{};
  SignatureScheme signature{};
};

// The table of section 17.1.
std::span<const SuiteParameters> RfcSuites();

// The largest hash of any suite, for buffers on the stack.
inline constexpr std::size_t kMaxHashSize = 64;
inline constexpr std::size_t kAeadNonceSize = 12;
inline constexpr std::size_t kAeadTagSize = 16;

// The sizes of a primitive, in bytes. Zero for an id that is not known here.
std::size_t HashSize(HashId hash);
std::size_t AeadKeySize(AeadId aead);

// The sizes of RFC 9180, section 7.1: Nsecret, Nenc, Npk and Nsk.
struct KemSizes {
  std::size_t shared_secret = 0;
  std::size_t kem_output = 0;
  std::size_t public_key = 0;
  std::size_t private_key = 0;
};
KemSizes SizesOf(KemId kem);

// The hash under HKDF. `known` is false for an id that is not known here.
struct KdfHash {
  HashId hash{};
  bool known = false;
};
KdfHash HashOf(KdfId kdf);

// A cipher suite, the provider that computes it, and the executor on which it may be computed in
// parts. A small value, to be copied; provider and executor must outlive it. Whoever holds one
// knows that the provider supports every primitive in it.
class Suite {
 public:
  // kUnsupported if a primitive is unknown to the library or to the provider.
  static Result<Suite> Create(const SuiteParameters& parameters, const CryptoProvider& provider);

  CipherSuite id() const { return parameters_.id; }
  const char* name() const { return parameters_.name; }
  KemId kem() const { return parameters_.kem; }
  KdfId kdf() const { return parameters_.kdf; }
  AeadId aead() const { return parameters_.aead; }
  HashId hash() const { return parameters_.hash; }
  SignatureScheme signature() const { return parameters_.signature; }
  const CryptoProvider& provider() const { return *provider_; }
  // Null: everything on the calling thread.
  Executor* executor() const { return executor_; }
  void set_executor(Executor* executor) { executor_ = executor; }

  // KDF.Nh, which is also the size of the hash and of the MAC.
  std::size_t hash_size() const { return HashSize(parameters_.hash); }
  // AEAD.Nk and AEAD.Nn.
  std::size_t aead_key_size() const { return AeadKeySize(parameters_.aead); }
  std::size_t aead_nonce_size() const { return kAeadNonceSize; }
  KemSizes kem_sizes() const { return SizesOf(parameters_.kem); }

 private:
  Suite(const SuiteParameters& parameters, const CryptoProvider& provider)
      : parameters_(parameters), provider_(&provider) {}

  SuiteParameters parameters_;
  const CryptoProvider* provider_;
  Executor* executor_ = nullptr;
};

// The suite that `table` has under `id`. kUnsupported if there is none, or as Suite::Create says.
Result<Suite> FindSuite(CipherSuite id, const CryptoProvider& provider,
                        std::span<const SuiteParameters> table = RfcSuites());

}  // namespace conclave
