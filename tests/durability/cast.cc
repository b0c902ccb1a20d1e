#include "durability/cast.h"

#include <algorithm>

#include "rfc9420/framing.h"
#include "support/must.h"
#include "wire/parse.h"

namespace conclave::testing {

using test::Must;

Address AddressOf(BytesView message) {
  const auto parsed = Must(wire::Parse<rfc9420::MLSMessage>(message));
  if (const auto* sealed = parsed.message.GetIf<rfc9420::PrivateMessage>()) {
    return {sealed->group_id, sealed->epoch};
  }
  const auto* open = parsed.message.GetIf<rfc9420::PublicMessage>();
  REQUIRE(open != nullptr);
  return {open->content.group_id, open->content.epoch};
}

void Cast::Found() {
  room.emplace(std::vector<TestClient*>{&alice, &bob, &carol}, GroupOptions{.id = group()});
  peers = {(*room)[1], (*room)[2]};
  epoch = alices().epoch();
  for (const UndeliveredWelcomes& first : Must(Undelivered(alices()))) {
    Must(Delivered(alices(), first.offer));
  }
}

void Cast::FoundWithoutAlice() {
  room.emplace(std::vector<TestClient*>{&bob, &carol}, GroupOptions{.id = group()});
  peers = {(*room)[0], (*room)[1]};
  epoch = (*room)[0].epoch();
}

void Cast::Deliver(const Outside& outside, const Sessions& sessions) {
  std::vector<Bytes> seen;
  for (const SentItem& item : outside.items()) {
    const bool is_ours = item.kind == Sent::message || item.kind == Sent::proposal;
    if (!is_ours && item.kind != Sent::accepted) continue;
    if (std::ranges::find(seen, item.bytes) != seen.end()) continue;
    seen.push_back(item.bytes);
    const Address address = AddressOf(item.bytes);
    for (Session& session : sessions) {
      if (!session.is_member() || session.group_id() != address.group_id) continue;
      if (item.kind == Sent::message) {
        ReceiveApplication(session, item.bytes);
      } else if (item.kind == Sent::proposal) {
        ReceiveProposal(session, item.bytes);
      } else if (session.epoch() == address.epoch) {
        ReceiveAndApply(session, item.bytes);
      }
    }
  }
}

Bytes Cast::BobCommits(const CommitRequest& request) {
  Session& bobs = peers.front();
  const OutgoingCommit commit = Must(bobs.CreateCommit(request));
  DeliverCommit(peers, commit.commit);
  return commit.commit;
}

}  // namespace conclave::testing
