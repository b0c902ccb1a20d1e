// Walk: reads an object field by field, as the codec does (wire/codec.h), and notes down each field
// as a Node: its name, its bytes and where they are. Where the codec gives up, the walk says why.
//
// The values are made by the codec's own rungs; what is said twice is only the order in which
// fields follow each other. tests/inspector compares the two on every struct.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "code_points.h"
#include "diagnosis.h"
#include "field_names.h"
#include "node.h"
#include "printable.h"
#include "wire/codec.h"

namespace conclave::inspector {

// Section 12.4.3.3: the content of a ratchet_tree extension.
using RatchetTreeExtension = std::vector<std::optional<rfc9420::Node>>;

// Section 6.3.1, for a content_type, which travels outside.
template <rfc9420::ContentType kType, class Body>
struct PrivateContent {
  Body body;
  rfc9420::FramedContentAuthData auth;
};
template <rfc9420::ContentType kType, class Body>
inline constexpr StructNames kStruct<PrivateContent<kType, Body>>{"PrivateMessageContent"};

class Walk {
 public:
  explicit Walk(BytesView object) : object_(object) {}

  // Reads the object, all of it, into `value` and `root`. False if it is not a T, and failure()
  // says why.
  template <class T>
  bool Whole(T& value, Node& root) {
    wire::Reader reader(object_);
    Read(reader, value, root);
    if (!failure_.has_value() && !reader.empty()) FailAfter(reader.rest());
    return !failure_.has_value();
  }

  const std::optional<Failure>& failure() const { return failure_; }
  // Extensions of a known type whose content is not that type's.
  const std::vector<Failure>& failures_inside() const { return failures_inside_; }

 private:
  // A Node takes about 200 bytes, and a blank node of a tree one.
  static constexpr std::size_t kMostNodes = std::size_t{1} << 22;
  // Extensions may hold leaves with extensions that hold trees.
  static constexpr int kDeepestContent = 2;

  std::size_t OffsetOf(const wire::Reader& r) const {
    return static_cast<std::size_t>(r.rest().data() - object_.data());
  }

  // ---- Failing. The first failure is the one that counts.
  void Fail(wire::Reader& r, BytesView rest, Failure failure);
  void FailAfter(BytesView rest);
  std::string FieldPath() const;

  // ---- Fields.
  template <class T>
  void ReadField(wire::Reader& r, T& value, const char* name, Node& parent) {
    if (!r.ok()) return;
    if constexpr (wire::kIsSelect<T>) {
      if (*name == '\0') return ReadSelect(r, value, parent);
    }
    path_.push_back({name, 0});
    Node& node = AddChild(r, parent);
    node.name = name;
    if (r.ok()) Read(r, value, node);
    if (r.ok()) path_.pop_back();
  }

  template <class T>
  void ReadElement(wire::Reader& r, T& value, Node& list) {
    path_.push_back({nullptr, list.children.size()});
    Node& node = AddChild(r, list);
    if (r.ok()) Read(r, value, node);
    if (r.ok()) path_.pop_back();
  }

  Node& AddChild(wire::Reader& r, Node& parent);

  template <class T>
  void ReadFields(wire::Reader& r, T& value, Node& node) {
    static_assert(kStruct<T>.type != nullptr, "field_names.h does not have the struct");
    static_assert(kStruct<T>.size() == wire::kFieldCount<T>);
    std::size_t next = 0;
    wire::ForEachField(value,
                       [&](auto& field) { ReadField(r, field, kStruct<T>.fields[next++], node); });
  }
  // Structs that encode themselves, or of which there is more to say.
  void ReadFields(wire::Reader& r, rfc9420::AuthenticatedContent& value, Node& node);
  void ReadFields(wire::Reader& r, rfc9420::PublicMessage& value, Node& node);
  void ReadFields(wire::Reader& r, Lifetime& value, Node& node);
  void ReadFields(wire::Reader& r, Extension& value, Node& node);
  template <rfc9420::ContentType kType, class Body>
  void ReadFields(wire::Reader& r, PrivateContent<kType, Body>& value, Node& node) {
    if constexpr (kCase<Body> != nullptr) {
      ReadField(r, value.body, kCase<Body>, node);
    } else {
      ReadFields(r, value.body, node);
    }
    ReadAuth(r, kType, value.auth, node);
    ReadPadding(r, node);
  }
  void ReadAuth(wire::Reader& r, rfc9420::ContentType type, rfc9420::FramedContentAuthData& auth,
                Node& parent);
  void ReadPadding(wire::Reader& r, Node& parent);
  void ReadContentOf(const Extension& extension, Node& node);
  template <class T>
  void ReadContent(Node& extension, const char* name, BytesView content);

  // ---- One value.
  template <class T>
  void Read(wire::Reader& r, T& value, Node& node) {
    node.offset = OffsetOf(r);
    ReadValue(r, value, node);
    if (r.ok() && node.kind != Kind::secret) node.size = OffsetOf(r) - node.offset;
  }

