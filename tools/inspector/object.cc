#include "object.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

#include "trouble.h"
#include "walk.h"

namespace conclave::inspector {

namespace {

using rfc9420::ContentType;

template <class T>
std::optional<Failure> MisfitOf(BytesView bytes) {
  Walk walk(bytes);
  T value{};
  Node root;
  walk.Whole(value, root);
  return walk.failure();
}

template <class T>
Object DescribeAs(BytesView bytes, const Questions& questions) {
  Object object;
  object.size = bytes.size();
  Walk walk(bytes);
  T value{};
  walk.Whole(value, object.root);
  Judge judge(questions);
  judge.Object(value, object.root);
  object.findings = judge.Findings(object.root, walk.failures_inside());
  return object;
}

template <class T>
constexpr ObjectKind Of(const char* name) {
  return {name, MisfitOf<T>, DescribeAs<T>};
}

constexpr std::size_t kRecognised = 5;
// The version and the wire_format. What begins with them and goes wrong behind them was meant to be
// an MLSMessage; anything else, what it is the longest way.
constexpr std::size_t kHeaderOfMessage = 4;
constexpr std::array kKinds = {
    // Recognised by their bytes.
    Of<rfc9420::MLSMessage>("MLSMessage"),
    Of<rfc9420::KeyPackage>("KeyPackage"),
    Of<rfc9420::GroupInfo>("GroupInfo"),
    Of<rfc9420::Welcome>("Welcome"),
    Of<RatchetTreeExtension>("RatchetTree"),
    // Section 5.
    Of<rfc9420::Credential>("Credential"),
    Of<rfc9420::SignContent>("SignContent"),
    Of<rfc9420::EncryptContext>("EncryptContext"),
    Of<rfc9420::RefHashInput>("RefHashInput"),
    // Section 6.
    Of<rfc9420::Sender>("Sender"),
    Of<rfc9420::FramedContent>("FramedContent"),
    Of<rfc9420::AuthenticatedContent>("AuthenticatedContent"),
    Of<rfc9420::PublicMessage>("PublicMessage"),
    Of<rfc9420::PrivateMessage>("PrivateMessage"),
    Of<PrivateContent<ContentType::application, rfc9420::ApplicationData>>(
        "PrivateMessageContent.application"),
    Of<PrivateContent<ContentType::proposal, rfc9420::Proposal>>("PrivateMessageContent.proposal"),
    Of<PrivateContent<ContentType::commit, rfc9420::Commit>>("PrivateMessageContent.commit"),
    Of<rfc9420::PrivateContentAAD>("PrivateContentAAD"),
    Of<rfc9420::SenderData>("SenderData"),
    Of<rfc9420::SenderDataAAD>("SenderDataAAD"),
    // Section 7.
    Of<rfc9420::LeafNode>("LeafNode"),
    Of<rfc9420::ParentNode>("ParentNode"),
    Of<rfc9420::Node>("Node"),
    Of<Capabilities>("Capabilities"),
    Of<Lifetime>("Lifetime"),
    Of<Extension>("Extension"),
    Of<rfc9420::HPKECiphertext>("HPKECiphertext"),
    Of<rfc9420::UpdatePathNode>("UpdatePathNode"),
    Of<rfc9420::UpdatePath>("UpdatePath"),
    Of<rfc9420::TreeHashInput>("TreeHashInput"),
    Of<rfc9420::ParentHashInput>("ParentHashInput"),
    // Section 8.
    Of<rfc9420::KDFLabel>("KDFLabel"),
    Of<rfc9420::GroupContext>("GroupContext"),
    Of<rfc9420::ConfirmedTranscriptHashInput>("ConfirmedTranscriptHashInput"),
    Of<rfc9420::InterimTranscriptHashInput>("InterimTranscriptHashInput"),
    Of<rfc9420::PreSharedKeyID>("PreSharedKeyID"),
    Of<rfc9420::PSKLabel>("PSKLabel"),
    // Sections 11 and 12.
    Of<RequiredCapabilities>("RequiredCapabilities"),
    Of<rfc9420::Proposal>("Proposal"),
    Of<rfc9420::Add>("Add"),
    Of<rfc9420::Update>("Update"),
    Of<rfc9420::Remove>("Remove"),
    Of<rfc9420::PreSharedKey>("PreSharedKey"),
    Of<rfc9420::ReInit>("ReInit"),
    Of<rfc9420::ExternalInit>("ExternalInit"),
    Of<rfc9420::GroupContextExtensions>("GroupContextExtensions"),
    Of<rfc9420::ProposalOrRef>("ProposalOrRef"),
    Of<rfc9420::Commit>("Commit"),
    Of<rfc9420::GroupSecrets>("GroupSecrets"),
    Of<rfc9420::EncryptedGroupSecrets>("EncryptedGroupSecrets"),
    Of<rfc9420::ExternalPub>("ExternalPub"),
    Of<rfc9420::ExternalSender>("ExternalSender"),
    Of<rfc9420::ExternalSenders>("ExternalSenders"),
};

bool SameName(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

const ObjectKind& KindCalled(const std::string& name) {
  for (const ObjectKind& kind : kKinds) {
    if (SameName(kind.name, name)) return kind;
  }
  throw Trouble(Exit::usage,
                "there is no struct called " + name + "; `conclave show --list` names them");
}

}  // namespace

std::span<const ObjectKind> ObjectKinds() { return kKinds; }

const ObjectKind& Recognise(BytesView bytes, const std::string& name) {
  if (!name.empty()) {
    const ObjectKind& kind = KindCalled(name);
    if (const auto misfit = kind.misfit(bytes)) {
      throw Trouble(Exit::malformed_input, std::string("no ") + kind.name + ": " + TextOf(*misfit));
    }
    return kind;
  }
  const ObjectKind* closest = nullptr;
  Failure why;
  for (const ObjectKind& kind : std::span(kKinds).first(kRecognised)) {
    const auto misfit = kind.misfit(bytes);
    if (!misfit.has_value()) return kind;
    if (closest == nullptr || (why.offset < kHeaderOfMessage && misfit->offset > why.offset)) {
      closest = &kind;
      why = *misfit;
    }
  }
  throw Trouble(Exit::malformed_input,
                std::string("taken for ") + closest->name +
                    " (--as names another struct), and none: " + TextOf(why));
}

Object Describe(BytesView bytes, const std::string& name, const Questions& questions) {
  const ObjectKind& kind = Recognise(bytes, name);
  Object object = kind.describe(bytes, questions);
  object.type = kind.name;
  return object;
}

}  // namespace conclave::inspector
