// Clients for fuzzing, and all that they are lent: a storage whose rows can be copied, a clock that
// stands still, and a verifier whose answer depends on the credential alone.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conclave/conclave.h"
#include "fuzz/harness/target.h"

namespace conclave::fuzz {

inline constexpr std::uint64_t kNow = 1'800'000'000;
// What every client supports beyond RFC 9420.
inline constexpr ExtensionType kCustomExtension{0xf0a1};
inline constexpr ProposalType kCustomProposal{0xf0b1};

using Rows = std::map<Bytes, Bytes>;

class RowStorage final : public Storage {
 public:
  Result<void> Write(const WriteBatch& batch) override;
  Result<std::optional<Secret>> Read(BytesView key) const override;
  Result<void> Scan(BytesView prefix, RecordVisitor& visitor) const override;

  Rows rows;
  std::size_t writes = 0;  // that succeeded

 private:
  bool Holds(const WriteBatch::Operation& expectation) const;
};

class StandingClock final : public Clock {
 public:
  std::uint64_t Now() const override { return kNow; }
};

// Rejects basic identities that begin with '!' and knows nothing about those with '?'.
class Judge final : public CredentialVerifier {
 public:
  CredentialAnswer Verify(const CredentialQuestion& question) override;
};

// The policy of fuzzed clients: the usual one, with less work for a message that skips far ahead.
Policy UsualPolicy(HandshakeFraming handshakes = HandshakeFraming::private_message);

// What a client is lent.
struct Lent {
  RowStorage storage;
  StandingClock clock;
  Judge judge;
};
ClientOptions OptionsFor(std::string_view name, const CryptoProvider& crypto, const Policy& policy,
                         Lent& lent);

// A client and what it is lent. It stays where it is.
class Party : public Lent {
 public:
  Party(std::string_view name, const CryptoProvider& crypto, const Policy& policy = UsualPolicy(),
        Rows rows = {});
  Party(const Party&) = delete;
  Party& operator=(const Party&) = delete;

  Client* operator->() { return &client; }

  Client client;
};

// All that a session knows, secrets included: what a call that fails must leave as it was.
Bytes StateOf(const Session& session);

// Whoever opens the group from the storage has exactly what the session has; nothing, if it is in
// no group any more.
void RequireStored(Party& party, const Session& session);

// Reads a message. If it is refused, session and storage are as they were; if not, storage and
// memory agree; a commit changes nothing before it is applied, which is done here. What entering it
// left to be done, if it was a commit.
struct Received {
  std::optional<Error> refused;
  std::optional<Event> event;  // what is left of it
  bool was_commit = false;
  Entered entered;
};
Received ReceiveAndCheck(Party& party, Session& session, BytesView message);

// Does with a session what an application could do. Everything may fail, nothing may break.
void Exercise(Party& party, Session& session);

}  // namespace conclave::fuzz
