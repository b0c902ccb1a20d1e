// A messenger for the terminal that can be killed at any moment and started again.
//
//   offline_chat <name> <directory>     one process for each name; all share the directory
//
// What to learn from it:
//
// - What an application must not forget goes into the write of the call that it belongs to, as
//   AppRows. `say` puts the ciphertext into the outbox in the write that uses its key up; what is
//   received goes into the history, with its sender, in the write that ends its key, and the cursor
//   (how much of the group's log has been read) moves with it. A crash comes before or after.
// - Sending is sending again. What is not out is in the storage: the outbox, Offers(), Welcomes
//   that are Undelivered(), key packages that are `reserved`. SendPending() sends all of it, be it
//   of now or of a life that was cut short; the delivery service takes nothing twice. So there is
//   no code here for what happens after a crash.
// - Nothing counts until it comes back. A message leaves the outbox when it is read in the group's
//   log, which says what its place is; a commit is applied then, and not when it is made.
// - An error says what to do (WhatToDo). Where nothing can be done, a program that may be killed at
//   any moment may also stop at any moment.
//
// The screen is no storage: a message may be in the history and not have been shown. See `history`.
// Late messages open for Policy::past_epochs commits, so an outbox should not wait much longer.
#include <conclave/conclave.h>
#include <conclave/sqlite_storage.h>
#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "chat_rows.h"
#include "delivery_service.h"

