// PrivateMessage: content sealed for the group, and its sender sealed separately
// (RFC 9420, section 6.3).
//
// Opening goes in steps, because each needs an answer from above:
//
//   1. OpenSenderData: who claims to have sent this, and which of the sender's keys it needs.
//      Above: is this leaf occupied (6.3.2), and is it our own?
//   2. UnprotectPrivate: the content, under a key that is derived but not consumed.
//      Above: VerifyContentSignature, with the key of that leaf.
//   3. SecretTree::Install: the key is erased.
//
// Whoever holds the group's secrets can forge what steps 1 and 2 check, only not the signature. To
// stop before step 3 leaves everything as it was.
#pragma once

#include <cstddef>

#include "conclave/result.h"
#include "conclave/secret.h"
#include "crypto/cipher_suite.h"
#include "rfc9420/framing.h"
#include "schedule/secret_tree.h"

namespace conclave {

// Seals `content`, signed for the wire format mls_private_message by the member who owns `tree`,
// and appends `padding` zero bytes to the plaintext. The key is gone from `tree` before it is used.
// kCommitFirst if none is left.
Result<rfc9420::PrivateMessage> ProtectPrivate(const Suite& suite,
                                               const rfc9420::AuthenticatedContent& content,
                                               SecretTree& tree, const Secret& sender_data_secret,
                                               std::size_t padding);

// Who sent `message`, by its own account. The leaf index can be any number.
Result<rfc9420::SenderData> OpenSenderData(const Suite& suite,
                                           const rfc9420::PrivateMessage& message,
                                           const Secret& sender_data_secret);

struct OpenedPrivate {
  rfc9420::AuthenticatedContent content;  // its signature is not verified yet
  OpeningKey key;                         // to be installed when it is
};

// `sender_data` is what OpenSenderData answered. kAlreadyUsed if the key is gone; kRejectedByPolicy
// if it lies too far ahead; kNotAuthentic if `message` was not sealed with it.
Result<OpenedPrivate> UnprotectPrivate(const Suite& suite, const rfc9420::PrivateMessage& message,
                                       const rfc9420::SenderData& sender_data,
                                       const SecretTree& tree, const RatchetWindow& window);

// The key and nonce under which the sender data of a message with this `ciphertext` is sealed.
struct SenderDataKey {
  Secret key;
  Secret nonce;
};
Result<SenderDataKey> DeriveSenderDataKey(const Suite& suite, const Secret& sender_data_secret,
                                          BytesView ciphertext);

}  // namespace conclave
