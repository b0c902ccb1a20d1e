// The C API's structs as the library's values. What is wrong with one is noted in the Call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "capi/call.h"
#include "conclave/c_client.h"
#include "conclave/c_groups.h"
#include "conclave/c_session.h"
#include "conclave/client.h"
#include "conclave/external_join.h"
#include "conclave/external_sender.h"
#include "conclave/group_info.h"
#include "conclave/policy.h"
#include "conclave/session.h"
#include "conclave/storage.h"

namespace conclave::capi {

std::vector<Bytes> ListFromC(Call& call, const conclave_bytes* items, std::size_t count);
std::vector<Extension> FromC(Call& call, const conclave_extension_list& list);
Credential FromC(Call& call, const conclave_credential& credential);
PskId FromC(Call& call, const conclave_psk_id& psk);
ProposedReInit FromC(Call& call, const conclave_reinit& reinit);
CustomProposal FromC(Call& call, const conclave_custom_proposal& proposal);
ExternalSenderEntry FromC(Call& call, const conclave_external_sender& sender);
AppRow FromC(Call& call, const conclave_row& row);

// Of each item of an array.
template <class C>
auto ArrayFromC(Call& call, const C* items, std::size_t count) {
  std::vector<decltype(FromC(call, *items))> list;
  list.reserve(call.ok() && items != nullptr ? count : 0);
  for (const C& item : call.Array(items, count)) list.push_back(FromC(call, item));
  return list;
}

template <class CodePoint>
std::vector<CodePoint> CodePointsFromC(Call& call, const std::uint16_t* items, std::size_t count) {
  std::vector<CodePoint> list;
  for (const std::uint16_t item : call.Array(items, count)) {
    list.push_back(static_cast<CodePoint>(item));
  }
  return list;
}

// Structs that begin with `size`; NULL stands for their defaults.
Policy PolicyFromC(Call& call, const conclave_policy* policy);
GroupOptions GroupOptionsFromC(Call& call, const conclave_group_options* options);
GroupInfoOptions GroupInfoOptionsFromC(Call& call, const conclave_group_info_options* options);
// Without the new identity, whose signer is a handle.
CommitRequest CommitRequestFromC(Call& call, const conclave_commit_request& request);
ExternalJoinOptions ExternalJoinOptionsFromC(Call& call,
                                             const conclave_external_join_options* options);
ExternalProposal ExternalProposalFromC(Call& call, const conclave_external_proposal* proposal);

}  // namespace conclave::capi
