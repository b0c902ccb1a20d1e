// The labeled functions of RFC 9420: signing (5.1.2), public key encryption (5.1.3), references
// (5.2), and deriving secrets (8 and 9.1). Labels are given without "MLS 1.0 ", which is put in
// front here, except to RefHash, whose labels carry it. The labels are in rfc9420/labels.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "conclave/bytes.h"
#include "conclave/crypto_provider.h"
#include "conclave/result.h"
#include "conclave/secret.h"
#include "conclave/types.h"
#include "crypto/cipher_suite.h"
#include "hpke/hpke.h"
#include "rfc9420/crypto.h"
#include "wire/writer.h"

namespace conclave {

// ---- Section 8.

// KDF.Expand of `secret` with KDFLabel. kMisuse if `length` is over 255 hashes.
Result<Secret> ExpandWithLabel(const Suite& suite, const Secret& secret, std::string_view label,
                               BytesView context, std::size_t length);

// ExpandWithLabel without a context, to KDF.Nh bytes.
Result<Secret> DeriveSecret(const Suite& suite, const Secret& secret, std::string_view label);

// ---- Section 9.1.

Result<Secret> DeriveTreeSecret(const Suite& suite, const Secret& secret, std::string_view label,
                                std::uint32_t generation, std::size_t length);

// ---- Section 5.1.2.

Result<Bytes> SignWithLabel(const Signer& signer, std::string_view label, BytesView content);

// The fields of SignContent in front of its content, and room for that.
void BeginSignContent(wire::Writer& writer, std::string_view label, std::size_t content_size);

// kNotAuthentic if the signature does not verify, kMalformed if `public_key` is not a key.
Result<void> VerifyWithLabel(const Suite& suite, BytesView public_key, std::string_view label,
                             BytesView content, BytesView signature);

// VerifyWithLabel() for a struct that may be as large as a tree: SignContent, whose content of
// `content_size` bytes `encode(writer)` writes, is made in one piece.
template <class Encode>
Bytes MakeSignContent(std::string_view label, std::size_t content_size, const Encode& encode) {
  wire::Writer writer;
  BeginSignContent(writer, label, content_size);
  encode(writer);
  return writer.Take();
}
Result<void> VerifySignContent(const Suite& suite, BytesView public_key, BytesView sign_content,
                               BytesView signature);

// VerifyWithLabel() of each. The error of the first that fails.
struct LabeledSignature {
  BytesView public_key;
  Bytes content;
  BytesView signature;
};
Result<void> VerifyBatchWithLabel(const Suite& suite, std::string_view label,
                                  std::span<const LabeledSignature> batch);

// ---- Section 5.1.3.

// kMalformed if `public_key` is not a key.
Result<rfc9420::HPKECiphertext> EncryptWithLabel(const Suite& suite, BytesView public_key,
                                                 std::string_view label, BytesView context,
                                                 const Secret& plaintext);

// `public_key` is the one of `private_key`. kMalformed if the KEM output is not valid,
// kNotAuthentic if the ciphertext does not open.
Result<Secret> DecryptWithLabel(const Suite& suite, const Secret& private_key, BytesView public_key,
                                std::string_view label, BytesView context,
                                const rfc9420::HPKECiphertext& ciphertext);

// EncryptWithLabel to many recipients: label and context are hashed once. The suite's provider and
// executor must outlive it.
class LabeledEncryption {
 public:
  static Result<LabeledEncryption> Create(const Suite& suite, std::string_view label,
                                          BytesView context);

  Result<rfc9420::HPKECiphertext> Encrypt(BytesView public_key, const Secret& plaintext) const;

  // Encrypt() to each of `recipients`, in their order; on the executor, if there are many.
  Result<std::vector<rfc9420::HPKECiphertext>> EncryptBatch(
      std::span<const HpkeRecipient> recipients) const;

 private:
  LabeledEncryption(HpkeInfo info, Executor* executor)
      : info_(std::move(info)), executor_(executor) {}

  HpkeInfo info_;
  Executor* executor_;
};

// ---- Section 5.2.

Result<Bytes> RefHash(const Suite& suite, std::string_view label, BytesView value);

// Of the encoded KeyPackage.
Result<KeyPackageRef> MakeKeyPackageRef(const Suite& suite, BytesView key_package);

// Of the encoded AuthenticatedContent that carries the proposal.
Result<ProposalRef> MakeProposalRef(const Suite& suite, BytesView authenticated_content);

}  // namespace conclave
