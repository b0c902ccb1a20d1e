#include "fuzz/harness/party.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "session/group_records.h"
#include "session/session_state.h"
#include "wire/parse.h"

namespace conclave::fuzz {

bool RowStorage::Holds(const WriteBatch::Operation& expectation) const {
  const auto found = rows.find(ToBytes(expectation.key));
  if (expectation.kind == WriteBatch::Kind::expect_absent) return found == rows.end();
  return found != rows.end() && std::ranges::equal(found->second, expectation.value);
}

Result<void> RowStorage::Write(const WriteBatch& batch) {
  using Kind = WriteBatch::Kind;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const bool judged = batch[i].kind == Kind::expect || batch[i].kind == Kind::expect_absent;
    if (judged && !Holds(batch[i])) return Error{ErrorKind::kStorage, kStorageConflict};
  }
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const WriteBatch::Operation operation = batch[i];
    const Bytes key = ToBytes(operation.key);
    if (operation.kind == Kind::put) {
      rows[key] = ToBytes(operation.value);
    } else if (operation.kind == Kind::erase) {
      rows.erase(key);
    } else if (operation.kind == Kind::erase_prefix) {
      auto at = rows.lower_bound(key);
      while (at != rows.end() && at->first.size() >= key.size() &&
             std::equal(key.begin(), key.end(), at->first.begin())) {
        at = rows.erase(at);
      }
    }
  }
  ++writes;
  return {};
}

Result<std::optional<Secret>> RowStorage::Read(BytesView key) const {
  const auto found = rows.find(ToBytes(key));
  if (found == rows.end()) return std::optional<Secret>();
  return std::optional<Secret>(Secret::CopyOf(found->second));
}

Result<void> RowStorage::Scan(BytesView prefix, RecordVisitor& visitor) const {
  for (auto at = rows.lower_bound(ToBytes(prefix)); at != rows.end(); ++at) {
    const auto& [key, value] = *at;
    if (key.size() < prefix.size() || !std::equal(prefix.begin(), prefix.end(), key.begin())) break;
    visitor.Visit(key, value);
  }
  return {};
}

CredentialAnswer Judge::Verify(const CredentialQuestion& question) {
  const auto* basic = std::get_if<BasicCredential>(question.credential);
  if (basic == nullptr || basic->identity.empty()) return CredentialAnswer::accept;
  if (basic->identity.front() == '!') return CredentialAnswer::reject;
  if (basic->identity.front() == '?') return CredentialAnswer::unavailable;
  return CredentialAnswer::accept;
}

Policy UsualPolicy(HandshakeFraming handshakes) {
  Policy policy;
  policy.handshakes = handshakes;
  policy.max_forward_generations = 20;
  policy.max_offers = 32;
  return policy;
}

ClientOptions OptionsFor(std::string_view name, const CryptoProvider& crypto, const Policy& policy,
                         Lent& lent) {
  return {.identity = name,
          .crypto = crypto,
          .clock = lent.clock,
          .verifier = lent.judge,
          .storage = lent.storage,
          .policy = policy,
          .extensions = {kCustomExtension},
          .proposals = {kCustomProposal}};
}

namespace {

Lent Holding(Rows rows) {
  Lent lent;
  lent.storage.rows = std::move(rows);
  return lent;
}

void AppendBatch(const WriteBatch& batch, wire::Writer& writer) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    writer.VectorOf(batch[i].key);
    writer.VectorOf(batch[i].value);
  }
}

void AppendSecret(const Secret& secret, wire::Writer& writer) {
  writer.VectorOf(secret.ExposeForProvider());
}

void AppendSecretTree(const SecretTree& tree, wire::Writer& writer) {
  wire::Encode(writer, tree.width());
  for (const auto& [node, secret] : tree.nodes()) {
    wire::Encode(writer, node.value);
    AppendSecret(secret, writer);
  }
  for (const auto& [id, ratchet] : tree.ratchets()) {
    wire::Encode(writer, id.sender);
    wire::Encode(writer, id.type);
    wire::Encode(writer, ratchet.head());
    AppendSecret(ratchet.secret(), writer);
    for (const MessageKey& kept : ratchet.retained()) {
      wire::Encode(writer, kept.generation);
      AppendSecret(kept.key, writer);
      AppendSecret(kept.nonce, writer);
    }
  }
}

