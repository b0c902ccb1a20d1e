#include "interop/grpc_client/party.h"

#include <utility>

#include "base/result_macros.h"
#include "crypto/cipher_suite.h"
#include "labeled/labeled.h"
#include "session/client_state.h"
#include "storage/record_key.h"
#include "wire/parse.h"

namespace conclave::interop {

Result<std::shared_ptr<Party>> Party::Create(const Surroundings& surroundings, CipherSuite suite,
                                             BytesView identity) {
  CONCLAVE_ASSIGN_OR_RETURN(const Suite found, FindSuite(suite, surroundings.crypto));
  CONCLAVE_ASSIGN_OR_RETURN(SoftwareSigner signer,
                            SoftwareSigner::Generate(surroundings.crypto, found.signature()));
  std::shared_ptr<Party> party(new Party(ToBytes(identity), std::move(signer)));
  Policy policy;
  policy.resumption_psks = 64;
  CONCLAVE_ASSIGN_OR_RETURN(party->client_,
                            Client::Create({.crypto = surroundings.crypto,
                                            .clock = surroundings.clock,
                                            .verifier = surroundings.verifier,
                                            .storage = party->storage_,
                                            .suite = suite,
                                            .credential = BasicCredential{party->identity_},
                                            .signer = &party->signer_,
                                            .policy = policy}));
  return party;
}

void Party::set_encrypt_handshake(bool encrypt) {
  ClientAccess::State(*client_)->policy.handshakes =
      encrypt ? HandshakeFraming::private_message : HandshakeFraming::public_message;
}

bool Party::encrypt_handshake() const {
  return ClientAccess::State(*client_)->policy.handshakes == HandshakeFraming::private_message;
}

void Party::set_tree_in_welcome(bool inside) {
  ClientAccess::State(*client_)->policy.tree_in_welcome = inside;
}

Result<KeyPackageSecrets> Party::SecretsOf(BytesView key_package) const {
  CONCLAVE_ASSIGN_OR_RETURN(const rfc9420::KeyPackage parsed, ParseKeyPackageMessage(key_package));
  const Suite& suite = ClientAccess::State(*client_)->suite;
  CONCLAVE_ASSIGN_OR_RETURN(const KeyPackageRef ref,
                            MakeKeyPackageRef(suite, wire::Serialize(parsed)));
  CONCLAVE_ASSIGN_OR_RETURN(std::optional<KeyPackageRecord> record, ReadKeyPackage(storage_, ref));
  if (!record.has_value()) return Error{ErrorKind::kMissing, "interop: no such key package"};
  return KeyPackageSecrets{std::move(record->init_private_key), std::move(record->leaf_private_key),
                           signer_.private_key().Clone()};
}

Result<void> Party::TakeResumptionPsk(const Party& other, BytesView group_id, Epoch epoch) {
  const Bytes key = record_key::ResumptionPsk(group_id, epoch);
  CONCLAVE_ASSIGN_OR_RETURN(const std::optional<Secret> psk, other.storage_.Read(key));
  if (!psk.has_value()) return Error{ErrorKind::kMissing, "interop: no PSK of that epoch"};
  WriteBatch batch;
  batch.Put(key, psk->ExposeForProvider());
  return storage_.Write(batch);
}

}  // namespace conclave::interop
