// The model's storages: sessions that are closed and opened, copies that are made and put back, and
// what is deleted.
#include <algorithm>
#include <utility>

#include "model/world.h"
#include "session/session_state.h"

namespace conclave::testing::model {

Outcome World::GivePsk(const Operation& operation, Party& party) {
  const Number psk = operation.Get(Key::psk);
  const Number version = operation.Get(Key::version);
  const Bytes value =
      ToBytes(AsBytes("the psk " + std::to_string(psk) + "." + std::to_string(version)));
  const auto id = std::get<ExternalPskId>(PskIdOf(ProposalKind::psk, psk, 0));
  Need(party.client->AddPsk(id.id, Secret::CopyOf(value)), "a PSK cannot be added");
  party.model.psks[psk] = version;
  return {Outcome::Kind::done, "PSK given"};
}

Outcome World::TakePsk(const Operation& operation, Party& party) {
  const Number psk = operation.Get(Key::psk);
  const auto id = std::get<ExternalPskId>(PskIdOf(ProposalKind::psk, psk, 0));
  Need(party.client->RemovePsk(id.id), "a PSK cannot be removed");
  party.model.psks.erase(psk);
  return {Outcome::Kind::done, "PSK taken"};
}

Outcome World::Close(const Operation& operation, Party& party) {
  if (FindSession(party, operation) == nullptr) return {};
  closed_[{party.number(), touched_}] = Look(party, touched_).session.value();
  party.sessions.erase(touched_);
  return {Outcome::Kind::done, "closed"};
}

// A session that is opened is as it was when it was closed.
Outcome World::Open(const Operation&, Party& party) {
  const auto seat = party.model.seats.find(touched_);
  const bool is_open = party.sessions.contains(touched_);
  if (is_open) return {};
  const Before before = Look(party, touched_);
  auto opened = party.client->OpenGroup(
      IdOf(touched_), {.signers = party.Signers(), .expected_version = party.versions[touched_]});
  const bool has_seat = seat != party.model.seats.end();
  const Errors expected = {has_seat ? std::nullopt : std::optional(ErrorKind::kNotMember)};
  if (const auto refused = Refusal(opened, expected, before, party, touched_)) return *refused;
  party.sessions.emplace(touched_, std::move(opened).value());
  const Before after = Look(party, touched_);
  Require(after.storage == before.storage, "to open a session has changed the storage");
  const auto closed = closed_.find({party.number(), touched_});
  const bool is_exact = closed != closed_.end() && party.policy().sending_lease <= 1;
  if (is_exact) Require(*after.session == closed->second, "not the session that was closed");
  return {Outcome::Kind::done, "opened"};
}

Outcome World::Copy(const Operation&, Party& party) {
  party.copies[now_] = {party.storage.Copy(), party.model, party.versions};
  return {Outcome::Kind::done, "copied"};
}

// What may have been used since a copy was made must not be used again.
void World::ForgetOld(Party& party) {
  for (const auto& [package, state] : std::exchange(party.model.packages, {})) {
    Need(DeleteKeyPackage(*party.client, packages_.at(package).reference),
         "a key package cannot be deleted");
  }
  for (const auto& [group, join] : std::exchange(party.model.joins, {})) {
    Need(AbandonExternalJoin(*party.client, IdOf(group)), "a join cannot be abandoned");
  }
}

// The client's program is ended, its storage is replaced by a copy, and it is started again. It
// knows that; or else it remembers the versions of its sessions.
Outcome World::Restore(const Operation& operation, Party& party) {
  const auto copy = party.copies.find(operation.Get(Key::copy));
  if (copy == party.copies.end()) return {};
  const std::map<Number, Seat> lost = std::move(party.model.seats);
  const bool by_version = operation.Has(Key::version);
  party.sessions.clear();
  party.held.clear();
  party.storage.PutBack(copy->second.rows);
  party.model = copy->second.model;
  ForgetOld(party);
  for (auto& [group, seat] : party.model.seats) {
    const auto before = lost.find(group);
    // A version says nothing about another membership.
    const bool is_told = !by_version || before == lost.end() || before->second.since != seat.since;
    const std::uint64_t seen = party.versions[group];
    OpenOptions options{.signers = party.Signers(), .expected_version = seen};
    if (is_told) options = {.signers = party.Signers(), .storage = StorageOrigin::backup};
    party.sessions.emplace(group,
                           Need(party.client->OpenGroup(IdOf(group), options), "cannot be opened"));
    if (is_told || copy->second.versions.at(group) < seen) seat.restored = now_;
    touched_ = group;
  }
  InspectAll(party);
  return {Outcome::Kind::done, by_version ? "restored, by version" : "restored"};
}

// The storage is replaced while the program runs. It finds out when it writes.
Outcome World::RollBack(const Operation& operation, Party& party) {
  const auto copy = party.copies.find(operation.Get(Key::copy));
  if (copy == party.copies.end()) return {};
  for (const auto& [group, seat] : copy->second.model.seats) {
    const Seat* now = party.FindSeat(group);
    if (now == nullptr || now->since != seat.since || !party.sessions.contains(group)) return {};
  }
  party.held.clear();
  party.storage.PutBack(copy->second.rows);
  const std::map<Number, Seat> lost = std::exchange(party.model, copy->second.model).seats;
  for (const auto& [group, before] : lost) {
    Session* session = party.FindSession(group);
    if (session == nullptr) continue;
    touched_ = group;
    const auto seat = party.model.seats.find(group);
    const bool is_there = seat != party.model.seats.end();
    const bool is_same = is_there && copy->second.versions.at(group) == party.versions[group];
    // No offer has this number: a call that writes, and changes nothing else.
    const auto written = conclave::Delivered(*session, OfferId{0});
    RequireExpected(written.ok() ? std::nullopt : std::optional(written.error()),
                    {is_same ? std::nullopt : std::optional(ErrorKind::kStorage)});
    Require(session->is_member() == is_there, "a member of a group that the storage lacks");
    if (!is_there) {
      party.sessions.erase(group);
      continue;
    }
    if (!is_same) seat->second.restored = now_;
  }
  ForgetOld(party);
  InspectAll(party);
  return {Outcome::Kind::done, "rolled back"};
}

Outcome World::Leave(const Operation& operation, Party& party) {
  Need(party.client->DeleteGroup(IdOf(touched_)), "a group cannot be deleted");
  party.model.Leave(touched_);
  party.model.joins.erase(touched_);
  if (Session* session = FindSession(party, operation)) {
    // It finds out when it writes, which with a lease it need not.
    if (party.policy().sending_lease <= 1) {
      Require(!session->Protect(AsBytes("too late")).ok(), "a message in a group that is deleted");
    }
    Require(!conclave::Delivered(*session, OfferId{0}).ok(), "a write to a deleted group");
    Require(!session->is_member(), "a member of a group that is deleted");
    party.sessions.erase(touched_);
  }
  return {Outcome::Kind::done, "deleted"};
}

}  // namespace conclave::testing::model
