// MLSMessage (RFC 9420, section 6): whatever decodes is encoded as it was, and no message is the
// beginning of another.
#include <algorithm>
#include <iterator>

#include "fuzz/harness/mutate.h"
#include "fuzz/harness/vector_seeds.h"

namespace conclave::fuzz {

namespace {

bool Run(BytesView input) {
  const auto message = wire::Parse<rfc9420::MLSMessage>(input);
  if (!message.ok()) return false;
  Require(std::ranges::equal(wire::Serialize(*message), input), "a message is encoded as it was");
  const auto again = wire::Parse<rfc9420::MLSMessage>(wire::Serialize(*message));
  Require(again.ok() && *again == *message, "and decodes as what it was");
  Bytes longer = ToBytes(input);
  longer.push_back(0);
  Require(!wire::Parse<rfc9420::MLSMessage>(longer).ok(), "nothing follows a message");
  Require(!wire::Parse<rfc9420::MLSMessage>(input.first(input.size() - 1)).ok(),
          "nothing of a message can be left out");
  return true;
}

std::vector<Seed> Seeds() {
  std::vector<Seed> seeds;
  const auto add = [&seeds](std::vector<Seed> more) {
    std::ranges::move(more, std::back_inserter(seeds));
  };
  for (const char* field :
       {"mls_welcome", "mls_group_info", "mls_key_package", "private_message",
        "public_message_application", "public_message_proposal", "public_message_commit"}) {
    add(VectorSeeds("messages", field));
  }
  add(TranscriptSeeds("passive-client-handling-commit"));
  add(TranscriptSeeds("passive-client-random"));
  return seeds;
}

const Registration kTarget({"mls_message", Run, Seeds, MutateInput<rfc9420::MLSMessage>});

}  // namespace

}  // namespace conclave::fuzz
