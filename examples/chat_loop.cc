// A chat: a delivery service in a few lines of code, and people who join, talk, leave and are
// removed.
#include <conclave/conclave.h>

#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using conclave::Bytes;
using conclave::BytesView;

// Says which identities we know. A real one looks them up, or checks certificates.
class Contacts : public conclave::CredentialVerifier {
 public:
  conclave::CredentialAnswer Verify(const conclave::CredentialQuestion& question) override {
    return std::holds_alternative<conclave::BasicCredential>(*question.credential)
               ? conclave::CredentialAnswer::accept
               : conclave::CredentialAnswer::reject;
  }
};

std::string Text(BytesView bytes) { return {bytes.begin(), bytes.end()}; }

std::string NameOf(const conclave::Credential& credential) {
  return Text(std::get<conclave::BasicCredential>(credential).identity);
}

// What a delivery service is: for each group, one order of messages that everybody sees alike. It
// takes only one commit of an epoch, the first; whoever made another hears that it lost when the
// winner arrives.
struct DeliveryService {
  // False if another commit of that epoch was there before.
  bool SendCommit(conclave::Epoch epoch, const Bytes& commit) {
    if (!commits.emplace(epoch, commit).second) return false;
    log.push_back(commit);
    return true;
  }
  std::vector<Bytes> log;
  std::map<conclave::Epoch, Bytes> commits;
};

// Somebody with a device: a client, its storage, and a session once they are in the room.
class Person {
 public:
  Person(const char* name, DeliveryService& service) : name_(name), service_(service) {}

  conclave::Session& session() { return *session_; }
  bool in_room() const { return session_.has_value() && session_->is_member(); }
  Bytes KeyPackage() { return client_.NewKeyPackage().value(); }

  void OpenRoom() {
    session_ = client_.CreateGroup({.id = conclave::ToBytes("the pub")}).value();
    std::printf("%s opens the room\n", name_.c_str());
  }

  void Say(const char* text) {
    std::printf("%s says: %s\n", name_.c_str(), text);
    service_.log.push_back(session_->Protect(conclave::AsBytes(text)).value());
  }

  // Offers a commit. Whether it wins is for the delivery service to say.
  bool Change(const conclave::CommitRequest& request) {
    const auto offer = session_->CreateCommit(request).value();
    const bool accepted = service_.SendCommit(session_->epoch(), offer.commit);
    if (!accepted) std::printf("%s is too late, and will try again\n", name_.c_str());
    return accepted;
  }

  // Nobody can remove themselves: they ask, and somebody else commits.
  void AskToLeave() {
    std::printf("%s asks to leave\n", name_.c_str());
    service_.log.push_back(conclave::ProposeRemove(*session_, session_->own_leaf()).value());
  }

  // Reads all that is new, and returns the welcomes that are to be sent now.
  std::vector<Bytes> CatchUp() {
    std::vector<Bytes> welcomes;
    for (; position_ < service_.log.size() && in_room(); ++position_) {
      conclave::Event event = session_->Receive(service_.log[position_]).value();
      if (auto* message = std::get_if<conclave::ApplicationMessage>(&event)) {
        std::printf("  %s hears %s: %s\n", name_.c_str(),
                    NameOf(message->sender.credential).c_str(), Text(message->plaintext).c_str());
      } else if (auto* staged = std::get_if<conclave::StagedCommit>(&event)) {
        // The place for an application to look at what the commit does, and to refuse it.
        if (staged->removes_us()) std::printf("  %s is out of the room\n", name_.c_str());
        conclave::Entered entered = session_->Apply(std::move(*staged)).value();
        for (Bytes& welcome : entered.welcomes) welcomes.push_back(std::move(welcome));
      }
    }
    return welcomes;
  }

  void Join(const Bytes& welcome) {
    auto invitation = client_.ReadWelcome(welcome).value();
    std::printf("  %s joins: %zu members, invited by %s\n", name_.c_str(),
                invitation.members().size(), NameOf(invitation.inviter().credential).c_str());
    session_ = client_.Enter(std::move(invitation)).value();
    position_ = service_.log.size();
  }

