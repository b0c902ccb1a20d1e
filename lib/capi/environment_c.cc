// What an application hands to a client (conclave/c_types.h and c_environment.h).
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>

#include "capi/call.h"
#include "capi/callbacks.h"
#include "capi/handles.h"
#include "capi/key_signer.h"
#include "capi/views.h"
#include "conclave/c_environment.h"
#include "conclave/clock.h"
#include "conclave/memory_storage.h"
#include "conclave/policy.h"

namespace conclave::capi {

static_assert(kAppRows == CONCLAVE_ROWS);
static_assert(std::string_view(kStorageConflict) == CONCLAVE_STORAGE_CONFLICT);

namespace {

conclave_policy DefaultPolicy() {
  const Policy from;
  conclave_policy policy{};
  policy.size = sizeof policy;
  policy.max_message_size = from.max_message_size;
  policy.max_group_size = from.max_group_size;
  policy.max_extensions_size = from.max_extensions_size;
  policy.max_key_package_lifetime = from.max_key_package_lifetime;
  policy.accept_expired_leaves = from.accept_expired_leaves;
  policy.max_pending_proposals = from.max_pending_proposals;
  policy.max_forward_generations = from.max_forward_generations;
  policy.max_retained_keys = from.max_retained_keys;
  policy.past_epochs = from.past_epochs;
  policy.max_own_messages = from.max_own_messages;
  policy.handshakes = static_cast<std::uint32_t>(from.handshakes);
  policy.padding = static_cast<std::uint32_t>(from.padding);
  policy.padding_block = from.padding_block;
  policy.max_messages_per_epoch = from.max_messages_per_epoch;
  policy.tree_in_welcome = from.tree_in_welcome;
  policy.key_package_lifetime = from.key_package_lifetime;
  policy.sending_lease = from.sending_lease;
  policy.grease = from.grease;
  policy.max_offers = from.max_offers;
  policy.resumption_psks = from.resumption_psks;
  policy.allow_external_commits = from.allow_external_commits;
  policy.allow_resync = from.allow_resync;
  policy.resync_requires_psk = from.resync_requires_psk;
  return policy;
}

class ShowingVisitor final : public RecordVisitor {
 public:
  ShowingVisitor(conclave_record_view view, void* context) : view_(view), context_(context) {}
  void Visit(BytesView key, BytesView value) noexcept override {
    Views views;
    view_(context_, views.Of(key), views.Of(value));
  }

 private:
  conclave_record_view view_;
  void* context_;
};

}  // namespace

}  // namespace conclave::capi

using namespace conclave;  // the functions themselves stand in no namespace
using namespace conclave::capi;

uint32_t conclave_c_version(void) noexcept { return CONCLAVE_C_VERSION; }

const char* conclave_error_name(conclave_error error) noexcept {
  const int number = error;
  if (number == CONCLAVE_OK) return "Ok";
  if (number < 0 || number > kLastError) return "Unknown";
  return ErrorKindName(static_cast<ErrorKind>(number));
}

conclave_error conclave_value_set(conclave_value* value, const uint8_t* data,
                                  size_t size) noexcept {
  Call call;
  call.Need(value);
  const BytesView bytes = call.Bytes(data, size);
  if (!call.ok()) return call.Failed();
  value->bytes = Secret::CopyOf(bytes);
  return CONCLAVE_OK;
}

conclave_error conclave_visit(conclave_visitor* visitor, const uint8_t* key, size_t key_size,
                              const uint8_t* value, size_t value_size) noexcept {
  Call call;
  call.Need(visitor);
  const BytesView key_bytes = call.Bytes(key, key_size);
  const BytesView value_bytes = call.Bytes(value, value_size);
  if (!call.ok()) return call.Failed();
  visitor->visitor->Visit(key_bytes, value_bytes);
  return CONCLAVE_OK;
}

// -- Crypto and signers.

void conclave_crypto_free(conclave_crypto* crypto) noexcept { delete crypto; }

conclave_error conclave_generate_signature_key(const conclave_crypto* crypto, uint16_t scheme,
                                               conclave_view view, void* context,
                                               const char** detail) noexcept {
  Call call(detail);
  call.Need(crypto, view);
  if (!call.ok()) return call.Failed();
  const Result<KeyPair> key =
      crypto->provider->SignatureGenerate(static_cast<SignatureScheme>(scheme));
  if (!key.ok()) return call.Fail(key.error());
  const BytesView private_key = key->private_key.ExposeForProvider();
  view(context, private_key.data(), private_key.size());
  return CONCLAVE_OK;
}

