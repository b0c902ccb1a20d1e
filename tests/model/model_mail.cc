// Application messages of the model: written, delivered late and out of order, replayed.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "model/model_group.h"
#include "support/conversation.h"
#include "support/must.h"

namespace conclave::testing {

using test::KindOf;
using test::Must;

void ModelGroup::Write(Player& author) {
  const std::string text =
      "message " + std::to_string(texts_++) + std::string(dice_.Below(200), '.');
  Mail mail{.message = Must(author.session->Protect(AsBytes(text), AsBytes("aad " + text))),
            .text = text,
            .sender = *author.expected,
            .author = &author,
            .epoch = epoch_,
            .unread = Members()};
  std::erase(mail.unread, &author);
  mail_.push_back(std::move(mail));
}

void ModelGroup::DeliverMail(std::size_t percent) {
  std::vector<std::pair<Mail*, Player*>> deliveries;
  for (Mail& mail : mail_) {
    for (Player* reader : mail.unread) {
      if (dice_.Chance(percent)) deliveries.emplace_back(&mail, reader);
    }
  }
  dice_.Shuffle(deliveries);
  for (const auto& [mail, reader] : deliveries) {
    std::erase(mail->unread, reader);
    DeliverTo(*reader, *mail);
  }
}

void ModelGroup::DeliverTo(Player& reader, const Mail& mail) {
  if (!reader.expected.has_value()) return;
  Session& session = *reader.session;
  const Epoch age = epoch_ - mail.epoch;
  const bool was_there = reader.joined <= mail.epoch;
  if (!was_there || age > reader.policy.past_epochs) {
    REQUIRE(KindOf(session.Receive(mail.message)) == ErrorKind::kEpochTooOld);
    ++tally_.too_late;
    return;
  }
  const ApplicationMessage read = ReceiveApplication(session, mail.message);
  REQUIRE(TextOf(read.plaintext) == mail.text);
  REQUIRE(TextOf(read.authenticated_data) == "aad " + mail.text);
  REQUIRE(read.sender == mail.sender);
  REQUIRE(read.epoch == mail.epoch);
  ++tally_.messages_read;
  if (age > 0) ++tally_.late_messages_read;
  if (!dice_.Chance(10)) return;

  REQUIRE(KindOf(session.Receive(mail.message)) == ErrorKind::kAlreadyUsed);
  ++tally_.refusals;
  Player& author = *mail.author;
  const bool still_there = author.expected.has_value() && author.joined <= mail.epoch;
  if (still_there && age <= author.policy.past_epochs) ReceiveOwn(*author.session, mail.message);
}

void ModelGroup::ForgetOldMail() {
  std::erase_if(
      mail_, [this](const Mail& mail) { return mail.unread.empty() || epoch_ - mail.epoch > 5; });
}

}  // namespace conclave::testing
