// PublicMessage: content that is signed and, if a member sent it, carries proof of membership
// (RFC 9420, section 6.2). It never carries application data.
#pragma once

#include "conclave/bytes.h"
#include "conclave/result.h"
#include "conclave/secret.h"
#include "crypto/cipher_suite.h"
#include "rfc9420/framing.h"

namespace conclave {

// `content` was signed for the wire format mls_public_message and, if it is a commit, has its
// confirmation_tag. kMisuse for application data.
Result<rfc9420::PublicMessage> ProtectPublic(const Suite& suite,
                                             rfc9420::AuthenticatedContent content,
                                             const Secret& membership_key,
                                             BytesView serialized_context);

// The content of `message`, whose membership_tag has been checked and whose signature has not. An
// observer has no membership_key, passes null, and takes the membership from the signature alone.
Result<rfc9420::AuthenticatedContent> UnprotectPublic(const Suite& suite,
                                                      rfc9420::PublicMessage message,
                                                      const Secret* membership_key,
                                                      BytesView serialized_context);

}  // namespace conclave
