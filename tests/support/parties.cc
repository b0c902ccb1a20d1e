#include "support/parties.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "crypto/signature_key.h"
#include "support/must.h"
#include "support/test_suite.h"

namespace conclave::testing {

using test::Must;

CredentialAnswer RecordingVerifier::Verify(const CredentialQuestion& question) {
  AskedQuestion& kept = asked.emplace_back();
  kept.moment = question.moment;
  kept.group_id = ToBytes(question.group_id);
  kept.credential = *question.credential;
  kept.signature_key = ToBytes(question.signature_key);
  if (question.replaces != nullptr) kept.replaces = *question.replaces;
  kept.now = question.now;
  return judge ? judge(kept) : answer;
}

Bytes RecordingVerifier::ClientId(const Credential& credential) {
  return client_id ? client_id(credential) : Bytes{};
}

std::size_t RecordingVerifier::Count(CredentialMoment moment) const {
  return static_cast<std::size_t>(std::ranges::count(asked, moment, &AskedQuestion::moment));
}

const AskedQuestion& RecordingVerifier::Last(CredentialMoment moment) const {
  const auto last =
      std::find_if(asked.rbegin(), asked.rend(),
                   [moment](const AskedQuestion& question) { return question.moment == moment; });
  if (last == asked.rend()) FAIL("never asked at moment " << static_cast<int>(moment));
  return *last;
}

Result<void> FlakyStorage::Write(const WriteBatch& batch) {
  if (fail_writes) return Error{ErrorKind::kStorage, "told to fail"};
  const Result<void> written = below_.Write(batch);
  if (written.ok()) ++writes;
  return written;
}

Result<std::optional<Secret>> FlakyStorage::Read(BytesView key) const {
  if (fail_reads) return Error{ErrorKind::kStorage, "told to fail"};
  return below_.Read(key);
}

Result<void> FlakyStorage::Scan(BytesView prefix, RecordVisitor& visitor) const {
  if (fail_reads) return Error{ErrorKind::kStorage, "told to fail"};
  return below_.Scan(prefix, visitor);
}

TestClient::TestClient(std::string_view name, const TestClientOptions& wanted)
    : identity(name), options(wanted), client(Make(wanted.suite)) {}

Client TestClient::Make(CipherSuite suite) {
  return Must(Client::Create({.identity = identity,
                              .crypto = options.crypto ? *options.crypto : test::Provider(),
                              .clock = clock,
                              .verifier = verifier,
                              .storage = storage,
                              .suite = suite,
                              .credential = options.credential,
                              .signer = options.signer,
                              .policy = options.policy,
                              .executor = options.executor,
                              .extensions = options.extensions,
                              .proposals = options.proposals,
                              .credentials = options.credentials,
                              .leaf_extensions = options.leaf_extensions}));
}

Client TestClient::InSuite(CipherSuite suite) { return Make(suite); }

Bytes TestClient::KeyPackage(const KeyPackageOptions& key_package) {
  return Must(client.NewKeyPackage(key_package));
}

Session TestClient::Join(BytesView welcome, const JoinOptions& join) {
  return Must(client.Enter(Must(client.ReadWelcome(welcome, join))));
}

std::unique_ptr<Signer> MakeSigner(CipherSuite suite) {
  return std::make_unique<SoftwareSigner>(
      Must(SoftwareSigner::Generate(test::Provider(), test::TestSuite(suite).signature())));
}

std::string NameOf(const Credential& credential) {
  const auto* basic = std::get_if<BasicCredential>(&credential);
  if (basic == nullptr) FAIL("not a basic credential");
  return {basic->identity.begin(), basic->identity.end()};
}

std::vector<CipherSuite> EverySuite() {
  std::vector<CipherSuite> suites;
  for (const SuiteParameters& parameters : RfcSuites()) suites.push_back(parameters.id);
  return suites;
}

}  // namespace conclave::testing
