// passive-client-welcome.json, passive-client-handling-commit.json and passive-client-random.json:
// joining a group by a Welcome and following it from epoch to epoch (RFC 9420, sections 12.1 to
// 12.4).
#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <utility>
#include <variant>

#include "group/group.h"
#include "group/join.h"
#include "hpke/kem.h"
#include "labeled/labeled.h"
#include "rfc9420/framing.h"
#include "support/must.h"
#include "support/test_suite.h"
#include "vectors/lent.h"
#include "vectors/message.h"
#include "vectors/private_key.h"
#include "vectors/vectors.h"
#include "wire/parse.h"

namespace conclave::test {

namespace {

using nlohmann::json;

// One element of the files: a client that only listens.
class PassiveClient {
 public:
  explicit PassiveClient(const json& vector)
      : vector_(vector),
        suite_(TestSuite(CipherSuite{vector.at("cipher_suite")})),
        key_package_(MessageOf<rfc9420::KeyPackage>(vector.at("key_package"))),
        signer_(SignerFrom(suite_, vector.at("signature_priv"))),
        leaf_key_(KemKeyFrom(suite_, vector.at("encryption_priv"))),
        init_key_(KemKeyFrom(suite_, vector.at("init_priv"))),
        policy_(PermissivePolicy()) {
    for (const json& psk : vector.at("external_psks")) {
      psks_.Add(Hex(psk.at("psk_id")), Hex(psk.at("psk")));
    }
  }

  void Run() {
    CheckKeys();
    Group group = Join();
    CHECK(BytesOf(group.epoch().secrets.epoch_authenticator) ==
          Hex(vector_.at("initial_epoch_authenticator")));
    for (const json& epoch : vector_.at("epochs")) {
      Follow(group, epoch);
      CHECK(BytesOf(group.epoch().secrets.epoch_authenticator) ==
            Hex(epoch.at("epoch_authenticator")));
    }
  }

 private:
  Environment Surroundings() {
    const auto* lifetime = key_package_.leaf_node.leaf_node_source.GetIf<Lifetime>();
    return {policy_, verifier_, psks_, lifetime == nullptr ? 0 : lifetime->not_before};
  }

  void CheckKeys() const {
    const rfc9420::LeafNode& leaf = key_package_.leaf_node;
    CHECK(ToBytes(signer_.public_key()) == leaf.signature_key);
    const auto public_key = [this](const Secret& private_key) {
      return Must(KemPublicKey(suite_.provider(), suite_.kem(), private_key));
    };
    CHECK(public_key(leaf_key_) == leaf.encryption_key);
    CHECK(public_key(init_key_) == key_package_.init_key);
  }

  Group Join() {
    const KeyPackageRef ref = Must(MakeKeyPackageRef(suite_, wire::Serialize(key_package_)));
    Bytes ratchet_tree;
    if (!vector_.at("ratchet_tree").is_null()) ratchet_tree = Hex(vector_.at("ratchet_tree"));
    JoinedGroup joined = Must(JoinByWelcome(
        suite_, Surroundings(), MessageOf<rfc9420::Welcome>(vector_.at("welcome")),
        {ref, key_package_, init_key_, leaf_key_}, signer_, {.ratchet_tree = ratchet_tree}));
    psks_.Remember(joined.epoch);
    return Group(std::move(joined.epoch), std::move(joined.index));
  }

  void Follow(Group& group, const json& epoch) {
    for (const json& proposal : epoch.at("proposals")) {
      const Opened opened = Must(group.Open(Surroundings(), Hex(proposal)));
      CHECK(std::holds_alternative<ReceivedProposal>(opened));
    }
    Opened opened = Must(group.Open(Surroundings(), Hex(epoch.at("commit"))));
    auto* staged = std::get_if<StagedEpoch>(&opened);
    REQUIRE(staged != nullptr);
    REQUIRE_FALSE(staged->summary.removes_us);
    group.Enter(Surroundings(), std::move(*staged));
    psks_.Remember(group.epoch());
  }

  const json& vector_;
  Suite suite_;
  rfc9420::KeyPackage key_package_;
  SoftwareSigner signer_;
  Secret leaf_key_;
  Secret init_key_;
  PskTable psks_;
  Policy policy_;
  TrustingVerifier verifier_;
};

void CheckPassiveClient(const json& vector) { PassiveClient(vector).Run(); }

}  // namespace

TEST_CASE("passive-client-welcome.json", "[passive-client]") {
  ForEachVector("passive-client-welcome.json", "/0/initial_epoch_authenticator",
                CheckPassiveClient);
}

TEST_CASE("passive-client-handling-commit.json", "[passive-client]") {
  ForEachVector("passive-client-handling-commit.json", "/0/epochs/0/epoch_authenticator",
                CheckPassiveClient);
}

TEST_CASE("passive-client-random.json", "[passive-client]") {
  ForEachVector("passive-client-random.json", "/0/epochs/0/epoch_authenticator",
                CheckPassiveClient);
}

}  // namespace conclave::test
