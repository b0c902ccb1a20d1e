// StagedJoin: what a Welcome leads to, for looking at before it is entered.
#include <utility>

#include "group/join.h"
#include "session/client_state.h"

namespace conclave {

StagedJoin::StagedJoin(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
StagedJoin::StagedJoin(StagedJoin&&) noexcept = default;
StagedJoin& StagedJoin::operator=(StagedJoin&&) noexcept = default;
StagedJoin::~StagedJoin() = default;

const GroupId& StagedJoin::group_id() const { return impl_->joined.epoch.group.group_id(); }
Epoch StagedJoin::epoch() const { return impl_->joined.epoch.group.epoch(); }
std::vector<Member> StagedJoin::members() const { return MembersOf(impl_->joined.epoch.group); }
LeafIndex StagedJoin::own_leaf() const { return impl_->joined.epoch.own_leaf(); }
const Member& StagedJoin::inviter() const { return impl_->joined.inviter; }
const std::vector<Extension>& StagedJoin::extensions() const {
  return impl_->joined.epoch.group.context().extensions;
}
const std::vector<Extension>& StagedJoin::group_info_extensions() const {
  return impl_->joined.group_info_extensions;
}
const std::vector<Member>& StagedJoin::expired() const { return impl_->joined.expired; }
const std::vector<PskId>& StagedJoin::psks() const { return impl_->joined.psks; }

}  // namespace conclave
