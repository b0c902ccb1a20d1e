// A mebibyte of garbage, refused: random bytes, and a PrivateMessage for this group and epoch whose
// content is random.
#include "base/check.h"
#include "crypto/kdf.h"
#include "operations/operations.h"
#include "session/session_state.h"

namespace conclave::bench {

namespace {

constexpr std::size_t kSize = std::size_t{1} << 20;

void Reject(benchmark::State& state, const GroupKind& kind, Party& receiver, const Bytes& message) {
  Measure(state, kind.suite,
          {.run = [&] { CONCLAVE_CHECK(!receiver.session().Receive(message).ok()); },
           .wire_bytes = message.size()});
}

void RejectRandom(benchmark::State& state, const GroupKind& kind) {
  const LargeGroup& group = GroupOf(kind);
  const auto receiver = group.MemberAt(group.far());
  Reject(state, kind, *receiver, RandomBytes(Provider(), kSize).value());
}

void RejectFramed(benchmark::State& state, const GroupKind& kind) {
  const LargeGroup& group = GroupOf(kind);
  const auto receiver = group.MemberAt(group.far());
  rfc9420::PrivateMessage message;
  message.group_id = receiver->session().group_id();
  message.epoch = receiver->session().epoch();
  message.content_type = rfc9420::ContentType::application;
  message.encrypted_sender_data = RandomBytes(Provider(), 28).value();
  message.ciphertext = RandomBytes(Provider(), kSize).value();
  Reject(state, kind, *receiver, WrapMessage(std::move(message)));
}

}  // namespace

void RegisterRejections(const GroupKind& kind) {
  Register("reject_random_1MiB", kind, [=](benchmark::State& state) { RejectRandom(state, kind); });
  Register("reject_framed_1MiB", kind, [=](benchmark::State& state) { RejectFramed(state, kind); });
}

}  // namespace conclave::bench
