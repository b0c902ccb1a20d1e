// messages, welcome and the three kinds of passive-client: RFC 9420, sections 6 and 10 to 12.
#include <optional>
#include <utility>
#include <vector>

#include "generators.h"
#include "rfc9420/extensions.h"
#include "simulated_group.h"

namespace conclave::vectors {

namespace {

using nlohmann::json;
using rfc9420::Proposal;

constexpr auto kPublic = HandshakeFraming::public_message;
constexpr auto kPrivate = HandshakeFraming::private_message;

unsigned Number(const Suite& suite) { return static_cast<unsigned>(suite.id()); }

Proposal AddOf(const SimulatedClient& client) {
  return Proposal::Of(rfc9420::Add{client.package.key_package});
}

Proposal RemoveOf(LeafIndex leaf) { return Proposal::Of(rfc9420::Remove{leaf}); }

// What the group demands of its members, and who may propose from outside.
Proposal ExtensionsWith(const Signer& external_sender) {
  rfc9420::ExternalSender sender;
  sender.signature_key = ToBytes(external_sender.public_key());
  sender.credential.value = BasicCredential{ToBytes("a service")};
  const RequiredCapabilities required{{}, {}, {CredentialType::basic}};
  return Proposal::Of(rfc9420::GroupContextExtensions{
      {{ExtensionType::required_capabilities, wire::Serialize(required)},
       {ExtensionType::external_senders, wire::Serialize(rfc9420::ExternalSenders{{sender}})}}});
}

// One element of a passive client's file: somebody who is added to a group and then only listens.
class Listener {
 public:
  explicit Listener(SimulatedGroup& group) : group_(group), client_(NewClient(group.source())) {}

  void Join(LeafIndex committer, std::vector<Proposal> by_value, const CommitShape& shape = {}) {
    by_value.push_back(AddOf(client_));
    welcome_ = group_.Commit(committer, by_value, shape);
    if (!shape.tree_in_welcome) tree_ = group_.epoch().group.tree().SerializeRatchetTree();
    authenticator_ = ToHex(group_.epoch().secrets.epoch_authenticator);
    group_.StartRecording();
  }

  // What it received, and what it needed to follow.
  json Made() const {
    const OwnKeyPackage& package = client_.package;
    return {{"cipher_suite", Number(group_.source().suite())},
            {"external_psks", group_.external_psks()},
            {"key_package", WireHex(Wrapped(package.key_package))},
            {"signature_priv", ToHex(client_.signer.private_key())},
            {"encryption_priv", ToHex(package.leaf_private_key)},
            {"init_priv", ToHex(package.init_private_key)},
            {"welcome", ToHex(welcome_)},
            {"ratchet_tree", tree_.has_value() ? json(ToHex(*tree_)) : json()},
            {"initial_epoch_authenticator", authenticator_},
            {"epochs", group_.epochs()}};
  }

