// Keys, ciphertexts and signatures of others (RFC 9420, sections 5.1.2 and 5.1.3; RFC 9180), in
// every cipher suite: nothing opens but what was sealed, nothing verifies but what was signed.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "crypto/signature_key.h"
#include "fuzz/harness/mutate.h"
#include "fuzz/harness/provider.h"
#include "fuzz/harness/target.h"
#include "hpke/kem.h"
#include "labeled/labeled.h"
#include "schedule/key_schedule.h"
#include "support/test_suite.h"

namespace conclave::fuzz {

namespace {

struct Shown {
  std::uint8_t suite = 0;
  std::uint8_t what = 0;
  Bytes first;   // a context, a message or a key
  Bytes second;  // a KEM output or a signature
  Bytes third;   // a ciphertext
};
constexpr std::uint8_t kOpen = 0;
constexpr std::uint8_t kVerify = 1;
constexpr std::uint8_t kReceiveInit = 2;
constexpr std::uint8_t kUsePublicKey = 3;
constexpr std::uint8_t kUsePrivateKey = 4;
constexpr std::uint8_t kKinds = 5;

const Bytes& Text() {
  static const Bytes text = ToBytes("a context, and a message");
  return text;
}

// The keys of somebody in one suite, and what was sealed to them and signed with them.
struct Keys {
  explicit Keys(const Suite& which)
      : suite(which),
        kem(Must(KemGenerateKeyPair(suite.provider(), suite.kem()))),
        signer(Must(SoftwareSigner::Generate(suite.provider(), suite.signature()))),
        sealed(Must(EncryptWithLabel(suite, kem.public_key, "Welcome", Text(),
                                     Secret::CopyOf(AsBytes("what is inside"))))),
        signature(Must(SignWithLabel(signer, "KeyPackageTBS", Text()))) {}

  Suite suite;
  KeyPair kem;
  SoftwareSigner signer;
  rfc9420::HPKECiphertext sealed;
  Bytes signature;
};

const std::vector<Keys>& AllKeys() {
  static const SeededProvider crypto;
  static const std::vector<Keys> all = [] {
    std::vector<Keys> keys;
    for (const SuiteParameters& suite : RfcSuites())
      keys.emplace_back(Must(FindSuite(suite.id, crypto)));
    return keys;
  }();
  return all;
}

bool Open(const Keys& keys, const Shown& shown) {
  const auto opened = DecryptWithLabel(keys.suite, keys.kem.private_key, keys.kem.public_key,
                                       "Welcome", shown.first, {shown.second, shown.third});
  const bool is_sealed = shown.first == Text() && shown.second == keys.sealed.kem_output &&
                         shown.third == keys.sealed.ciphertext;
  Require(!opened.ok() || is_sealed, "nothing opens but what was sealed");
  return opened.ok();
}

bool Verify(const Keys& keys, const Shown& shown) {
  const auto verified = VerifyWithLabel(keys.suite, keys.signer.public_key(), "KeyPackageTBS",
                                        shown.first, shown.second);
  Require(!verified.ok() || shown.first == Text(), "nothing verifies but what was signed");
  return verified.ok();
}

bool UsePublicKey(const Keys& keys, const Shown& shown) {
  const auto verified =
      VerifyWithLabel(keys.suite, shown.first, "KeyPackageTBS", Text(), shown.second);
  const auto init = SendExternalInit(keys.suite, shown.first);
  const auto sealed = EncryptWithLabel(keys.suite, shown.first, "Welcome", shown.second,
                                       Secret::CopyOf(shown.third));
  Require(init.ok() == sealed.ok(), "a public key is valid for all uses or for none");
  return sealed.ok() || verified.ok();
}

bool UsePrivateKey(const Keys& keys, const Shown& shown) {
  const Suite& suite = keys.suite;
  const auto signer = SoftwareSigner::FromPrivateKey(suite.provider(), suite.signature(),
                                                     Secret::CopyOf(shown.first));
  if (signer.ok()) {
    const Bytes signature = Must(SignWithLabel(*signer, "LeafNodeTBS", shown.second));
    Require(
        VerifyWithLabel(suite, signer->public_key(), "LeafNodeTBS", shown.second, signature).ok(),
        "what we sign verifies");
  }
  const Secret key = Secret::CopyOf(shown.first);
  const auto public_key = KemPublicKey(suite.provider(), suite.kem(), key);
  if (public_key.ok()) {
    const auto sealed = Must(
        EncryptWithLabel(suite, *public_key, "Welcome", shown.second, Secret::CopyOf(shown.third)));
    const auto opened = DecryptWithLabel(suite, key, *public_key, "Welcome", shown.second, sealed);
    Require(opened.ok() && std::ranges::equal(opened->ExposeForProvider(), shown.third),
            "what we seal opens");
  }
  return signer.ok() || public_key.ok();
}

bool Run(BytesView input) {
  const auto shown = wire::Parse<Shown>(input);
  if (!shown.ok()) return false;
  const Keys& keys = AllKeys()[shown->suite % AllKeys().size()];
  switch (shown->what % kKinds) {
    case kOpen:
      return Open(keys, *shown);
    case kVerify:
      return Verify(keys, *shown);
    case kReceiveInit:
      return ReceiveExternalInit(keys.suite, Secret(keys.suite.hash_size()), shown->second).ok();
    case kUsePublicKey:
      return UsePublicKey(keys, *shown);
    default:
      return UsePrivateKey(keys, *shown);
  }
}

std::vector<Seed> Seeds() {
  std::vector<Seed> seeds;
  for (std::uint8_t number = 0; number < AllKeys().size(); ++number) {
    const Keys& keys = AllKeys()[number];
    const auto add = [&](const char* name, const Shown& shown) {
      seeds.push_back(
          {name + std::string("_in_suite_") + std::to_string(number + 1), wire::Serialize(shown)});
    };
    add("opened", {number, kOpen, Text(), keys.sealed.kem_output, keys.sealed.ciphertext});
    add("verified", {number, kVerify, Text(), keys.signature, {}});
    add("received", {number, kReceiveInit, {}, keys.kem.public_key, {}});
    add("public_key", {number, kUsePublicKey, keys.kem.public_key, Text(), Text()});
    add("private_key", {number, kUsePrivateKey, ToBytes(keys.kem.private_key.ExposeForProvider()),
                        Text(), Text()});
  }
  return seeds;
}

const Registration kTarget({"hpke", Run, Seeds, MutateInput<Shown>});

}  // namespace

}  // namespace conclave::fuzz
