// What does not pass between C and the library: exceptions, and numbers that differ.
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "capi/call.h"
#include "conclave/c.h"
#include "conclave/c_boringssl.h"
#include "conclave/result.h"
#include "support/ends_program.h"

namespace conclave::capi {

namespace {

void Must(conclave_error error) { REQUIRE(error == CONCLAVE_OK); }

[[noreturn]] void Throw() { throw std::runtime_error("thrown by a callback"); }

// Which callback throws.
struct Thrower {
  bool clock = false;
  bool verifier = false;
  bool client_id = false;
  bool executor = false;
  bool signer = false;
  bool write = false;
  bool read = false;
  bool scan = false;
};

const Thrower& Of(void* context) { return *static_cast<const Thrower*>(context); }

std::uint64_t Now(void* context) {
  if (Of(context).clock) Throw();
  return 1'800'000'000;
}

int Verify(void* context, const conclave_question*) {
  if (Of(context).verifier) Throw();
  return CONCLAVE_ACCEPT;
}

void ClientId(void* context, const conclave_credential*, conclave_value*) {
  if (Of(context).client_id) Throw();
}

void Run(void* context, std::size_t count, conclave_job job, void* job_context) {
  if (Of(context).executor) Throw();
  for (std::size_t i = 0; i < count; ++i) job(job_context, i);
}

int Sign(void*, const std::uint8_t*, std::size_t, conclave_value*) { Throw(); }

int Write(void* context, const conclave_operation*, std::size_t) {
  if (Of(context).write) Throw();
  return CONCLAVE_WRITTEN;
}

int Read(void* context, const std::uint8_t*, std::size_t, conclave_value*) {
  if (Of(context).read) Throw();
  return 0;
}

int Scan(void* context, const std::uint8_t*, std::size_t, conclave_visitor*) {
  if (Of(context).scan) Throw();
  return 0;
}

void Ignore(void*, const std::uint8_t*, std::size_t) {}
void ThrowingView(void*, const std::uint8_t*, std::size_t) { Throw(); }
void ThrowingRecordView(void*, conclave_bytes, conclave_bytes) { Throw(); }

// A client all of whose callbacks are the test's, and that forgets what it stores.
struct Throwing {
  explicit Throwing(Thrower& thrower) {
    Must(conclave_crypto_boringssl(&crypto));
    conclave_storage_callbacks callbacks{sizeof callbacks, &thrower, Write, Read, Scan, nullptr};
    Must(conclave_storage_of_callbacks(&callbacks, &storage));
    clock = {sizeof clock, &thrower, Now, nullptr};
    verifier = {sizeof verifier, &thrower, Verify, ClientId, nullptr};
    executor = {sizeof executor, &thrower, Run, nullptr};
    options.size = sizeof options;
    options.crypto = crypto;
    options.storage = storage;
    options.clock = &clock;
    options.verifier = &verifier;
    options.executor = &executor;
    if (thrower.signer) {
      const conclave_signer_callbacks of_signer{sizeof of_signer, nullptr, Sign, nullptr};
      const std::uint8_t key[32] = {1};
      Must(conclave_signer_of_callbacks(&of_signer, key, sizeof key, &signer));
      options.signer = signer;
    }
    Must(conclave_client_create(&options, &client, nullptr));
  }
  ~Throwing() {
    conclave_client_free(client);
    conclave_storage_free(storage);
    conclave_signer_free(signer);
    conclave_crypto_free(crypto);
  }
  Throwing(const Throwing&) = delete;
  Throwing& operator=(const Throwing&) = delete;

