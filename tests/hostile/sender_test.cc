// RFC 9420, sections 6.1, 12.1.8 and 12.4.3.2: who may send what. Every kind of sender with every
// kind of content, each properly signed.
#include <catch2/catch_test_macros.hpp>

#include "hostile/forge.h"
#include "hostile/refusal.h"
#include "support/test_suite.h"

namespace conclave::testing {
namespace {

using rfc9420::Content;
using rfc9420::ExternalSenderIndex;
using rfc9420::NewMemberCommit;
using rfc9420::NewMemberProposal;
using rfc9420::Proposal;
using rfc9420::Sender;
using test::Must;

constexpr std::size_t kNobody = 99;
constexpr ProposalType kCustom{0xf0b1};

// A group with an external sender, and somebody outside who may say anything.
struct Stage {
  explicit Stage(Policy policy = {})
      : sender(Must(SoftwareSigner::Generate(test::Provider(), test::TestSuite().signature()))),
        room(4, {.policy = policy, .proposals = {kCustom}},
             {.extensions = {MakeExternalSenders(
                  {{ToBytes(sender.public_key()), BasicCredential{{'s'}}}})}}),
        outsider(room.Outsider()) {}

  // One proposal of each type, valid in itself if a member sends it.
  std::vector<Proposal> Proposals() {
    return {AsProposal(rfc9420::Add{ForgeKeyPackage(outsider)}),
            AsProposal(rfc9420::Update{ForgeUpdateLeaf(room[0])}),
            AsProposal(rfc9420::Remove{{2}}),
            AsProposal(rfc9420::PreSharedKey{ExternalPsk(room.suite(), AsBytes("psk"))}),
            AsProposal(rfc9420::ReInit{
                .group_id = {1}, .cipher_suite = room[0].suite(), .extensions = {}}),
            AsProposal(rfc9420::ExternalInit{Bytes(32, 9)}),
            AsProposal(rfc9420::GroupContextExtensions{}),
            AsProposal(CustomProposal{kCustom, {1}})};
  }

