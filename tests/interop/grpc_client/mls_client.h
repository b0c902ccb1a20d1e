// MlsClient: what the interop harness's MLSClient service asks of an implementation, over Conclave
// and without the RPC. The names are the service's, and so is the meaning of every field: see
// interop/proto/mls_client.proto in the harness.
//
// Memberships, key packages whose Welcome has not come, closed groups and external signers are
// known to the harness by numbers. One call at a time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "conclave/conclave.h"
#include "crypto/signature_key.h"
#include "interop/grpc_client/party.h"

namespace conclave::interop {

struct ProposalDescription {
  std::string proposal_type;
  Bytes key_package = {};
  Bytes removed_id = {};
  Bytes psk_id = {};
  Epoch epoch_id = 0;
  std::vector<Extension> extensions = {};
  Bytes group_id = {};
  CipherSuite cipher_suite{};
};

struct CommitOrder {
  std::uint32_t state_id = 0;
  std::vector<Bytes> by_reference = {};
  std::vector<ProposalDescription> by_value = {};
  bool force_path = false;
  bool external_tree = false;
};

struct MadeCommit {
  Bytes commit;
  Bytes welcome;       // empty if nobody is added
  Bytes ratchet_tree;  // if it was asked for, to travel outside the Welcome
};

// A membership, and the proof that all agree on it.
struct EnteredState {
  std::uint32_t state_id = 0;
  Bytes epoch_authenticator;
};

struct MadeKeyPackage {
  std::uint32_t transaction_id = 0;
  Bytes message;  // the key package, or a proposal that carries it
  KeyPackageSecrets secrets;
};

struct MadeExternalJoin {
  EnteredState entered;
  Bytes commit;
};

struct MadeGroupInfo {
  Bytes group_info;
  Bytes ratchet_tree;  // if it was asked for
};

struct ClosedGroup {
  std::uint32_t reinit_id = 0;
  Bytes key_package;
  Bytes epoch_authenticator;
};

struct MadeSubgroup {
  EnteredState entered;
  Bytes welcome;
  Bytes ratchet_tree;  // if it was asked for
};

struct MadeExternalSigner {
  std::uint32_t signer_id = 0;
  Bytes external_sender;
};

struct WelcomeOrder {
  std::uint32_t id = 0;  // of the transaction, the state or the closed group that it is for
  Bytes welcome;
  Bytes ratchet_tree = {};  // empty if it is inside
};

class MlsClient {
 public:
  MlsClient() = default;
  MlsClient(const MlsClient&) = delete;
  MlsClient& operator=(const MlsClient&) = delete;

  std::vector<CipherSuite> SupportedCiphersuites() const;

  Result<std::uint32_t> CreateGroup(Bytes group_id, CipherSuite suite, bool encrypt_handshake,
                                    BytesView identity);
  Result<MadeKeyPackage> CreateKeyPackage(CipherSuite suite, BytesView identity);
  Result<EnteredState> JoinGroup(const WelcomeOrder& order, bool encrypt_handshake);
  struct ExternalJoinOrder {
    Bytes group_info = {};
    Bytes ratchet_tree = {};
    bool encrypt_handshake = false;
    Bytes identity = {};
    bool remove_prior = false;
    std::vector<std::pair<Bytes, Secret>> psks = {};
  };
  Result<MadeExternalJoin> ExternalJoin(const ExternalJoinOrder& order);

  Result<MadeGroupInfo> GroupInfo(std::uint32_t state_id, bool external_tree);
  Result<Bytes> StateAuth(std::uint32_t state_id);
  Result<Secret> Export(std::uint32_t state_id, std::string_view label, BytesView context,
                        std::size_t length);
  Result<Bytes> Protect(std::uint32_t state_id, BytesView authenticated_data, BytesView plaintext);
  Result<ApplicationMessage> Unprotect(std::uint32_t state_id, BytesView ciphertext);
  Result<void> StorePsk(std::uint32_t state_or_transaction_id, BytesView psk_id, const Secret& psk);

  Result<Bytes> AddProposal(std::uint32_t state_id, BytesView key_package);
  Result<Bytes> UpdateProposal(std::uint32_t state_id);
  Result<Bytes> RemoveProposal(std::uint32_t state_id, BytesView removed_id);
  Result<Bytes> ExternalPskProposal(std::uint32_t state_id, BytesView psk_id);
  Result<Bytes> ResumptionPskProposal(std::uint32_t state_id, Epoch epoch_id);
  Result<Bytes> GroupContextExtensionsProposal(std::uint32_t state_id,
                                               const std::vector<Extension>& extensions);
  Result<Bytes> ReInitProposal(std::uint32_t state_id, const ProposedReInit& reinit);

