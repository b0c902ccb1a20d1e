// What the pages of this guide share. The fragments of a page, one behind the other, are the body
// of one main() behind this header: tests/embedding/pages.py puts them together, and CI compiles
// and runs them.
#pragma once

#include <conclave/conclave.h>
#include <conclave/sqlite_storage.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

// Ends the program if what a page says is not so. `line` is the page's.
inline void Expect(bool holds, int line = __builtin_LINE()) {
  if (holds) return;
  std::fprintf(stderr, "line %d does not hold\n", line);
  std::exit(1);
}

// Believes everybody who has a basic credential. A real one asks a directory: credentials.md.
class Friends : public conclave::CredentialVerifier {
 public:
  conclave::CredentialAnswer Verify(const conclave::CredentialQuestion& question) override {
    return std::holds_alternative<conclave::BasicCredential>(*question.credential)
               ? conclave::CredentialAnswer::accept
               : conclave::CredentialAnswer::reject;
  }
};

// A client, and all that it is given, which must outlive it.
struct Device {
  explicit Device(const char* name, const conclave::Policy& policy = {})
      : client(conclave::Client::Create({.identity = name,
                                         .crypto = crypto,
                                         .clock = clock,
                                         .verifier = friends,
                                         .storage = disk,
                                         .policy = policy})
                   .value()) {}
  conclave::BoringSslProvider crypto;
  conclave::SystemClock clock;
  Friends friends;
  conclave::MemoryStorage disk;
  conclave::Client client;
};

// Reads a commit that the delivery service has accepted, and enters the epoch that it leads to.
inline conclave::Entered Follow(conclave::Session& session, const conclave::Bytes& commit) {
  conclave::Event event = session.Receive(commit).value();
  return session.Apply(std::get<conclave::StagedCommit>(std::move(event))).value();
}

// Adds `newcomer`, and returns their session.
inline conclave::Session Invite(conclave::Session& session, Device& newcomer) {
  const conclave::Bytes key_package = newcomer.client.NewKeyPackage().value();
  const auto offer = session.CreateCommit({.add = {key_package}}).value();
  const conclave::Entered entered = Follow(session, offer.commit);
  auto invitation = newcomer.client.ReadWelcome(entered.welcomes.front()).value();
  return newcomer.client.Enter(std::move(invitation)).value();
}

inline std::string Text(conclave::BytesView bytes) { return {bytes.begin(), bytes.end()}; }

inline std::string NameOf(const conclave::Credential& credential) {
  return Text(std::get<conclave::BasicCredential>(credential).identity);
}
