// What offline_chat.cc keeps of a room, beside what the library keeps: rows of its own in the same
// storage, most of which are written by the library in the batch of the call that they belong to.
//
//   c<group>            the cursor: how many messages of the group's log have been read
//   h<group><number>    the history: a line for the message of that number in the log
//   o<group><number>    the outbox, in order: a message as it is to be sent
//   s<group><number>    what was said with it; nothing if it is no application message
#pragma once

#include <conclave/storage.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

class ChatRows {
 public:
  using AppRow = conclave::AppRow;
  using Bytes = conclave::Bytes;
  template <class T>
  using Result = conclave::Result<T>;

  struct Unsent {
    Bytes number;
    Bytes message;
    std::string text;
  };

  ChatRows(conclave::Storage& storage, conclave::GroupId group_id)
      : storage_(&storage), group_id_(std::move(group_id)) {}

  AppRow Cursor(std::uint64_t read) const { return {Key('c'), Number(read)}; }
  Result<std::uint64_t> ReadCursor() const {
    const auto value = Read('c');
    if (!value.ok()) return value.error();
    std::uint64_t read = 0;
    for (const std::uint8_t byte : *value) read = read << 8 | byte;
    return read;
  }

  AppRow Line(std::uint64_t number, std::string_view line) const {
    return {Key('h', Number(number)), conclave::ToBytes(line)};
  }
  // Of all groups.
  static Result<std::vector<std::string>> History(const conclave::Storage& storage) {
    struct Lines final : conclave::RecordVisitor {
      void Visit(conclave::BytesView, conclave::BytesView value) override {
        lines.emplace_back(value.begin(), value.end());
      }
      std::vector<std::string> lines;
    } all;
    const auto scanned = storage.Scan(Bytes{conclave::kAppRows, 'h'}, all);
    if (!scanned.ok()) return scanned.error();
    return std::move(all.lines);
  }

  // For the call that makes the message, whose output it is. `number` grows from call to call.
  std::vector<AppRow> ToSend(std::uint64_t number, std::string_view text) const {
    const AppRow message{Key('o', Number(number)), {}, conclave::AppRowContent::value_and_output};
    return {message, {Key('s', Number(number)), conclave::ToBytes(text)}};
  }
  Result<std::vector<Unsent>> Outbox() const {
    const Bytes prefix = conclave::AppRowKey(Key('o'));
    const auto keys = storage_->Keys(prefix);
    if (!keys.ok()) return keys.error();
    std::vector<Unsent> outbox;
    for (const Bytes& key : *keys) {
      const Bytes number(key.begin() + std::ssize(prefix), key.end());
      const auto message = Read('o', number), text = Read('s', number);
      if (!message.ok()) return message.error();
      if (!text.ok()) return text.error();
      outbox.push_back({number, *message, {text->begin(), text->end()}});
    }
    return outbox;
  }
  // What ends a message's stay in the outbox.
  std::vector<AppRow> Sent(const Unsent& unsent) const {
    return {{Key('o', unsent.number), {}, conclave::AppRowContent::none},
            {Key('s', unsent.number), {}, conclave::AppRowContent::none}};
  }

  // Writes rows when there is no call of the library's for them to go with.
  Result<void> Write(const std::vector<AppRow>& rows) {
    conclave::WriteBatch batch;
    for (const AppRow& row : rows) {
      if (row.content == conclave::AppRowContent::none) {
        batch.Erase(conclave::AppRowKey(row.key));
      } else {
        batch.Put(conclave::AppRowKey(row.key), row.value);
      }
    }
    return storage_->Write(batch);
  }

 private:
  static Bytes Number(std::uint64_t number) {
    Bytes bytes;
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes.push_back(static_cast<std::uint8_t>(number >> shift));
    }
    return bytes;
  }
  Bytes Key(char kind, const Bytes& number = {}) const {
    Bytes key = {static_cast<std::uint8_t>(kind)};
    key.insert(key.end(), group_id_.begin(), group_id_.end());
    key.insert(key.end(), number.begin(), number.end());
    return key;
  }
  // Empty if it is not there.
  Result<Bytes> Read(char kind, const Bytes& number = {}) const {
    const auto value = storage_->Read(conclave::AppRowKey(Key(kind, number)));
    if (!value.ok()) return value.error();
    return value->has_value() ? conclave::ToBytes((*value)->ExposeForProvider()) : Bytes();
  }

  conclave::Storage* storage_;
  conclave::GroupId group_id_;
};
