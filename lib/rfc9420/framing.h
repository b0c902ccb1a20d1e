// RFC 9420, section 6: what is sent.
//
// Four of these structs have fields whose presence depends on another struct: FramedContentTBS,
// FramedContentAuthData, PublicMessage and PrivateMessageContent. Their codec is in framing.cc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "conclave/result.h"
#include "rfc9420/commit.h"
#include "rfc9420/group_context.h"
#include "rfc9420/key_package.h"
#include "rfc9420/registries.h"
#include "rfc9420/welcome.h"
#include "wire/reader.h"
#include "wire/select.h"
#include "wire/writer.h"

namespace conclave::rfc9420 {

// The alternatives of Sender.
struct MemberSender {
  LeafIndex leaf_index;
  bool operator==(const MemberSender&) const = default;
};
struct ExternalSenderIndex {
  std::uint32_t sender_index = 0;
  bool operator==(const ExternalSenderIndex&) const = default;
};
struct NewMemberProposal {
  bool operator==(const NewMemberProposal&) const = default;
};
struct NewMemberCommit {
  bool operator==(const NewMemberCommit&) const = default;
};

// Section 6.
using Sender = wire::Select<SenderType, wire::Case<SenderType::member, MemberSender>,
                            wire::Case<SenderType::external, ExternalSenderIndex>,
                            wire::Case<SenderType::new_member_proposal, NewMemberProposal>,
                            wire::Case<SenderType::new_member_commit, NewMemberCommit>>;

struct ApplicationData {
  Bytes application_data;
  bool operator==(const ApplicationData&) const = default;
};

// The content of a message and its type.
using Content = wire::Select<ContentType, wire::Case<ContentType::application, ApplicationData>,
                             wire::Case<ContentType::proposal, Proposal>,
                             wire::Case<ContentType::commit, Commit>>;

// Section 6.
struct FramedContent {
  GroupId group_id;
  Epoch epoch = 0;
  Sender sender;
  Bytes authenticated_data;
  Content content;
  bool operator==(const FramedContent&) const = default;
};

// Section 6.1. On the wire, a confirmation_tag is there for commits and for nothing else.
struct FramedContentAuthData {
  Bytes signature;  // SignWithLabel(., "FramedContentTBS", FramedContentTBS)
  std::optional<MAC> confirmation_tag;
  bool operator==(const FramedContentAuthData&) const = default;
};

// Section 6.
struct AuthenticatedContent {
  WireFormat wire_format{};
  FramedContent content;
  FramedContentAuthData auth;
  bool operator==(const AuthenticatedContent&) const = default;
};

// Section 6.1: the bytes that a message's signature covers. `serialized_context` is the
// GroupContext of the message's epoch; it is part of them for the senders member and
// new_member_commit.
Bytes SerializeFramedContentTBS(WireFormat wire_format, const FramedContent& content,
                                BytesView serialized_context);

// Section 6.2: FramedContentTBS and then the auth data: what a membership_tag covers.
Bytes SerializeAuthenticatedContentTBM(const AuthenticatedContent& content,
                                       BytesView serialized_context);

// Section 6.2. On the wire, a membership_tag is there for the sender type member and for no other.
struct PublicMessage {
  FramedContent content;
  FramedContentAuthData auth;
  std::optional<MAC> membership_tag;
  bool operator==(const PublicMessage&) const = default;
};

// Section 6.3.
struct PrivateMessage {
  GroupId group_id;
  Epoch epoch = 0;
  ContentType content_type{};
  Bytes authenticated_data;
  Bytes encrypted_sender_data;
  Bytes ciphertext;
  bool operator==(const PrivateMessage&) const = default;
};

// Section 6.3.1: the plaintext of a PrivateMessage. Its content_type travels outside.
struct PrivateMessageContent {
  Content content;
  FramedContentAuthData auth;
};
Bytes SerializePrivateMessageContent(const Content& content, const FramedContentAuthData& auth,
                                     std::size_t padding);
Result<PrivateMessageContent> ParsePrivateMessageContent(ContentType content_type, BytesView input);

// Section 6.3.1.
struct PrivateContentAAD {
  GroupId group_id;
  Epoch epoch = 0;
  ContentType content_type{};
  Bytes authenticated_data;
};

// Section 6.3.2.
struct SenderData {
  LeafIndex leaf_index;
  std::uint32_t generation = 0;
  std::array<std::uint8_t, 4> reuse_guard{};
};
struct SenderDataAAD {
  GroupId group_id;
  Epoch epoch = 0;
  ContentType content_type{};
};

// Section 6.
struct MLSMessage {
  ProtocolVersion version = ProtocolVersion::mls10;
  wire::Select<WireFormat, wire::Case<WireFormat::mls_public_message, PublicMessage>,
               wire::Case<WireFormat::mls_private_message, PrivateMessage>,
               wire::Case<WireFormat::mls_welcome, Welcome>,
               wire::Case<WireFormat::mls_group_info, GroupInfo>,
               wire::Case<WireFormat::mls_key_package, KeyPackage>>
      message;
  bool operator==(const MLSMessage&) const = default;
};

// The codec of the structs above that the generic one cannot read.
void EncodeWire(wire::Writer& w, const AuthenticatedContent& v);
void DecodeWire(wire::Reader& r, AuthenticatedContent& v);
void EncodeWire(wire::Writer& w, const PublicMessage& v);
void DecodeWire(wire::Reader& r, PublicMessage& v);

}  // namespace conclave::rfc9420
