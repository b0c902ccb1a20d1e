#include "support/group_secrets.h"

namespace conclave::testing {

namespace {

// Visits secrets under names that begin with `where`.
class Visitor {
 public:
  Visitor(std::string where, const SecretVisitor& visit)
      : where_(std::move(where)), visit_(visit) {}

  void Visit(const std::string& name, const Secret& secret) const {
    if (!secret.empty()) visit_(where_ + name, secret);
  }

  void Tree(const SecretTree& tree) const {
    for (const auto& [node, secret] : tree.nodes()) {
      Visit("secret node " + std::to_string(node.value), secret);
    }
    for (const auto& [id, ratchet] : tree.ratchets()) {
      const bool is_handshake = id.type == RatchetType::handshake;
      const std::string name =
          (is_handshake ? "handshake ratchet " : "ratchet ") + std::to_string(id.sender.value);
      Visit(name, ratchet.secret());
      for (const MessageKey& kept : ratchet.retained()) {
        Visit(name + " key " + std::to_string(kept.generation), kept.key);
        Visit(name + " nonce " + std::to_string(kept.generation), kept.nonce);
      }
    }
  }

  void Epoch(const EpochState& epoch) const {
    Visit("leaf key", epoch.path.leaf_key());
    for (const PrivatePath::NodeKey& known : epoch.path.node_keys()) {
      Visit("node key " + std::to_string(known.node.value), known.key);
    }
    const EpochSecrets& secrets = epoch.secrets;
    Visit("sender_data_secret", secrets.sender_data_secret);
    Visit("exporter_secret", secrets.exporter_secret);
    Visit("external_secret", secrets.external_secret);
    Visit("confirmation_key", secrets.confirmation_key);
    Visit("membership_key", secrets.membership_key);
    Visit("resumption_psk", secrets.resumption_psk);
    Visit("epoch_authenticator", secrets.epoch_authenticator);
    Visit("init_secret", secrets.init_secret.value);
    Tree(epoch.secret_tree);
  }

 private:
  std::string where_;
  const SecretVisitor& visit_;
};

}  // namespace

void VisitSecrets(const EpochState& epoch, const std::string& where, const SecretVisitor& visit) {
  Visitor(where, visit).Epoch(epoch);
}

void VisitSecrets(const GroupState& state, const SecretVisitor& visit) {
  const std::string epoch = std::to_string(state.epoch.group.epoch()) + ": ";
  VisitSecrets(state.epoch, epoch, visit);
  for (const PastEpoch& past : state.past_epochs.all()) {
    const Visitor of_past("past " + std::to_string(past.epoch) + ": ", visit);
    of_past.Visit("sender_data_secret", past.sender_data_secret);
    of_past.Tree(past.secret_tree);
  }
  for (const Offer& offer : state.offers) {
    if (!offer.staged.next.has_value()) continue;
    VisitSecrets(*offer.staged.next, "offer " + std::to_string(offer.id) + ": ", visit);
  }
  std::string name = "key of our update";
  for (const OwnUpdate& update : state.proposals.own_updates()) {
    Visitor(epoch, visit).Visit(name, update.private_key);
    name += " again";
  }
}

}  // namespace conclave::testing
