// A story of X.509 credentials: chains of certificates that lead to a root which the application
// trusts (RFC 9420, section 5.3).
#include "conclave/x509.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/conversation.h"
#include "support/must.h"
#include "unit/providers/boringssl/test_certificates.h"

namespace conclave::testing {

namespace {

using test::CertificateFields;
using test::Key;
using test::KindOf;
using test::MakeCertificate;
using test::MakeEcKey;
using test::Must;
using test::PublicKeyOf;

constexpr CipherSuite kP256 = CipherSuite::MLS_128_DHKEMP256_AES128GCM_SHA256_P256;

// An organisation that certifies its people.
struct Authority {
  explicit Authority(std::string authority_name) : name(std::move(authority_name)) {}

  Bytes Root() const {
    return MakeCertificate(
        {.subject = name, .issuer = name, .ca = true, .key_usage = {test::kKeyCertSign}}, key, key);
  }
  X509Credential Certify(const std::string& person, const Key& about,
                         std::int64_t not_after = test::kNotAfter) const {
    const CertificateFields leaf{.subject = person,
                                 .issuer = name,
                                 .not_after = not_after,
                                 .ca = false,
                                 .key_usage = {test::kDigitalSignature}};
    return {{MakeCertificate(leaf, about, key), Root()}};
  }

  std::string name;
  Key key = MakeEcKey();
};

// Signs with a P-256 key of BoringSSL's.
class KeySigner final : public Signer {
 public:
  KeySigner() : public_key_(PublicKeyOf(key_)) {}
  const Key& key() const { return key_; }
  BytesView public_key() const override { return public_key_; }
  Result<Bytes> Sign(BytesView message) const override {
    bssl::ScopedEVP_MD_CTX context;
    std::size_t size = static_cast<std::size_t>(EVP_PKEY_size(key_.get()));
    Bytes signature(size);
    if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) !=
            1) {
      return Error{ErrorKind::kCrypto, "test: signing"};
    }
    signature.resize(size);
    return signature;
  }

 private:
  Key key_ = MakeEcKey();
  Bytes public_key_;
};

// Trusts the chains of one authority.
void Trust(TestClient& client, const Authority& authority) {
  client.clock.now = test::kNow;
  client.verifier.judge = [root = authority.Root()](const AskedQuestion& question) {
    X509Roots roots;
    const auto* x509 = std::get_if<X509Credential>(&question.credential);
    if (x509 == nullptr || !roots.Add(root).ok()) return CredentialAnswer::reject;
    return VerifyX509Chain(x509->certificates, roots, question.now, question.signature_key).ok()
               ? CredentialAnswer::accept
               : CredentialAnswer::reject;
  };
}

struct Person {
  Person(const std::string& name, const Authority& authority,
         std::int64_t not_after = test::kNotAfter)
      : client(name, {.suite = kP256,
                      .credential = authority.Certify(name, signer.key(), not_after),
                      .signer = &signer}) {
    Trust(client, authority);
  }
  KeySigner signer;
  TestClient client;
};

}  // namespace

TEST_CASE("People with certificates hold a conversation") {
  const Authority company("company"), elsewhere("elsewhere");
  Person alice("alice", company), bob("bob", company), carol("carol", company);
  Room room({&alice.client, &bob.client});
  RequireHealthy(room.all());
  REQUIRE(std::get<X509Credential>(room[0].FindMember({1})->credential).certificates.size() == 2);
  PendingJoin pending = Must(StartExternalJoin(*carol.client, Must(MakeGroupInfo(room[0]))));
  DeliverCommit(room.all(), pending.commit());
  Session inside = Must(EnterExternally(*carol.client, std::move(pending)));
  RequireHealthy({room[0], room[1], inside});

  // Another authority's people are not let in, nor do they come.
  Person stranger("stranger", elsewhere);
  REQUIRE(KindOf(room[0].CreateCommit({.add = {stranger.client.KeyPackage()}})) ==
          ErrorKind::kRejectedByPolicy);
  REQUIRE(KindOf(StartExternalJoin(*stranger.client, Must(MakeGroupInfo(room[0])))) ==
          ErrorKind::kRejectedByPolicy);
}

TEST_CASE("A certificate is about the key that signs") {
  const Authority company("company");
  Person alice("alice", company), bob("bob", company);
  KeySigner other;
  TestClient thief("alice",
                   {.suite = kP256, .credential = alice.client->credential(), .signer = &other});
  Trust(thief, company);
  Room room({&bob.client});
  REQUIRE_FALSE(room[0].CreateCommit({.add = {thief.KeyPackage()}}).ok());
  // Not even a verifier that looks away makes it right.
  bob.client.verifier.judge = {};
  REQUIRE_FALSE(room[0].CreateCommit({.add = {thief.KeyPackage()}}).ok());
}

TEST_CASE("A certificate that has expired is renewed") {
  const Authority company("company");
  Person alice("alice", company, static_cast<std::int64_t>(test::kNow) + 3600), bob("bob", company);
  Room room({&alice.client, &bob.client});
  alice.client.clock.now += 7200;
  bob.client.clock.now += 7200;
  KeySigner new_key;
  // A renewal that is out of date as well is refused.
  const Credential stale =
      company.Certify("alice", new_key.key(), static_cast<std::int64_t>(test::kNow) + 3600);
  const OutgoingCommit bad =
      Must(room[0].CreateCommit({.new_identity = Identity{stale, &new_key}}));
  REQUIRE(KindOf(room[1].Receive(bad.commit)) == ErrorKind::kRejectedByPolicy);
  const Credential fresh = company.Certify("alice", new_key.key());
  room.Commit(room[0], {.new_identity = Identity{fresh, &new_key}});
  REQUIRE(room[1].FindMember({0})->credential == fresh);
  RequireHealthy(room.all());
}

}  // namespace conclave::testing
