#include "interop/grpc_client/service.h"

#include <string>
#include <utility>
#include <vector>

namespace conclave::interop {

namespace {

// -- Fields, from and to the harness's.

std::string Text(BytesView bytes) { return {bytes.begin(), bytes.end()}; }
std::string Text(const Secret& secret) { return Text(secret.ExposeForProvider()); }

std::vector<Bytes> List(const google::protobuf::RepeatedPtrField<std::string>& field) {
  std::vector<Bytes> list;
  for (const std::string& entry : field) list.push_back(ToBytes(entry));
  return list;
}

// A code point has 16 bits; a number that has more is no code point that anybody knows.
template <class T>
T CodePoint(std::uint32_t number) {
  return T{static_cast<std::uint16_t>(number <= UINT16_MAX ? number : 0)};
}

std::vector<Extension> Extensions(const google::protobuf::RepeatedPtrField<rpc::Extension>& field) {
  std::vector<Extension> extensions;
  for (const rpc::Extension& extension : field) {
    extensions.push_back({CodePoint<ExtensionType>(extension.extension_type()),
                          ToBytes(extension.extension_data())});
  }
  return extensions;
}

ProposalDescription Description(const rpc::ProposalDescription& field) {
  return {.proposal_type = field.proposal_type(),
          .key_package = ToBytes(field.key_package()),
          .removed_id = ToBytes(field.removed_id()),
          .psk_id = ToBytes(field.psk_id()),
          .epoch_id = field.epoch_id(),
          .extensions = Extensions(field.extensions()),
          .group_id = ToBytes(field.group_id()),
          .cipher_suite = CodePoint<CipherSuite>(field.cipher_suite())};
}

CommitOrder Order(const rpc::CommitRequest& request) {
  CommitOrder order{.state_id = request.state_id(),
                    .by_reference = List(request.by_reference()),
                    .force_path = request.force_path(),
                    .external_tree = request.external_tree()};
  for (const auto& by_value : request.by_value()) order.by_value.push_back(Description(by_value));
  return order;
}

template <class Response>
void SetKeys(const MadeKeyPackage& made, Response* response) {
  response->set_transaction_id(made.transaction_id);
  response->set_init_priv(Text(made.secrets.init));
  response->set_encryption_priv(Text(made.secrets.encryption));
  response->set_signature_priv(Text(made.secrets.signature));
}

template <class Response>
void SetEntered(const EnteredState& entered, Response* response) {
  response->set_state_id(entered.state_id);
  response->set_epoch_authenticator(Text(entered.epoch_authenticator));
}

void SetSubgroup(const MadeSubgroup& made, rpc::CreateSubgroupResponse* response) {
  SetEntered(made.entered, response);
  response->set_welcome(Text(made.welcome));
  response->set_ratchet_tree(Text(made.ratchet_tree));
}

void SetClosed(const ClosedGroup& closed, rpc::HandleReInitCommitResponse* response) {
  response->set_reinit_id(closed.reinit_id);
  response->set_key_package(Text(closed.key_package));
  response->set_epoch_authenticator(Text(closed.epoch_authenticator));
}

grpc::Status Refusal(const Error& error) {
  const auto code = error.kind == ErrorKind::kUnsupported ? grpc::StatusCode::UNIMPLEMENTED
                                                          : grpc::StatusCode::INVALID_ARGUMENT;
  return {code, std::string(ErrorKindName(error.kind)) + ": " + error.detail};
}

}  // namespace

template <class Call, class Answer>
grpc::Status Service::Run(Call call, Answer answer) {
  const std::lock_guard lock(mutex_);
  last_call_ = std::chrono::steady_clock::now();
  auto result = call();
  if (!result.ok()) return Refusal(result.error());
  answer(*result);
  return grpc::Status::OK;
}

template <class Call>
grpc::Status Service::RunProposal(Call call, rpc::ProposalResponse* response) {
  return Run(std::move(call),
             [&](const Bytes& proposal) { response->set_proposal(Text(proposal)); });
}

std::chrono::steady_clock::time_point Service::last_call() {
  const std::lock_guard lock(mutex_);
  return last_call_;
}

grpc::Status Service::Name(Context*, const rpc::NameRequest*, rpc::NameResponse* response) {
  response->set_name("Conclave");
  return Status::OK;
}

grpc::Status Service::SupportedCiphersuites(Context*, const rpc::SupportedCiphersuitesRequest*,
                                            rpc::SupportedCiphersuitesResponse* response) {
  for (const CipherSuite suite : client_.SupportedCiphersuites()) {
    response->add_ciphersuites(static_cast<std::uint32_t>(suite));
  }
  return Status::OK;
}

// -- Ways to become a member.

grpc::Status Service::CreateGroup(Context*, const rpc::CreateGroupRequest* request,
                                  rpc::CreateGroupResponse* response) {
  return Run(
      [&] {
        return client_.CreateGroup(ToBytes(request->group_id()),
                                   CodePoint<CipherSuite>(request->cipher_suite()),
                                   request->encrypt_handshake(), AsBytes(request->identity()));
      },
      [&](std::uint32_t id) { response->set_state_id(id); });
}

grpc::Status Service::CreateKeyPackage(Context*, const rpc::CreateKeyPackageRequest* request,
                                       rpc::CreateKeyPackageResponse* response) {
  return Run(
      [&] {
        return client_.CreateKeyPackage(CodePoint<CipherSuite>(request->cipher_suite()),
                                        AsBytes(request->identity()));
      },
      [&](const MadeKeyPackage& made) {
        SetKeys(made, response);
        response->set_key_package(Text(made.message));
      });
}

grpc::Status Service::JoinGroup(Context*, const rpc::JoinGroupRequest* request,
                                rpc::JoinGroupResponse* response) {
  return Run(
      [&] {
        return client_.JoinGroup({request->transaction_id(), ToBytes(request->welcome()),
                                  ToBytes(request->ratchet_tree())},
                                 request->encrypt_handshake());
      },
      [&](const EnteredState& entered) { SetEntered(entered, response); });
}

grpc::Status Service::ExternalJoin(Context*, const rpc::ExternalJoinRequest* request,
                                   rpc::ExternalJoinResponse* response) {
  MlsClient::ExternalJoinOrder order{.group_info = ToBytes(request->group_info()),
                                     .ratchet_tree = ToBytes(request->ratchet_tree()),
                                     .encrypt_handshake = request->encrypt_handshake(),
                                     .identity = ToBytes(request->identity()),
                                     .remove_prior = request->remove_prior()};
  for (const rpc::PreSharedKey& psk : request->psks()) {
    order.psks.emplace_back(ToBytes(psk.psk_id()), Secret::CopyOf(AsBytes(psk.psk_secret())));
  }
  return Run([&] { return client_.ExternalJoin(order); },
             [&](const MadeExternalJoin& made) {
               SetEntered(made.entered, response);
               response->set_commit(Text(made.commit));
             });
}

// -- Using a membership.

grpc::Status Service::GroupInfo(Context*, const rpc::GroupInfoRequest* request,
                                rpc::GroupInfoResponse* response) {
  return Run([&] { return client_.GroupInfo(request->state_id(), request->external_tree()); },
             [&](const MadeGroupInfo& made) {
               response->set_group_info(Text(made.group_info));
               response->set_ratchet_tree(Text(made.ratchet_tree));
             });
}

grpc::Status Service::StateAuth(Context*, const rpc::StateAuthRequest* request,
                                rpc::StateAuthResponse* response) {
  return Run([&] { return client_.StateAuth(request->state_id()); },
             [&](const Bytes& secret) { response->set_state_auth_secret(Text(secret)); });
}

grpc::Status Service::Export(Context*, const rpc::ExportRequest* request,
                             rpc::ExportResponse* response) {
  return Run(
      [&] {
        return client_.Export(request->state_id(), request->label(), AsBytes(request->context()),
                              request->key_length());
      },
      [&](const Secret& secret) { response->set_exported_secret(Text(secret)); });
}

grpc::Status Service::Protect(Context*, const rpc::ProtectRequest* request,
                              rpc::ProtectResponse* response) {
  return Run(
      [&] {
        return client_.Protect(request->state_id(), AsBytes(request->authenticated_data()),
                               AsBytes(request->plaintext()));
      },
      [&](const Bytes& message) { response->set_ciphertext(Text(message)); });
}

grpc::Status Service::Unprotect(Context*, const rpc::UnprotectRequest* request,
                                rpc::UnprotectResponse* response) {
  return Run([&] { return client_.Unprotect(request->state_id(), AsBytes(request->ciphertext())); },
             [&](const ApplicationMessage& message) {
               response->set_authenticated_data(Text(message.authenticated_data));
               response->set_plaintext(Text(message.plaintext));
             });
}

grpc::Status Service::StorePSK(Context*, const rpc::StorePSKRequest* request,
                               rpc::StorePSKResponse*) {
  const std::lock_guard lock(mutex_);
  last_call_ = std::chrono::steady_clock::now();
  const Result<void> stored =
      client_.StorePsk(request->state_or_transaction_id(), AsBytes(request->psk_id()),
                       Secret::CopyOf(AsBytes(request->psk_secret())));
  return stored.ok() ? Status::OK : Refusal(stored.error());
}

grpc::Status Service::Free(Context*, const rpc::FreeRequest* request, rpc::FreeResponse*) {
  const std::lock_guard lock(mutex_);
  last_call_ = std::chrono::steady_clock::now();
  const Result<void> freed = client_.Free(request->state_id());
  return freed.ok() ? Status::OK : Refusal(freed.error());
}

// -- Proposals.

grpc::Status Service::AddProposal(Context*, const rpc::AddProposalRequest* request,
                                  rpc::ProposalResponse* response) {
  return RunProposal(
      [&] { return client_.AddProposal(request->state_id(), AsBytes(request->key_package())); },
      response);
}

grpc::Status Service::UpdateProposal(Context*, const rpc::UpdateProposalRequest* request,
                                     rpc::ProposalResponse* response) {
  return RunProposal([&] { return client_.UpdateProposal(request->state_id()); }, response);
}

grpc::Status Service::RemoveProposal(Context*, const rpc::RemoveProposalRequest* request,
                                     rpc::ProposalResponse* response) {
  return RunProposal(
      [&] { return client_.RemoveProposal(request->state_id(), AsBytes(request->removed_id())); },
      response);
}

grpc::Status Service::ExternalPSKProposal(Context*, const rpc::ExternalPSKProposalRequest* request,
                                          rpc::ProposalResponse* response) {
  return RunProposal(
      [&] { return client_.ExternalPskProposal(request->state_id(), AsBytes(request->psk_id())); },
      response);
}

grpc::Status Service::ResumptionPSKProposal(Context*,
                                            const rpc::ResumptionPSKProposalRequest* request,
                                            rpc::ProposalResponse* response) {
  return RunProposal(
      [&] { return client_.ResumptionPskProposal(request->state_id(), request->epoch_id()); },
      response);
}

grpc::Status Service::GroupContextExtensionsProposal(
    Context*, const rpc::GroupContextExtensionsProposalRequest* request,
    rpc::ProposalResponse* response) {
  return RunProposal(
      [&] {
        return client_.GroupContextExtensionsProposal(request->state_id(),
                                                      Extensions(request->extensions()));
      },
      response);
}

grpc::Status Service::ReInitProposal(Context*, const rpc::ReInitProposalRequest* request,
                                     rpc::ProposalResponse* response) {
  const ProposedReInit reinit{.group_id = ToBytes(request->group_id()),
                              .cipher_suite = CodePoint<CipherSuite>(request->cipher_suite()),
                              .extensions = Extensions(request->extensions())};
  return RunProposal([&] { return client_.ReInitProposal(request->state_id(), reinit); }, response);
}

// -- Commits.

grpc::Status Service::Commit(Context*, const rpc::CommitRequest* request,
                             rpc::CommitResponse* response) {
  return Run([&] { return client_.Commit(Order(*request)); },
             [&](const MadeCommit& made) {
               response->set_commit(Text(made.commit));
               response->set_welcome(Text(made.welcome));
               response->set_ratchet_tree(Text(made.ratchet_tree));
             });
}

grpc::Status Service::HandleCommit(Context*, const rpc::HandleCommitRequest* request,
                                   rpc::HandleCommitResponse* response) {
  return Run(
      [&] {
        return client_.HandleCommit(request->state_id(), List(request->proposal()),
                                    AsBytes(request->commit()));
      },
      [&](const EnteredState& entered) { SetEntered(entered, response); });
}

grpc::Status Service::HandlePendingCommit(Context*, const rpc::HandlePendingCommitRequest* request,
                                          rpc::HandleCommitResponse* response) {
  return Run([&] { return client_.HandlePendingCommit(request->state_id()); },
             [&](const EnteredState& entered) { SetEntered(entered, response); });
}

// -- Groups that come out of other groups.

grpc::Status Service::ReInitCommit(Context* context, const rpc::CommitRequest* request,
                                   rpc::CommitResponse* response) {
  return Commit(context, request, response);
}

grpc::Status Service::HandlePendingReInitCommit(Context*,
                                                const rpc::HandlePendingCommitRequest* request,
                                                rpc::HandleReInitCommitResponse* response) {
  return Run([&] { return client_.HandlePendingReInitCommit(request->state_id()); },
             [&](const ClosedGroup& closed) { SetClosed(closed, response); });
}

grpc::Status Service::HandleReInitCommit(Context*, const rpc::HandleCommitRequest* request,
                                         rpc::HandleReInitCommitResponse* response) {
  return Run(
      [&] {
        return client_.HandleReInitCommit(request->state_id(), List(request->proposal()),
                                          AsBytes(request->commit()));
      },
      [&](const ClosedGroup& closed) { SetClosed(closed, response); });
}

// A Conclave client makes the first commit of such a group with a path, whether one is asked for or
// not.
grpc::Status Service::ReInitWelcome(Context*, const rpc::ReInitWelcomeRequest* request,
                                    rpc::CreateSubgroupResponse* response) {
  return Run(
      [&] {
        return client_.ReInitWelcome(request->reinit_id(), List(request->key_package()),
                                     request->external_tree());
      },
      [&](const MadeSubgroup& made) { SetSubgroup(made, response); });
}

grpc::Status Service::HandleReInitWelcome(Context*, const rpc::HandleReInitWelcomeRequest* request,
                                          rpc::JoinGroupResponse* response) {
  return Run(
      [&] {
        return client_.HandleReInitWelcome(
            {request->reinit_id(), ToBytes(request->welcome()), ToBytes(request->ratchet_tree())});
      },
      [&](const EnteredState& entered) { SetEntered(entered, response); });
}

grpc::Status Service::CreateBranch(Context*, const rpc::CreateBranchRequest* request,
                                   rpc::CreateSubgroupResponse* response) {
  return Run(
      [&] {
        return client_.CreateBranch(
            request->state_id(),
            {.id = ToBytes(request->group_id()), .extensions = Extensions(request->extensions())},
            List(request->key_packages()), request->external_tree());
      },
      [&](const MadeSubgroup& made) { SetSubgroup(made, response); });
}

grpc::Status Service::HandleBranch(Context*, const rpc::HandleBranchRequest* request,
                                   rpc::HandleBranchResponse* response) {
  return Run(
      [&] {
        return client_.HandleBranch(
            {request->state_id(), ToBytes(request->welcome()), ToBytes(request->ratchet_tree())},
            request->transaction_id());
      },
      [&](const EnteredState& entered) { SetEntered(entered, response); });
}

// -- Proposals from outside.

grpc::Status Service::NewMemberAddProposal(Context*,
                                           const rpc::NewMemberAddProposalRequest* request,
                                           rpc::NewMemberAddProposalResponse* response) {
  return Run(
      [&] {
        return client_.NewMemberAddProposal(AsBytes(request->group_info()),
                                            AsBytes(request->identity()));
      },
      [&](const MadeKeyPackage& made) {
        SetKeys(made, response);
        response->set_proposal(Text(made.message));
      });
}

grpc::Status Service::CreateExternalSigner(Context*,
                                           const rpc::CreateExternalSignerRequest* request,
                                           rpc::CreateExternalSignerResponse* response) {
  return Run(
      [&] {
        return client_.CreateExternalSigner(CodePoint<CipherSuite>(request->cipher_suite()),
                                            AsBytes(request->identity()));
      },
      [&](const MadeExternalSigner& made) {
        response->set_signer_id(made.signer_id);
        response->set_external_sender(Text(made.external_sender));
      });
}

grpc::Status Service::AddExternalSigner(Context*, const rpc::AddExternalSignerRequest* request,
                                        rpc::ProposalResponse* response) {
  return RunProposal(
      [&] {
        return client_.AddExternalSigner(request->state_id(), AsBytes(request->external_sender()));
      },
      response);
}

grpc::Status Service::ExternalSignerProposal(Context*,
                                             const rpc::ExternalSignerProposalRequest* request,
                                             rpc::ProposalResponse* response) {
  return RunProposal(
      [&] {
        return client_.ExternalSignerProposal(request->signer_id(), AsBytes(request->group_info()),
                                              AsBytes(request->ratchet_tree()),
                                              Description(request->description()));
      },
      response);
}

}  // namespace conclave::interop