namespace {

using conclave::AppRow;
using conclave::Bytes;
using conclave::BytesView;
using conclave::Error;
using conclave::ErrorKind;
using conclave::Result;

std::string Text(BytesView bytes) { return {bytes.begin(), bytes.end()}; }

std::string NameOf(const conclave::Credential& credential) {
  const auto* basic = std::get_if<conclave::BasicCredential>(&credential);
  return basic != nullptr ? Text(basic->identity) : "?";
}
std::string NameOf(const conclave::Sender& sender) {
  return std::visit([](const auto& party) { return NameOf(party.credential); }, sender);
}

// Others choose what is in a line; they shall not control the terminal.
void Show(std::string line) {
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  std::cout << line << std::endl;
}

void Complain(const char* about, const Error& error) {
  Show(std::string("! ") + about + ": " + conclave::ErrorKindName(error.kind) + ", " +
       error.detail);
}

// What the program cannot go on without.
template <class T>
T Need(Result<T> result, const char* what) {
  if (!result.ok()) {
    Complain(what, result.error());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

enum class Todo : std::uint8_t { drop, try_again, give_up };

// With a message that could not be received.
Todo WhatToDo(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUnavailable:
    case ErrorKind::kStorage:
    case ErrorKind::kCrypto:
      return Todo::try_again;
    case ErrorKind::kEpochInFuture:  // the log is in order: it is we who could not follow
    case ErrorKind::kMissing:
    case ErrorKind::kUnsupported:
    case ErrorKind::kNotMember:
    case ErrorKind::kGroupClosed:
    case ErrorKind::kMisuse:
      return Todo::give_up;
    default:  // it is not valid, or not for us, or came too late: so it is for all who read it
      return Todo::drop;
  }
}

// Whom we trust to be who. A real one asks a directory, or its user; this one sees to it that we
// invite nobody by another's name, and that no two members of a group have one name.
class Contacts final : public conclave::CredentialVerifier {
 public:
  std::string invited;

  conclave::CredentialAnswer Verify(const conclave::CredentialQuestion& question) override {
    using conclave::CredentialMoment;
    const bool other = question.moment == CredentialMoment::key_package_to_add &&
                       NameOf(*question.credential) != invited;
    const bool replaced =
        question.replaces != nullptr && !(*question.replaces == *question.credential);
    return other || replaced ? conclave::CredentialAnswer::reject
                             : conclave::CredentialAnswer::accept;
  }
  Bytes ClientId(const conclave::Credential& credential) override {
    return conclave::ToBytes(NameOf(credential));
  }
};

struct Room {
  conclave::Session session;
  ChatRows rows;
  std::uint64_t read = 0;  // messages of the group's log
};

class Chat final : public conclave::Inbox {
 public:
  Chat(std::string name, conclave::Storage& storage, conclave::Client& client, Contacts& contacts,
       DeliveryService& service)
      : name_(std::move(name)),
        storage_(storage),
        client_(client),
        contacts_(contacts),
        service_(service) {
    PublishKeyPackages();
    for (const auto& group : Need(client_.Groups(), "the groups")) {
      Enter(Need(client_.OpenGroup(group.id), "the group"));
    }
  }

  // Sends and reads what there is.
  void Synchronize() {
    do {
      SendPending();
      CatchUp();
    } while (MustCommit() && Offer({}));
  }

  void Do(const std::string& line) {
    const std::size_t space = line.find(' ');
    const std::string verb = line.substr(0, space);
    const std::string rest = space == std::string::npos ? "" : line.substr(space + 1);
    if (verb == "history") return ShowHistory();
    if (!room_.has_value()) {
      if (verb == "create") return Create();
      if (verb == "join") return Join();
      return Show("* create a room or join one");
    }
    if (verb == "say" && !rest.empty()) return Say(rest);
    if (verb == "invite") return Invite(rest);
    if (verb == "remove") return Remove(rest);
    if (verb == "rotate") return static_cast<void>(Offer({}));
    if (verb == "leave") return Leave();
    if (verb == "members") return ShowMembers();
    Show(
        "* create, join, say TEXT, invite NAME, remove NAME, rotate, leave, members, history, "
        "quit");
  }

 private:
  void Enter(conclave::Session session) {
    ChatRows rows(storage_, session.group_id());
    const std::uint64_t read = Need(rows.ReadCursor(), "the cursor");
    room_.emplace(Room{std::move(session), std::move(rows), read});
  }

  // -- Sending.
  void SendPending() {
    if (!room_.has_value()) return;
    auto& [session, rows, read] = *room_;
    bool sent = true;
    for (const auto& unsent : Need(rows.Outbox(), "the outbox")) {
      sent = sent && service_.Send(session.group_id(), unsent.message);
    }
    for (const auto& offer : conclave::Offers(session)) {
      sent = sent && service_.Send(session.group_id(), offer.commit);
    }
    for (const auto& due : Need(conclave::Undelivered(session), "the Welcomes")) {
      for (const Bytes& welcome : due.welcomes) sent = sent && service_.LeaveWelcome(welcome);
      if (sent) Need(conclave::Delivered(session, due.offer), "a Welcome");
    }
    if (!sent) Show("! the delivery service is away");
  }

  // Key packages wait at the service for those who invite us.
  void PublishKeyPackages() {
    static_cast<void>(Need(client_.PurgeExpiredKeyPackages(), "old key packages"));
    for (std::size_t left = service_.KeyPackagesLeft(name_); left < 3; ++left) {
      static_cast<void>(Need(client_.NewKeyPackage(), "a key package"));
    }
    for (const auto& each : Need(conclave::KeyPackages(client_), "key packages")) {
      if (each.state != conclave::KeyPackageState::reserved) continue;
      if (!service_.Publish(name_, each.key_package)) continue;
      Need(conclave::MarkPublished(client_, each.ref), "a key package");
    }
  }

  bool Offer(const conclave::CommitRequest& request) {
    const auto offer = room_->session.CreateCommit(request);
    if (!offer.ok()) {
      Complain("no commit", offer.error());
      return false;
    }
    Synchronize();
    return true;
  }

  // Who asked to go is waiting for one of the others to commit; the first commit wins.
  bool MustCommit() const {
    if (!room_.has_value() || !conclave::Offers(room_->session).empty()) return false;
    for (const auto& proposal : room_->session.pending_proposals()) {
      if (NameOf(proposal.sender) != name_) return true;
    }
    return false;
  }

  // -- Reading.
  void CatchUp() {
    if (!room_.has_value()) return;
    for (const Bytes& message : service_.MessagesAfter(room_->session.group_id(), room_->read)) {
      if (!Take(message)) return;
      if (!room_.has_value()) return;
      ++room_->read;
    }
  }

  // False if the message is to be read again.
  bool Take(const Bytes& message) {
    auto& [session, rows, read] = *room_;
    for (const auto& unsent : Need(rows.Outbox(), "the outbox")) {
      if (unsent.message == message) return TakeOwn(unsent);
    }
    const AppRow cursor = rows.Cursor(read + 1);
    auto event = session.Receive(message, {&cursor, 1}, this);
    if (!event.ok()) return TakeError(event.error());
    if (auto* staged = std::get_if<conclave::StagedCommit>(&*event)) return Follow(*staged);
    const auto* heard = std::get_if<conclave::ApplicationMessage>(&*event);
    if (heard != nullptr) Show(LineOf(*heard));
    return true;
  }

  // Called by Receive(): what it returns is in the write that ends the message's key.
  std::vector<AppRow> RowsFor(const conclave::ApplicationMessage& message) override {
    return {room_->rows.Line(room_->read + 1, LineOf(message))};
  }
  static std::string LineOf(const conclave::ApplicationMessage& message) {
    return NameOf(message.sender.credential) + ": " + Text(message.plaintext);
  }

  // Our own message has its place in the log: out of the outbox, and into the history.
  bool TakeOwn(const ChatRows::Unsent& unsent) {
    auto& [session, rows, read] = *room_;
    std::vector<AppRow> changes = rows.Sent(unsent);
    changes.push_back(rows.Cursor(read + 1));
    if (!unsent.text.empty()) changes.push_back(rows.Line(read + 1, name_ + ": " + unsent.text));
    Need(rows.Write(changes), "the outbox");
    return true;
  }

  bool TakeError(const Error& error) {
    switch (WhatToDo(error.kind)) {
      case Todo::drop:
        return true;
      case Todo::try_again:
        Complain("will try again", error);
        return false;
      case Todo::give_up:
        Complain("cannot follow the room any more", error);
        std::exit(1);
    }
    return false;
  }

  // The place for an application to look at what a commit does, and to refuse it.
  bool Follow(conclave::StagedCommit& staged) {
    auto& [session, rows, read] = *room_;
    std::string line = "* " + NameOf(staged.committer()) + " commits";
    for (const auto& member : staged.added()) line += ", adds " + NameOf(member.credential);
    for (const auto& member : staged.removed()) line += ", removes " + NameOf(member.credential);
    const bool is_out = staged.removes_us();
    std::vector<AppRow> changes = {rows.Cursor(read + 1), rows.Line(read + 1, line)};
    if (is_out) {
      for (const auto& unsent : Need(rows.Outbox(), "the outbox")) {
        for (AppRow& row : rows.Sent(unsent)) changes.push_back(std::move(row));
      }
    }
    const auto entered = session.Apply(std::move(staged), changes);
    if (!entered.ok()) return TakeError(entered.error());
    Show(line);
    if (!entered->left_out.empty()) Show("* our request came too late: ask again");
    if (is_out) room_.reset();
    return true;
  }

  // -- What the user asks for.
  void Create() {
    auto session = client_.CreateGroup();
    if (!session.ok()) return Complain("no room", session.error());
    Enter(std::move(*session));
    Show("* " + name_ + " opens a room");
  }

  void Join() {
    for (const Bytes& welcome : service_.Welcomes()) {
      auto invitation = client_.ReadWelcome(welcome);
      if (!invitation.ok()) {
        const bool is_for_others = invitation.error().kind == ErrorKind::kMissing;
        if (!is_for_others) Complain("an invitation", invitation.error());
        continue;
      }
      const std::string by = NameOf(invitation->inviter().credential);
      auto session = client_.Enter(std::move(*invitation));
      if (!session.ok()) return Complain("not joined", session.error());
      Enter(std::move(*session));
      Show("* " + name_ + " joins, invited by " + by);
      PublishKeyPackages();
      return Synchronize();
    }
    Show("* nobody has invited us");
  }

  void Say(const std::string& text) {
    auto& [session, rows, read] = *room_;
    const auto said =
        session.Protect(conclave::AsBytes(text), {}, rows.ToSend(session.version(), text));
    if (said.ok()) return Synchronize();
    if (said.error().kind != ErrorKind::kCommitFirst) return Complain("not said", said.error());
    const bool committed = Offer({}) && room_.has_value() && session.pending_proposals().empty();
    if (committed) Say(text);
  }

  void Invite(const std::string& name) {
    const auto key_package = service_.TakeKeyPackage(name);
    if (!key_package.has_value()) return Show("* there is no key package of " + name);
    contacts_.invited = name;
    Offer({.add = {*key_package}});
  }

  void Remove(const std::string& name) {
    const conclave::Session& session = room_->session;
    for (const auto& member : session.members()) {
      if (NameOf(member.credential) != name || member.leaf == session.own_leaf()) continue;
      Offer({.remove = {member.leaf}});
      return;
    }
    Show("* there is no " + name + " to remove");
  }

  // Nobody can remove themselves: they ask, and somebody else commits.
  void Leave() {
    auto& [session, rows, read] = *room_;
    const auto asked = conclave::ProposeRemove(session, session.own_leaf(), {},
                                               rows.ToSend(session.version(), ""));
    if (!asked.ok()) return Complain("cannot leave", asked.error());
    Show("* " + name_ + " asks to leave");
    Synchronize();
  }

  // Two whose authenticators are equal agree on everything.
  void ShowMembers() const {
    const conclave::Session& session = room_->session;
    std::string line = "* epoch " + std::to_string(session.epoch()) + " ";
    const Bytes authenticator = session.EpochAuthenticator();
    for (std::size_t i = 0; i < 8; ++i) line += "0123456789abcdef"[authenticator[i] & 15];
    for (const auto& member : session.members()) line += " " + NameOf(member.credential);
    Show(line);
  }

  void ShowHistory() const {
    for (const auto& line : Need(ChatRows::History(storage_), "the history")) Show(line);
  }

  const std::string name_;
  conclave::Storage& storage_;
  conclave::Client& client_;
  Contacts& contacts_;
  DeliveryService& service_;
  std::optional<Room> room_;
};

// A line of standard input. None if a moment has passed, in which others' messages may have come.
std::optional<std::string> NextLine() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  if (std::cin.rdbuf()->in_avail() <= 0 && poll(&input, 1, 200) <= 0) return std::nullopt;
  std::string line;
  return std::getline(std::cin, line) ? line : "quit";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "offline_chat <name> <directory>\n");
    return 2;
  }
  const std::string name = argv[1];
  const std::string directory = argv[2];
  const conclave::BoringSslProvider crypto;
  const conclave::SystemClock clock;
  Contacts contacts;
  const auto disk = Need(
      conclave::SqliteStorage::Open({.path = directory + "/" + name + ".conclave"}), "database");
  auto client = Need(conclave::Client::Create({.identity = name,
                                               .crypto = crypto,
                                               .clock = clock,
                                               .verifier = contacts,
                                               .storage = *disk}),
                     "client");
  DeliveryService service(directory, crypto);
  Chat chat(name, *disk, client, contacts, service);
  std::ios::sync_with_stdio(false);
  while (true) {
    chat.Synchronize();
    const std::optional<std::string> line = NextLine();
    if (line == "quit") return 0;
    if (line.has_value()) chat.Do(*line);
  }
}
