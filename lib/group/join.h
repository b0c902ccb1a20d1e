// Joining a group (RFC 9420, sections 12.4.3.1 and 12.4.3.2): what must hold of the group that a
// GroupInfo and a tree describe, and what a Welcome adds to it.
#pragma once

#include <optional>
#include <vector>

#include "conclave/result.h"
#include "group/environment.h"
#include "group/epoch_state.h"
#include "group/process_commit.h"
#include "group/successor.h"
#include "rfc9420/key_package.h"
#include "rfc9420/welcome.h"

namespace conclave {

// A group seen from outside: everything that can be checked without being a member has been.
struct KnownGroup {
  PublicGroup group;
  GroupIndex index;
  rfc9420::GroupInfo info;
  std::vector<Member> expired;  // members whose leaf's lifetime is over
};

// `ratchet_tree` is the content of a ratchet_tree extension that came out of band, or empty. The
// one that came inside is taken out of the GroupInfo that is returned: it is in the group now.
Result<KnownGroup> CheckGroupInfo(const Suite& suite, const Environment& environment,
                                  rfc9420::GroupInfo info, BytesView ratchet_tree);

// What a Welcome is opened with.
struct WelcomeKeys {
  const KeyPackageRef& ref;
  const rfc9420::KeyPackage& key_package;
  const Secret& init_private_key;
  const Secret& leaf_private_key;
};
struct WelcomeOptions {
  BytesView ratchet_tree = {};     // out of band
  const Origin* origin = nullptr;  // the group that this one says it follows or branches from
};

struct JoinedGroup {
  EpochState epoch;
  GroupIndex index;
  Member inviter;  // who signed the GroupInfo
  std::vector<Extension> group_info_extensions;
  std::vector<Member> expired;
  std::vector<PskId> psks;
};

// kMissing if a PSK, the tree or the origin is needed and not there.
Result<JoinedGroup> JoinByWelcome(const Suite& suite, const Environment& environment,
                                  rfc9420::Welcome welcome, const WelcomeKeys& keys,
                                  const Signer& signer, const WelcomeOptions& options);

}  // namespace conclave
