// Signatures over message content (RFC 9420, section 6.1).
//
// Which key speaks for a sender (a leaf's, an entry of external_senders, one inside the message) is
// for the group to know. The functions here sign and verify under the key they are given.
// `serialized_context` is the GroupContext of the message's epoch, for every kind of sender: those
// whose signatures do not cover it ignore it.
#pragma once

#include "conclave/bytes.h"
#include "conclave/crypto_provider.h"
#include "conclave/result.h"
#include "crypto/cipher_suite.h"
#include "rfc9420/framing.h"

namespace conclave {

// `content` and its signature for `wire_format`. A commit still lacks its confirmation_tag, which
// depends on the signature.
Result<rfc9420::AuthenticatedContent> SignContent(const Signer& signer,
                                                  rfc9420::WireFormat wire_format,
                                                  rfc9420::FramedContent content,
                                                  BytesView serialized_context);

// kNotAuthentic if the signature is not that of `signature_key`.
Result<void> VerifyContentSignature(const Suite& suite, BytesView signature_key,
                                    const rfc9420::AuthenticatedContent& content,
                                    BytesView serialized_context);

}  // namespace conclave
