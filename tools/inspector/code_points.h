// The names of RFC 9420's code points (section 17 and the enumerations of its structs).
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>

#include "conclave/types.h"
#include "rfc9420/registries.h"

namespace conclave::inspector {

// The RFC's name, or null for a value that has none.
const char* NameOf(ProtocolVersion value);
const char* NameOf(CipherSuite value);
const char* NameOf(ExtensionType value);
const char* NameOf(ProposalType value);
const char* NameOf(CredentialType value);
const char* NameOf(rfc9420::WireFormat value);
const char* NameOf(rfc9420::ContentType value);
const char* NameOf(rfc9420::SenderType value);
const char* NameOf(rfc9420::LeafNodeSource value);
const char* NameOf(rfc9420::NodeType value);
const char* NameOf(rfc9420::PSKType value);
const char* NameOf(rfc9420::ResumptionPSKUsage value);
const char* NameOf(rfc9420::ProposalOrRefType value);

// What the enumeration is called: its type in the RFC, and in a sentence.
struct Registry {
  const char* type;
  const char* noun;
  bool has_grease = false;   // section 13.5
  bool has_private = false;  // section 17: 0xF000 to 0xFFFF are for private use
};
template <class E>
inline constexpr Registry kRegistry{};
template <>
inline constexpr Registry kRegistry<ProtocolVersion>{"ProtocolVersion", "protocol version"};
template <>
inline constexpr Registry kRegistry<CipherSuite>{"CipherSuite", "cipher suite", true, true};
template <>
inline constexpr Registry kRegistry<ExtensionType>{"ExtensionType", "extension", true, true};
template <>
inline constexpr Registry kRegistry<ProposalType>{"ProposalType", "proposal type", true, true};
template <>
inline constexpr Registry kRegistry<CredentialType>{"CredentialType", "credential type", true,
                                                    true};
template <>
inline constexpr Registry kRegistry<rfc9420::WireFormat>{"WireFormat", "wire format", false, true};
template <>
inline constexpr Registry kRegistry<rfc9420::ContentType>{"ContentType", "content type"};
template <>
inline constexpr Registry kRegistry<rfc9420::SenderType>{"SenderType", "sender type"};
template <>
inline constexpr Registry kRegistry<rfc9420::LeafNodeSource>{"LeafNodeSource", "leaf node source"};
template <>
inline constexpr Registry kRegistry<rfc9420::NodeType>{"NodeType", "node type"};
template <>
inline constexpr Registry kRegistry<rfc9420::PSKType>{"PSKType", "PSK type"};
template <>
inline constexpr Registry kRegistry<rfc9420::ResumptionPSKUsage>{"ResumptionPSKUsage",
                                                                 "resumption PSK usage"};
template <>
inline constexpr Registry kRegistry<rfc9420::ProposalOrRefType>{"ProposalOrRefType",
                                                                "kind of proposal or reference"};

// "0x0001", with as many digits as `size` bytes have.
std::string CodeText(std::uint64_t value, std::size_t size);

// What is said of a value: its name, or "GREASE", "private use" or "unknown".
struct Meaning {
  std::string text;
  bool is_named = false;
};
template <class E>
Meaning MeaningOf(E value) {
  if (const char* const name = NameOf(value)) return {name, true};
  const auto number = static_cast<std::uint64_t>(static_cast<std::underlying_type_t<E>>(value));
  if (kRegistry<E>.has_grease && rfc9420::IsGrease(static_cast<std::uint16_t>(number))) {
    return {"GREASE"};
  }
  if (kRegistry<E>.has_private && number >= 0xf000) return {"private use"};
  return {"unknown"};
}

// "MLS_128_… (0x0001)".
std::string CipherSuiteText(CipherSuite suite);

}  // namespace conclave::inspector
