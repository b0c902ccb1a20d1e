// For the model: a client with everything that it was given, and beside it what the model expects
// of it.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "conclave/conclave.h"
#include "crypto/signature_key.h"
#include "model/observe.h"
#include "model/seat.h"
#include "support/forwarding_provider.h"

namespace conclave::testing::model {

inline constexpr ExtensionType kModelExtension{0xf0a1};
inline constexpr ProposalType kModelProposal{0xf0b1};

// Sets of extensions, as flags.
inline constexpr Number kSomeExtension = 1;
inline constexpr Number kRequiredCapabilities = 2;
inline constexpr Number kFirstSender = 4;
inline constexpr Number kSecondSender = 8;
inline constexpr Number kAllExtensions = 15;
// The external senders that a set lists, in its order.
std::vector<Number> SendersIn(Number extensions);

// Random numbers and keys that follow from the world's seed and the operation at hand, where the
// suite's keys are mere numbers: so an operation does the same whatever others are left out.
class SeededProvider final : public test::ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;

  void Seed(std::uint64_t world, Number operation);
  Result<void> Random(MutableBytesView out) const override;
  Result<KeyPair> DhGenerate(KemId kem) const override;
  Result<KeyPair> SignatureGenerate(SignatureScheme scheme) const override;

 private:
  Secret Draw(std::size_t size) const;

  mutable std::mt19937_64 engine_;
};

// Credentials name a client before the comma; who replaces one must be the same client.
class NameVerifier final : public CredentialVerifier {
 public:
  CredentialAnswer Verify(const CredentialQuestion& question) override;
  Bytes ClientId(const Credential& credential) override;
};

// A MemoryStorage whose rows can be copied and put back; with Lie::stores_erase it keeps a second
// copy of whatever is erased.
class CopyableStorage final : public Storage {
 public:
  explicit CopyableStorage(Lie lie) : keeps_all_(lie == Lie::stores_erase) {}

  using Rows = std::vector<std::pair<Bytes, Bytes>>;
  Rows Copy() const;
  void PutBack(const Rows& rows);

  Result<void> Write(const WriteBatch& batch) override;
  Result<std::optional<Secret>> Read(BytesView key) const override { return below_.Read(key); }
  Result<void> Scan(BytesView prefix, RecordVisitor& visitor) const override {
    return below_.Scan(prefix, visitor);
  }

 private:
  bool keeps_all_;
  std::uint64_t kept_ = 0;
  MemoryStorage below_;
};

class FixedClock final : public Clock {
 public:
  std::uint64_t Now() const override { return 1'800'000'000; }
};

// A copy of a client's storage.
struct Saved {
  CopyableStorage::Rows rows;
  ClientModel model;
  std::map<Number, std::uint64_t> versions;  // of its sessions
};

class Party {
 public:
  Party(Number number, const Setting& setting, const CryptoProvider& crypto);
  Party(const Party&) = delete;
  Party& operator=(const Party&) = delete;

  Number number() const { return number_; }
  const Policy& policy() const { return policy_; }
  // The open session of a group, or null.
  Session* FindSession(Number group);
  const Seat* FindSeat(Number group) const;

  // How the credential of an identity reads, and its key.
  Credential CredentialOf(Number identity) const;
  Bytes KeyOf(Number identity) const;
  // Makes the identity of an operation, if it is not there yet.
  Identity MakeIdentity(Number identity);
  std::vector<const Signer*> Signers() const;

  CopyableStorage storage;
  std::optional<Client> client;
  ClientModel model;
  std::map<Number, Session> sessions;        // by group
  std::map<Number, std::uint64_t> versions;  // that were last seen, by group
  std::map<Number, Saved> copies;            // by the operation that made them
  // What each session holds: of a closed one, what it held.
  std::map<Number, std::vector<HeldSecret>> held;

 private:
  Number number_;
  Policy policy_;
  const CryptoProvider& crypto_;
  SignatureScheme scheme_;
  FixedClock clock_;
  NameVerifier verifier_;
  std::map<Number, SoftwareSigner> signers_;
};

}  // namespace conclave::testing::model
