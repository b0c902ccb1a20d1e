// The key in a certificate (RFC 9420, section 5.3), in the form of section 5.1.1.
//
// The SubjectPublicKeyInfo is taken apart here, since BoringSSL does not know Ed448 keys. Whether
// an elliptic-curve point lies on its curve is seen when it is used.
#include "providers/boringssl/certificate.h"

#include <openssl/bytestring.h>
#include <openssl/mem.h>

#include <algorithm>
#include <iterator>

#include "conclave/boringssl_provider.h"
#include "providers/boringssl/error_queue.h"

namespace conclave {

namespace boringssl {

namespace {

constexpr Error kNotACertificate{ErrorKind::kMalformed, "not a DER certificate"};

// The contents of object identifiers (RFC 5480, RFC 8410).
constexpr std::uint8_t kIdEcPublicKey[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
constexpr std::uint8_t kSecp256r1[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr std::uint8_t kSecp384r1[] = {0x2b, 0x81, 0x04, 0x00, 0x22};
constexpr std::uint8_t kSecp521r1[] = {0x2b, 0x81, 0x04, 0x00, 0x23};
constexpr std::uint8_t kIdEd25519[] = {0x2b, 0x65, 0x70};
constexpr std::uint8_t kIdEd448[] = {0x2b, 0x65, 0x71};

// The keys that are understood: an algorithm, the curve it has as its parameter, if any, and the
// size of the key. Points are uncompressed; RFC 9420 has no other form.
struct KeyForm {
  BytesView algorithm;
  BytesView curve;
  std::size_t size = 0;
};
constexpr KeyForm kKeyForms[] = {
    {kIdEcPublicKey, kSecp256r1, 65},
    {kIdEcPublicKey, kSecp384r1, 97},
    {kIdEcPublicKey, kSecp521r1, 133},
    {kIdEd25519, {}, 32},
    {kIdEd448, {}, 57},
};

struct SubjectPublicKeyInfo {
  BytesView algorithm;
  BytesView curve;
  BytesView key;
};

BytesView View(const CBS& cbs) { return {CBS_data(&cbs), CBS_len(&cbs)}; }

// Parses the encoded structure; false if it is none. Parameters other than an object identifier
// leave `curve` empty and `known` false.
bool ParseInfo(BytesView der, SubjectPublicKeyInfo& info, bool& known) {
  CBS input, outer, algorithm, name, key;
  CBS_init(&input, der.data(), der.size());
  std::uint8_t unused_bits = 0;
  if (!CBS_get_asn1(&input, &outer, CBS_ASN1_SEQUENCE) || CBS_len(&input) != 0 ||
      !CBS_get_asn1(&outer, &algorithm, CBS_ASN1_SEQUENCE) ||
      !CBS_get_asn1(&algorithm, &name, CBS_ASN1_OBJECT) ||
      !CBS_get_asn1(&outer, &key, CBS_ASN1_BITSTRING) || CBS_len(&outer) != 0 ||
      !CBS_get_u8(&key, &unused_bits) || unused_bits != 0) {
    return false;
  }
  info.algorithm = View(name);
  info.key = View(key);
  CBS curve;
  known = CBS_len(&algorithm) == 0;
  if (!known && CBS_get_asn1(&algorithm, &curve, CBS_ASN1_OBJECT)) {
    known = CBS_len(&algorithm) == 0;
    info.curve = View(curve);
  }
  return true;
}

}  // namespace

Result<bssl::UniquePtr<X509>> ParseCertificate(BytesView der) {
  // d2i_X509 takes its length as a long.
  if (der.empty() || der.size() > (std::size_t{1} << 30)) return kNotACertificate;
  const std::uint8_t* at = der.data();
  bssl::UniquePtr<X509> certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (certificate == nullptr || at != der.data() + der.size()) return kNotACertificate;
  return certificate;
}

Result<Bytes> SubjectPublicKey(const X509* certificate) {
  std::uint8_t* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (size < 0) return kNotACertificate;
  const bssl::UniquePtr<std::uint8_t> owner(der);
  SubjectPublicKeyInfo info;
  bool known = false;
  if (!ParseInfo({der, static_cast<std::size_t>(size)}, info, known)) return kNotACertificate;
  const auto form = std::ranges::find_if(kKeyForms, [&](const KeyForm& candidate) {
    return std::ranges::equal(candidate.algorithm, info.algorithm) &&
           std::ranges::equal(candidate.curve, info.curve);
  });
  if (!known || form == std::end(kKeyForms)) {
    return Error{ErrorKind::kUnsupported, "the certificate's key is for no scheme of RFC 9420"};
  }
  if (info.key.size() != form->size) {
    return Error{ErrorKind::kMalformed, "the certificate's key has the wrong size"};
  }
  return ToBytes(info.key);
}

}  // namespace boringssl

Result<Bytes> BoringSslProvider::CertificatePublicKey(BytesView certificate) const {
  const boringssl::KeepErrorQueue keep;
  auto parsed = boringssl::ParseCertificate(certificate);
  if (!parsed.ok()) return parsed.error();
  return boringssl::SubjectPublicKey(parsed->get());
}

}  // namespace conclave
