// RFC 9180, sections 5 and 6.
#include "hpke/hpke.h"

#include <limits>
#include <utility>

#include "base/result_macros.h"
#include "hpke/kem.h"
#include "hpke/labeled_kdf.h"

namespace conclave {

namespace {

constexpr std::uint8_t kModeBase = 0x00;
constexpr std::uint8_t kModePsk = 0x01;

// The KDF of a suite, whose suite_id is "HPKE" and the three code points.
class HpkeKdf {
 public:
  HpkeKdf(const HpkeSuite& suite, const CryptoProvider& provider)
      : suite_id_{'H',
                  'P',
                  'K',
                  'E',
                  High(static_cast<unsigned>(suite.kem)),
                  Low(static_cast<unsigned>(suite.kem)),
                  High(static_cast<unsigned>(suite.kdf)),
                  Low(static_cast<unsigned>(suite.kdf)),
                  High(static_cast<unsigned>(suite.aead)),
                  Low(static_cast<unsigned>(suite.aead))},
        kdf_{provider, HashOf(suite.kdf).hash, suite_id_} {}
  HpkeKdf(const HpkeKdf&) = delete;
  HpkeKdf& operator=(const HpkeKdf&) = delete;

  const LabeledKdf* operator->() const { return &kdf_; }
  std::size_t hash_size() const { return HashSize(kdf_.hash); }

 private:
  static std::uint8_t High(unsigned id) { return static_cast<std::uint8_t>(id >> 8); }
  static std::uint8_t Low(unsigned id) { return static_cast<std::uint8_t>(id); }

  std::uint8_t suite_id_[10];
  LabeledKdf kdf_;
};

// The key schedule after its hashes: the secrets that depend on the recipient. Each is derived when
// asked for, since a single-shot seal needs no exporter secret and an export no key.
class RecipientSchedule {
 public:
  static Result<RecipientSchedule> Create(const HpkeInfo& info, const Secret& shared_secret) {
    const HpkeKdf kdf(info.suite(), info.provider());
    CONCLAVE_ASSIGN_OR_RETURN(
        Secret secret,
        kdf->Extract(shared_secret.ExposeForProvider(), "secret", info.psk().ExposeForProvider()));
    return RecipientSchedule(info, std::move(secret));
  }

  Result<Secret> Key() const { return Expand("key", AeadKeySize(info_->suite().aead)); }
  Result<Secret> BaseNonce() const { return Expand("base_nonce", kAeadNonceSize); }
  Result<Secret> ExporterSecret() const {
    return Expand("exp", HashSize(HashOf(info_->suite().kdf).hash));
  }

 private:
  RecipientSchedule(const HpkeInfo& info, Secret secret)
      : info_(&info), secret_(std::move(secret)) {}

  Result<Secret> Expand(std::string_view label, std::size_t size) const {
    const HpkeKdf kdf(info_->suite(), info_->provider());
    return kdf->Expand(secret_, label, info_->key_schedule_context(), size);
  }

