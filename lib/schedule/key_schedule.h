// The key schedule: from the previous epoch's init secret to the next epoch's secrets
// (RFC 9420, section 8).
//
//                     init_secret_[n-1]
//                           |
//     commit_secret --> Extract
//                           |
//                     "joiner" with GroupContext_[n]        DeriveJoinerSecret
//                           |
//                     joiner_secret                         also sent inside a Welcome
//                           |
//        psk_secret --> Extract --> "welcome"               DeriveWelcomeSecret
//                           |
//                     "epoch" with GroupContext_[n]
//                           |
//                     epoch_secret --> nine secrets         DeriveEpochSecrets
//
// `group_context` is always the serialized GroupContext of the new epoch. What stands between two
// named secrets is erased inside these functions; the arguments are erased by whoever owns them.
#pragma once

#include "conclave/bytes.h"
#include "conclave/crypto_provider.h"
#include "conclave/result.h"
#include "conclave/secret.h"
#include "crypto/cipher_suite.h"
#include "labeled/secrets.h"
#include "schedule/epoch_secrets.h"

namespace conclave {

// The commit secret of a commit without a path, and the PSK secret of one without PSKs: zeros.
CommitSecret NoCommitSecret(const Suite& suite);
PskSecret NoPskSecret(const Suite& suite);

Result<JoinerSecret> DeriveJoinerSecret(const Suite& suite, const InitSecret& init_secret,
                                        const CommitSecret& commit_secret, BytesView group_context);

Result<Secret> DeriveWelcomeSecret(const Suite& suite, const JoinerSecret& joiner_secret,
                                   const PskSecret& psk_secret);

// What seals the GroupInfo of a Welcome (section 12.4.3.1).
struct WelcomeKey {
  Secret key;
  Secret nonce;
};
Result<WelcomeKey> DeriveWelcomeKey(const Suite& suite, const Secret& welcome_secret);

Result<EpochSecrets> DeriveEpochSecrets(const Suite& suite, const JoinerSecret& joiner_secret,
                                        const PskSecret& psk_secret, BytesView group_context);

// The first epoch of a group, from a fresh random `epoch_secret` (section 11).
Result<EpochSecrets> DeriveEpochSecrets(const Suite& suite, const Secret& epoch_secret);

// The confirmation_tag of a commit, or of a GroupInfo (section 6.1). Compare a received one with
// ConstantTimeEquals, which also compares the lengths.
Result<Bytes> MakeConfirmationTag(const Suite& suite, const Secret& confirmation_key,
                                  BytesView confirmed_transcript_hash);

// The key pair that all members hold, and to whose public half newcomers seal.
Result<KeyPair> DeriveExternalKeyPair(const Suite& suite, const Secret& external_secret);

// External initialization (section 8.3): the init secret that a newcomer chooses, and what it sends
// so that the members find the same.
struct ExternalInitSent {
  Bytes kem_output;
  InitSecret init_secret;
};
// kMalformed if `external_pub`, or `kem_output`, is not valid.
Result<ExternalInitSent> SendExternalInit(const Suite& suite, BytesView external_pub);
Result<InitSecret> ReceiveExternalInit(const Suite& suite, const Secret& external_secret,
                                       BytesView kem_output);

}  // namespace conclave
