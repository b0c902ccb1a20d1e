#include "model/party.h"

#include <algorithm>

#include "model/disagreement.h"
#include "storage/scan.h"
#include "support/test_suite.h"

namespace conclave::testing::model {

namespace {

std::string NameOfClient(Number number) { return "client " + std::to_string(number); }

// Habits differ from client to client, and with the seed.
Policy PolicyOf(Number number, const Setting& setting) {
  std::mt19937_64 engine(setting.seed * 1000 + number);
  const auto one_in = [&engine](std::uint64_t sides) { return engine() % sides == 0; };
  Policy policy;
  policy.handshakes =
      one_in(2) ? HandshakeFraming::public_message : HandshakeFraming::private_message;
  policy.padding = static_cast<Padding>(engine() % 3);
  policy.tree_in_welcome = !one_in(3);
  policy.grease = !one_in(3);
  policy.past_epochs = engine() % 4;
  if (one_in(4)) policy.max_forward_generations = 4;
  if (one_in(4)) policy.max_retained_keys = 2;
  if (one_in(4)) policy.max_own_messages = 3;
  if (one_in(4)) policy.max_messages_per_epoch = 6;
  if (one_in(4)) policy.resumption_psks = 2;
  if (one_in(4)) policy.max_offers = 1;
  if (one_in(8)) policy.max_pending_proposals = 4;
  if (one_in(4)) {
    policy.sending_lease = 3;
    policy.max_messages_per_epoch = std::uint64_t{1} << 23;
  }
  return policy;
}

Bytes ClientIdOf(const Credential& credential) {
  const auto* basic = std::get_if<BasicCredential>(&credential);
  if (basic == nullptr) return {};
  return {basic->identity.begin(), std::ranges::find(basic->identity, std::uint8_t{','})};
}

}  // namespace

std::vector<Number> SendersIn(Number extensions) {
  std::vector<Number> senders;
  if ((extensions & kSecondSender) != 0) senders.push_back(1);
  if ((extensions & kFirstSender) != 0) senders.push_back(0);
  return senders;
}

void SeededProvider::Seed(std::uint64_t world, Number operation) {
  engine_.seed(world * 0x9e3779b97f4a7c15 + operation);
}

Result<void> SeededProvider::Random(MutableBytesView out) const {
  for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(engine_());
  return {};
}

Secret SeededProvider::Draw(std::size_t size) const {
  Secret drawn(size);
  for (std::uint8_t& byte : drawn.MutableForProvider()) {
    byte = static_cast<std::uint8_t>(engine_());
  }
  return drawn;
}

Result<KeyPair> SeededProvider::DhGenerate(KemId kem) const {
  if (kem != KemId::dhkem_x25519_sha256) return below_.DhGenerate(kem);
  KeyPair pair{Draw(32), {}};
  auto made = below_.DhPublicKey(kem, pair.private_key.ExposeForProvider());
  if (!made.ok()) return made.error();
  pair.public_key = std::move(made).value();
  return pair;
}

Result<KeyPair> SeededProvider::SignatureGenerate(SignatureScheme scheme) const {
  if (scheme != SignatureScheme::ed25519) return below_.SignatureGenerate(scheme);
  KeyPair pair{Draw(32), {}};
  auto made = below_.SignaturePublicKey(scheme, pair.private_key.ExposeForProvider());
  if (!made.ok()) return made.error();
  pair.public_key = std::move(made).value();
  return pair;
}

CredentialAnswer NameVerifier::Verify(const CredentialQuestion& question) {
  const bool succeeds = question.replaces == nullptr ||
                        ClientIdOf(*question.replaces) == ClientIdOf(*question.credential);
  return succeeds ? CredentialAnswer::accept : CredentialAnswer::reject;
}

Bytes NameVerifier::ClientId(const Credential& credential) { return ClientIdOf(credential); }

CopyableStorage::Rows CopyableStorage::Copy() const {
  Rows rows;
  Need(ScanRecords(below_, {},
                   [&rows](BytesView key, BytesView value) {
                     rows.emplace_back(ToBytes(key), ToBytes(value));
                   }),
       "the storage cannot be read");
  return rows;
}

void CopyableStorage::PutBack(const Rows& rows) {
  WriteBatch batch;
  batch.ErasePrefix({});
  for (const auto& [key, value] : rows) batch.Put(key, value);
  Need(below_.Write(batch), "the storage cannot be written");
}

Result<void> CopyableStorage::Write(const WriteBatch& batch) {
  if (!keeps_all_) return below_.Write(batch);
  WriteBatch more;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto operation = batch[i];
    const bool erases = operation.kind == WriteBatch::Kind::erase ||
                        operation.kind == WriteBatch::Kind::erase_prefix;
    if (erases) {
      Need(ScanRecords(below_, operation.key,
                       [this, &more](BytesView, BytesView value) {
                         more.Put(AppRowKey(AsBytes(std::to_string(kept_++))), value);
                       }),
           "the storage cannot be read");
    }
    more.Add(operation);
  }
  return below_.Write(more);
}

Party::Party(Number number, const Setting& setting, const CryptoProvider& crypto)
    : storage(setting.lie),
      number_(number),
      policy_(PolicyOf(number, setting)),
      crypto_(crypto),
      scheme_(test::TestSuite(static_cast<CipherSuite>(setting.suite)).signature()) {
  client = Need(Client::Create({.identity = NameOfClient(number),
                                .crypto = crypto,
                                .clock = clock_,
                                .verifier = verifier_,
                                .storage = storage,
                                .suite = static_cast<CipherSuite>(setting.suite),
                                .policy = policy_,
                                .extensions = {kModelExtension},
                                .proposals = {kModelProposal}}),
                "no client");
}

Session* Party::FindSession(Number group) {
  const auto found = sessions.find(group);
  return found == sessions.end() ? nullptr : &found->second;
}

const Seat* Party::FindSeat(Number group) const {
  const auto found = model.seats.find(group);
  return found == model.seats.end() ? nullptr : &found->second;
}

Credential Party::CredentialOf(Number identity) const {
  const std::string name =
      NameOfClient(number_) + (identity == 0 ? "" : ", " + std::to_string(identity));
  return BasicCredential{ToBytes(AsBytes(name))};
}

Bytes Party::KeyOf(Number identity) const {
  if (identity == 0) return ToBytes(client->signature_key());
  return ToBytes(signers_.at(identity).public_key());
}

Identity Party::MakeIdentity(Number identity) {
  auto known = signers_.find(identity);
  if (known == signers_.end()) {
    known = signers_.emplace(identity, Need(SoftwareSigner::Generate(crypto_, scheme_), "no key"))
                .first;
  }
  return {CredentialOf(identity), &known->second};
}

std::vector<const Signer*> Party::Signers() const {
  std::vector<const Signer*> signers;
  for (const auto& [identity, signer] : signers_) signers.push_back(&signer);
  return signers;
}

}  // namespace conclave::testing::model
