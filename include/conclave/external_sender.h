// A party outside a group that makes proposals to it (RFC 9420, section 12.1.8): the group's
// external_senders extension names its key. It holds no state: a GroupInfo tells it the epoch.
#pragma once

#include <variant>
#include <vector>

#include "conclave/crypto_provider.h"
#include "conclave/export.h"
#include "conclave/member.h"
#include "conclave/result.h"
#include "conclave/types.h"

namespace conclave {

// One entry of the external_senders extension, and the extension that names them.
struct ExternalSenderEntry {
  Bytes signature_key;
  Credential credential;
};
CONCLAVE_EXPORT Extension MakeExternalSenders(const std::vector<ExternalSenderEntry>& senders);
// The required_capabilities extension (section 11.1).
CONCLAVE_EXPORT Extension MakeRequiredCapabilities(const RequiredCapabilities& required);

// What an external sender may propose (section 12.1.8).
struct ExternalAdd {
  Bytes key_package;  // an MLSMessage
};
struct ExternalRemove {
  LeafIndex leaf;
};
using ExternalProposal = std::variant<ExternalAdd, ExternalRemove, ProposedPsk, ProposedReInit,
                                      ProposedExtensions, CustomProposal>;

// The proposal as an MLSMessage (always a PublicMessage), for the group and epoch of `group_info`,
// an MLSMessage. `signer` is entry `sender_index` of the group's external_senders: kMisuse if it is
// not.
CONCLAVE_EXPORT Result<Bytes> ProposeExternally(const CryptoProvider& crypto, const Signer& signer,
                                                std::uint32_t sender_index, BytesView group_info,
                                                const ExternalProposal& proposal);

}  // namespace conclave