  Result<MadeCommit> Commit(const CommitOrder& order);
  Result<EnteredState> HandleCommit(std::uint32_t state_id, const std::vector<Bytes>& proposals,
                                    BytesView commit);
  Result<EnteredState> HandlePendingCommit(std::uint32_t state_id);

  // Both of a commit that closes the group.
  Result<ClosedGroup> HandleReInitCommit(std::uint32_t state_id,
                                         const std::vector<Bytes>& proposals, BytesView commit);
  Result<ClosedGroup> HandlePendingReInitCommit(std::uint32_t state_id);
  Result<MadeSubgroup> ReInitWelcome(std::uint32_t reinit_id,
                                     const std::vector<Bytes>& key_packages, bool external_tree);
  Result<EnteredState> HandleReInitWelcome(const WelcomeOrder& order);

  Result<MadeSubgroup> CreateBranch(std::uint32_t state_id, const GroupOptions& options,
                                    const std::vector<Bytes>& key_packages, bool external_tree);
  Result<EnteredState> HandleBranch(const WelcomeOrder& order, std::uint32_t transaction_id);

  Result<MadeKeyPackage> NewMemberAddProposal(BytesView group_info, BytesView identity);
  Result<MadeExternalSigner> CreateExternalSigner(CipherSuite suite, BytesView identity);
  // A proposal to list one more external sender.
  Result<Bytes> AddExternalSigner(std::uint32_t state_id, BytesView external_sender);
  Result<Bytes> ExternalSignerProposal(std::uint32_t signer_id, BytesView group_info,
                                       BytesView ratchet_tree,
                                       const ProposalDescription& description);

  Result<void> Free(std::uint32_t state_id);

 private:
  class AcceptEverybody final : public CredentialVerifier {
   public:
    CredentialAnswer Verify(const CredentialQuestion&) override { return CredentialAnswer::accept; }
  };
  // A membership. The party is destroyed after the session that uses its storage and signer.
  struct State {
    std::shared_ptr<Party> party;
    Session session;
    Bytes pending_commit = {};                // ours, offered and not decided on
    std::map<Bytes, ProposalRef> heard = {};  // this epoch's proposals, by their messages
  };
  // A group that was re-initialised, and the client that waits for its successor.
  struct Closed {
    std::shared_ptr<State> old;
    std::shared_ptr<Party> next;
  };

  Surroundings surroundings() { return {crypto_, clock_, verifier_}; }
  // kMisuse once there are too many things to remember.
  Result<std::uint32_t> NextId();
  Result<State*> FindState(std::uint32_t id);
  Result<Party*> FindTransaction(std::uint32_t id);
  Result<Closed*> FindClosed(std::uint32_t id);
  // Remembers a membership.
  Result<EnteredState> Keep(std::shared_ptr<Party> party, Session session);
  Result<MadeKeyPackage> KeepKeyPackage(std::shared_ptr<Party> party, BytesView key_package,
                                        Bytes message);

  static EnteredState EnteredAs(std::uint32_t id, const State& state);
  static Result<LeafIndex> FindLeaf(const Session& session, BytesView identity);
  // Reads a proposal, unless it was read, or made, in this epoch already.
  static Result<void> Hear(State& state, const Bytes& proposal);
  // What `propose` made is heard by us too.
  static Result<Bytes> Propose(State& state, Result<Bytes> proposal);
  static Result<void> AddByValue(const State& state, const ProposalDescription& description,
                                 CommitRequest& request);
  static Result<void> EnterNextEpoch(State& state, BytesView commit);
  Result<ClosedGroup> Close(std::uint32_t state_id);
  static Result<MadeSubgroup> Subgroup(EnteredState entered, NewGroup& made, bool external_tree);

  BoringSslProvider crypto_;
  SystemClock clock_;
  AcceptEverybody verifier_;
  std::uint32_t last_id_ = 0;
  std::map<std::uint32_t, std::shared_ptr<State>> states_;
  std::map<std::uint32_t, std::shared_ptr<Party>> transactions_;
  std::map<std::uint32_t, Closed> closed_;
  std::map<std::uint32_t, SoftwareSigner> signers_;
};

}  // namespace conclave::interop
