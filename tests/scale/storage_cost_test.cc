// That what a session writes follows what has changed: rows and bytes of the writes of messages and
// commits, in groups of any size. Counts, not seconds.
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <iostream>

#include "large_group.h"
#include "support/must.h"
#include "support/test_suite.h"

namespace conclave::bench {
namespace {

using test::Must;

void Report(const char* what, std::uint32_t members, const Written& written) {
  std::cout << what << ", " << members << " members: " << written.rows << " rows, " << written.bytes
            << " bytes, " << written.erasures << " erasures\n";
}

bool WithinTenPercent(std::size_t a, std::size_t b) { return a * 10 <= b * 11 && b * 10 <= a * 11; }

struct Sending {
  Written first_sent, later_sent, first_received, later_received;
};

Sending Send(std::uint32_t members) {
  const LargeGroup group({1, members, TreeState::full}, test::Provider(), LeafSignatures::left_out);
  const auto sender = group.MemberAt(group.committer());
  const auto receiver = group.MemberAt(group.far());
  const auto exchange = [&](Written& sent, Written& received) {
    const Bytes message = Must(sender->session().Protect(AsBytes("a message")));
    sent = sender->storage().last_write();
    REQUIRE(receiver->session().Receive(message).ok());
    received = receiver->storage().last_write();
  };
  Sending written;
  exchange(written.first_sent, written.first_received);
  exchange(written.later_sent, written.later_received);
  Report("a sender's first message", members, written.first_sent);
  Report("a sender's later message", members, written.later_sent);
  Report("its receipt, the first", members, written.first_received);
  Report("its receipt, later", members, written.later_received);
  return written;
}

TEST_CASE("A later message writes the same in a large group as in a small one", "[scale]") {
  const Sending few = Send(10);
  const Sending many = Send(10'000);
  for (Written Sending::* each : {&Sending::later_sent, &Sending::later_received}) {
    CHECK((few.*each).rows == (many.*each).rows);
    CHECK(WithinTenPercent((few.*each).bytes, (many.*each).bytes));
    CHECK((many.*each).rows <= 3);
  }
  // The head and our own message's hash; two ratchets; and a node for each level of the tree.
  for (Written Sending::* each : {&Sending::first_sent, &Sending::first_received}) {
    CHECK((few.*each).rows <= 5 + 4);
    CHECK((many.*each).rows <= 5 + 14);
  }
}

// What accepting a commit writes, of a member of the other half, once `senders` members have sent a
// message in the epoch.
Written Accept(std::uint32_t members, std::uint32_t senders) {
  const LargeGroup group({1, members, TreeState::full}, test::Provider(), LeafSignatures::left_out);
  const auto committer = group.MemberAt(group.committer());
  const auto receiver = group.MemberAt(group.far());
  const std::uint32_t step = members / (senders + 1);
  for (std::uint32_t i = 1; i <= senders; ++i) {
    const LeafIndex leaf{i * step};
    if (leaf == group.far() || leaf == group.committer()) continue;
    const auto sender = group.MemberAt(leaf);
    const Bytes message = Must(sender->session().Protect(AsBytes("a message")));
    REQUIRE(receiver->session().Receive(message).ok());
  }
  const OutgoingCommit commit = Must(committer->session().CreateCommit({}));
  ReceiveAndApply(receiver->session(), commit.commit);
  const Written written = receiver->storage().last_write();
  Report(senders == 0 ? "an accepted commit" : "an accepted commit after 1,000 senders", members,
         written);
  return written;
}

TEST_CASE("An accepted commit writes its path, whatever the size of the group", "[scale]") {
  const Written small = Accept(1000, 0);
  const Written large = Accept(100'000, 0);
  CHECK(large.bytes * 10 <= small.bytes * 18);
  CHECK(large.rows * 10 <= small.rows * 18);
  CHECK(large.erasures == small.erasures);
}

TEST_CASE("An accepted commit writes no more for all who have sent in the epoch", "[scale]") {
  const Written quiet = Accept(1000, 0);
  const Written small = Accept(1000, 999);
  const Written large = Accept(100'000, 1000);
  CHECK(small.bytes == quiet.bytes);
  CHECK(small.rows == quiet.rows);
  CHECK(small.erasures == quiet.erasures);
  CHECK(large.bytes * 10 <= small.bytes * 18);
  CHECK(large.erasures == small.erasures);
}

}  // namespace
}  // namespace conclave::bench