  const HpkeInfo* info_;
  Secret secret_;
};

Result<Secret> ExportFrom(const HpkeSuite& suite, const CryptoProvider& provider,
                          const Secret& exporter_secret, BytesView exporter_context,
                          std::size_t size) {
  const HpkeKdf kdf(suite, provider);
  return kdf->Expand(exporter_secret, "sec", exporter_context, size);
}

Result<Secret> ExportOnce(const HpkeInfo& info, const Secret& shared_secret,
                          BytesView exporter_context, std::size_t size) {
  CONCLAVE_ASSIGN_OR_RETURN(const RecipientSchedule schedule,
                            RecipientSchedule::Create(info, shared_secret));
  CONCLAVE_ASSIGN_OR_RETURN(const Secret exporter_secret, schedule.ExporterSecret());
  return ExportFrom(info.suite(), info.provider(), exporter_secret, exporter_context, size);
}

Result<Secret> AeadOpen(const CryptoProvider& provider, AeadId aead, const Secret& key,
                        BytesView nonce, BytesView aad, BytesView ciphertext) {
  if (ciphertext.size() < kAeadTagSize) {
    return Error{ErrorKind::kNotAuthentic, "the ciphertext is shorter than a tag"};
  }
  Secret plaintext(ciphertext.size() - kAeadTagSize);
  CONCLAVE_RETURN_IF_ERROR(provider.AeadOpen(aead, key.ExposeForProvider(), nonce, aad, ciphertext,
                                             plaintext.MutableForProvider()));
  return plaintext;
}

Result<void> CheckSeals(const HpkeSuite& suite) {
  if (suite.aead == kExportOnly) {
    return Error{ErrorKind::kMisuse, "an export-only suite seals nothing"};
  }
  return {};
}

// The one message that is sealed under a shared secret.
Result<HpkeSealed> SealWith(const HpkeInfo& info, KemEncapsulation encapsulation, BytesView aad,
                            BytesView plaintext) {
  CONCLAVE_ASSIGN_OR_RETURN(const RecipientSchedule schedule,
                            RecipientSchedule::Create(info, encapsulation.shared_secret));
  CONCLAVE_ASSIGN_OR_RETURN(const Secret key, schedule.Key());
  CONCLAVE_ASSIGN_OR_RETURN(const Secret nonce, schedule.BaseNonce());
  HpkeSealed sealed{std::move(encapsulation.kem_output), Bytes(plaintext.size() + kAeadTagSize)};
  CONCLAVE_RETURN_IF_ERROR(info.provider().AeadSeal(info.suite().aead, key.ExposeForProvider(),
                                                    nonce.ExposeForProvider(), aad, plaintext,
                                                    sealed.ciphertext));
  return sealed;
}

}  // namespace

Result<HpkeInfo> HpkeInfo::Base(const HpkeSuite& suite, const CryptoProvider& provider,
                                const Parts& info) {
  return Create(suite, provider, info, Secret(), {});
}

Result<HpkeInfo> HpkeInfo::Psk(const HpkeSuite& suite, const CryptoProvider& provider,
                               const Parts& info, const Secret& psk, BytesView psk_id) {
  if (psk.empty() || psk_id.empty()) {
    return Error{ErrorKind::kMisuse, "HPKE's PSK mode needs a PSK and an id"};
  }
  return Create(suite, provider, info, psk, psk_id);
}

Result<HpkeInfo> HpkeInfo::Create(const HpkeSuite& suite, const CryptoProvider& provider,
                                  const Parts& info, const Secret& psk, BytesView psk_id) {
  const bool known =
      HashOf(suite.kdf).known && (suite.aead == kExportOnly || AeadKeySize(suite.aead) != 0);
  if (!known) return Error{ErrorKind::kUnsupported, "the HPKE suite is not known"};
  HpkeInfo made(suite, provider);
  const HpkeKdf kdf(suite, provider);
  CONCLAVE_ASSIGN_OR_RETURN(const Secret psk_id_hash, kdf->Extract({}, "psk_id_hash", psk_id));
  CONCLAVE_ASSIGN_OR_RETURN(const Secret info_hash, kdf->Extract({}, "info_hash", info));
  made.context_.reserve(1 + 2 * kdf.hash_size());
  made.context_.push_back(psk.empty() ? kModeBase : kModePsk);
  for (const Secret* const hash : {&psk_id_hash, &info_hash}) {
    const BytesView bytes = hash->ExposeForProvider();
    made.context_.insert(made.context_.end(), bytes.begin(), bytes.end());
  }
  made.psk_ = psk.Clone();
  return made;
}

Result<HpkeSealed> Seal(const HpkeInfo& info, BytesView public_key, BytesView aad,
                        BytesView plaintext) {
  CONCLAVE_RETURN_IF_ERROR(CheckSeals(info.suite()));
  CONCLAVE_ASSIGN_OR_RETURN(KemEncapsulation encapsulation,
                            KemEncap(info.provider(), info.suite().kem, public_key));
  return SealWith(info, std::move(encapsulation), aad, plaintext);
}

Result<std::vector<HpkeSealed>> SealBatch(const HpkeInfo& info,
                                          std::span<const HpkeRecipient> recipients) {
  CONCLAVE_RETURN_IF_ERROR(CheckSeals(info.suite()));
  std::vector<BytesView> public_keys;
  public_keys.reserve(recipients.size());
  for (const HpkeRecipient& recipient : recipients) public_keys.push_back(recipient.public_key);
  CONCLAVE_ASSIGN_OR_RETURN(std::vector<KemEncapsulation> encapsulations,
                            KemEncapBatch(info.provider(), info.suite().kem, public_keys));
  std::vector<HpkeSealed> batch;
  batch.reserve(recipients.size());
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    CONCLAVE_ASSIGN_OR_RETURN(HpkeSealed sealed, SealWith(info, std::move(encapsulations[i]), {},
                                                          recipients[i].plaintext));
    batch.push_back(std::move(sealed));
  }
  return batch;
}

