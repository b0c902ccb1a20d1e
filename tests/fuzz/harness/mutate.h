// Changing a wire struct as the struct that it is: one field somewhere in it gets another value, of
// the field's type, and every length around it is made to fit. Without this a fuzzer spends its
// time on messages that do not decode.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "fuzz/harness/target.h"
#include "rfc9420/framing.h"
#include "support/random_wire.h"
#include "wire/parse.h"

namespace conclave::fuzz {

// Only libFuzzer asks for changes. Programs that replay corpora are compiled without them, which
// takes less time.
inline constexpr bool kMutates = CONCLAVE_FUZZ_MUTATES;

// Another string: shorter or longer by a little, cut, doubled, of a size at which the header of a
// vector grows, or with a byte changed.
void MutateBytes(test::Random& random, Bytes& bytes);

template <class T>
void Mutate(test::Random& random, T& value);

template <class T>
void MutateNumber(test::Random& random, T& number) {
  switch (random.Below(5)) {
    case 0:
      number = static_cast<T>(random.Number());
      break;
    case 1:
      number = static_cast<T>(number + 1);
      break;
    case 2:
      number = static_cast<T>(number - 1);
      break;
    case 3:
      number = static_cast<T>(random.Below(8));
      break;
    default:
      number = static_cast<T>(0 - random.Below(2));
  }
}

template <class T>
void MutateVector(test::Random& random, std::vector<T>& items) {
  const std::size_t at = items.empty() ? 0 : random.Below(items.size());
  const auto place = items.begin() + static_cast<std::ptrdiff_t>(at);
  switch (items.empty() ? 0 : random.Below(10)) {
    case 0: {
      T item{};
      test::Fill(random, item);
      items.insert(place, std::move(item));
      break;
    }
    case 1:
      items.erase(place);
      break;
    case 2:
      std::rotate(items.begin(), place, items.end());
      break;
    case 3:
      if constexpr (std::copyable<T>) {
        T again = *place;
        items.insert(place, std::move(again));
      }
      break;
    default:
      Mutate(random, items[at]);
  }
}

template <class Tag, class... Cases>
void MutateSelect(test::Random& random, wire::Select<Tag, Cases...>& select) {
  if (random.Below(12) == 0) return test::FillSelect(random, select);
  const auto one = [&]<class C>(std::type_identity<C>) {
    if (auto* held = select.template GetIf<typename C::type>()) Mutate(random, *held);
  };
  (one(std::type_identity<Cases>{}), ...);
}

template <class T>
void MutateStruct([[maybe_unused]] test::Random& random, [[maybe_unused]] T& value) {
  constexpr std::size_t kCount = wire::kFieldCount<T>;
  if constexpr (kCount > 0) {
    std::size_t at = random.Below(kCount);
    wire::ForEachField(value, [&](auto& field) {
      if (at-- == 0) Mutate(random, field);
    });
  }
}

template <class T>
void Mutate(test::Random& random, T& value) {
  if constexpr (!kMutates) {
    // Nobody asks.
  } else if constexpr (std::unsigned_integral<T>) {
    MutateNumber(random, value);
  } else if constexpr (std::is_enum_v<T>) {
    auto number = static_cast<std::underlying_type_t<T>>(value);
    MutateNumber(random, number);
    value = static_cast<T>(number);
  } else if constexpr (wire::kIsOpaqueArray<T>) {
    MutateNumber(random, value[random.Below(value.size())]);
  } else if constexpr (std::same_as<T, Bytes>) {
    MutateBytes(random, value);
  } else if constexpr (std::same_as<T, Secret>) {
    Bytes bytes = ToBytes(value.ExposeForProvider());
    MutateBytes(random, bytes);
    value = Secret::CopyOf(bytes);
  } else if constexpr (wire::kIsVector<T>) {
    MutateVector(random, value);
  } else if constexpr (wire::kIsOptional<T>) {
    if (value.has_value() && random.Below(8) != 0) return Mutate(random, *value);
    if (value.has_value()) return value.reset();
    test::Fill(random, value.emplace());
  } else if constexpr (wire::kIsSelect<T>) {
    MutateSelect(random, value);
  } else {
    MutateStruct(random, value);
  }
}

// Makes the fields fit whose presence depends on another field.
void Fit(const rfc9420::FramedContent& content, rfc9420::FramedContentAuthData& auth);
void Fit(rfc9420::MLSMessage& message);

// A struct that holds secrets cannot be copied, and needs another writer.
template <class T>
Bytes Encoded(const T& value) {
  if constexpr (std::copyable<T>) {
    return wire::Serialize(value);
  } else {
    return ToBytes(wire::SerializeSecret(value).ExposeForProvider());
  }
}

// Mutates one struct that is the whole input, some times over. An input that is no such struct is
// replaced by a random one.
template <class T>
void MutateInput(test::Random& random, Bytes& input) {
  if constexpr (kMutates) {
    auto parsed = wire::Parse<T>(input);
    T value = parsed.ok() ? std::move(parsed).value() : test::RandomInstance<T>(random);
    for (std::size_t i = random.Below(3) + 1; i > 0; --i) Mutate(random, value);
    if constexpr (std::same_as<T, rfc9420::MLSMessage>) Fit(value);
    input = Encoded(value);
  }
}

// The same for an MLSMessage whose ciphertexts hold their plaintexts (UncheckedProvider): now and
// then it is the plaintext that is mutated.
void MutateUncheckedMessage(test::Random& random, Bytes& input);

}  // namespace conclave::fuzz
