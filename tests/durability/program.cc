#include "durability/program.h"

#include <algorithm>
#include <utility>

#include "base/result_macros.h"
#include "support/must.h"
#include "support/test_suite.h"

namespace conclave::testing {

using test::KindOf;

Result<std::unique_ptr<Program>> Program::Start(Cast& cast, Storage& storage, Outside& outside) {
  const CryptoProvider* const crypto = cast.programs_crypto;
  CONCLAVE_ASSIGN_OR_RETURN(Client client,
                            Client::Create({.identity = cast.alice.identity,
                                            .crypto = crypto ? *crypto : test::Provider(),
                                            .clock = cast.alice.clock,
                                            .verifier = cast.alice.verifier,
                                            .storage = storage,
                                            .policy = cast.alice.options.policy}));
  outside.Add(Sent::identity, client.signature_key());
  return std::unique_ptr<Program>(new Program(std::move(client), cast, storage, outside));
}

Result<bool> Program::IsInGroup(BytesView group_id) {
  CONCLAVE_ASSIGN_OR_RETURN(const std::vector<GroupSummary> groups, client_.Groups());
  return std::ranges::any_of(groups, [group_id](const GroupSummary& group) {
    return std::ranges::equal(group.id, group_id);
  });
}

Result<Session*> Program::Open(BytesView group_id) {
  const auto open = sessions_.find(ToBytes(group_id));
  if (open != sessions_.end()) return &open->second;
  OpenOptions options;
  for (const auto& signer : cast_.signers) options.signers.push_back(signer.get());
  CONCLAVE_ASSIGN_OR_RETURN(Session session, client_.OpenGroup(group_id, options));
  return Keep(std::move(session));
}

Session* Program::Keep(Session session) {
  GroupId id = session.group_id();
  return &sessions_.insert_or_assign(std::move(id), std::move(session)).first->second;
}

Result<std::optional<std::string>> Program::Row(const std::string& key) const {
  CONCLAVE_ASSIGN_OR_RETURN(const std::optional<Secret> value,
                            storage_.Read(AppRowKey(AsBytes(key))));
  if (!value.has_value()) return std::optional<std::string>();
  return std::optional(TextOf(value->ExposeForProvider()));
}

Result<void> Program::Send(Session& session, std::string_view text) {
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes message, session.Protect(AsBytes(text)));
  outside_.Add(Sent::message, message);
  return {};
}

Result<void> Program::SendKept(Session& session, const std::string& name, std::string_view text) {
  const std::string key = "out/" + name;
  CONCLAVE_ASSIGN_OR_RETURN(const std::optional<std::string> kept, Row(key));
  if (kept.has_value()) {
    outside_.Add(Sent::message, AsBytes(*kept));
    return {};
  }
  const std::vector<AppRow> rows = {{ToBytes(key), {}, AppRowContent::value_and_output}};
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes message, session.Protect(AsBytes(text), {}, rows));
  outside_.Add(Sent::message, message);
  return {};
}

Result<void> Program::Read(Session& session, const std::string& name, BytesView message) {
  const std::string key = "in/" + name;
  CONCLAVE_ASSIGN_OR_RETURN(std::optional<std::string> kept, Row(key));
  const std::vector<AppRow> rows = {{ToBytes(key), {}, AppRowContent::value_and_output},
                                    {ToBytes("cursor"), ToBytes(name)}};
  const Result<Event> event = session.Receive(message, rows);
  if (ComponentFailed(event)) return event.error();
  // It was read exactly if its row is there: the delivery service gives it again, to no effect.
  REQUIRE(KindOf(event) ==
          (kept.has_value() ? std::optional(ErrorKind::kAlreadyUsed) : std::nullopt));
  if (!kept.has_value()) kept = TextOf(std::get<ApplicationMessage>(*event).plaintext);
  outside_.Add(Sent::shown, AsBytes(key + "=" + *kept));
  return {};
}

Result<void> Program::ProposeKept(const std::string& name, const Propose& propose) {
  const std::string key = "out/" + name;
  CONCLAVE_ASSIGN_OR_RETURN(const std::optional<std::string> kept, Row(key));
  if (kept.has_value()) {
    outside_.Add(Sent::proposal, AsBytes(*kept));
    return {};
  }
  const std::vector<AppRow> rows = {{ToBytes(key), {}, AppRowContent::value_and_output}};
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes message, propose(rows));
  outside_.Add(Sent::proposal, message);
  return {};
}

