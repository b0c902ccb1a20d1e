// The transcript hashes: a running hash over every commit that a group has seen
// (RFC 9420, section 8.2).
//
//     interim_[n-1] --> confirmed_[n] (the commit up to its signature)
//                   --> interim_[n]   (and its confirmation tag)
#pragma once

#include "conclave/bytes.h"
#include "conclave/result.h"
#include "crypto/cipher_suite.h"
#include "rfc9420/framing.h"

namespace conclave {

// The confirmed transcript hash of the epoch that `commit` begins. The content is a commit.
Result<Bytes> ConfirmedTranscriptHash(const Suite& suite, BytesView interim_before,
                                      const rfc9420::AuthenticatedContent& commit);

Result<Bytes> InterimTranscriptHash(const Suite& suite, BytesView confirmed,
                                    BytesView confirmation_tag);

}  // namespace conclave
