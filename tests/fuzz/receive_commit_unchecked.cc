// Several messages one after the other, with signatures and tags that always fit: proposals,
// commits that refer to them, and what comes after a commit (RFC 9420, section 12.4.2). The input
// is a vector of MLSMessages.
#include <utility>

#include "fuzz/harness/mutate.h"
#include "fuzz/harness/scene.h"

namespace conclave::fuzz {

namespace {

using Conversation = std::vector<Bytes>;

bool Run(BytesView input) {
  const auto messages = wire::Parse<Conversation>(input);
  if (!messages.ok()) return false;
  static Reader alice(Scene::Unchecked());
  alice.Restart();
  std::size_t accepted = 0;
  for (const Bytes& message : *messages) {
    if (accepted == 8 || !alice.session().is_member()) break;
    const Received received = ReceiveAndCheck(alice.party(), alice.session(), message);
    accepted += received.refused.has_value() ? 0 : 1;
  }
  if (accepted > 0) Exercise(alice.party(), alice.session());
  return accepted > 0;
}

std::vector<Seed> Seeds() {
  std::vector<Seed> seeds;
  Conversation all;
  for (const auto& messages :
       {Scene::Unchecked().public_messages(), Scene::Unchecked().private_messages()}) {
    for (const Seed& message : messages) {
      if (message.name.starts_with("commit") || message.name == "external_commit") {
        Conversation one = all;
        if (one.size() > 4) one.erase(one.begin(), one.end() - 4);
        one.push_back(message.input);
        seeds.push_back({message.name + "_" + std::to_string(seeds.size()), wire::Serialize(one)});
      } else {
        all.push_back(message.input);
      }
    }
  }
  return seeds;
}

void MutateConversation(test::Random& random, Bytes& input) {
  auto parsed = wire::Parse<Conversation>(input);
  Conversation messages = parsed.ok() ? std::move(parsed).value() : Conversation();
  if (messages.empty() || random.Below(6) == 0) {
    const auto& known = random.Below(2) == 0 ? Scene::Unchecked().public_messages()
                                             : Scene::Unchecked().private_messages();
    messages.push_back(known[random.Below(known.size())].input);
  } else if (random.Below(6) == 0) {
    MutateVector(random, messages);
  } else {
    MutateUncheckedMessage(random, messages[random.Below(messages.size())]);
  }
  input = wire::Serialize(messages);
}

const Registration kTarget({"receive_commit_unchecked", Run, Seeds, MutateConversation});

}  // namespace

}  // namespace conclave::fuzz