Result<void> Program::Hear(Session& session, const std::string& name, BytesView proposal) {
  const std::string key = "in/" + name;
  CONCLAVE_ASSIGN_OR_RETURN(const std::optional<std::string> kept, Row(key));
  const std::vector<AppRow> rows = {{ToBytes(key), ToBytes("heard")}};
  const Result<Event> event = session.Receive(proposal, rows);
  if (ComponentFailed(event)) return event.error();
  REQUIRE(KindOf(event) ==
          (kept.has_value() ? std::optional(ErrorKind::kAlreadyUsed) : std::nullopt));
  return {};
}

Result<void> Program::Follow(Session& session, Epoch from, BytesView commit) {
  if (!session.is_member() || session.epoch() != from) return {};
  outside_.Add(Sent::accepted, commit);
  CONCLAVE_ASSIGN_OR_RETURN(Event event, session.Receive(commit));
  REQUIRE(std::holds_alternative<StagedCommit>(event));
  const std::vector<AppRow> rows = {{ToBytes("cursor"), ToBytes("commit")}};
  CONCLAVE_RETURN_IF_ERROR(session.Apply(std::get<StagedCommit>(std::move(event)), rows));
  return {};
}

Result<std::vector<OfferSummary>> Program::Offer(Session& session, std::size_t count,
                                                 const CommitRequest& request) {
  while (Offers(session).size() < count) {
    CONCLAVE_RETURN_IF_ERROR(session.CreateCommit(request));
  }
  std::vector<OfferSummary> offers = Offers(session);
  for (const OfferSummary& offer : offers) outside_.Add(Sent::commit, offer.commit);
  return offers;
}

Result<void> Program::Commit(Session& session, Epoch from, const CommitRequest& request) {
  if (session.epoch() == from) {
    CONCLAVE_ASSIGN_OR_RETURN(const std::vector<OfferSummary> offers, Offer(session, 1, request));
    CONCLAVE_RETURN_IF_ERROR(Follow(session, from, offers.front().commit));
  }
  return DeliverWelcomes(session);
}

Result<void> Program::DeliverWelcomes(Session& session) {
  CONCLAVE_ASSIGN_OR_RETURN(const std::vector<UndeliveredWelcomes> waiting, Undelivered(session));
  for (const UndeliveredWelcomes& of_offer : waiting) {
    for (const Bytes& welcome : of_offer.welcomes) outside_.Add(Sent::welcome, welcome);
    CONCLAVE_RETURN_IF_ERROR(Delivered(session, of_offer.offer));
  }
  return {};
}

Result<Session*> Program::Join(BytesView group_id, BytesView welcome, const JoinOptions& options) {
  CONCLAVE_ASSIGN_OR_RETURN(const bool is_in_group, IsInGroup(group_id));
  if (is_in_group) return Open(group_id);
  CONCLAVE_ASSIGN_OR_RETURN(StagedJoin staged, client_.ReadWelcome(welcome, options));
  CONCLAVE_ASSIGN_OR_RETURN(Session session, client_.Enter(std::move(staged)));
  return Keep(std::move(session));
}

Result<Session*> Program::JoinExternally(BytesView group_id, Epoch known, BytesView group_info,
                                         const ExternalJoinOptions& options) {
  CONCLAVE_ASSIGN_OR_RETURN(const std::vector<GroupSummary> groups, client_.Groups());
  for (const GroupSummary& group : groups) {
    if (std::ranges::equal(group.id, group_id) && group.epoch > known) return Open(group_id);
  }
  CONCLAVE_ASSIGN_OR_RETURN(const std::vector<GroupId> pending, PendingJoins(client_));
  std::optional<PendingJoin> join;
  if (std::ranges::find(pending, ToBytes(group_id)) != pending.end()) {
    CONCLAVE_ASSIGN_OR_RETURN(join, ResumeExternalJoin(client_, group_id));
  } else {
    CONCLAVE_ASSIGN_OR_RETURN(join, StartExternalJoin(client_, group_info, options));
  }
  outside_.Add(Sent::external_commit, join->commit());
  outside_.Add(Sent::accepted, join->commit());
  CONCLAVE_ASSIGN_OR_RETURN(Session session, EnterExternally(client_, std::move(*join)));
  return Keep(std::move(session));
}

}  // namespace conclave::testing
