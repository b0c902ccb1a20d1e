// For tests: who plays in a scenario. Alice is the one whose program is interrupted: everybody here
// lives in one process, and her program, which has her storage and nothing else of hers, in others.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "durability/outside.h"
#include "support/conversation.h"

namespace conclave::testing {

struct Cast {
  explicit Cast(const Policy& alices_policy) : alice("alice", {.policy = alices_policy}) {}

  // The group "room" of alice, bob and carol, or of the latter two.
  void Found();
  void FoundWithoutAlice();
  Session& alices() { return (*room)[0]; }  // before the scenario begins
  GroupId group() const { return ToBytes("room"); }

  // Gives `sessions` all that alice has sent to their group, in its order: messages, proposals and
  // accepted commits.
  void Deliver(const Outside& outside, const Sessions& sessions);
  // Bob commits what is pending, and everybody but alice follows. The commit.
  Bytes BobCommits(const CommitRequest& request = {});

  // What alice's program computes with; null for the default provider.
  const CryptoProvider* programs_crypto = nullptr;
  TestClient alice, bob{"bob"}, carol{"carol"}, dave{"dave"};
  std::optional<Room> room;
  Sessions peers;                                // the other members, bob first
  std::deque<Session> joined;                    // sessions that the scenario's end makes
  std::map<std::string, Bytes> mail;             // what others have sent, by name
  Epoch epoch = 0;                               // in which the scenario begins
  std::vector<std::unique_ptr<Signer>> signers;  // alice's other keys
};

// The group and the epoch that a message is for, which is neither a Welcome nor a GroupInfo.
struct Address {
  GroupId group_id;
  Epoch epoch = 0;
};
Address AddressOf(BytesView message);

}  // namespace conclave::testing
