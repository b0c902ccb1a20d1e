// Application messages between the leftmost member and one in the other half of the tree, and the
// exporter.
#include "lower_bounds.h"
#include "operations/operations.h"

namespace conclave::bench {

namespace {

constexpr std::uint32_t kAhead = 1000;

// Two members, and what their messages are made of.
struct Talk {
  explicit Talk(const GroupKind& kind)
      : group(GroupOf(kind)),
        sender(group.MemberAt(group.committer())),
        receiver(group.MemberAt(group.far())) {}

  Bytes Send(std::size_t size) { return sender->session().Protect(Bytes(size, 0x2a)).value(); }
  void Receive(BytesView message) { receiver->session().Receive(message).value(); }
  // Both enter a new epoch, in which nobody has sent anything.
  void BeginEpoch() {
    const Bytes commit = sender->session().CreateCommit({}).value().commit;
    ReceiveAndApply(sender->session(), commit);
    ReceiveAndApply(receiver->session(), commit);
  }
  MessageFacts Facts(std::size_t size) const {
    return {.suite = group.suite(),
            .context_size = sender->group().epoch().group.serialized_context().size(),
            .size = size};
  }

  const LargeGroup& group;
  std::unique_ptr<Party> sender;
  std::unique_ptr<Party> receiver;
};

void Protect(benchmark::State& state, const GroupKind& kind, std::size_t size) {
  Talk talk(kind);
  const Bytes plaintext(size, 0x2a);
  Measure(state, kind.suite,
          {.run = [&] { talk.sender->session().Protect(plaintext).value(); },
           .floor = LowerBoundOfProtecting(talk.Facts(size)),
           .wire_bytes = talk.Send(size).size()});
}

void Unprotect(benchmark::State& state, const GroupKind& kind, std::size_t size) {
  Talk talk(kind);
  Bytes message = talk.Send(size);
  talk.Receive(message);
  Measure(state, kind.suite,
          {.prepare = [&] { message = talk.Send(size); },
           .run = [&] { talk.Receive(message); },
           .floor = LowerBoundOfUnprotecting(talk.Facts(size)),
           .wire_bytes = message.size()});
}

constexpr std::size_t kUsualSize = 1024;

void ProtectFirst(benchmark::State& state, const GroupKind& kind) {
  Talk talk(kind);
  MessageFacts facts = talk.Facts(kUsualSize);
  facts.first_below_width = talk.group.tree().width();
  const Bytes plaintext(kUsualSize, 0x2a);
  Measure(state, kind.suite,
          {.prepare = [&] { talk.BeginEpoch(); },
           .run = [&] { talk.sender->session().Protect(plaintext).value(); },
           .floor = LowerBoundOfProtecting(facts),
           .wire_bytes = talk.Send(kUsualSize).size()});
}

void UnprotectFirst(benchmark::State& state, const GroupKind& kind) {
  Talk talk(kind);
  MessageFacts facts = talk.Facts(kUsualSize);
  facts.first_below_width = talk.group.tree().width();
  Bytes message;
  const auto prepare = [&] {
    talk.BeginEpoch();
    message = talk.Send(kUsualSize);
  };
  prepare();
  Measure(state, kind.suite,
          {.prepare = prepare,
           .run = [&] { talk.Receive(message); },
           .floor = LowerBoundOfUnprotecting(facts),
           .wire_bytes = message.size()});
}

// The receiver has read one message of the epoch and not the thousand after it.
void UnprotectAhead(benchmark::State& state, const GroupKind& kind) {
  Talk talk(kind);
  MessageFacts facts = talk.Facts(kUsualSize);
  facts.skipped = kAhead;
  Bytes message;
  const auto prepare = [&] {
    talk.BeginEpoch();
    talk.Receive(talk.Send(kUsualSize));
    for (std::uint32_t i = 0; i < kAhead; ++i) talk.Send(0);
    message = talk.Send(kUsualSize);
  };
  prepare();
  Measure(state, kind.suite,
          {.prepare = prepare,
           .run = [&] { talk.Receive(message); },
           .floor = LowerBoundOfUnprotecting(facts),
           .wire_bytes = message.size()});
}

void Export(benchmark::State& state, const GroupKind& kind) {
  const LargeGroup& group = GroupOf(kind);
  const auto member = group.MemberAt(group.committer());
  const Bytes context(32, 0x2a);
  Measure(state, kind.suite,
          {.run = [&] { member->session().ExportSecret("a label", context, 32).value(); },
           .floor = LowerBoundOfExporting(context.size()),
           .runs_per_sample = 32});
}

struct NamedSize {
  const char* name;
  std::size_t size;
};
constexpr NamedSize kSizes[] = {{"64B", 64}, {"1KiB", kUsualSize}, {"64KiB", 65536}};

}  // namespace

void RegisterMessages(const GroupKind& kind) {
  for (const auto& [name, size] : kSizes) {
    const std::size_t bytes = size;
    Register(std::string("protect_") + name, kind,
             [=](benchmark::State& state) { Protect(state, kind, bytes); });
    Register(std::string("unprotect_") + name, kind,
             [=](benchmark::State& state) { Unprotect(state, kind, bytes); });
  }
  Register("protect_first", kind, [=](benchmark::State& state) { ProtectFirst(state, kind); });
  Register("unprotect_first", kind, [=](benchmark::State& state) { UnprotectFirst(state, kind); });
  Register("unprotect_1000_ahead", kind,
           [=](benchmark::State& state) { UnprotectAhead(state, kind); });
  Register("export_secret", kind, [=](benchmark::State& state) { Export(state, kind); });
}

}  // namespace conclave::bench
