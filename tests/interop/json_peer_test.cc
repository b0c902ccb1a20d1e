// Conversations between json_peer processes: every operation, on every suite, in both framings; and
// what a peer says to lines that make no sense.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cctype>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/hex.h"
#include "conclave/bytes.h"
#include "support/peer_process.h"

namespace conclave::testing {

namespace {

using nlohmann::json;

std::string Hex(std::string_view text) { return ToHex(AsBytes(text)); }

class JsonPeer : public PeerProcess {
 public:
  JsonPeer() : PeerProcess(CONCLAVE_JSON_PEER) {}
  JsonPeer(std::string_view name, int suite, bool public_handshake) : JsonPeer() {
    const json reply =
        Ask("init",
            {{"suite", suite}, {"identity", Hex(name)}, {"public_handshake", public_handshake}});
    REQUIRE(reply["impl"] == "conclave");
    REQUIRE(reply["suite"] == suite);
  }
  std::string KeyPackage() { return Ask("key_package")["key_package"]; }
};

// Whether all bytes in a reply are lower-case hex.
bool IsLowerHex(const json& value) {
  const std::string& text = value.get_ref<const std::string&>();
  return text.size() % 2 == 0 && std::ranges::all_of(text, [](unsigned char c) {
           return std::isdigit(c) != 0 || (c >= 'a' && c <= 'f');
         });
}

// What every reply to a change carries.
json StateIn(const json& reply) {
  json state;
  for (const char* name :
       {"group_id", "tree_hash", "confirmed_transcript_hash", "epoch_authenticator"}) {
    REQUIRE(reply.contains(name));
    REQUIRE(IsLowerHex(reply[name]));
    state[name] = reply[name];
  }
  for (const char* name : {"epoch", "members"}) {
    REQUIRE(reply.contains(name));
    state[name] = reply[name];
  }
  REQUIRE(reply["own_leaf"].is_number_unsigned());
  return state;
}

json Names(std::initializer_list<std::string_view> names) {
  json list = json::array();
  for (const std::string_view name : names) list.push_back(Hex(name));
  return list;
}

// All peers are where `reply` says, and export the same secret.
void RequireAgreement(const json& reply, std::initializer_list<JsonPeer*> peers) {
  const json expected = StateIn(reply);
  json exported;
  for (JsonPeer* peer : peers) {
    REQUIRE(StateIn(peer->Ask("state")) == expected);
    const json secret = peer->Ask(
        "export", {{"label", "agreement"}, {"context", Hex("of peers")}, {"length", 48}})["secret"];
    REQUIRE(secret.get<std::string>().size() == 96);
    if (exported.is_null()) exported = secret;
    REQUIRE(secret == exported);
  }
}

// Each says something that the others read.
void RequireEveryoneReadsEveryone(std::initializer_list<JsonPeer*> peers) {
  for (JsonPeer* sender : peers) {
    const json state = sender->Ask("state");
    const json message =
        sender->Ask("encrypt", {{"plaintext", Hex("hello")}, {"aad", Hex("aad")}})["message"];
    for (JsonPeer* reader : peers) {
      const json heard = reader->Ask("process", {{"message", message}});
      if (reader == sender) {
        REQUIRE(heard["kind"] == "own");
        continue;
      }
      REQUIRE(heard["kind"] == "application");
      REQUIRE(heard["plaintext"] == Hex("hello"));
      REQUIRE(heard["aad"] == Hex("aad"));
      REQUIRE(heard["sender"] == state["own_leaf"]);
    }
  }
}

// `message` is a commit that leads `peer` to the state in `reply`.
void RequireFollows(JsonPeer& peer, const json& reply) {
  const json heard = peer.Ask("process", {{"message", reply["commit"]}});
  REQUIRE(heard["kind"] == "handshake");
  REQUIRE(StateIn(heard) == StateIn(reply));
}

}  // namespace

TEST_CASE("Two peers hold a conversation with every operation") {
  const int suite = GENERATE(1, 2, 3, 4, 5, 6, 7);
  const bool public_handshake = GENERATE(false, true);
  INFO("suite " << suite << (public_handshake ? ", public" : ", private"));
  JsonPeer alice("alice", suite, public_handshake);
  JsonPeer bob("bob", suite, public_handshake);

  json reply = alice.Ask("create", {{"group_id", Hex("room")}});
  REQUIRE(reply["epoch"] == 0);
  REQUIRE(reply["group_id"] == Hex("room"));
  REQUIRE(reply["own_leaf"] == 0);
  REQUIRE(reply["members"] == Names({"alice"}));

  // add, and join with the tree that the Welcome carries.
  reply = alice.Ask("add", {{"key_packages", {bob.KeyPackage()}}});
  REQUIRE(reply["epoch"] == 1);
  REQUIRE(reply["members"] == Names({"alice", "bob"}));
  json joined = bob.Ask("join", {{"welcome", reply["welcome"]}});
  REQUIRE(joined["own_leaf"] == 1);
  REQUIRE(StateIn(joined) == StateIn(reply));
  RequireAgreement(reply, {&alice, &bob});
  RequireEveryoneReadsEveryone({&alice, &bob});

  // update, by each.
  const json before = reply["epoch_authenticator"];
  RequireFollows(bob, reply = alice.Ask("update"));
  REQUIRE(reply["epoch_authenticator"] != before);
  RequireFollows(alice, reply = bob.Ask("update"));
  RequireAgreement(reply, {&alice, &bob});

  // psk: bob cannot follow until he has it; the same commit works then.
  const json psk = {{"op", "psk"}, {"id", Hex("shared")}, {"secret", Hex("0123456789abcdef")}};
  REQUIRE(alice.AskLine(psk.dump())["ok"] == true);
  reply = alice.Ask("update", {{"psks", {Hex("shared")}}});
  REQUIRE(bob.AskInVain("process", {{"message", reply["commit"]}}).starts_with("Missing: "));
  bob.Ask("psk", {{"psk_id", Hex("shared")}, {"secret", Hex("0123456789abcdef")}});
  RequireFollows(bob, reply);
  RequireAgreement(reply, {&alice, &bob});

  // propose_update, and commit by the other; the committer's commit comes back.
  const json update = bob.Ask("propose_update")["proposal"];
  REQUIRE(alice.Ask("process", {{"message", update}})["kind"] == "proposal");
  const json commit = alice.Ask("commit")["commit"];
  REQUIRE(alice.Ask("state")["epoch"] == reply["epoch"]);
  reply = alice.Ask("process", {{"message", commit}});
  REQUIRE(reply["kind"] == "handshake");
  reply["commit"] = commit;
  RequireFollows(bob, reply);
  RequireAgreement(reply, {&alice, &bob});

  // remove: bob learns of it, and is out.
  reply = alice.Ask("remove", {{"leaf", 1}});
  REQUIRE(reply["members"] == Names({"alice"}));
  const json farewell = bob.Ask("process", {{"message", reply["commit"]}});
  REQUIRE(farewell["kind"] == "handshake");
  REQUIRE(farewell["active"] == false);
  REQUIRE(bob.AskInVain("encrypt", {{"plaintext", "00"}}).starts_with("NotMember: "));

  // group_info and external_join: bob comes back by himself.
  const json info = alice.Ask("group_info");
  reply = bob.Ask("external_join", {{"group_info", info["group_info"]}});
  REQUIRE(reply["active"] == true);
  RequireFollows(alice, reply);
  REQUIRE(reply["members"] == Names({"alice", "bob"}));
  RequireAgreement(reply, {&alice, &bob});
  RequireEveryoneReadsEveryone({&alice, &bob});

  REQUIRE(alice.Close() == 0);
  REQUIRE(bob.Close() == 0);
}

TEST_CASE("Three peers propose, and one commits what all have heard") {
  const int suite = GENERATE(1, 2, 3, 4, 5, 6, 7);
  const bool public_handshake = GENERATE(false, true);
  INFO("suite " << suite << (public_handshake ? ", public" : ", private"));
  JsonPeer alice("alice", suite, public_handshake);
  JsonPeer bob("bob", suite, public_handshake);
  JsonPeer carol("carol", suite, public_handshake);
  JsonPeer dave("dave", suite, public_handshake);

  alice.Ask("create", {{"group_id", Hex("room")}});
  json reply = alice.Ask("add", {{"key_packages", {bob.KeyPackage(), carol.KeyPackage()}}});
  bob.Ask("join", {{"welcome", reply["welcome"]}});
  carol.Ask("join", {{"welcome", reply["welcome"]}});
  RequireAgreement(reply, {&alice, &bob, &carol});

  // propose_add and propose_remove, heard by everybody.
  const json proposals = {
      alice.Ask("propose_add", {{"key_package", dave.KeyPackage()}})["proposal"],
      bob.Ask("propose_remove", {{"leaf", 2}})["proposal"]};
  REQUIRE(bob.Ask("process", {{"message", proposals[0]}})["kind"] == "proposal");
  REQUIRE(alice.Ask("process", {{"message", proposals[1]}})["kind"] == "proposal");
  // Section 12.4: nobody talks past a proposal.
  REQUIRE(bob.AskInVain("encrypt", {{"plaintext", "00"}}).starts_with("CommitFirst: "));
  json commit = bob.Ask("commit");

  // carol has missed the proposals: the commit waits for them.
  REQUIRE(carol.AskInVain("process", {{"message", commit["commit"]}}).starts_with("Missing: "));
  for (const json& proposal : proposals) {
    REQUIRE(carol.Ask("process", {{"message", proposal}})["kind"] == "proposal");
  }
  REQUIRE(carol.Ask("process", {{"message", commit["commit"]}})["active"] == false);

  reply = alice.Ask("process", {{"message", commit["commit"]}});
  REQUIRE(reply["members"] == Names({"alice", "bob", "dave"}));
  const json own = bob.Ask("process", {{"message", commit["commit"]}});
  REQUIRE(own["welcome"] == commit["welcome"]);
  REQUIRE(dave.Ask("join", {{"welcome", commit["welcome"]}})["own_leaf"] == 2);
  RequireAgreement(reply, {&alice, &bob, &dave});

  // Two commits race: the one that was accepted wins, at its competitor's too.
  const json lost = alice.Ask("commit");
  const json won = dave.Ask("commit");
  reply = dave.Ask("process", {{"message", won["commit"]}});
  REQUIRE(StateIn(alice.Ask("process", {{"message", won["commit"]}})) == StateIn(reply));
  REQUIRE(StateIn(bob.Ask("process", {{"message", won["commit"]}})) == StateIn(reply));
  REQUIRE(bob.AskInVain("process", {{"message", lost["commit"]}}).starts_with("EpochTooOld: "));
  RequireAgreement(reply, {&alice, &bob, &dave});
  RequireEveryoneReadsEveryone({&alice, &bob, &dave});

  // carol comes back with the tree out of band, and again, from where she is (a resync).
  for (int round = 0; round < 2; ++round) {
    const json info = alice.Ask("group_info");
    reply = carol.Ask("external_join",
                      {{"group_info", info["group_info"]}, {"ratchet_tree", info["ratchet_tree"]}});
    REQUIRE(reply["members"] == Names({"alice", "bob", "dave", "carol"}));
    for (JsonPeer* peer : {&alice, &bob, &dave}) RequireFollows(*peer, reply);
  }
  RequireAgreement(reply, {&alice, &bob, &carol, &dave});
  RequireEveryoneReadsEveryone({&alice, &bob, &carol, &dave});
}

TEST_CASE("A peer answers lines that make no sense, and goes on") {
  JsonPeer peer;
  for (const char* line :
       {"nonsense",
        "{",
        "[]",
        "null",
        "17",
        R"("op")",
        R"({"id":1})",
        R"({"id":2,"op":7})",
        R"({"id":3,"op":"fly"})",
        R"({"id":4,"op":"state"})",
        R"({"id":5,"op":"key_package"})",
        R"({"id":6,"op":"encrypt","plaintext":"00"})",
        R"({"id":7,"op":"init"})",
        R"({"id":8,"op":"init","suite":"1","identity":"00"})",
        R"({"id":9,"op":"init","suite":-1,"identity":"00"})",
        R"({"id":10,"op":"init","suite":99,"identity":"00"})",
        R"({"id":11,"op":"init","suite":70000,"identity":"00"})",
        R"({"id":12,"op":"init","suite":1,"identity":"xy"})",
        R"({"id":13,"op":"init","suite":1,"identity":"00","public_handshake":1})",
        R"({"id":13,"op":"init","suite":1,"identity":"00","grease":"no"})",
        "{\"id\":14,\"op\":\"\xff\"}"}) {
    INFO(line);
    const json reply = peer.AskLine(line);
    REQUIRE(reply["ok"] == false);
    REQUIRE(reply.contains("id"));
    const auto error = reply["error"].get<std::string>();
    REQUIRE(error.find(": ") != std::string::npos);
  }
  REQUIRE(peer.AskLine(R"({"id":"x","op":"fly"})")["id"] == "x");
  REQUIRE(peer.AskLine(R"({"id":3,"op":"fly"})")["error"].get<std::string>().starts_with(
      "Unsupported: "));

  peer.Ask("init", {{"suite", 1}, {"identity", Hex("alice")}});
  REQUIRE(peer.AskInVain("process", {{"message", "00"}}).starts_with("Misuse: "));
  peer.Ask("create", {{"group_id", Hex("room")}});
  REQUIRE(peer.AskInVain("create", {{"group_id", Hex("room")}}).starts_with("Misuse: "));
  REQUIRE(peer.AskInVain("process", {{"message", "00"}}).starts_with("Malformed: "));
  REQUIRE(peer.AskInVain("process", {{"message", "0"}}).starts_with("Misuse: "));
  REQUIRE(peer.AskInVain("process", {{"message", 7}}).starts_with("Misuse: "));
  REQUIRE(peer.AskInVain("add", {{"key_packages", json::array()}}).starts_with("Misuse: "));
  REQUIRE(peer.AskInVain("add", {{"key_packages", "00"}}).starts_with("Misuse: "));
  REQUIRE(peer.AskInVain("add", {{"key_packages", {"00"}}}).starts_with("Malformed: "));
  REQUIRE(peer.AskInVain("remove", {{"leaf", 9}}).starts_with("InvalidProposal: "));
  REQUIRE(peer.AskInVain("remove", {{"leaf", "0"}}).starts_with("Misuse: "));
  REQUIRE(
      peer.AskInVain("export", {{"label", "l"}, {"context", ""}, {"length", 1 << 20}}).find(": ") !=
      std::string::npos);
  REQUIRE(peer.AskInVain("export", {{"context", ""}, {"length", 32}}).starts_with("Misuse: "));
  REQUIRE(peer.AskInVain("join", {{"welcome", "00"}}).starts_with("Malformed: "));
  REQUIRE(peer.AskInVain("external_join", {{"group_info", "00"}}).starts_with("Malformed: "));
  REQUIRE(peer.AskInVain("propose_add", {{"key_package", "00"}}).starts_with("Malformed: "));

  const json state = peer.Ask("state");
  REQUIRE(state["epoch"] == 0);
  REQUIRE(peer.Ask("update")["epoch"] == 1);
  REQUIRE(peer.Close() == 0);
}

}  // namespace conclave::testing
