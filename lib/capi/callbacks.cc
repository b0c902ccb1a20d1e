#include "capi/callbacks.h"

#include <utility>

#include "capi/call.h"
#include "capi/views.h"

namespace conclave::capi {

namespace {

Bytes BytesOf(const conclave_value& value) {
  return value.bytes.has_value() ? ToBytes(value.bytes->ExposeForProvider()) : Bytes();
}

}  // namespace

std::uint64_t CallbackClock::Now() const noexcept { return table_->now(table_->context); }

CredentialAnswer CallbackVerifier::Verify(const CredentialQuestion& question) noexcept {
  Views views;
  conclave_question asked{};
  asked.moment = static_cast<std::uint32_t>(question.moment);
  asked.group_id = views.Of(question.group_id);
  asked.credential = views.Keep(views.Of(*question.credential));
  asked.signature_key = views.Of(question.signature_key);
  if (question.replaces != nullptr) asked.replaces = views.Keep(views.Of(*question.replaces));
  asked.now = question.now;
  switch (table_->verify(table_->context, &asked)) {
    case CONCLAVE_ACCEPT:
      return CredentialAnswer::accept;
    case CONCLAVE_CANNOT_SAY:
      return CredentialAnswer::unavailable;
    default:
      return CredentialAnswer::reject;
  }
}

Bytes CallbackVerifier::ClientId(const Credential& credential) noexcept {
  if (table_->client_id == nullptr) return {};
  Views views;
  const conclave_credential shown = views.Of(credential);
  conclave_value id;
  table_->client_id(table_->context, &shown, &id);
  return BytesOf(id);
}

void CallbackExecutor::Run(std::size_t count, Job job, void* context) noexcept {
  table_->run(table_->context, count, job, context);
}

Result<void> CallbackStorage::Write(const WriteBatch& batch) noexcept {
  std::vector<conclave_operation> operations;
  operations.reserve(batch.size());
  Views views;
  for (std::size_t i = 0; i < batch.size(); ++i) operations.push_back(views.Of(batch[i]));
  switch (table_->write(table_->context, operations.data(), operations.size())) {
    case CONCLAVE_WRITTEN:
      return {};
    case CONCLAVE_WRITE_CONFLICT:
      return Error{ErrorKind::kStorage, kStorageConflict};
    default:
      return Error{ErrorKind::kStorage, "storage: the application's write failed"};
  }
}

Result<std::optional<Secret>> CallbackStorage::Read(BytesView key) const noexcept {
  conclave_value value;
  if (table_->read(table_->context, key.data(), key.size(), &value) != 0) {
    return Error{ErrorKind::kStorage, "storage: the application's read failed"};
  }
  return std::move(value.bytes);
}

Result<void> CallbackStorage::Scan(BytesView prefix, RecordVisitor& visitor) const noexcept {
  conclave_visitor shown{&visitor};
  if (table_->scan(table_->context, prefix.data(), prefix.size(), &shown) != 0) {
    return Error{ErrorKind::kStorage, "storage: the application's scan failed"};
  }
  return {};
}

Result<Bytes> CallbackSigner::Sign(BytesView message) const noexcept {
  conclave_value signature;
  const int answer = table_->sign(table_->context, message.data(), message.size(), &signature);
  if (answer != CONCLAVE_OK) {
    const bool known = answer > CONCLAVE_OK && answer <= kLastError;
    return Error{known ? static_cast<ErrorKind>(answer) : ErrorKind::kCrypto,
                 "signer: the application's callback failed"};
  }
  if (!signature.bytes.has_value()) {
    return Error{ErrorKind::kCrypto, "signer: the application's callback set no signature"};
  }
  return BytesOf(signature);
}

std::vector<AppRow> CallbackInbox::RowsFor(const ApplicationMessage& message) noexcept {
  Views views;
  const conclave_application_message shown = views.Of(message);
  conclave_rows rows;
  table_.rows_for(table_.context, &shown, &rows);
  return std::move(rows.rows);
}

}  // namespace conclave::capi