conclave_error conclave_signer_of_callbacks(const conclave_signer_callbacks* callbacks,
                                            const uint8_t* public_key, size_t public_key_size,
                                            conclave_signer** signer) noexcept {
  Call call;
  call.Need(callbacks, signer);
  const conclave_signer_callbacks table = call.Filled(callbacks);
  call.Need(table.sign);
  const BytesView key = call.Bytes(public_key, public_key_size);
  if (!call.ok()) return call.Failed();
  *signer = new conclave_signer{std::make_shared<const CallbackSigner>(table, ToBytes(key))};
  return CONCLAVE_OK;
}

conclave_error conclave_signer_of_key(const conclave_crypto* crypto, uint16_t scheme,
                                      const uint8_t* private_key, size_t private_key_size,
                                      conclave_signer** signer, const char** detail) noexcept {
  Call call(detail);
  call.Need(crypto, signer);
  const BytesView key = call.Bytes(private_key, private_key_size);
  if (!call.ok()) return call.Failed();
  Result<std::shared_ptr<const Signer>> made = KeySigner::Create(
      crypto->provider, static_cast<SignatureScheme>(scheme), Secret::CopyOf(key));
  if (!made.ok()) return call.Fail(made.error());
  *signer = new conclave_signer{std::move(made).value()};
  return CONCLAVE_OK;
}

conclave_error conclave_signer_public_key(const conclave_signer* signer, conclave_view view,
                                          void* context) noexcept {
  Call call;
  call.Need(signer, view);
  if (!call.ok()) return call.Failed();
  const BytesView key = signer->signer->public_key();
  view(context, key.data(), key.size());
  return CONCLAVE_OK;
}

void conclave_signer_free(conclave_signer* signer) noexcept { delete signer; }

// -- Storage.

conclave_error conclave_storage_in_memory(conclave_storage** storage) noexcept {
  Call call;
  call.Need(storage);
  if (!call.ok()) return call.Failed();
  *storage = new conclave_storage{std::make_shared<MemoryStorage>()};
  return CONCLAVE_OK;
}

conclave_error conclave_storage_of_callbacks(const conclave_storage_callbacks* callbacks,
                                             conclave_storage** storage) noexcept {
  Call call;
  call.Need(callbacks, storage);
  const conclave_storage_callbacks table = call.Filled(callbacks);
  call.Need(table.write, table.read, table.scan);
  if (!call.ok()) return call.Failed();
  *storage = new conclave_storage{std::make_shared<CallbackStorage>(table)};
  return CONCLAVE_OK;
}

conclave_error conclave_storage_write(conclave_storage* storage,
                                      const conclave_operation* operations, size_t count,
                                      const char** detail) noexcept {
  using Kind = WriteBatch::Kind;
  Call call(detail);
  call.Need(storage);
  WriteBatch batch;
  for (const conclave_operation& operation : call.Array(operations, count)) {
    batch.Add(WriteBatch::Operation{call.OneOf(operation.kind, Kind::put, Kind::expect_absent),
                                    call.Bytes(operation.key), call.Bytes(operation.value)});
  }
  if (!call.ok()) return call.Failed();
  return call.End(storage->storage->Write(batch));
}

conclave_error conclave_storage_read(const conclave_storage* storage, const uint8_t* key,
                                     size_t key_size, conclave_view view, void* context,
                                     const char** detail) noexcept {
  Call call(detail);
  call.Need(storage, view);
  const BytesView key_bytes = call.Bytes(key, key_size);
  if (!call.ok()) return call.Failed();
  const auto value = storage->storage->Read(key_bytes);
  if (!value.ok()) return call.Fail(value.error());
  if (!value->has_value()) return call.Fail({ErrorKind::kMissing, "storage: no such record"});
  const BytesView bytes = (*value)->ExposeForProvider();
  view(context, bytes.data(), bytes.size());
  return CONCLAVE_OK;
}

conclave_error conclave_storage_scan(const conclave_storage* storage, const uint8_t* prefix,
                                     size_t prefix_size, conclave_record_view view, void* context,
                                     const char** detail) noexcept {
  Call call(detail);
  call.Need(storage, view);
  const BytesView prefix_bytes = call.Bytes(prefix, prefix_size);
  if (!call.ok()) return call.Failed();
  ShowingVisitor visitor(view, context);
  return call.End(storage->storage->Scan(prefix_bytes, visitor));
}

void conclave_storage_free(conclave_storage* storage) noexcept { delete storage; }

// -- Clock and policy.

uint64_t conclave_system_now(void* /*context*/) noexcept { return SystemClock().Now(); }

conclave_error conclave_policy_defaults(conclave_policy* policy, size_t size) noexcept {
  Call call;
  call.Need(policy);
  call.Require(size >= sizeof(conclave_policy) && size <= kMaxStruct,
               "argument: no size of a policy");
  if (!call.ok()) return call.Failed();
  // What a later version has added stays zero, which stands for its default there.
  std::memset(policy, 0, size);
  *policy = DefaultPolicy();
  policy->size = size;
  return CONCLAVE_OK;
}
