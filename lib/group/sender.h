// Who sent something, and whose key its signature must verify under (RFC 9420, sections 6, 6.1 and
// 12.1.8).
#pragma once

#include "conclave/member.h"
#include "conclave/policy.h"
#include "conclave/result.h"
#include "group/public_group.h"
#include "rfc9420/framing.h"

namespace conclave {

// The signature key of the sender of `content` in `group`. kNotAuthentic if there is no such
// sender, kMalformed if that kind of sender may not send this.
Result<Bytes> SignatureKeyOf(const PublicGroup& group, const Policy& policy,
                             const rfc9420::FramedContent& content);

// The sender of a proposal, for the application. The sender exists.
Sender DescribeSender(const PublicGroup& group, const rfc9420::Sender& sender,
                      const rfc9420::Proposal& proposal);

}  // namespace conclave