void AppendPastEpoch(const PastEpoch& past, wire::Writer& writer) {
  wire::Encode(writer, past.epoch);
  writer.VectorOf(past.serialized_context);
  wire::Encode(writer, past.own_leaf);
  AppendSecret(past.sender_data_secret, writer);
  AppendSecretTree(past.secret_tree, writer);
  for (const auto& [leaf, record] : past.replaced) {
    wire::Encode(writer, leaf);
    writer.VectorOf(record.has_value() ? record->wire() : BytesView());
  }
}

void AppendProposals(const ProposalStore& proposals, wire::Writer& writer) {
  for (const StoredProposal& stored : proposals.all()) {
    wire::Encode(writer, stored.ref);
    wire::Encode(writer, stored.sender);
    wire::Encode(writer, stored.proposal);
  }
  for (const OwnUpdate& update : proposals.own_updates()) {
    writer.VectorOf(update.encryption_key);
    AppendSecret(update.private_key, writer);
  }
}

}  // namespace

Party::Party(std::string_view name, const CryptoProvider& crypto, const Policy& policy, Rows rows)
    : Lent(Holding(std::move(rows))),
      client(Must(Client::Create(OptionsFor(name, crypto, policy, *this)))) {}

Bytes StateOf(const Session& session) {
  const auto& impl = SessionAccess::Of(session);
  wire::Writer writer;
  wire::Encode(writer, impl.head);
  const auto* group = std::get_if<Group>(&impl.state);
  if (group == nullptr) return writer.Take();

  const GroupState& state = group->state();
  WriteBatch batch;
  RecordMembership(impl.keys, state.epoch, batch);
  for (const Offer& offer : state.offers) RecordOffer(impl.keys, state.epoch, offer, batch);
  AppendBatch(batch, writer);
  AppendSecretTree(state.epoch.secret_tree, writer);
  for (const PastEpoch& past : state.past_epochs.all()) AppendPastEpoch(past, writer);
  AppendProposals(state.proposals, writer);
  wire::Encode(writer, state.next_offer);
  wire::Encode(writer, state.messages_sent);
  wire::Encode(writer, state.own_messages.next);
  for (const Bytes& hash : state.own_messages.hashes) writer.VectorOf(hash);
  wire::Encode(writer, state.reinit);
  return writer.Take();
}

void RequireStored(Party& party, const Session& session) {
  const auto opened = party->OpenGroup(session.group_id());
  if (!session.is_member()) {
    Require(!opened.ok() && opened.error().kind == ErrorKind::kNotMember,
            "nothing is left of a group that we are not in");
    return;
  }
  if (!opened.ok()) std::fprintf(stderr, "%s\n", opened.error().detail);
  Require(opened.ok(), "a session can be opened again");
  Require(StateOf(*opened) == StateOf(session), "the storage has what the session has");
}

Received ReceiveAndCheck(Party& party, Session& session, BytesView message) {
  const Bytes before = StateOf(session);
  const std::size_t writes = party.storage.writes;
  const auto require_unchanged = [&](const char* promise) {
    Require(party.storage.writes == writes && StateOf(session) == before, promise);
  };
  Received received;
  Result<Event> event = session.Receive(message);
  if (!event.ok()) {
    require_unchanged("a message that is refused changes nothing");
    received.refused = event.error();
    return received;
  }
  if (auto* staged = std::get_if<StagedCommit>(&*event)) {
    require_unchanged("a commit changes nothing until it is applied");
    received.was_commit = true;
    received.entered = Must(session.Apply(std::move(*staged)));
  }
  received.event = std::move(*event);
  RequireStored(party, session);
  return received;
}

void Exercise(Party& party, Session& session) {
  std::size_t members = 0;
  for (const Member& member : session.members()) members += session.FindMember(member.leaf) ? 1 : 0;
  Require(members == session.member_count(), "all members are found");
  if (!session.is_member()) return;
  Require(session.FindMember(session.own_leaf()).has_value(), "we are one of the members");
  (void)MakeGroupInfo(session);
  (void)ExportRatchetTree(session);
  (void)session.ExportSecret("fuzz", AsBytes("context"), 32);
  (void)session.Protect(AsBytes("hello"), AsBytes("aad"));
  const auto offer = session.CreateCommit({});
  if (!offer.ok()) return;
  const Received own = ReceiveAndCheck(party, session, offer->commit);
  Require(own.was_commit, "our own commit can be applied");
}

}  // namespace conclave::fuzz