 private:
  SimulatedGroup& group_;
  SimulatedClient client_;
  Bytes welcome_;
  std::optional<Bytes> tree_;
  std::string authenticator_;
};

// One epoch of a random course of events: at most two proposals, and somebody commits.
void RandomEpoch(SimulatedGroup& group) {
  const Source& source = group.source();
  const std::vector<LeafIndex> leaves = group.leaves();
  const auto committer_at = source.Below(static_cast<std::uint32_t>(leaves.size()));
  const LeafIndex committer = leaves[committer_at];
  const LeafIndex other = leaves[(committer_at + 1) % leaves.size()];
  const auto framing = source.Below(2) == 0 ? kPublic : kPrivate;
  const auto path = source.Below(2) == 0 ? PathPolicy::always : PathPolicy::when_required;
  std::vector<Proposal> by_value;
  switch (source.Below(6)) {
    case 0:
      group.Propose(other, group.NewAdd(), framing);
      break;
    case 1:
      group.ProposeUpdate(other, framing);
      break;
    case 2:
      if (leaves.size() > 2) by_value.push_back(RemoveOf(other));
      break;
    case 3:
      by_value.push_back(group.NewAdd());
      break;
    case 4:
      group.JoinExternally();
      return;
    default:
      by_value.push_back(group.NewResumptionPsk());
      break;
  }
  group.Commit(committer, by_value, {.framing = framing, .path = path});
}

template <class T>
std::string MessageHex(T body) {
  return WireHex(Wrapped(std::move(body)));
}

// A PublicMessage of a member. Its signature and MACs are random: messages.json is about syntax.
std::string PublicHex(const Source& source, rfc9420::Content content) {
  rfc9420::PublicMessage message;
  message.content.group_id = source.Random(16);
  message.content.epoch = source.Below(1 << 20);
  message.content.sender = rfc9420::Sender::Of(rfc9420::MemberSender{{source.Below(100)}});
  message.content.authenticated_data = source.Random(source.Below(30));
  message.auth.signature = source.Random(64);
  if (content.Is<rfc9420::Commit>()) message.auth.confirmation_tag = source.RandomHash();
  message.membership_tag = source.RandomHash();
  message.content.content = std::move(content);
  return MessageHex(std::move(message));
}

std::string GroupSecretsHex(const Source& source, const rfc9420::PreSharedKeyID& psk) {
  rfc9420::GroupSecrets secrets;
  secrets.joiner_secret = source.RandomHashSecret();
  secrets.path_secret = rfc9420::PathSecret{source.RandomHashSecret()};
  secrets.psks.push_back(psk);
  return ToHex(wire::SerializeSecret(secrets));
}

// The proposals of one suite, each without its type.
json ProposalsHex(const Source& source, SimulatedGroup& group) {
  const rfc9420::ReInit reinit{source.Random(16), ProtocolVersion::mls10, source.suite().id(), {}};
  const SoftwareSigner sender = source.NewSigner();
  const LeafIndex leaf = group.leaves().back();
  const rfc9420::LeafNode unplaced = group.epoch().group.tree().leaf(leaf)->Parse();
  rfc9420::Update update;
  update.leaf_node =
      MakeUpdateLeaf(source.suite(), unplaced, sender, group.epoch().group.group_id(), leaf)
          .value()
          .leaf;
  return {
      {"add_proposal", WireHex(*AddOf(NewClient(source)).GetIf<rfc9420::Add>())},
      {"update_proposal", WireHex(update)},
      {"remove_proposal", WireHex(rfc9420::Remove{leaf})},
      {"pre_shared_key_proposal", WireHex(*group.NewExternalPsk().GetIf<rfc9420::PreSharedKey>())},
      {"re_init_proposal", WireHex(reinit)},
      {"external_init_proposal", WireHex(rfc9420::ExternalInit{source.Random(32)})},
      {"group_context_extensions_proposal",
       WireHex(*ExtensionsWith(sender).GetIf<rfc9420::GroupContextExtensions>())}};
}

}  // namespace

void GenerateMessages(const Source& source, json& cases) {
  SimulatedGroup group(source);
  Listener listener(group);
  listener.Join({0}, {});
  json made = ProposalsHex(source, group);
  const json joined = listener.Made();
  made["mls_welcome"] = joined.at("welcome");
  made["mls_key_package"] = joined.at("key_package");
  made["mls_group_info"] =
      MessageHex(MakeGroupInfo(group.epoch(), {.external_pub = true, .grease = true}).value());
  made["ratchet_tree"] = ToHex(group.epoch().group.tree().SerializeRatchetTree());
  const Proposal psk = group.NewResumptionPsk();
  made["group_secrets"] = GroupSecretsHex(source, psk.GetIf<rfc9420::PreSharedKey>()->psk);

  // A commit by value and by reference, with a path.
  group.Propose({0}, psk, kPublic);
  group.Commit({0}, {group.NewExternalPsk()}, {.framing = kPublic, .path = PathPolicy::always});
  const auto sent = wire::Parse<rfc9420::MLSMessage>(
                        *FromHex(group.epochs().back().at("commit").get<std::string>()))
                        .value();
  auto commit =
      *sent.message.GetIf<rfc9420::PublicMessage>()->content.content.GetIf<rfc9420::Commit>();
  made["commit"] = WireHex(commit);
  commit.path.reset();
  made["public_message_application"] =
      PublicHex(source, rfc9420::Content::Of(rfc9420::ApplicationData{source.Random(20)}));
  made["public_message_proposal"] = PublicHex(source, rfc9420::Content::Of(RemoveOf({7})));
  made["public_message_commit"] = PublicHex(source, rfc9420::Content::Of(commit));
  made["private_message"] = MessageHex(rfc9420::PrivateMessage{
      source.Random(16), source.Below(1 << 20), rfc9420::ContentType::application, source.Random(9),
      source.Random(28), source.Random(100)});
  cases.push_back(std::move(made));
}

void GenerateWelcome(const Source& source, json& cases) {
  SimulatedGroup group(source);
  Listener listener(group);
  listener.Join({0}, {});
  const json joined = listener.Made();
  cases.push_back({{"cipher_suite", joined.at("cipher_suite")},
                   {"init_priv", joined.at("init_priv")},
                   {"signer_pub", ToHex(group.epoch().signer->public_key())},
                   {"key_package", joined.at("key_package")},
                   {"welcome", joined.at("welcome")}});
}

void GeneratePassiveWelcome(const Source& source, json& cases) {
  // The tree inside, no path, no PSK.
  SimulatedGroup plain(source);
  Listener first(plain);
  first.Join({0}, {});
  cases.push_back(first.Made());

  // The tree outside, a path and two PSKs.
  SimulatedGroup group(source);
  group.Grow(3);
  Listener second(group);
  second.Join({1}, {group.NewExternalPsk(), group.NewExternalPsk()},
              {.path = PathPolicy::always, .tree_in_welcome = false});
  cases.push_back(second.Made());
}

void GeneratePassiveCommits(const Source& source, json& cases) {
  SimulatedGroup group(source);
  group.Grow(2);
  Listener listener(group);
  listener.Join({0}, {});

  // By reference, public and private: an Add, an Update and a PSK.
  group.Propose({1}, group.NewAdd(), kPublic);
  group.ProposeUpdate({1}, kPrivate);
  group.Propose({0}, group.NewExternalPsk(), kPrivate);
  group.Commit({0}, {}, {.framing = kPublic});
  // By value, without a path: the group's own PSK.
  group.Commit({1}, {group.NewResumptionPsk()});
  // New extensions, an external commit, and a proposal of an external sender.
  const SoftwareSigner service = source.NewSigner();
  group.Commit({1}, {ExtensionsWith(service)});
  group.JoinExternally();
  group.ProposeExternally(service, RemoveOf({0}));
  group.Commit({1}, {});
  // The end.
  group.Commit({1}, {Proposal::Of(rfc9420::ReInit{
                        source.Random(16), ProtocolVersion::mls10, source.suite().id(), {}})});
  cases.push_back(listener.Made());
}

void GeneratePassiveRandom(const Source& source, json& cases) {
  SimulatedGroup group(source);
  group.Grow(2);
  Listener listener(group);
  listener.Join({1}, {}, {.path = PathPolicy::always});
  for (int i = 0; i < 3; ++i) RandomEpoch(group);
  cases.push_back(listener.Made());
}

}  // namespace conclave::vectors
