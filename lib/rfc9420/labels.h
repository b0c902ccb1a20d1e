// Every label string of RFC 9420, once. The functions of lib/labeled put "MLS 1.0 " in front.
#pragma once

#include <string_view>

namespace conclave::rfc9420::labels {

inline constexpr std::string_view kPrefix = "MLS 1.0 ";

// Section 5.1.2 and 17.6: signatures.
inline constexpr std::string_view kFramedContentTBS = "FramedContentTBS";
inline constexpr std::string_view kLeafNodeTBS = "LeafNodeTBS";
inline constexpr std::string_view kKeyPackageTBS = "KeyPackageTBS";
inline constexpr std::string_view kGroupInfoTBS = "GroupInfoTBS";

// Section 5.1.3: encryption.
inline constexpr std::string_view kUpdatePathNode = "UpdatePathNode";
inline constexpr std::string_view kWelcomeEncryption = "Welcome";

// Section 5.2: references. These carry the prefix themselves.
inline constexpr std::string_view kKeyPackageReference = "MLS 1.0 KeyPackage Reference";
inline constexpr std::string_view kProposalReference = "MLS 1.0 Proposal Reference";

// Section 7.4: the path.
inline constexpr std::string_view kNode = "node";
inline constexpr std::string_view kPath = "path";

// Section 8: the key schedule.
inline constexpr std::string_view kJoiner = "joiner";
inline constexpr std::string_view kWelcome = "welcome";
inline constexpr std::string_view kEpoch = "epoch";
inline constexpr std::string_view kInit = "init";
inline constexpr std::string_view kSenderData = "sender data";
inline constexpr std::string_view kEncryption = "encryption";
inline constexpr std::string_view kExporter = "exporter";
inline constexpr std::string_view kExternal = "external";
inline constexpr std::string_view kConfirm = "confirm";
inline constexpr std::string_view kMembership = "membership";
inline constexpr std::string_view kResumption = "resumption";
inline constexpr std::string_view kAuthentication = "authentication";
inline constexpr std::string_view kExported = "exported";
inline constexpr std::string_view kDerivedPsk = "derived psk";
// Section 8.3: an HPKE exporter context, used as it stands.
inline constexpr std::string_view kExternalInitSecret = "MLS 1.0 external init secret";

// Section 9: the secret tree.
inline constexpr std::string_view kTree = "tree";
inline constexpr std::string_view kLeft = "left";
inline constexpr std::string_view kRight = "right";
inline constexpr std::string_view kHandshake = "handshake";
inline constexpr std::string_view kApplication = "application";
inline constexpr std::string_view kKey = "key";
inline constexpr std::string_view kNonce = "nonce";
inline constexpr std::string_view kSecret = "secret";

}  // namespace conclave::rfc9420::labels
