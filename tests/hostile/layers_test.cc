// Rules of the lower layers that no session lets a message get to, because it has asked before:
// each layer holds on its own.
#include <catch2/catch_test_macros.hpp>

#include "framing/private_message.h"
#include "framing/public_message.h"
#include "group/join.h"
#include "group/proposal_rules.h"
#include "hostile/forge_group.h"
#include "schedule/psk_secret.h"
#include "support/test_suite.h"

namespace conclave::testing {
namespace {

using rfc9420::MemberSender;
using rfc9420::Sender;
using test::Must;

rfc9420::FramedContent Text(const Session& session, Sender sender) {
  rfc9420::FramedContent framed =
      FrameOf(session, rfc9420::Content::Of(rfc9420::ApplicationData{{1}}));
  framed.sender = std::move(sender);
  return framed;
}

TEST_CASE("Application data is not put into a PublicMessage") {
  HostileRoom room(2);
  const EpochState& epoch = EpochOf(room[0]);
  const auto content =
      Sign(*epoch.signer, room[0], Text(room[0], Sender::Of(MemberSender{{0}})), {});
  REQUIRE(ErrorOf(ProtectPublic(room.suite(), content, epoch.secrets.membership_key,
                                epoch.group.serialized_context())) ==
          Describe(ErrorKind::kMisuse, "6:application-data-is-sent-private"));
}

TEST_CASE("Only a member's content, of a size that fits, is put into a PrivateMessage") {
  HostileRoom room(2);
  EpochState& epoch = EpochOf(room[0]);
  const auto protect = [&](Sender sender, std::size_t padding) {
    return ErrorOf(ProtectPrivate(room.suite(),
                                  Sign(*epoch.signer, room[0], Text(room[0], std::move(sender)),
                                       {.as = HandshakeFraming::private_message}),
                                  epoch.secret_tree, epoch.secrets.sender_data_secret, padding));
  };
  REQUIRE(protect(Sender::Of(rfc9420::NewMemberProposal{}), 0) ==
          Describe(ErrorKind::kMisuse, "6.3.2:sender-is-member"));
  for (const std::size_t padding : {std::size_t{1} << 30, ~std::size_t{0}}) {
    REQUIRE(protect(Sender::Of(MemberSender{{0}}), padding) ==
            Describe(ErrorKind::kMisuse, "6.3.1:ciphertext-fits"));
  }
  REQUIRE(protect(Sender::Of(MemberSender{{0}}), 10) == "ok");
}

// G15.
TEST_CASE("A PrivateMessage of a leaf outside the tree is not opened") {
  HostileRoom room(2);
  const EpochState& epoch = EpochOf(room[1]);
  const rfc9420::PrivateMessage message{.group_id = {},
                                        .content_type = rfc9420::ContentType::application,
                                        .authenticated_data = {},
                                        .encrypted_sender_data = {},
                                        .ciphertext = Bytes(64)};
  for (const std::uint32_t leaf : {2u, 1u << 24, 1u << 30, (1u << 31) - 1, 1u << 31, ~0u}) {
    REQUIRE(ErrorOf(UnprotectPrivate(room.suite(), message, {.leaf_index = {leaf}},
                                     epoch.secret_tree, {})) ==
            Describe(ErrorKind::kNotAuthentic, "6.3.2:leaf-is-in-tree"));
  }
}

TEST_CASE("A secret tree that has forgotten handshakes opens none") {
  HostileRoom room(2);
  SecretTree tree(test::FilledSecret(32, 1), 2);
  tree.ForgetHandshake();
  REQUIRE(ErrorOf(tree.PrepareOpening(room.suite(), {0}, RatchetType::handshake, 0, {})) ==
          Describe(ErrorKind::kAlreadyUsed, "9.2:handshake-keys-are-kept"));
  REQUIRE(tree.PrepareOpening(room.suite(), {0}, RatchetType::application, 0, {}).ok());
}

TEST_CASE("A ratchet that is used up asks for a commit") {
  HostileRoom room(2);
  HashRatchet last(HashRatchet::kUsedUp - 1, test::FilledSecret(32, 1), {});
  REQUIRE(Must(last.Next(room.suite())).generation == ~std::uint32_t{0});
  for (int again = 0; again < 2; ++again) {
    REQUIRE(ErrorOf(last.Next(room.suite())) ==
            Describe(ErrorKind::kCommitFirst, "9.1:generation-left"));
  }
}

TEST_CASE("More PSKs than their label can count are refused") {
  HostileRoom room(2);
  const rfc9420::PreSharedKeyID id = ExternalPsk(room.suite(), AsBytes("psk"));
  std::vector<PskInput> inputs;
  for (int i = 0; i < 65536; ++i) inputs.push_back({id, Secret(1)});
  REQUIRE(ErrorOf(DerivePskSecret(room.suite(), inputs)) ==
          Describe(ErrorKind::kMalformed, "8.4:psks-fit-their-label"));
}

TEST_CASE("An Update of a leaf that is blank updates nobody") {
  HostileRoom room(3);
  const rfc9420::Proposal update = AsProposal(rfc9420::Update{ForgeUpdateLeaf(room[0])});
  const Environment environment = ClientAccess::State(*room.client(0))->environment();
  for (const std::uint32_t leaf : {3u, 4u, 1u << 31, ~0u}) {
    REQUIRE(ErrorOf(CheckProposal(GroupOf(room[0]), environment, CommitPurpose::regular,
                                  CredentialMoment::received_add,
                                  {&update, Sender::Of(MemberSender{{leaf}})})) ==
            Describe(ErrorKind::kInvalidProposal, "12.1.2:updated-leaf-exists"));
  }
}

TEST_CASE("A Welcome without us is not ours to open") {
  Invitation invitation;
  const ClientState& client = *ClientAccess::State(*invitation.joiner());
  const auto key_package = ParseKeyPackage(invitation.key_package());
  const KeyPackageRef ref{{1, 2, 3}};
  const Secret key(32);
  const rfc9420::Welcome welcome{
      .cipher_suite = CipherSuite{1}, .secrets = {}, .encrypted_group_info = {}};
  REQUIRE(ErrorOf(JoinByWelcome(client.suite, client.environment(), welcome,
                                {ref, key_package, key, key}, *client.signer, {})) ==
          Describe(ErrorKind::kMissing, "12.4.3.1:welcome-is-for-us"));
}

}  // namespace
}  // namespace conclave::testing