  SoftwareSigner sender;
  HostileRoom room;
  TestClient& outsider;
};

// What becomes of a proposal: "ok" or an error.
struct Verdict {
  const char* name;
  ProposalType type;
  std::string error;
};

void RequireVerdicts(Stage& stage, const Sender& sender, const Signer& signer,
                     const std::vector<Verdict>& verdicts) {
  std::vector<Proposal> proposals = stage.Proposals();
  REQUIRE(proposals.size() == verdicts.size());
  for (std::size_t i = 0; i < proposals.size(); ++i) {
    INFO("proposal type " << static_cast<int>(verdicts[i].type));
    REQUIRE(proposals[i].tag() == verdicts[i].type);
    const Bytes message =
        SendFromOutside(signer, stage.room[0], sender, Content::Of(std::move(proposals[i])));
    for (std::size_t member = 0; member < stage.room.size(); ++member) {
      const Observed before = Observe(stage.room[member], stage.room.client(member));
      const auto received = stage.room[member].Receive(message);
      REQUIRE(ErrorOf(received) == verdicts[i].error);
      const bool changed = Observe(stage.room[member], stage.room.client(member)) != before;
      REQUIRE(changed == received.ok());
      const Mutation mutation(verdicts[i].name);
      if (!received.ok()) NoteRejection(received.error().detail);
    }
  }
  stage.room.room().Commit(stage.room[1], {.exclude = [&stage] {
                             std::vector<ProposalRef> all;
                             for (const auto& proposal : stage.room[1].pending_proposals()) {
                               all.push_back(proposal.ref);
                             }
                             return all;
                           }()});
  stage.room.RequireGoesOn();
}

TEST_CASE("An external sender proposes what RFC 9420 lets it, and nothing else") {
  Stage stage;
  const std::string refused = Describe(ErrorKind::kMalformed, "12.1.8:external-proposal-type");
  RequireVerdicts(stage, Sender::Of(ExternalSenderIndex{0}), stage.sender,
                  {{"an Add", ProposalType::add, "ok"},
                   {"an Update", ProposalType::update, refused},
                   {"a Remove", ProposalType::remove, "ok"},
                   {"a PSK", ProposalType::psk, "ok"},
                   {"a ReInit", ProposalType::reinit, "ok"},
                   {"an ExternalInit", ProposalType::external_init, refused},
                   {"new extensions", ProposalType::group_context_extensions, "ok"},
                   {"a custom proposal", kCustom, refused}});
}

TEST_CASE("An external sender proposes a custom type if the application says that it may") {
  Stage stage({.external_proposals = {kCustom}});
  const Bytes message =
      SendFromOutside(stage.sender, stage.room[0], Sender::Of(ExternalSenderIndex{0}),
                      Content::Of(AsProposal(CustomProposal{kCustom, {1}})));
  for (std::size_t i = 0; i < stage.room.size(); ++i) ReceiveProposal(stage.room[i], message);
  stage.room.room().Commit(stage.room[0], {});
  stage.room.RequireGoesOn();
}

TEST_CASE("A newcomer proposes to be added, and nothing else") {
  Stage stage;
  const std::string refused = Describe(ErrorKind::kMalformed, "6.1:newcomer-proposes-add");
  RequireVerdicts(stage, Sender::Of(NewMemberProposal{}), SignerOf(stage.outsider),
                  {{"an Add", ProposalType::add, "ok"},
                   {"an Update", ProposalType::update, refused},
                   {"a Remove", ProposalType::remove, refused},
                   {"a PSK", ProposalType::psk, refused},
                   {"a ReInit", ProposalType::reinit, refused},
                   {"an ExternalInit", ProposalType::external_init, refused},
                   {"new extensions", ProposalType::group_context_extensions, refused},
                   {"a custom proposal", kCustom, refused}});
}

TEST_CASE("A newcomer who joins by a commit sends nothing else") {
  Stage stage;
  const std::string refused = Describe(ErrorKind::kMalformed, "6.1:newcomer-commits-with-path");
  RequireVerdicts(stage, Sender::Of(NewMemberCommit{}), SignerOf(stage.outsider),
                  {{"an Add", ProposalType::add, refused},
                   {"an Update", ProposalType::update, refused},
                   {"a Remove", ProposalType::remove, refused},
                   {"a PSK", ProposalType::psk, refused},
                   {"a ReInit", ProposalType::reinit, refused},
                   {"an ExternalInit", ProposalType::external_init, refused},
                   {"new extensions", ProposalType::group_context_extensions, refused},
                   {"a custom proposal", kCustom, refused}});
}

TEST_CASE("Nobody outside commits for the group but by joining it") {
  Stage stage;
  HostileRoom& room = stage.room;
  const auto refused = [&](Sender sender, const Signer& signer, std::string_view rule) {
    for (const bool path : {false, true}) {
      const Mutation mutation(path ? "with a path" : "without a path");
      rfc9420::Commit commit;
      if (path) commit.path.emplace().leaf_node = LeafOf(room[0]);
      room.RequireRefused(SendFromOutside(signer, room[0], sender, Content::Of(commit)),
                          ErrorKind::kMalformed, rule, kNobody);
    }
  };
  refused(Sender::Of(ExternalSenderIndex{0}), stage.sender, "6.1:external-sender-sends-proposals");
  refused(Sender::Of(NewMemberProposal{}), SignerOf(stage.outsider), "6.1:newcomer-proposes-add");
  room.RequireGoesOn();
}

TEST_CASE("Application data travels in private, whoever sends it") {
  Stage stage;
  HostileRoom& room = stage.room;
  const Content text = Content::Of(rfc9420::ApplicationData{{1, 2, 3}});
  room.RequireRefused(Send(room[0], FrameOf(room[0], text)), ErrorKind::kMalformed,
                      "6:public-has-no-application-data");
  for (const Sender& sender : {Sender::Of(ExternalSenderIndex{0}), Sender::Of(NewMemberProposal{}),
                               Sender::Of(NewMemberCommit{})}) {
    const Mutation mutation(sender.Is<ExternalSenderIndex>() ? "an external sender" : "a newcomer");
    room.RequireRefused(SendFromOutside(stage.sender, room[0], sender, text), ErrorKind::kMalformed,
                        "6:public-has-no-application-data", kNobody);
  }
  room.RequireGoesOn();
}

// P20.
TEST_CASE("An external sender is one that the group lists, with its key") {
  Stage stage;
  HostileRoom& room = stage.room;
  const Content remove = Content::Of(AsProposal(rfc9420::Remove{{2}}));
  for (const std::uint32_t index : {1u, 2u, 1u << 24, 1u << 30, (1u << 31) - 1, 1u << 31, ~0u}) {
    room.RequireRefused(
        SendFromOutside(stage.sender, room[0], Sender::Of(ExternalSenderIndex{index}), remove),
        ErrorKind::kNotAuthentic, "12.1.8.1:external-sender-listed", kNobody);
  }
  room.RequireRefused(SendFromOutside(SignerOf(stage.outsider), room[0],
                                      Sender::Of(ExternalSenderIndex{0}), remove),
                      ErrorKind::kNotAuthentic, "6.1:signature-verifies", kNobody);
  const Bytes info = Must(MakeGroupInfo(room[0]));
  for (const auto& [signer, index] : std::initializer_list<std::pair<const Signer*, std::uint32_t>>{
           {&stage.sender, 1}, {&stage.sender, ~0u}, {&SignerOf(stage.outsider), 0}}) {
    REQUIRE(
        ErrorOf(ProposeExternally(test::Provider(), *signer, index, info, ExternalRemove{{2}})) ==
        Describe(ErrorKind::kMisuse, "12.1.8.1:we-are-listed"));
  }
  const Mutation mutation("no longer listed");
  room.room().Commit(room[0], {.extensions = std::vector<Extension>{}});
  room.RequireRefused(
      SendFromOutside(stage.sender, room[0], Sender::Of(ExternalSenderIndex{0}), remove),
      ErrorKind::kNotAuthentic, "12.1.8.1:external-sender-listed", kNobody);
  room.RequireGoesOn();
}

TEST_CASE("A newcomer's proposal is signed with the key of the leaf that it asks to add") {
  Stage stage;
  HostileRoom& room = stage.room;
  const Content add = Content::Of(AsProposal(rfc9420::Add{ForgeKeyPackage(stage.outsider)}));
  room.RequireRefused(SendFromOutside(stage.sender, room[0], Sender::Of(NewMemberProposal{}), add),
                      ErrorKind::kNotAuthentic, "6.1:signature-verifies", kNobody);
  const Mutation mutation("for another group or epoch");
  for (const bool group : {false, true}) {
    Bytes message =
        SendFromOutside(SignerOf(stage.outsider), room[0], Sender::Of(NewMemberProposal{}), add,
                        {.content = [group](rfc9420::FramedContent& content) {
                          if (group) content.group_id.push_back(0);
                          if (!group) content.epoch += 1;
                        }});
    room.RequireRefused(message, group ? ErrorKind::kWrongGroup : ErrorKind::kEpochInFuture,
                        group ? "6:group-id" : "12.4.2:epoch-not-ahead", kNobody);
  }
  room.RequireGoesOn();
}

TEST_CASE("A sender of no known kind is none") {
  Stage stage;
  HostileRoom& room = stage.room;
  const Bytes message = SendFromOutside(stage.sender, room[0], Sender::Of(NewMemberProposal{}),
                                        Content::Of(AsProposal(rfc9420::Remove{{2}})));
  // The sender type stands behind group id and epoch.
  const std::size_t at = 4 + 1 + room[0].group_id().size() + 8;
  REQUIRE(message[at] == 3);
  for (const int type : {0, 5, 6, 255}) {
    Bytes changed = message;
    changed[at] = static_cast<std::uint8_t>(type);
    room.RequireRefused(changed, ErrorKind::kMalformed, "2.1:decodes", kNobody);
  }
  room.RequireGoesOn();
}

}  // namespace
}  // namespace conclave::testing
