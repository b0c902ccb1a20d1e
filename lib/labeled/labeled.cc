// RFC 9420, sections 5.1.2, 5.1.3, 5.2, 8 and 9.1.
//
// The structs that are hashed here (SignContent, EncryptContext, RefHashInput, KDFLabel) are a few
// vectors one after the other. Their headers are made on the stack and what the caller has is
// hashed where it is; only a signature needs its input in one piece.
#include "labeled/labeled.h"

#include <array>

#include "base/result_macros.h"
#include "crypto/in_chunks.h"
#include "crypto/kdf.h"
#include "hpke/hpke.h"
#include "rfc9420/labels.h"
#include "wire/writer.h"

namespace conclave {

namespace labels = rfc9420::labels;

namespace {

// Enough for a provider that computes several at once, and for an executor's job to be worth it.
constexpr std::size_t kSealsAtOnce = 16;

// The header of a vector (section 2.1.2), in a buffer of its own.
class VectorHeader {
 public:
  explicit VectorHeader(std::size_t size) : size_(wire::VarIntSize(size)) {
    static constexpr std::uint8_t kPrefix[] = {0, 0x00, 0x40, 0, 0x80};
    for (std::size_t i = 0; i < size_; ++i) {
      bytes_[i] = static_cast<std::uint8_t>(size >> (8 * (size_ - 1 - i)));
    }
    bytes_[0] = static_cast<std::uint8_t>(bytes_[0] | kPrefix[size_]);
  }

  BytesView view() const { return {bytes_.data(), size_}; }

 private:
  std::array<std::uint8_t, 4> bytes_{};
  std::size_t size_;
};

// opaque label<V> = "MLS 1.0 " + Label; opaque content<V>. The two fields with which SignContent,
// EncryptContext and (after a number) KDFLabel end.
class LabelAndContent {
 public:
  static Result<void> CheckSizes(std::string_view label, BytesView content) {
    if (label.size() > wire::kMaxVectorSize - labels::kPrefix.size() ||
        content.size() > wire::kMaxVectorSize) {
      return Error{ErrorKind::kMisuse, "a label or its content is over 2^30 - 1 bytes"};
    }
    return {};
  }

  LabelAndContent(std::string_view label, BytesView content)
      : label_header_(labels::kPrefix.size() + label.size()),
        content_header_(content.size()),
        parts_{label_header_.view(), AsBytes(labels::kPrefix), AsBytes(label),
               content_header_.view(), content} {}
  LabelAndContent(const LabelAndContent&) = delete;
  LabelAndContent& operator=(const LabelAndContent&) = delete;

  const std::array<BytesView, 5>& parts() const { return parts_; }

  Bytes Concatenated() const {
    std::size_t size = 0;
    for (const BytesView part : parts_) size += part.size();
    Bytes bytes;
    bytes.reserve(size);
    for (const BytesView part : parts_) bytes.insert(bytes.end(), part.begin(), part.end());
    return bytes;
  }