  template <class T>
  void ReadValue(wire::Reader& r, T& value, Node& node) {
    if constexpr (std::unsigned_integral<T>) {
      ReadNumber(r, value, node);
    } else if constexpr (std::is_enum_v<T>) {
      ReadCode(r, value, node);
    } else if constexpr (std::same_as<T, LeafIndex>) {
      ReadNumber(r, value.value, node);
    } else if constexpr (std::same_as<T, Bytes>) {
      ReadBytes(r, value, node);
    } else if constexpr (std::same_as<T, ProposalRef> || std::same_as<T, KeyPackageRef>) {
      ReadBytes(r, value.value, node);
    } else if constexpr (std::same_as<T, Secret>) {
      ReadSecret(r, value, node);
    } else if constexpr (wire::kIsOpaqueArray<T>) {
      ReadArray(r, value, node);
    } else if constexpr (wire::kIsVector<T>) {
      ReadList(r, value, node);
    } else if constexpr (wire::kIsOptional<T>) {
      ReadOptional(r, value, node);
    } else if constexpr (wire::kIsSelect<T>) {
      node.type = kSelect<T>.type;
      ReadSelect(r, value, node);
    } else if constexpr (std::same_as<T, rfc9420::PathSecret>) {
      ReadSecret(r, value.path_secret, node);
    } else {
      node.type = kStruct<T>.type;
      ReadFields(r, value, node);
    }
  }

  template <class T>
  void ReadNumber(wire::Reader& r, T& value, Node& node) {
    static constexpr const char* kTypes[] = {"uint8", "uint16", "", "uint32", "", "", "", "uint64"};
    node.kind = Kind::number;
    node.type = kTypes[sizeof(T) - 1];
    node.width = sizeof(T);
    const BytesView rest = r.rest();
    wire::Decode(r, value);
    if (!r.ok()) return Fail(r, rest, DiagnoseFixed(rest, sizeof(T)));
    node.number = value;
  }

  template <class E>
  void ReadCode(wire::Reader& r, E& value, Node& node) {
    node.kind = Kind::code_point;
    node.type = kRegistry<E>.type;
    node.noun = kRegistry<E>.noun;
    node.width = sizeof(E);
    const BytesView rest = r.rest();
    wire::Decode(r, value);
    if (!r.ok()) return Fail(r, rest, DiagnoseFixed(rest, sizeof(E)));
    node.number = static_cast<std::uint64_t>(static_cast<std::underlying_type_t<E>>(value));
    Meaning meaning = MeaningOf(value);
    node.meaning = std::move(meaning.text);
    node.is_named = meaning.is_named;
  }

  void ReadBytes(wire::Reader& r, Bytes& value, Node& node);
  void ReadSecret(wire::Reader& r, Secret& value, Node& node);
  template <std::size_t N>
  void ReadArray(wire::Reader& r, std::array<std::uint8_t, N>& value, Node& node) {
    node.kind = Kind::bytes;
    node.type = "opaque";
    const BytesView rest = r.rest();
    wire::Decode(r, value);
    if (!r.ok()) return Fail(r, rest, DiagnoseFixed(rest, N));
    node.bytes.assign(value.begin(), value.end());
  }

  template <class T>
  void ReadList(wire::Reader& r, std::vector<T>& value, Node& node) {
    node.kind = Kind::list;
    const BytesView rest = r.rest();
    r.Nested([&](wire::Reader& items) {
      while (items.ok() && !items.empty()) ReadElement(items, value.emplace_back(), node);
    });
    if (!r.ok()) Fail(r, rest, DiagnoseVector(rest));
  }

  template <class T>
  void ReadOptional(wire::Reader& r, std::optional<T>& value, Node& node) {
    const BytesView rest = r.rest();
    const std::uint64_t present = r.Uint(1);
    if (!r.ok() || present > 1) return Fail(r, rest, DiagnosePresence(rest));
    if (present == 0) {
      node.kind = Kind::absent;
    } else {
      ReadValue(r, value.emplace(), node);
    }
  }

  template <class Tag, class... Cases>
  void ReadSelect(wire::Reader& r, wire::Select<Tag, Cases...>& value, Node& node) {
    constexpr const char* kTag = kSelect<wire::Select<Tag, Cases...>>.tag;
    static_assert(kTag != nullptr, "field_names.h does not have the select");
    const BytesView rest = r.rest();
    Tag tag{};
    ReadField(r, tag, kTag, node);
    if (!r.ok()) return;
    bool is_done = false;
    const auto one = [&]<class C>(std::type_identity<C>) {
      using T = typename C::type;
      if (is_done) return;
      if constexpr (C::kIsOtherwise) {
        is_done = true;
        auto& [first, content] = value.value.template emplace<wire::Stored<T>>();
        first = tag;
        ReadField(r, content, kStruct<T>.fields[1], node);
      } else if (tag == C::tag) {
        is_done = true;
        ReadCase(r, value.value.template emplace<wire::Stored<T>>(), node);
      }
    };
    (one(std::type_identity<Cases>{}), ...);
    if (is_done) return;
    path_.push_back({kTag, 0});
    Failure failure;
    failure.reason = CodeText(static_cast<std::uint64_t>(tag), sizeof(Tag)) + " is not a " +
                     kRegistry<Tag>.noun + " of RFC 9420";
    failure.section = "2.1";
    Fail(r, rest, std::move(failure));
  }

  template <class T>
  void ReadCase(wire::Reader& r, wire::Boxed<T>& held, Node& node) {
    ReadCase(r, *held, node);
  }
  template <class T>
  void ReadCase(wire::Reader& r, T& held, Node& node) {
    if constexpr (kCase<T> != nullptr) {
      ReadField(r, held, kCase<T>, node);
    } else {
      ReadFields(r, held, node);
    }
  }

  struct Step {
    const char* name;  // null: an element of a list
    std::size_t index;
  };

  BytesView object_;
  std::vector<Step> path_;
  std::size_t nodes_ = 0;
  int content_depth_ = 0;
  std::optional<Failure> failure_;
  std::vector<Failure> failures_inside_;
};

}  // namespace conclave::inspector