Result<HpkeSealed> SealBase(const HpkeSuite& suite, const CryptoProvider& provider,
                            BytesView public_key, BytesView info, BytesView aad,
                            BytesView plaintext) {
  CONCLAVE_ASSIGN_OR_RETURN(const HpkeInfo hashed, HpkeInfo::Base(suite, provider, info));
  return Seal(hashed, public_key, aad, plaintext);
}

Result<Secret> Open(const HpkeInfo& info, const Secret& private_key, BytesView public_key,
                    BytesView kem_output, BytesView aad, BytesView ciphertext) {
  CONCLAVE_RETURN_IF_ERROR(CheckSeals(info.suite()));
  CONCLAVE_ASSIGN_OR_RETURN(
      const Secret shared_secret,
      KemDecap(info.provider(), info.suite().kem, private_key, public_key, kem_output));
  CONCLAVE_ASSIGN_OR_RETURN(const RecipientSchedule schedule,
                            RecipientSchedule::Create(info, shared_secret));
  CONCLAVE_ASSIGN_OR_RETURN(const Secret key, schedule.Key());
  CONCLAVE_ASSIGN_OR_RETURN(const Secret nonce, schedule.BaseNonce());
  return AeadOpen(info.provider(), info.suite().aead, key, nonce.ExposeForProvider(), aad,
                  ciphertext);
}

Result<Secret> OpenBase(const HpkeSuite& suite, const CryptoProvider& provider,
                        const Secret& private_key, BytesView public_key, BytesView kem_output,
                        BytesView info, BytesView aad, BytesView ciphertext) {
  CONCLAVE_ASSIGN_OR_RETURN(const HpkeInfo hashed, HpkeInfo::Base(suite, provider, info));
  return Open(hashed, private_key, public_key, kem_output, aad, ciphertext);
}

Result<HpkeExported> SendExportBase(const HpkeSuite& suite, const CryptoProvider& provider,
                                    BytesView public_key, BytesView info,
                                    BytesView exporter_context, std::size_t size) {
  CONCLAVE_ASSIGN_OR_RETURN(const HpkeInfo hashed, HpkeInfo::Base(suite, provider, info));
  CONCLAVE_ASSIGN_OR_RETURN(KemEncapsulation encapsulation,
                            KemEncap(provider, suite.kem, public_key));
  CONCLAVE_ASSIGN_OR_RETURN(
      Secret secret, ExportOnce(hashed, encapsulation.shared_secret, exporter_context, size));
  return HpkeExported{std::move(encapsulation.kem_output), std::move(secret)};
}

Result<Secret> ReceiveExportBase(const HpkeSuite& suite, const CryptoProvider& provider,
                                 const Secret& private_key, BytesView public_key,
                                 BytesView kem_output, BytesView info, BytesView exporter_context,
                                 std::size_t size) {
  CONCLAVE_ASSIGN_OR_RETURN(const HpkeInfo hashed, HpkeInfo::Base(suite, provider, info));
  CONCLAVE_ASSIGN_OR_RETURN(const Secret shared_secret,
                            KemDecap(provider, suite.kem, private_key, public_key, kem_output));
  return ExportOnce(hashed, shared_secret, exporter_context, size);
}

NonceSequence::NonceSequence(Secret base_nonce, std::uint64_t next)
    : base_nonce_(std::move(base_nonce)), next_(next) {}

