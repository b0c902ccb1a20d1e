// Proposals that travel on their own (RFC 9420, section 12.1), for groups in which somebody else
// commits. Each function signs one, remembers it, and returns the MLSMessage to send; it takes
// effect when somebody commits it. While proposals wait, Session::Protect says kCommitFirst. The
// proposal, and the private key of an Update, are in the storage before it is returned, and with
// them `rows` (conclave/storage.h), whose output is the message.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "conclave/export.h"
#include "conclave/session.h"

namespace conclave {

CONCLAVE_EXPORT Result<Bytes> ProposeAdd(Session& session, BytesView key_package,
                                         BytesView authenticated_data = {},
                                         std::span<const AppRow> rows = {});
// New keys for our leaf, and a new identity if one is given. The old ones stay until it is
// committed.
CONCLAVE_EXPORT Result<Bytes> ProposeUpdate(Session& session,
                                            std::optional<Identity> new_identity = {},
                                            BytesView authenticated_data = {},
                                            std::span<const AppRow> rows = {});
CONCLAVE_EXPORT Result<Bytes> ProposeRemove(Session& session, LeafIndex leaf,
                                            BytesView authenticated_data = {},
                                            std::span<const AppRow> rows = {});
CONCLAVE_EXPORT Result<Bytes> ProposePsk(Session& session, const PskId& psk,
                                         BytesView authenticated_data = {},
                                         std::span<const AppRow> rows = {});
CONCLAVE_EXPORT Result<Bytes> ProposeReInit(Session& session, const ProposedReInit& reinit,
                                            BytesView authenticated_data = {},
                                            std::span<const AppRow> rows = {});
CONCLAVE_EXPORT Result<Bytes> ProposeExtensions(Session& session,
                                                const std::vector<Extension>& extensions,
                                                BytesView authenticated_data = {},
                                                std::span<const AppRow> rows = {});
CONCLAVE_EXPORT Result<Bytes> ProposeCustom(Session& session, const CustomProposal& proposal,
                                            BytesView authenticated_data = {},
                                            std::span<const AppRow> rows = {});

}  // namespace conclave
