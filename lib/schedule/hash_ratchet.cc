// RFC 9420, sections 9.1, 9.2 and 15.3.
#include "schedule/hash_ratchet.h"

#include <algorithm>

#include "base/check.h"
#include "base/result_macros.h"
#include "base/rule.h"
#include "labeled/labeled.h"
#include "rfc9420/labels.h"

namespace conclave {

namespace labels = rfc9420::labels;

namespace {

Result<MessageKey> DeriveKey(const Suite& suite, const Secret& secret, std::uint32_t generation) {
  MessageKey derived{.generation = generation, .key = {}, .nonce = {}};
  CONCLAVE_ASSIGN_OR_RETURN(derived.nonce, DeriveTreeSecret(suite, secret, labels::kNonce,
                                                            generation, suite.aead_nonce_size()));
  CONCLAVE_ASSIGN_OR_RETURN(derived.key, DeriveTreeSecret(suite, secret, labels::kKey, generation,
                                                          suite.aead_key_size()));
  return derived;
}

// The ratchet secret after `generation`'s. There is none after the last.
Result<Secret> DeriveNext(const Suite& suite, const Secret& secret, std::uint32_t generation) {
  if (std::uint64_t{generation} + 1 == HashRatchet::kUsedUp) return Secret();
  return DeriveTreeSecret(suite, secret, labels::kSecret, generation, suite.hash_size());
}

auto FindGeneration(auto& keys, std::uint32_t generation) {
  const auto at = std::ranges::lower_bound(keys, generation, {}, &MessageKey::generation);
  return at != keys.end() && at->generation == generation ? at : keys.end();
}

}  // namespace

HashRatchet::HashRatchet(std::uint64_t head, Secret secret, std::vector<MessageKey> retained)
    : head_(head), secret_(std::move(secret)), retained_(std::move(retained)) {
  CONCLAVE_CHECK(head_ <= kUsedUp);
  CONCLAVE_CHECK(std::ranges::is_sorted(retained_, {}, &MessageKey::generation));
}

const MessageKey* HashRatchet::FindRetained(std::uint32_t generation) const {
  const auto found = FindGeneration(retained_, generation);
  return found == retained_.end() ? nullptr : &*found;
}

Result<MessageKey> HashRatchet::Next(const Suite& suite) {
  CONCLAVE_RETURN_IF_ERROR(Rule("9.1:generation-left", ErrorKind::kCommitFirst, head_ < kUsedUp));
  const auto generation = static_cast<std::uint32_t>(head_);
  CONCLAVE_ASSIGN_OR_RETURN(MessageKey key, DeriveKey(suite, secret_, generation));
  CONCLAVE_ASSIGN_OR_RETURN(Secret next, DeriveNext(suite, secret_, generation));
  //= rfc9420#9.1
  //# Each key/nonce pair MUST NOT be used to encrypt more than one message.
  secret_ = std::move(next);
  ++head_;
  return key;
}

Result<RatchetStep> HashRatchet::PrepareOpening(const Suite& suite, std::uint32_t generation,
                                                const RatchetWindow& window) const {
  RatchetStep step;
  if (generation < head_) {
    const auto late = FindGeneration(retained_, generation);
    CONCLAVE_RETURN_IF_ERROR(
        Rule("9.2:key-is-not-used", ErrorKind::kAlreadyUsed, late != retained_.end()));
    step.opened = {generation, late->key.Clone(), late->nonce.Clone()};
    return step;
  }
  //= rfc9420#15.3
  //# Messages received with a generation counter that is too much higher than the last message
  //# received would then be rejected.
  CONCLAVE_RETURN_IF_ERROR(Rule("15.3:generation-is-within-window", ErrorKind::kRejectedByPolicy,
                                generation - head_ <= window.max_forward));
  Secret secret = secret_.Clone();
  for (auto at = static_cast<std::uint32_t>(head_); at < generation; ++at) {
    if (generation - at <= window.max_retained) {
      CONCLAVE_ASSIGN_OR_RETURN(MessageKey key, DeriveKey(suite, secret, at));
      step.skipped.push_back(std::move(key));
    }
    CONCLAVE_ASSIGN_OR_RETURN(secret, DeriveNext(suite, secret, at));
  }
  CONCLAVE_ASSIGN_OR_RETURN(step.opened, DeriveKey(suite, secret, generation));
  CONCLAVE_ASSIGN_OR_RETURN(step.next_secret, DeriveNext(suite, secret, generation));
  step.next = std::uint64_t{generation} + 1;
  step.max_retained = window.max_retained;
  return step;
}

std::vector<std::uint32_t> HashRatchet::Install(RatchetStep step) {
  //= rfc9420#9.2
  //# As soon as a group member consumes a value, they MUST immediately delete (all representations
  //# of) that value.
  std::vector<std::uint32_t> touched;
  if (step.opened.generation < head_) {
    const auto used = FindGeneration(retained_, step.opened.generation);
    if (used == retained_.end()) return touched;
    retained_.erase(used);
    touched.push_back(step.opened.generation);
    return touched;
  }
  for (MessageKey& key : step.skipped) {
    if (key.generation < head_) continue;
    touched.push_back(key.generation);
    retained_.push_back(std::move(key));
  }
  secret_ = std::move(step.next_secret);
  head_ = step.next;
  if (retained_.size() > step.max_retained) {
    const auto kept = retained_.end() - static_cast<std::ptrdiff_t>(step.max_retained);
    for (auto key = retained_.begin(); key != kept; ++key) touched.push_back(key->generation);
    retained_.erase(retained_.begin(), kept);
  }
  return touched;
}

Result<HashRatchet> HashRatchet::Ahead(const Suite& suite, std::uint64_t generations) const {
  const std::uint64_t head = head_ + std::min(generations, kUsedUp - head_);
  Secret secret = secret_.Clone();
  for (std::uint64_t at = head_; at < head; ++at) {
    CONCLAVE_ASSIGN_OR_RETURN(secret, DeriveNext(suite, secret, static_cast<std::uint32_t>(at)));
  }
  return HashRatchet(head, std::move(secret), {});
}

}  // namespace conclave
