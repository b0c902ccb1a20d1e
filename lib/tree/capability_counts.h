// How many leaves can do what (RFC 9420, section 7.2): counted, so that "all members support it" is
// asked of a number and not of every leaf.
#pragma once

#include <cstdint>
#include <map>

#include "conclave/types.h"
#include "rfc9420/nodes.h"

namespace conclave {

struct CapabilityCounts {
  template <class Type>
  using Counts = std::map<Type, std::uint32_t>;

  // By type, the leaves that list it in their capabilities, each leaf once.
  Counts<ExtensionType> extensions;
  Counts<ProposalType> proposals;
  Counts<CredentialType> credentials;
  // By type, the leaves whose credential is of it.
  Counts<CredentialType> credentials_in_use;

  void Add(const rfc9420::LeafNode& leaf);
  void Add(const CapabilityCounts& other);
  // `other` is part of what was added.
  void Subtract(const CapabilityCounts& other);
};

template <class Type>
std::uint32_t CountOf(const std::map<Type, std::uint32_t>& counts, Type type) {
  const auto found = counts.find(type);
  return found == counts.end() ? 0 : found->second;
}

}  // namespace conclave
