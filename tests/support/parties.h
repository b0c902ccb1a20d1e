// For tests: the parties of a group. What an application lends a client (verifier, clock, storage),
// each under the test's control, and a client that owns its own set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conclave/client.h"
#include "conclave/memory_storage.h"

namespace conclave::testing {

// One question that the library asked, kept.
struct AskedQuestion {
  CredentialMoment moment{};
  GroupId group_id;
  Credential credential;
  Bytes signature_key;
  std::optional<Credential> replaces;
  std::uint64_t now = 0;
};

// Says yes to everything, unless told otherwise, and remembers what it was asked.
class RecordingVerifier final : public CredentialVerifier {
 public:
  CredentialAnswer Verify(const CredentialQuestion& question) override;
  Bytes ClientId(const Credential& credential) override;

  // How often it was asked at `moment`.
  std::size_t Count(CredentialMoment moment) const;
  // The last question asked at `moment`. Fails the test if there was none.
  const AskedQuestion& Last(CredentialMoment moment) const;

  std::vector<AskedQuestion> asked;
  CredentialAnswer answer = CredentialAnswer::accept;
  // Asked instead of `answer`, if set.
  std::function<CredentialAnswer(const AskedQuestion&)> judge;
  // Which client a credential names; no client ids unless set.
  std::function<Bytes(const Credential&)> client_id;
};

// Stands still until it is set.
class SettableClock final : public Clock {
 public:
  std::uint64_t Now() const override { return now; }
  std::uint64_t now = 1'800'000'000;
};

// A MemoryStorage that counts what is asked of it and can be told to fail.
class FlakyStorage final : public Storage {
 public:
  Result<void> Write(const WriteBatch& batch) override;
  Result<std::optional<Secret>> Read(BytesView key) const override;
  Result<void> Scan(BytesView prefix, RecordVisitor& visitor) const override;

  bool fail_writes = false;
  bool fail_reads = false;
  std::size_t writes = 0;  // that succeeded

 private:
  MemoryStorage below_;
};

// How a TestClient differs from the usual one: ClientOptions, without what every client needs.
struct TestClientOptions {
  const CryptoProvider* crypto = nullptr;  // null for the default one
  CipherSuite suite = CipherSuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519;
  Policy policy = {};
  Executor* executor = nullptr;
  std::optional<Credential> credential = {};
  const Signer* signer = nullptr;
  std::vector<ExtensionType> extensions = {};
  std::vector<ProposalType> proposals = {};
  std::vector<CredentialType> credentials = {};
  std::vector<Extension> leaf_extensions = {};
};

// A client and all that it was given. It stays where it is: sessions refer to what it owns.
class TestClient {
 public:
  explicit TestClient(std::string_view identity, const TestClientOptions& options = {});
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  Client* operator->() { return &client; }
  Client& operator*() { return client; }

  // A fresh key package.
  Bytes KeyPackage(const KeyPackageOptions& options = {});
  // Reads and enters.
  Session Join(BytesView welcome, const JoinOptions& options = {});
  // Another client over the same storage, verifier and clock, with another suite: of the same
  // person.
  Client InSuite(CipherSuite suite);

  RecordingVerifier verifier;
  SettableClock clock;
  FlakyStorage storage;
  std::string identity;
  TestClientOptions options;
  Client client;

 private:
  Client Make(CipherSuite suite);
};

// A fresh signature key for a suite.
std::unique_ptr<Signer> MakeSigner(
    CipherSuite suite = CipherSuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519);

// The identity in a basic credential. Fails the test if it is none.
std::string NameOf(const Credential& credential);

// Every suite of RFC 9420.
std::vector<CipherSuite> EverySuite();

}  // namespace conclave::testing
