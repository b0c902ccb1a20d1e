// The names that C++ structs do not keep at run time: what RFC 9420 calls each wire struct and its
// fields. The walk (walk.h) reads the fields themselves by the codec's reflection, and does not
// compile if a struct has more or fewer fields than names.
#pragma once

#include <array>
#include <cstddef>

#include "rfc9420/extensions.h"
#include "rfc9420/framing.h"
#include "rfc9420/key_schedule.h"
#include "rfc9420/tree_hash_input.h"

namespace conclave::inspector {

// An empty name: the field is a `select` of the RFC's struct, and its tag and its fields stand in
// the struct itself.
struct StructNames {
  const char* type = nullptr;
  std::array<const char*, 8> fields = {};

  constexpr std::size_t size() const {
    std::size_t count = 0;
    while (count < fields.size() && fields[count] != nullptr) ++count;
    return count;
  }
};
template <class T>
inline constexpr StructNames kStruct{};

// A `select`: its type, if it is a struct of its own, and its tag.
struct SelectNames {
  const char* type = nullptr;
  const char* tag = nullptr;
};
template <class T>
inline constexpr SelectNames kSelect{};

// The name of a `case` that holds one struct. Null: the fields of the case stand in the select.
template <class T>
inline constexpr const char* kCase = nullptr;

// ---- Section 5.
template <>
inline constexpr SelectNames kSelect<rfc9420::Credential>{"Credential", "credential_type"};
template <>
inline constexpr StructNames kStruct<BasicCredential>{"BasicCredential", {"identity"}};
template <>
inline constexpr StructNames kStruct<X509Credential>{"X509Credential", {"certificates"}};
template <>
inline constexpr StructNames kStruct<CustomCredential>{"CustomCredential",
                                                       {"credential_type", "credential_data"}};
template <>
inline constexpr StructNames kStruct<rfc9420::SignContent>{"SignContent", {"label", "content"}};
template <>
inline constexpr StructNames kStruct<rfc9420::EncryptContext>{"EncryptContext",
                                                              {"label", "context"}};
template <>
inline constexpr StructNames kStruct<rfc9420::RefHashInput>{"RefHashInput", {"label", "value"}};

// ---- Section 6.
template <>
inline constexpr SelectNames kSelect<rfc9420::Sender>{"Sender", "sender_type"};
template <>
inline constexpr StructNames kStruct<rfc9420::MemberSender>{"MemberSender", {"leaf_index"}};
template <>
inline constexpr StructNames kStruct<rfc9420::ExternalSenderIndex>{"ExternalSenderIndex",
                                                                   {"sender_index"}};
template <>
inline constexpr StructNames kStruct<rfc9420::NewMemberProposal>{"NewMemberProposal"};
template <>
inline constexpr StructNames kStruct<rfc9420::NewMemberCommit>{"NewMemberCommit"};
template <>
inline constexpr StructNames kStruct<rfc9420::ApplicationData>{"ApplicationData",
                                                               {"application_data"}};
template <>
inline constexpr SelectNames kSelect<rfc9420::Content>{nullptr, "content_type"};
template <>
inline constexpr StructNames kStruct<rfc9420::FramedContent>{
    "FramedContent", {"group_id", "epoch", "sender", "authenticated_data", ""}};
template <>
inline constexpr StructNames kStruct<rfc9420::FramedContentAuthData>{
    "FramedContentAuthData", {"signature", "confirmation_tag"}};
template <>
inline constexpr StructNames kStruct<rfc9420::AuthenticatedContent>{
    "AuthenticatedContent", {"wire_format", "content", "auth"}};
template <>
inline constexpr StructNames kStruct<rfc9420::PublicMessage>{"PublicMessage",
                                                             {"content", "auth", "membership_tag"}};
template <>
inline constexpr const char* kCase<rfc9420::PublicMessage> = "public_message";
template <>
inline constexpr StructNames kStruct<rfc9420::PrivateMessage>{
    "PrivateMessage",
    {"group_id", "epoch", "content_type", "authenticated_data", "encrypted_sender_data",
     "ciphertext"}};
template <>
inline constexpr const char* kCase<rfc9420::PrivateMessage> = "private_message";
template <>
inline constexpr StructNames kStruct<rfc9420::PrivateContentAAD>{
    "PrivateContentAAD", {"group_id", "epoch", "content_type", "authenticated_data"}};
template <>
inline constexpr StructNames kStruct<rfc9420::SenderData>{
    "SenderData", {"leaf_index", "generation", "reuse_guard"}};
template <>
inline constexpr StructNames kStruct<rfc9420::SenderDataAAD>{"SenderDataAAD",
                                                             {"group_id", "epoch", "content_type"}};
template <>
inline constexpr StructNames kStruct<rfc9420::MLSMessage>{"MLSMessage", {"version", ""}};
template <>
inline constexpr SelectNames kSelect<decltype(rfc9420::MLSMessage::message)>{nullptr,
                                                                             "wire_format"};

// ---- Section 7.
template <>
inline constexpr StructNames kStruct<rfc9420::ParentNode>{
    "ParentNode", {"encryption_key", "parent_hash", "unmerged_leaves"}};
template <>
inline constexpr const char* kCase<rfc9420::ParentNode> = "parent_node";
template <>
inline constexpr StructNames kStruct<rfc9420::NoLeafContext>{"NoLeafContext"};
template <>
inline constexpr StructNames kStruct<rfc9420::ParentHash>{"ParentHash", {"parent_hash"}};
template <>
inline constexpr StructNames kStruct<rfc9420::LeafNode>{
    "LeafNode",
    {"encryption_key", "signature_key", "credential", "capabilities", "", "extensions",
     "signature"}};
template <>
inline constexpr const char* kCase<rfc9420::LeafNode> = "leaf_node";
template <>
inline constexpr SelectNames kSelect<decltype(rfc9420::LeafNode::leaf_node_source)>{
    nullptr, "leaf_node_source"};
template <>
inline constexpr SelectNames kSelect<rfc9420::Node>{"Node", "node_type"};
template <>
inline constexpr StructNames kStruct<Capabilities>{
    "Capabilities", {"versions", "cipher_suites", "extensions", "proposals", "credentials"}};
template <>
inline constexpr StructNames kStruct<Lifetime>{"Lifetime", {"not_before", "not_after"}};
template <>
inline constexpr const char* kCase<Lifetime> = "lifetime";
template <>
inline constexpr StructNames kStruct<Extension>{"Extension", {"extension_type", "extension_data"}};
template <>
inline constexpr StructNames kStruct<rfc9420::HPKECiphertext>{"HPKECiphertext",
                                                              {"kem_output", "ciphertext"}};
template <>
inline constexpr StructNames kStruct<rfc9420::UpdatePathNode>{
    "UpdatePathNode", {"encryption_key", "encrypted_path_secret"}};
template <>
inline constexpr StructNames kStruct<rfc9420::UpdatePath>{"UpdatePath", {"leaf_node", "nodes"}};
template <>
inline constexpr StructNames kStruct<rfc9420::LeafNodeHashInput>{"LeafNodeHashInput",
                                                                 {"leaf_index", "leaf_node"}};
template <>
inline constexpr const char* kCase<rfc9420::LeafNodeHashInput> = "leaf_node";
template <>
inline constexpr StructNames kStruct<rfc9420::ParentNodeHashInput>{
    "ParentNodeHashInput", {"parent_node", "left_hash", "right_hash"}};
template <>
inline constexpr const char* kCase<rfc9420::ParentNodeHashInput> = "parent_node";
template <>
inline constexpr SelectNames kSelect<rfc9420::TreeHashInput>{"TreeHashInput", "node_type"};
template <>
inline constexpr StructNames kStruct<rfc9420::ParentHashInput>{
    "ParentHashInput", {"encryption_key", "parent_hash", "original_sibling_tree_hash"}};

// ---- Section 8.
template <>
inline constexpr StructNames kStruct<rfc9420::KDFLabel>{"KDFLabel", {"length", "label", "context"}};
template <>
inline constexpr StructNames kStruct<rfc9420::GroupContext>{
    "GroupContext",
    {"version", "cipher_suite", "group_id", "epoch", "tree_hash", "confirmed_transcript_hash",
     "extensions"}};
template <>
inline constexpr StructNames kStruct<rfc9420::ConfirmedTranscriptHashInput>{
    "ConfirmedTranscriptHashInput", {"wire_format", "content", "signature"}};
template <>
inline constexpr StructNames kStruct<rfc9420::InterimTranscriptHashInput>{
    "InterimTranscriptHashInput", {"confirmation_tag"}};
template <>
inline constexpr StructNames kStruct<rfc9420::ExternalPSK>{"ExternalPSK", {"psk_id"}};
template <>
inline constexpr StructNames kStruct<rfc9420::ResumptionPSK>{
    "ResumptionPSK", {"usage", "psk_group_id", "psk_epoch"}};
template <>
inline constexpr StructNames kStruct<rfc9420::PreSharedKeyID>{"PreSharedKeyID", {"", "psk_nonce"}};
template <>
inline constexpr SelectNames kSelect<decltype(rfc9420::PreSharedKeyID::psk)>{nullptr, "psktype"};
template <>
inline constexpr StructNames kStruct<rfc9420::PSKLabel>{"PSKLabel", {"id", "index", "count"}};

// ---- Sections 10 and 11.
template <>
inline constexpr StructNames kStruct<rfc9420::KeyPackage>{
    "KeyPackage", {"version", "cipher_suite", "init_key", "leaf_node", "extensions", "signature"}};
template <>
inline constexpr const char* kCase<rfc9420::KeyPackage> = "key_package";
template <>
inline constexpr StructNames kStruct<RequiredCapabilities>{
    "RequiredCapabilities", {"extension_types", "proposal_types", "credential_types"}};

// ---- Section 12.
template <>
inline constexpr SelectNames kSelect<rfc9420::Proposal>{"Proposal", "proposal_type"};
template <>
inline constexpr const char* kCase<rfc9420::Proposal> = "proposal";
template <>
inline constexpr StructNames kStruct<rfc9420::Add>{"Add", {"key_package"}};
template <>
inline constexpr StructNames kStruct<rfc9420::Update>{"Update", {"leaf_node"}};
template <>
inline constexpr StructNames kStruct<rfc9420::Remove>{"Remove", {"removed"}};
template <>
inline constexpr StructNames kStruct<rfc9420::PreSharedKey>{"PreSharedKey", {"psk"}};
template <>
inline constexpr StructNames kStruct<rfc9420::ReInit>{
    "ReInit", {"group_id", "version", "cipher_suite", "extensions"}};
template <>
inline constexpr StructNames kStruct<rfc9420::ExternalInit>{"ExternalInit", {"kem_output"}};
template <>
inline constexpr StructNames kStruct<rfc9420::GroupContextExtensions>{"GroupContextExtensions",
                                                                      {"extensions"}};
template <>
inline constexpr StructNames kStruct<CustomProposal>{"CustomProposal",
                                                     {"proposal_type", "proposal_data"}};
template <>
inline constexpr StructNames kStruct<rfc9420::ExternalSender>{"ExternalSender",
                                                              {"signature_key", "credential"}};
template <>
inline constexpr StructNames kStruct<rfc9420::ExternalSenders>{"ExternalSenders",
                                                               {"external_senders"}};
template <>
inline constexpr SelectNames kSelect<rfc9420::ProposalOrRef>{"ProposalOrRef", "type"};
template <>
inline constexpr const char* kCase<ProposalRef> = "reference";
template <>
inline constexpr StructNames kStruct<rfc9420::Commit>{"Commit", {"proposals", "path"}};
template <>
inline constexpr const char* kCase<rfc9420::Commit> = "commit";
template <>
inline constexpr StructNames kStruct<rfc9420::GroupInfo>{
    "GroupInfo", {"group_context", "extensions", "confirmation_tag", "signer", "signature"}};
template <>
inline constexpr const char* kCase<rfc9420::GroupInfo> = "group_info";
template <>
inline constexpr StructNames kStruct<rfc9420::PathSecret>{"PathSecret", {"path_secret"}};
template <>
inline constexpr StructNames kStruct<rfc9420::GroupSecrets>{
    "GroupSecrets", {"joiner_secret", "path_secret", "psks"}};
template <>
inline constexpr StructNames kStruct<rfc9420::EncryptedGroupSecrets>{
    "EncryptedGroupSecrets", {"new_member", "encrypted_group_secrets"}};
template <>
inline constexpr StructNames kStruct<rfc9420::Welcome>{
    "Welcome", {"cipher_suite", "secrets", "encrypted_group_info"}};
template <>
inline constexpr const char* kCase<rfc9420::Welcome> = "welcome";
template <>
inline constexpr StructNames kStruct<rfc9420::ExternalPub>{"ExternalPub", {"external_pub"}};

}  // namespace conclave::inspector
