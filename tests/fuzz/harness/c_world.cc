#include "fuzz/harness/c_world.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <memory>

#include "capi/client_handles.h"
#include "capi/handles.h"

namespace conclave::fuzz {

namespace {

constexpr std::uint64_t kCSeed = 7;

// Reads every byte, so that a sanitizer notices one that is not there.
void Touch(conclave_bytes bytes) {
  static volatile std::uint8_t sum = 0;
  for (std::size_t i = 0; i < bytes.size; ++i) sum = sum ^ bytes.data[i];
}

void Touch(const conclave_credential& credential) {
  Touch(credential.data);
  for (std::size_t i = 0; i < credential.certificate_count; ++i) Touch(credential.certificates[i]);
}

void Touch(const conclave_member& member) {
  Touch(member.credential);
  Touch(member.signature_key);
}

void Touch(const conclave_extension_list& list) {
  for (std::size_t i = 0; i < list.count; ++i) Touch(list.items[i].extension_data);
}

void Touch(const conclave_proposal& proposal) {
  Touch(proposal.ref);
  Touch(proposal.sender.credential);
  Touch(proposal.sender.signature_key);
  if (proposal.add != nullptr) Touch(proposal.add->signature_key);
  if (proposal.update != nullptr) Touch(proposal.update->after);
  if (proposal.remove != nullptr) Touch(*proposal.remove);
  if (proposal.psk != nullptr) Touch(proposal.psk->id);
  if (proposal.reinit != nullptr) Touch(proposal.reinit->group_id);
  if (proposal.group_context_extensions != nullptr) Touch(*proposal.group_context_extensions);
  if (proposal.custom != nullptr) Touch(proposal.custom->data);
}

void Touch(const conclave_commit_summary& summary) {
  Touch(summary.committer.credential);
  for (std::size_t i = 0; i < summary.added_count; ++i) Touch(summary.added[i]);
  for (std::size_t i = 0; i < summary.removed_count; ++i) Touch(summary.removed[i]);
  for (std::size_t i = 0; i < summary.updated_count; ++i) Touch(summary.updated[i].before);
  if (summary.extensions != nullptr) Touch(*summary.extensions);
  for (std::size_t i = 0; i < summary.psk_count; ++i) Touch(summary.psks[i].id);
  for (std::size_t i = 0; i < summary.proposal_count; ++i) Touch(summary.proposals[i]);
  Touch(summary.authenticated_data);
}

void Shown(void* context) { ++*static_cast<std::size_t*>(context); }

// -- A storage of callbacks.

Bytes Copy(conclave_bytes bytes) { return ToBytes(BytesView(bytes.data, bytes.size)); }

bool BeginsWith(const Bytes& key, const Bytes& prefix) {
  return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}

int WriteRows(void* context, const conclave_operation* operations, std::size_t count) {
  Rows& rows = *static_cast<Rows*>(context);
  for (std::size_t i = 0; i < count; ++i) {
    const auto found = rows.find(Copy(operations[i].key));
    const std::uint32_t kind = operations[i].kind;
    const bool held = kind == CONCLAVE_EXPECT_ABSENT ? found == rows.end()
                      : kind == CONCLAVE_EXPECT
                          ? found != rows.end() && found->second == Copy(operations[i].value)
                          : true;
    if (!held) return CONCLAVE_WRITE_CONFLICT;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const Bytes key = Copy(operations[i].key);
    if (operations[i].kind == CONCLAVE_PUT) rows[key] = Copy(operations[i].value);
    if (operations[i].kind == CONCLAVE_ERASE) rows.erase(key);
    if (operations[i].kind == CONCLAVE_ERASE_PREFIX) {
      std::erase_if(rows, [&key](const auto& row) { return BeginsWith(row.first, key); });
    }
  }
  return CONCLAVE_WRITTEN;
}

int ReadRow(void* context, const std::uint8_t* key, std::size_t size, conclave_value* value) {
  const Rows& rows = *static_cast<const Rows*>(context);
  const auto found = rows.find(ToBytes(BytesView(key, size)));
  if (found == rows.end()) return 0;
  return conclave_value_set(value, found->second.data(), found->second.size()) == CONCLAVE_OK ? 0
                                                                                              : 1;
}

int ScanRows(void* context, const std::uint8_t* prefix, std::size_t size,
             conclave_visitor* visitor) {
  for (const auto& [key, value] : *static_cast<const Rows*>(context)) {
    if (!BeginsWith(key, ToBytes(BytesView(prefix, size)))) continue;
    const conclave_error visited =
        conclave_visit(visitor, key.data(), key.size(), value.data(), value.size());
    if (visited != CONCLAVE_OK) return 1;
  }
  return 0;
}

conclave_storage* StorageOver(Rows& rows) {
  conclave_storage_callbacks callbacks{};
  callbacks.size = sizeof callbacks;
  callbacks.context = &rows;
  callbacks.write = WriteRows;
  callbacks.read = ReadRow;
  callbacks.scan = ScanRows;
  conclave_storage* storage = nullptr;
  Require(conclave_storage_of_callbacks(&callbacks, &storage) == CONCLAVE_OK, "a storage is made");
  return storage;
}

std::uint64_t Now(void*) { return kNow; }

int Verify(void*, const conclave_question* question) {
  Touch(*question->credential);
  Touch(question->signature_key);
  const conclave_bytes& identity = question->credential->data;
  if (question->credential->credential_type != CONCLAVE_CREDENTIAL_BASIC || identity.size == 0) {
    return CONCLAVE_ACCEPT;
  }
  if (identity.data[0] == '!') return CONCLAVE_REJECT;
  return identity.data[0] == '?' ? CONCLAVE_CANNOT_SAY : CONCLAVE_ACCEPT;
}

}  // namespace

void ShowBytes(void* context, const std::uint8_t* data, std::size_t size) {
  Touch(conclave_bytes{data, size});
  Shown(context);
}

void ShowEntered(void* context, const conclave_entered* entered) {
  for (std::size_t i = 0; i < entered->welcome_count; ++i) Touch(entered->welcomes[i]);
  for (std::size_t i = 0; i < entered->left_out_count; ++i) Touch(entered->left_out[i]);
  Shown(context);
}

void ShowOutgoing(void* context, const conclave_outgoing_commit* outgoing) {
  Touch(outgoing->commit);
  for (std::size_t i = 0; i < outgoing->skipped_count; ++i) {
    Touch(outgoing->skipped[i].ref);
    Require(std::strlen(outgoing->skipped[i].why) > 0, "why a proposal was skipped is said");
  }
  Shown(context);
}

void ShowBundle(void* context, const conclave_bundle* bundle) {
  Touch(bundle->commit);
  Touch(bundle->group_info);
  for (std::size_t i = 0; i < bundle->welcome_count; ++i) Touch(bundle->welcomes[i]);
  Shown(context);
}

void ShowNewGroup(void* context, const conclave_new_group* group) {
  for (std::size_t i = 0; i < group->welcome_count; ++i) Touch(group->welcomes[i]);
  Shown(context);
}

void ShowExtension(void* context, const conclave_extension* extension) {
  Touch(extension->extension_data);
  Shown(context);
}

CWorld::CWorld(const Scene& scene) : alice_rows_(scene.alice()), ivan_rows_(scene.ivan()) {
  scene.crypto().Restart(kCSeed);
  crypto = new conclave_crypto{
      std::shared_ptr<const CryptoProvider>(&scene.crypto(), [](const CryptoProvider*) {})};
  storage = StorageOver(alice_rows_);
  ivan_storage_ = StorageOver(ivan_rows_);
  client = NewClient("alice", storage);
  guest = NewClient("ivan", ivan_storage_);
  const GroupId& id = scene.group_id();
  Require(conclave_client_open_group(client, id.data(), id.size(), nullptr, &session, nullptr) ==
              CONCLAVE_OK,
          "alice is in the group");
}

conclave_client* CWorld::NewClient(const char* name, conclave_storage* lent) const {
  conclave_policy policy{};
  Require(conclave_policy_defaults(&policy, sizeof policy) == CONCLAVE_OK, "there are defaults");
  policy.max_forward_generations = 20;
  policy.max_offers = 32;
  conclave_clock clock{};
  clock.size = sizeof clock;
  clock.now = Now;
  conclave_verifier verifier{};
  verifier.size = sizeof verifier;
  verifier.verify = Verify;
  const auto extension = static_cast<std::uint16_t>(kCustomExtension);
  const auto proposal = static_cast<std::uint16_t>(kCustomProposal);
  conclave_client_options options{};
  options.size = sizeof options;
  options.crypto = crypto;
  options.storage = lent;
  options.clock = &clock;
  options.verifier = &verifier;
  options.identity = {reinterpret_cast<const std::uint8_t*>(name), std::strlen(name)};
  options.policy = &policy;
  options.extensions = &extension;
  options.extension_count = 1;
  options.proposals = &proposal;
  options.proposal_count = 1;
  conclave_client* made = nullptr;
  Require(conclave_client_create(&options, &made, nullptr) == CONCLAVE_OK, "a client is made");
  return made;
}

void CWorld::Before() {
  shown = 0;
  detail_ = nullptr;
  alice_before_ = alice_rows_;
  ivan_before_ = ivan_rows_;
  state_before_ = StateOf(session->session);
}

void CWorld::After(conclave_error error) {
  const char* const name = conclave_error_name(error);
  Require(name != nullptr && *name != 0, "an error has a name");
  if (error == CONCLAVE_OK) return;
  Require(shown == 0, "a call that fails gives nothing");
  Require(alice_rows_ == alice_before_ && ivan_rows_ == ivan_before_,
          "a call that fails stores nothing");
  Require(StateOf(session->session) == state_before_, "a call that fails changes no session");
}

conclave_error CWorld::Once(conclave_error error) {
  Require(shown == (error == CONCLAVE_OK ? 1 : 0), "what comes out is shown once");
  return error;
}

void CWorld::Take(conclave_event* given) {
  conclave_event_free(event);
  event = given;
  const conclave_application_message* const application = conclave_event_application(event);
  const conclave_proposal* const proposal = conclave_event_proposal(event);
  const conclave_commit_summary* const commit = conclave_event_commit(event);
  const std::uint32_t kind = conclave_event_kind(event);
  Require((application != nullptr) == (kind == CONCLAVE_EVENT_APPLICATION) &&
              (proposal != nullptr) == (kind == CONCLAVE_EVENT_PROPOSAL) &&
              (commit != nullptr) == (kind == CONCLAVE_EVENT_COMMIT),
          "an event is of one kind");
  if (application != nullptr) {
    Touch(application->sender);
    Touch(application->plaintext);
    Touch(application->authenticated_data);
  }
  if (proposal != nullptr) Touch(*proposal);
  if (commit != nullptr) Touch(*commit);
}

void CWorld::RequireSession(conclave_error error, conclave_session* given) {
  Require((error == CONCLAVE_OK) == (given != nullptr), "a session is given if there is no error");
}

void CWorld::Enter(conclave_staged_join* staged) {
  const conclave_join_summary* const summary = conclave_staged_join_summary(staged);
  Touch(summary->group_id);
  Touch(summary->inviter);
  Touch(summary->extensions);
  Touch(summary->group_info_extensions);
  conclave_session* entered = nullptr;
  const conclave_error error = conclave_client_enter(guest, staged, &entered, nullptr);
  RequireSession(error, entered);
  conclave_session* again = nullptr;
  Require(conclave_client_enter(guest, staged, &again, nullptr) == CONCLAVE_ERROR_MISUSE,
          "a join is entered once");
  conclave_staged_join_free(staged);
  conclave_session_free(entered);
}

void CWorld::Enter(conclave_pending_join* pending) {
  Touch(*conclave_pending_join_summary(pending));
  conclave_session* entered = nullptr;
  const conclave_error error = conclave_client_enter_externally(guest, pending, &entered, nullptr);
  RequireSession(error, entered);
  conclave_pending_join_free(pending);
  conclave_session_free(entered);
}

conclave_error CWorld::Replace(conclave_error error, conclave_session* given) {
  RequireSession(error, given);
  if (given == nullptr) return error;
  conclave_session_free(session);
  session = given;
  return error;
}

void CWorld::LookAround() {
  const auto look = [](void* context, const conclave_member* member) {
    Touch(*member);
    Shown(context);
  };
  std::size_t members = 0;
  std::size_t count = 0;
  Require(conclave_session_members(session, look, &members) == CONCLAVE_OK &&
              conclave_session_member_count(session, &count) == CONCLAVE_OK && members == count,
          "all members are shown");
  const auto look_at_proposal = [](void*, const conclave_proposal* proposal) { Touch(*proposal); };
  Require(conclave_session_pending_proposals(session, look_at_proposal, nullptr) == CONCLAVE_OK,
          "the proposals that wait are shown");
  const auto look_at_offer = [](void*, const conclave_offer* offer) { Touch(offer->commit); };
  Require(conclave_session_offers(session, look_at_offer, nullptr) == CONCLAVE_OK,
          "the offers are shown");
  const auto look_at_welcomes = [](void*, const conclave_undelivered* one) {
    for (std::size_t i = 0; i < one->welcome_count; ++i) Touch(one->welcomes[i]);
  };
  (void)conclave_session_undelivered(session, look_at_welcomes, nullptr, nullptr);
  (void)conclave_session_ratchet_tree(session, ShowBytes, &shown, nullptr);
  (void)conclave_session_epoch_authenticator(session, ShowBytes, &shown);
  Require(conclave_session_receive(session, nullptr, 1, nullptr, 0, nullptr, &event, nullptr) ==
              CONCLAVE_ERROR_MISUSE,
          "bytes that are not there are not read");
}

void CWorld::FreeInOrder(std::size_t order) {
  std::array<std::function<void()>, 7> all = {
      [this] { conclave_event_free(event); },     [this] { conclave_session_free(session); },
      [this] { conclave_client_free(client); },   [this] { conclave_client_free(guest); },
      [this] { conclave_storage_free(storage); }, [this] { conclave_storage_free(ivan_storage_); },
      [this] { conclave_crypto_free(crypto); },
  };
  std::rotate(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(order % all.size()),
              all.end());
  if (order % 2 == 1) std::reverse(all.begin(), all.end());
  for (const auto& free : all) free();
}

}  // namespace conclave::fuzz
