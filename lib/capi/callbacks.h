// The application's callbacks as the interfaces that the library knows. Each function is noexcept:
// what a callback throws ends here.
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "conclave/c_environment.h"
#include "conclave/c_session.h"
#include "conclave/clock.h"
#include "conclave/credential.h"
#include "conclave/crypto_provider.h"
#include "conclave/executor.h"
#include "conclave/session.h"
#include "conclave/storage.h"

// What conclave_value_set() has set. It may be a secret.
struct conclave_value {
  std::optional<conclave::Secret> bytes;
};

struct conclave_visitor {
  conclave::RecordVisitor* visitor;
};

struct conclave_rows {
  std::vector<conclave::AppRow> rows;
};

namespace conclave::capi {

// A table of callbacks, whose context is released when the table goes.
template <class Table>
class Callbacks {
 public:
  explicit Callbacks(const Table& table) : table_(table) {}
  Callbacks(const Callbacks&) = delete;
  Callbacks& operator=(const Callbacks&) = delete;
  ~Callbacks() {
    if (kept_ && table_.release != nullptr) table_.release(table_.context);
  }

  // From now on the context is to be released: the call that was given the table has succeeded.
  void Keep() { kept_ = true; }
  const Table* operator->() const { return &table_; }

 private:
  Table table_;
  bool kept_ = false;
};

class CallbackClock final : public Clock {
 public:
  explicit CallbackClock(const conclave_clock& table) : table_(table) {}
  std::uint64_t Now() const noexcept override;
  void Keep() { table_.Keep(); }

 private:
  Callbacks<conclave_clock> table_;
};

class CallbackVerifier final : public CredentialVerifier {
 public:
  explicit CallbackVerifier(const conclave_verifier& table) : table_(table) {}
  CredentialAnswer Verify(const CredentialQuestion& question) noexcept override;
  Bytes ClientId(const Credential& credential) noexcept override;
  void Keep() { table_.Keep(); }

 private:
  Callbacks<conclave_verifier> table_;
};

class CallbackExecutor final : public Executor {
 public:
  explicit CallbackExecutor(const conclave_executor& table) : table_(table) {}
  void Run(std::size_t count, Job job, void* context) noexcept override;
  void Keep() { table_.Keep(); }

 private:
  Callbacks<conclave_executor> table_;
};

class CallbackStorage final : public Storage {
 public:
  explicit CallbackStorage(const conclave_storage_callbacks& table) : table_(table) {
    table_.Keep();
  }
  Result<void> Write(const WriteBatch& batch) noexcept override;
  Result<std::optional<Secret>> Read(BytesView key) const noexcept override;
  Result<void> Scan(BytesView prefix, RecordVisitor& visitor) const noexcept override;

 private:
  Callbacks<conclave_storage_callbacks> table_;
};

class CallbackSigner final : public Signer {
 public:
  CallbackSigner(const conclave_signer_callbacks& table, Bytes public_key)
      : table_(table), public_key_(std::move(public_key)) {
    table_.Keep();
  }
  BytesView public_key() const override { return public_key_; }
  Result<Bytes> Sign(BytesView message) const noexcept override;

 private:
  Callbacks<conclave_signer_callbacks> table_;
  Bytes public_key_;
};

class CallbackInbox final : public Inbox {
 public:
  explicit CallbackInbox(const conclave_inbox& table) : table_(table) {}
  std::vector<AppRow> RowsFor(const ApplicationMessage& message) noexcept override;

 private:
  conclave_inbox table_;
};

// What a client and its sessions were given: it lives as long as anything that may use it.
struct Lent {
  std::shared_ptr<const CryptoProvider> crypto;
  std::shared_ptr<Storage> storage;
  std::shared_ptr<const Signer> signer;  // or none
  CallbackClock clock;
  CallbackVerifier verifier;
  std::optional<CallbackExecutor> executor;
  std::vector<std::shared_ptr<const Signer>> more_signers = {};

  // From now on a session may use this one.
  void Keep(std::shared_ptr<const Signer> another) { more_signers.push_back(std::move(another)); }
};

}  // namespace conclave::capi
