// The harness's MLSClient service: every RPC is a function of MlsClient, with its fields unpacked.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <mutex>

#include "interop/grpc_client/mls_client.h"
#include "mls_client.grpc.pb.h"

namespace conclave::interop {

namespace rpc = ::mls_client;

class Service final : public rpc::MLSClient::Service {
 public:
  // When the last call came.
  std::chrono::steady_clock::time_point last_call();

  using Status = grpc::Status;
  using Context = grpc::ServerContext;

  Status Name(Context*, const rpc::NameRequest*, rpc::NameResponse*) override;
  Status SupportedCiphersuites(Context*, const rpc::SupportedCiphersuitesRequest*,
                               rpc::SupportedCiphersuitesResponse*) override;

  Status CreateGroup(Context*, const rpc::CreateGroupRequest*, rpc::CreateGroupResponse*) override;
  Status CreateKeyPackage(Context*, const rpc::CreateKeyPackageRequest*,
                          rpc::CreateKeyPackageResponse*) override;
  Status JoinGroup(Context*, const rpc::JoinGroupRequest*, rpc::JoinGroupResponse*) override;
  Status ExternalJoin(Context*, const rpc::ExternalJoinRequest*,
                      rpc::ExternalJoinResponse*) override;

  Status GroupInfo(Context*, const rpc::GroupInfoRequest*, rpc::GroupInfoResponse*) override;
  Status StateAuth(Context*, const rpc::StateAuthRequest*, rpc::StateAuthResponse*) override;
  Status Export(Context*, const rpc::ExportRequest*, rpc::ExportResponse*) override;
  Status Protect(Context*, const rpc::ProtectRequest*, rpc::ProtectResponse*) override;
  Status Unprotect(Context*, const rpc::UnprotectRequest*, rpc::UnprotectResponse*) override;
  Status StorePSK(Context*, const rpc::StorePSKRequest*, rpc::StorePSKResponse*) override;

  Status AddProposal(Context*, const rpc::AddProposalRequest*, rpc::ProposalResponse*) override;
  Status UpdateProposal(Context*, const rpc::UpdateProposalRequest*,
                        rpc::ProposalResponse*) override;
  Status RemoveProposal(Context*, const rpc::RemoveProposalRequest*,
                        rpc::ProposalResponse*) override;
  Status ExternalPSKProposal(Context*, const rpc::ExternalPSKProposalRequest*,
                             rpc::ProposalResponse*) override;
  Status ResumptionPSKProposal(Context*, const rpc::ResumptionPSKProposalRequest*,
                               rpc::ProposalResponse*) override;
  Status GroupContextExtensionsProposal(Context*, const rpc::GroupContextExtensionsProposalRequest*,
                                        rpc::ProposalResponse*) override;

  Status Commit(Context*, const rpc::CommitRequest*, rpc::CommitResponse*) override;
  Status HandleCommit(Context*, const rpc::HandleCommitRequest*,
                      rpc::HandleCommitResponse*) override;
  Status HandlePendingCommit(Context*, const rpc::HandlePendingCommitRequest*,
                             rpc::HandleCommitResponse*) override;

  Status ReInitProposal(Context*, const rpc::ReInitProposalRequest*,
                        rpc::ProposalResponse*) override;
  Status ReInitCommit(Context*, const rpc::CommitRequest*, rpc::CommitResponse*) override;
  Status HandlePendingReInitCommit(Context*, const rpc::HandlePendingCommitRequest*,
                                   rpc::HandleReInitCommitResponse*) override;
  Status HandleReInitCommit(Context*, const rpc::HandleCommitRequest*,
                            rpc::HandleReInitCommitResponse*) override;
  Status ReInitWelcome(Context*, const rpc::ReInitWelcomeRequest*,
                       rpc::CreateSubgroupResponse*) override;
  Status HandleReInitWelcome(Context*, const rpc::HandleReInitWelcomeRequest*,
                             rpc::JoinGroupResponse*) override;

  Status CreateBranch(Context*, const rpc::CreateBranchRequest*,
                      rpc::CreateSubgroupResponse*) override;
  Status HandleBranch(Context*, const rpc::HandleBranchRequest*,
                      rpc::HandleBranchResponse*) override;

  Status NewMemberAddProposal(Context*, const rpc::NewMemberAddProposalRequest*,
                              rpc::NewMemberAddProposalResponse*) override;
  Status CreateExternalSigner(Context*, const rpc::CreateExternalSignerRequest*,
                              rpc::CreateExternalSignerResponse*) override;
  Status AddExternalSigner(Context*, const rpc::AddExternalSignerRequest*,
                           rpc::ProposalResponse*) override;
  Status ExternalSignerProposal(Context*, const rpc::ExternalSignerProposalRequest*,
                                rpc::ProposalResponse*) override;

  Status Free(Context*, const rpc::FreeRequest*, rpc::FreeResponse*) override;

 private:
  // Runs `call` with the client to itself; `answer` writes what it gave into the response.
  template <class Call, class Answer>
  Status Run(Call call, Answer answer);
  template <class Call>
  Status RunProposal(Call call, rpc::ProposalResponse* response);

  std::mutex mutex_;
  MlsClient client_;
  std::chrono::steady_clock::time_point last_call_ = std::chrono::steady_clock::now();
};

}  // namespace conclave::interop
