// The library's values as the C API shows them: structs of pointers into the values, which have to
// outlive them, and into arrays that a Views owns.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <vector>

#include "conclave/c_client.h"
#include "conclave/c_session.h"
#include "conclave/client.h"
#include "conclave/commit_summary.h"
#include "conclave/key_packages.h"
#include "conclave/member.h"
#include "conclave/offers.h"
#include "conclave/session.h"
#include "conclave/storage.h"

namespace conclave::capi {

class Views {
 public:
  conclave_bytes Of(BytesView bytes) { return {bytes.data(), bytes.size()}; }
  conclave_bytes Of(const Bytes& bytes) { return {bytes.data(), bytes.size()}; }
  conclave_extension Of(const Extension& extension);
  conclave_extension_list Of(const std::vector<Extension>& extensions);
  conclave_credential Of(const Credential& credential);
  conclave_member Of(const Member& member);
  conclave_member_change Of(const MemberChange& change);
  conclave_sender Of(const Sender& sender);
  conclave_psk_id Of(const PskId& psk);
  conclave_reinit Of(const ProposedReInit& reinit);
  conclave_proposal Of(const ReceivedProposal& proposal);
  conclave_commit_summary Of(const CommitSummary& summary);
  conclave_application_message Of(const ApplicationMessage& message);
  conclave_key_package Of(const KeyPackageSummary& key_package);
  conclave_operation Of(const WriteBatch::Operation& operation);
  conclave_skipped_proposal Of(const SkippedProposal& skipped);

  // A copy of a struct, or views of each item, which live as long as this.
  template <class T>
  const T* Keep(const T& value) {
    return new (Reserve<T>(1)) T(value);
  }
  template <class From, class To>
  void List(const std::vector<From>& from, const To*& items, std::size_t& count) {
    To* to = Reserve<To>(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) new (to + i) To(Of(from[i]));
    items = from.empty() ? nullptr : to;
    count = from.size();
  }

 private:
  template <class T>
  T* Reserve(std::size_t count) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (count == 0) return nullptr;
    blocks_.push_back(std::make_unique<std::byte[]>(count * sizeof(T)));
    return reinterpret_cast<T*>(blocks_.back().get());
  }

  std::vector<std::unique_ptr<std::byte[]>> blocks_;
};

}  // namespace conclave::capi