 private:
  std::string name_;
  DeliveryService& service_;
  conclave::BoringSslProvider crypto_;
  conclave::SystemClock clock_;
  Contacts contacts_;
  conclave::MemoryStorage disk_;
  conclave::Client client_ = conclave::Client::Create({.identity = name_,
                                                       .crypto = crypto_,
                                                       .clock = clock_,
                                                       .verifier = contacts_,
                                                       .storage = disk_})
                                 .value();
  std::optional<conclave::Session> session_;
  std::size_t position_ = 0;
};

// Everybody reads everything; newcomers get their welcomes.
void Settle(std::vector<Person*> people) {
  std::vector<Bytes> welcomes;
  for (Person* person : people) {
    for (Bytes& welcome : person->CatchUp()) welcomes.push_back(std::move(welcome));
  }
  for (const Bytes& welcome : welcomes) {
    for (Person* person : people) {
      if (!person->in_room()) person->Join(welcome);
    }
  }
}

// Prints what each member believes. All must believe the same.
bool Agree(std::vector<Person*> people) {
  const conclave::Session& first = people.front()->session();
  for (Person* person : people) {
    const conclave::Session& session = person->session();
    std::string names;
    for (const conclave::Member& member : session.members()) {
      names += (names.empty() ? "" : ", ") + NameOf(member.credential);
    }
    const Bytes authenticator = session.EpochAuthenticator();
    const conclave::Member self = *session.FindMember(session.own_leaf());
    std::printf("    %-5s epoch %llu {%s} authenticator ", NameOf(self.credential).c_str(),
                static_cast<unsigned long long>(session.epoch()), names.c_str());
    for (std::size_t i = 0; i < 8; ++i) std::printf("%02x", authenticator[i]);
    std::printf("...\n");
    if (!session.is_member() || authenticator != first.EpochAuthenticator()) {
      std::printf("THEY DISAGREE\n");
      return false;
    }
  }
  return true;
}

}  // namespace

// value() aborts on error: fine in an example. Real code tests the Result.
int main() {
  DeliveryService service;
  Person alice("alice", service), bob("bob", service), carol("carol", service);
  Person dave("dave", service);

  alice.OpenRoom();
  alice.Change({.add = {bob.KeyPackage(), carol.KeyPackage()}});
  Settle({&alice, &bob, &carol});
  bool agreed = Agree({&alice, &bob, &carol});

  alice.Say("Welcome. The first round is on me.");
  bob.Say("Cheers!");
  Settle({&alice, &bob, &carol});

  std::printf("bob renews his keys and carol invites dave, both at once\n");
  const bool bob_won = bob.Change({});
  const conclave::CommitRequest invite{.add = {dave.KeyPackage()}};
  const bool carol_won = carol.Change(invite);
  Settle({&alice, &bob, &carol});
  carol.Change(invite);
  Settle({&alice, &bob, &carol, &dave});
  agreed = agreed && bob_won && !carol_won && Agree({&alice, &bob, &carol, &dave});
  dave.Say("What did I miss?");
  Settle({&alice, &bob, &carol, &dave});

  bob.AskToLeave();
  Settle({&alice, &bob, &carol, &dave});
  alice.Change({});
  Settle({&alice, &bob, &carol, &dave});
  agreed = agreed && !bob.in_room() && Agree({&alice, &carol, &dave});

  std::printf("alice removes dave, who spills his beer too often\n");
  alice.Change({.remove = {dave.session().own_leaf()}});
  Settle({&alice, &carol, &dave});
  agreed = agreed && !dave.in_room() && Agree({&alice, &carol});

  alice.Say("Peace at last.");
  Settle({&alice, &carol});
  std::printf(agreed ? "All agreed, all the way.\n" : "Something went wrong.\n");
  return agreed ? 0 : 1;
}
