#include "tree/capability_counts.h"

#include <algorithm>
#include <vector>

#include "base/check.h"

namespace conclave {

namespace {

template <class Type>
void AddOnce(std::vector<Type> types, std::map<Type, std::uint32_t>& counts) {
  std::ranges::sort(types);
  types.erase(std::unique(types.begin(), types.end()), types.end());
  for (const Type type : types) ++counts[type];
}

template <class Type>
void AddAll(const std::map<Type, std::uint32_t>& more, std::map<Type, std::uint32_t>& counts) {
  for (const auto& [type, count] : more) counts[type] += count;
}

template <class Type>
void SubtractAll(const std::map<Type, std::uint32_t>& less, std::map<Type, std::uint32_t>& counts) {
  for (const auto& [type, count] : less) {
    const auto found = counts.find(type);
    CONCLAVE_CHECK(found != counts.end() && found->second >= count);
    found->second -= count;
    if (found->second == 0) counts.erase(found);
  }
}

}  // namespace

void CapabilityCounts::Add(const rfc9420::LeafNode& leaf) {
  AddOnce(leaf.capabilities.extensions, extensions);
  AddOnce(leaf.capabilities.proposals, proposals);
  AddOnce(leaf.capabilities.credentials, credentials);
  ++credentials_in_use[leaf.credential.tag()];
}

void CapabilityCounts::Add(const CapabilityCounts& other) {
  AddAll(other.extensions, extensions);
  AddAll(other.proposals, proposals);
  AddAll(other.credentials, credentials);
  AddAll(other.credentials_in_use, credentials_in_use);
}

void CapabilityCounts::Subtract(const CapabilityCounts& other) {
  SubtractAll(other.extensions, extensions);
  SubtractAll(other.proposals, proposals);
  SubtractAll(other.credentials, credentials);
  SubtractAll(other.credentials_in_use, credentials_in_use);
}

}  // namespace conclave