Result<NonceSequence::Nonce> NonceSequence::Current() const {
  // RFC 9180 allows 2^96 - 1 messages; nobody reaches 2^64, and this cannot wrap either.
  if (base_nonce_.size() != kAeadNonceSize || next_ == std::numeric_limits<std::uint64_t>::max()) {
    return Error{ErrorKind::kMisuse, "the HPKE context has no nonce left"};
  }
  Nonce nonce{};
  const BytesView base = base_nonce_.ExposeForProvider();
  for (std::size_t i = 0; i < nonce.size(); ++i) {
    const std::size_t shift = 8 * (nonce.size() - 1 - i);
    const std::uint64_t byte = shift < 64 ? next_ >> shift : 0;
    nonce[i] = static_cast<std::uint8_t>(base[i] ^ (byte & 0xff));
  }
  return nonce;
}

void NonceSequence::Advance() { ++next_; }

Result<HpkeContext> HpkeContext::Create(const HpkeInfo& info, const Secret& shared_secret) {
  CONCLAVE_ASSIGN_OR_RETURN(const RecipientSchedule schedule,
                            RecipientSchedule::Create(info, shared_secret));
  HpkeContext context;
  context.provider_ = &info.provider();
  context.suite_ = info.suite();
  if (info.suite().aead != kExportOnly) {
    CONCLAVE_ASSIGN_OR_RETURN(context.key_, schedule.Key());
    CONCLAVE_ASSIGN_OR_RETURN(Secret base_nonce, schedule.BaseNonce());
    context.nonces_ = NonceSequence(std::move(base_nonce));
  }
  CONCLAVE_ASSIGN_OR_RETURN(context.exporter_secret_, schedule.ExporterSecret());
  return context;
}

Result<Secret> HpkeContext::Export(BytesView exporter_context, std::size_t size) const {
  return ExportFrom(suite_, *provider_, exporter_secret_, exporter_context, size);
}

HpkeSender::HpkeSender(HpkeContext context, Bytes kem_output)
    : HpkeContext(std::move(context)), kem_output_(std::move(kem_output)) {}

Result<HpkeSender> HpkeSender::Setup(const HpkeInfo& info, BytesView public_key) {
  CONCLAVE_ASSIGN_OR_RETURN(KemEncapsulation encapsulation,
                            KemEncap(info.provider(), info.suite().kem, public_key));
  CONCLAVE_ASSIGN_OR_RETURN(HpkeContext context, Create(info, encapsulation.shared_secret));
  return HpkeSender(std::move(context), std::move(encapsulation.kem_output));
}

Result<Bytes> HpkeSender::Seal(BytesView aad, BytesView plaintext) {
  CONCLAVE_RETURN_IF_ERROR(CheckSeals(suite_));
  CONCLAVE_ASSIGN_OR_RETURN(const NonceSequence::Nonce nonce, nonces_.Current());
  Bytes ciphertext(plaintext.size() + kAeadTagSize);
  CONCLAVE_RETURN_IF_ERROR(provider_->AeadSeal(suite_.aead, key_.ExposeForProvider(), nonce, aad,
                                               plaintext, ciphertext));
  nonces_.Advance();
  return ciphertext;
}

HpkeReceiver::HpkeReceiver(HpkeContext context) : HpkeContext(std::move(context)) {}

Result<HpkeReceiver> HpkeReceiver::Setup(const HpkeInfo& info, const Secret& private_key,
                                         BytesView public_key, BytesView kem_output) {
  CONCLAVE_ASSIGN_OR_RETURN(
      const Secret shared_secret,
      KemDecap(info.provider(), info.suite().kem, private_key, public_key, kem_output));
  CONCLAVE_ASSIGN_OR_RETURN(HpkeContext context, Create(info, shared_secret));
  return HpkeReceiver(std::move(context));
}

Result<Secret> HpkeReceiver::Open(BytesView aad, BytesView ciphertext) {
  CONCLAVE_RETURN_IF_ERROR(CheckSeals(suite_));
  CONCLAVE_ASSIGN_OR_RETURN(const NonceSequence::Nonce nonce, nonces_.Current());
  CONCLAVE_ASSIGN_OR_RETURN(Secret plaintext,
                            AeadOpen(*provider_, suite_.aead, key_, nonce, aad, ciphertext));
  nonces_.Advance();
  return plaintext;
}

}  // namespace conclave