  conclave_crypto* crypto = nullptr;
  conclave_storage* storage = nullptr;
  conclave_signer* signer = nullptr;
  conclave_client* client = nullptr;
  conclave_clock clock{};
  conclave_verifier verifier{};
  conclave_executor executor{};
  conclave_client_options options{};
};

// Whether `act` ends the program, and not by an exception that comes through.
template <class Act>
bool EndsHere(Act act) {
  return test::EndsProgram([&act] {
    try {
      act();
    } catch (...) {
      _exit(0);
    }
  });
}

conclave_error NewKeyPackage(const Throwing& throwing) {
  return conclave_client_new_key_package(throwing.client, nullptr, Ignore, nullptr, nullptr);
}

}  // namespace

TEST_CASE("The errors of C are those of C++, by number and by name") {
  int known = 0;
  for (int number = 0; number < 256; ++number) {
    const auto kind = static_cast<ErrorKind>(number);
    const std::string_view name = ErrorKindName(kind);
    if (name == "Unknown") continue;
    ++known;
    CHECK(ToC(kind) == number);
    CHECK(conclave_error_name(ToC(kind)) == name);
  }
  CHECK(known == kLastError);
}

TEST_CASE("What a callback throws ends the program, and goes through nothing") {
  Thrower thrower;
  SECTION("of a view") {
    const Throwing all(thrower);
    CHECK(
        EndsHere([&] { (void)conclave_client_signature_key(all.client, ThrowingView, nullptr); }));
  }
  SECTION("of a view of records") {
    conclave_storage* memory = nullptr;
    Must(conclave_storage_in_memory(&memory));
    const std::uint8_t byte = 0x80;
    const conclave_operation put{CONCLAVE_PUT, {&byte, 1}, {&byte, 1}};
    Must(conclave_storage_write(memory, &put, 1, nullptr));
    CHECK(EndsHere([&] {
      (void)conclave_storage_scan(memory, &byte, 1, ThrowingRecordView, nullptr, nullptr);
    }));
    conclave_storage_free(memory);
  }
  SECTION("of a clock") {
    const Throwing all(thrower);
    thrower.clock = true;
    CHECK(EndsHere([&] { (void)NewKeyPackage(all); }));
  }
  SECTION("of a signer") {
    thrower.signer = true;
    const Throwing all(thrower);
    CHECK(EndsHere([&] { (void)NewKeyPackage(all); }));
  }
  SECTION("of a storage that is written") {
    const Throwing all(thrower);
    thrower.write = true;
    CHECK(EndsHere([&] { (void)NewKeyPackage(all); }));
  }
  SECTION("of a storage that is read") {
    const Throwing all(thrower);
    thrower.read = true;
    CHECK(EndsHere(
        [&] { (void)conclave_storage_read(all.storage, nullptr, 0, Ignore, nullptr, nullptr); }));
  }
  SECTION("of a storage that is scanned") {
    const Throwing all(thrower);
    thrower.scan = true;
    CHECK(EndsHere(
        [&] { (void)conclave_client_pending_joins(all.client, Ignore, nullptr, nullptr); }));
  }
}

TEST_CASE("What a verifier or an executor throws ends the program too") {
  Thrower thrower;
  const Throwing all(thrower);
  conclave_session* session = nullptr;
  Must(conclave_client_create_group(all.client, nullptr, &session, nullptr));
  // So many that there is something to share out.
  std::vector<Bytes> kept;
  std::vector<conclave_bytes> key_packages;
  for (int i = 0; i < 80; ++i) {
    Thrower nobody;
    const Throwing other(nobody);
    const auto keep = [](void* context, const std::uint8_t* data, std::size_t size) {
      static_cast<std::vector<Bytes>*>(context)->emplace_back(data, data + size);
    };
    Must(conclave_client_new_key_package(other.client, nullptr, keep, &kept, nullptr));
  }
  for (const Bytes& bytes : kept) key_packages.push_back({bytes.data(), bytes.size()});
  const auto add = [&] {
    conclave_commit_request request{};
    request.size = sizeof request;
    request.add = key_packages.data();
    request.add_count = key_packages.size();
    (void)conclave_session_create_commit(
        session, &request, [](void*, const conclave_outgoing_commit*) {}, nullptr, nullptr);
  };
  CHECK_FALSE(EndsHere(add));
  thrower.verifier = true;
  CHECK(EndsHere(add));
  thrower = {.client_id = true};
  CHECK(EndsHere(add));
  thrower = {.executor = true};
  CHECK(EndsHere(add));
  conclave_session_free(session);
}

}  // namespace conclave::capi
