// For tests: random instances of wire structs, by the reflection that the codec uses.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "rfc9420/extensions.h"
#include "rfc9420/framing.h"
#include "rfc9420/key_schedule.h"
#include "rfc9420/tree_hash_input.h"
#include "wire/codec.h"

namespace conclave::test {

// The same numbers on every platform, from a seed.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t Number() { return engine_(); }
  std::size_t Below(std::size_t bound) { return Number() % bound; }
  Bytes AnyBytes() {
    // Small ones, and now and then one whose length takes two bytes.
    Bytes bytes(Below(20) == 0 ? 60 + Below(10) : Below(12));
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(Number());
    return bytes;
  }

 private:
  std::mt19937_64 engine_;
};

template <class T>
void Fill(Random& random, T& value);

// The alternative with number `index`; of an Otherwise, with a tag that has no name.
template <class Tag, class... Cases>
void FillSelect(Random& random, wire::Select<Tag, Cases...>& select) {
  std::size_t at = random.Below(sizeof...(Cases));
  const auto one = [&]<class C>(std::type_identity<C>) {
    if (at-- != 0) return;
    typename C::type alternative{};
    Fill(random, alternative);
    if constexpr (C::kIsOtherwise) {
      auto& [tag, rest] = alternative;
      tag = Tag{static_cast<std::underlying_type_t<Tag>>(0xf000 + random.Below(0xff))};
    }
    select = wire::Select<Tag, Cases...>::Of(std::move(alternative));
  };
  (one(std::type_identity<Cases>{}), ...);
}

template <class T>
void Fill(Random& random, T& value) {
  if constexpr (std::unsigned_integral<T>) {
    value = static_cast<T>(random.Number());
  } else if constexpr (std::is_enum_v<T>) {
    value = static_cast<T>(random.Number());
  } else if constexpr (wire::kIsOpaqueArray<T>) {
    for (std::uint8_t& byte : value) byte = static_cast<std::uint8_t>(random.Number());
  } else if constexpr (std::same_as<T, Bytes>) {
    value = random.AnyBytes();
  } else if constexpr (std::same_as<T, Secret>) {
    value = Secret::CopyOf(random.AnyBytes());
  } else if constexpr (wire::kIsVector<T>) {
    value.resize(random.Below(4));
    for (auto& item : value) Fill(random, item);
  } else if constexpr (wire::kIsOptional<T>) {
    if (random.Below(2) == 0) Fill(random, value.emplace());
  } else if constexpr (wire::kIsSelect<T>) {
    FillSelect(random, value);
  } else {
    wire::ForEachField(value, [&random](auto& field) { Fill(random, field); });
  }
}

// The auth data of a commit has a confirmation tag, any other has none.
inline void FitAuth(Random& random, const rfc9420::FramedContent& content,
                    rfc9420::FramedContentAuthData& auth) {
  auth.confirmation_tag.reset();
  if (content.content.Is<rfc9420::Commit>()) auth.confirmation_tag = random.AnyBytes();
}

template <class T>
T RandomInstance(Random& random) {
  T value{};
  Fill(random, value);
  if constexpr (std::same_as<T, rfc9420::AuthenticatedContent>) {
    FitAuth(random, value.content, value.auth);
  } else if constexpr (std::same_as<T, rfc9420::PublicMessage>) {
    FitAuth(random, value.content, value.auth);
    value.membership_tag.reset();
    if (value.content.sender.template Is<rfc9420::MemberSender>()) {
      value.membership_tag = random.AnyBytes();
    }
  } else if constexpr (std::same_as<T, rfc9420::MLSMessage>) {
    if (value.message.template Is<rfc9420::PublicMessage>()) {
      value.message = decltype(value.message)::Of(RandomInstance<rfc9420::PublicMessage>(random));
    }
  }
  return value;
}

// Every struct of RFC 9420 that is sent, signed, hashed or derived from, and that its bytes alone
// describe. (The others are in tests/unit/rfc9420/framing_test.cc.)
using WireStructs = std::tuple<
    // Sections 5 and 7.
    rfc9420::Credential, rfc9420::SignContent, rfc9420::EncryptContext, rfc9420::RefHashInput,
    rfc9420::HPKECiphertext, rfc9420::ParentNode, Capabilities, Lifetime, Extension,
    rfc9420::LeafNode, rfc9420::Node, std::vector<std::optional<rfc9420::Node>>,
    rfc9420::UpdatePathNode, rfc9420::UpdatePath, rfc9420::TreeHashInput, rfc9420::ParentHashInput,
    // Section 6.
    rfc9420::Sender, rfc9420::FramedContent, rfc9420::AuthenticatedContent, rfc9420::PublicMessage,
    rfc9420::PrivateMessage, rfc9420::PrivateContentAAD, rfc9420::SenderData,
    rfc9420::SenderDataAAD, rfc9420::MLSMessage,
    // Section 8.
    rfc9420::GroupContext, rfc9420::KDFLabel, rfc9420::ConfirmedTranscriptHashInput,
    rfc9420::InterimTranscriptHashInput, rfc9420::PreSharedKeyID, rfc9420::PSKLabel,
    // Sections 10 to 12.
    rfc9420::KeyPackage, RequiredCapabilities, rfc9420::ExternalPub, rfc9420::ExternalSenders,
    rfc9420::Proposal, rfc9420::Add, rfc9420::Update, rfc9420::Remove, rfc9420::PreSharedKey,
    rfc9420::ReInit, rfc9420::ExternalInit, rfc9420::GroupContextExtensions, rfc9420::Commit,
    rfc9420::GroupInfo, rfc9420::GroupSecrets, rfc9420::EncryptedGroupSecrets, rfc9420::Welcome>;

}  // namespace conclave::test