 private:
  VectorHeader label_header_;
  VectorHeader content_header_;
  std::array<BytesView, 5> parts_;
};

// EncryptContext, hashed.
Result<HpkeInfo> EncryptInfo(const Suite& suite, std::string_view label, BytesView context) {
  CONCLAVE_RETURN_IF_ERROR(LabelAndContent::CheckSizes(label, context));
  const LabelAndContent encrypt_context(label, context);
  return HpkeInfo::Base(HpkeSuiteOf(suite), suite.provider(),
                        Parts(std::span<const BytesView>(encrypt_context.parts())));
}

}  // namespace

Result<Secret> ExpandWithLabel(const Suite& suite, const Secret& secret, std::string_view label,
                               BytesView context, std::size_t length) {
  CONCLAVE_RETURN_IF_ERROR(LabelAndContent::CheckSizes(label, context));
  // Expand refuses a length that does not fit two bytes.
  const std::uint8_t length_field[] = {static_cast<std::uint8_t>(length >> 8),
                                       static_cast<std::uint8_t>(length)};
  const LabelAndContent rest(label, context);
  const auto& [label_header, prefix, name, content_header, content] = rest.parts();
  return Expand(suite, secret, {length_field, label_header, prefix, name, content_header, content},
                length);
}

Result<Secret> DeriveSecret(const Suite& suite, const Secret& secret, std::string_view label) {
  return ExpandWithLabel(suite, secret, label, {}, suite.hash_size());
}

Result<Secret> DeriveTreeSecret(const Suite& suite, const Secret& secret, std::string_view label,
                                std::uint32_t generation, std::size_t length) {
  const std::uint8_t context[] = {
      static_cast<std::uint8_t>(generation >> 24), static_cast<std::uint8_t>(generation >> 16),
      static_cast<std::uint8_t>(generation >> 8), static_cast<std::uint8_t>(generation)};
  return ExpandWithLabel(suite, secret, label, context, length);
}

Result<Bytes> SignWithLabel(const Signer& signer, std::string_view label, BytesView content) {
  CONCLAVE_RETURN_IF_ERROR(LabelAndContent::CheckSizes(label, content));
  return signer.Sign(LabelAndContent(label, content).Concatenated());
}

Result<void> VerifyWithLabel(const Suite& suite, BytesView public_key, std::string_view label,
                             BytesView content, BytesView signature) {
  CONCLAVE_RETURN_IF_ERROR(LabelAndContent::CheckSizes(label, content));
  return suite.provider().Verify(suite.signature(), public_key,
                                 LabelAndContent(label, content).Concatenated(), signature);
}

void BeginSignContent(wire::Writer& writer, std::string_view label, std::size_t content_size) {
  const std::size_t label_size = labels::kPrefix.size() + label.size();
  writer.Reserve(wire::VarIntSize(label_size) + label_size + wire::VarIntSize(content_size) +
                 content_size);
  writer.VarInt(label_size);
  writer.Raw(AsBytes(labels::kPrefix));
  writer.Raw(AsBytes(label));
  writer.VarInt(content_size);
}

Result<void> VerifySignContent(const Suite& suite, BytesView public_key, BytesView sign_content,
                               BytesView signature) {
  return suite.provider().Verify(suite.signature(), public_key, sign_content, signature);
}

Result<void> VerifyBatchWithLabel(const Suite& suite, std::string_view label,
                                  std::span<const LabeledSignature> batch) {
  std::vector<Bytes> contents;
  std::vector<SignedMessage> signed_messages;
  contents.reserve(batch.size());
  signed_messages.reserve(batch.size());
  for (const LabeledSignature& item : batch) {
    CONCLAVE_RETURN_IF_ERROR(LabelAndContent::CheckSizes(label, item.content));
    contents.push_back(LabelAndContent(label, item.content).Concatenated());
    signed_messages.push_back({item.public_key, contents.back(), item.signature});
  }
  return suite.provider().VerifyBatch(suite.signature(), signed_messages);
}

Result<rfc9420::HPKECiphertext> EncryptWithLabel(const Suite& suite, BytesView public_key,
                                                 std::string_view label, BytesView context,
                                                 const Secret& plaintext) {
  CONCLAVE_ASSIGN_OR_RETURN(const LabeledEncryption encryption,
                            LabeledEncryption::Create(suite, label, context));
  return encryption.Encrypt(public_key, plaintext);
}

Result<Secret> DecryptWithLabel(const Suite& suite, const Secret& private_key, BytesView public_key,
                                std::string_view label, BytesView context,
                                const rfc9420::HPKECiphertext& ciphertext) {
  CONCLAVE_ASSIGN_OR_RETURN(const HpkeInfo info, EncryptInfo(suite, label, context));
  return Open(info, private_key, public_key, ciphertext.kem_output, {}, ciphertext.ciphertext);
}

Result<LabeledEncryption> LabeledEncryption::Create(const Suite& suite, std::string_view label,
                                                    BytesView context) {
  CONCLAVE_ASSIGN_OR_RETURN(HpkeInfo info, EncryptInfo(suite, label, context));
  return LabeledEncryption(std::move(info), suite.executor());
}

Result<rfc9420::HPKECiphertext> LabeledEncryption::Encrypt(BytesView public_key,
                                                           const Secret& plaintext) const {
  CONCLAVE_ASSIGN_OR_RETURN(HpkeSealed sealed,
                            Seal(info_, public_key, {}, plaintext.ExposeForProvider()));
  return rfc9420::HPKECiphertext{std::move(sealed.kem_output), std::move(sealed.ciphertext)};
}

Result<std::vector<rfc9420::HPKECiphertext>> LabeledEncryption::EncryptBatch(
    std::span<const HpkeRecipient> recipients) const {
  std::vector<rfc9420::HPKECiphertext> ciphertexts(recipients.size());
  CONCLAVE_RETURN_IF_ERROR(InChunks(
      executor_, recipients.size(), kSealsAtOnce,
      [&](std::size_t begin, std::size_t end) -> Result<void> {
        CONCLAVE_ASSIGN_OR_RETURN(std::vector<HpkeSealed> sealed,
                                  SealBatch(info_, recipients.subspan(begin, end - begin)));
        for (std::size_t i = begin; i < end; ++i) {
          HpkeSealed& one = sealed[i - begin];
          ciphertexts[i] = {std::move(one.kem_output), std::move(one.ciphertext)};
        }
        return {};
      }));
  return ciphertexts;
}

Result<Bytes> RefHash(const Suite& suite, std::string_view label, BytesView value) {
  if (label.size() > wire::kMaxVectorSize || value.size() > wire::kMaxVectorSize) {
    return Error{ErrorKind::kMisuse, "a label or its value is over 2^30 - 1 bytes"};
  }
  const VectorHeader label_header(label.size());
  const VectorHeader value_header(value.size());
  return Hash(suite, {label_header.view(), AsBytes(label), value_header.view(), value});
}

Result<KeyPackageRef> MakeKeyPackageRef(const Suite& suite, BytesView key_package) {
  CONCLAVE_ASSIGN_OR_RETURN(Bytes reference,
                            RefHash(suite, labels::kKeyPackageReference, key_package));
  return KeyPackageRef{std::move(reference)};
}

Result<ProposalRef> MakeProposalRef(const Suite& suite, BytesView authenticated_content) {
  CONCLAVE_ASSIGN_OR_RETURN(Bytes reference,
                            RefHash(suite, labels::kProposalReference, authenticated_content));
  return ProposalRef{std::move(reference)};
}

}  // namespace conclave
