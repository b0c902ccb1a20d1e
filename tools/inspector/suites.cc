#include "suites.h"

#include <array>

#include "code_points.h"
#include "crypto/cipher_suite.h"
#include "judge.h"
#include "paint.h"

namespace conclave::inspector {

namespace {

// A primitive, and the library behind it (lib/providers/boringssl).
struct Primitive {
  const char* name;
  const char* library;
};

constexpr const char* kBoringSsl = "BoringSSL";

Primitive PrimitiveOf(KemId kem) {
  switch (kem) {
    case KemId::dhkem_p256_sha256:
      return {"DHKEM(P-256, HKDF-SHA256)", kBoringSsl};
    case KemId::dhkem_p384_sha384:
      return {"DHKEM(P-384, HKDF-SHA384)", kBoringSsl};
    case KemId::dhkem_p521_sha512:
      return {"DHKEM(P-521, HKDF-SHA512)", kBoringSsl};
    case KemId::dhkem_x25519_sha256:
      return {"DHKEM(X25519, HKDF-SHA256)", "BoringSSL for keys, libsodium for shared secrets"};
    case KemId::dhkem_x448_sha512:
      return {"DHKEM(X448, HKDF-SHA512)", "libdecaf"};
  }
  return {"unknown", ""};
}

Primitive PrimitiveOf(AeadId aead) {
  switch (aead) {
    case AeadId::aes_128_gcm:
      return {"AES-128-GCM", kBoringSsl};
    case AeadId::aes_256_gcm:
      return {"AES-256-GCM", kBoringSsl};
    case AeadId::chacha20_poly1305:
      return {"ChaCha20-Poly1305", kBoringSsl};
  }
  return {"unknown", ""};
}

Primitive PrimitiveOf(HashId hash) {
  switch (hash) {
    case HashId::sha256:
      return {"SHA-256", kBoringSsl};
    case HashId::sha384:
      return {"SHA-384", kBoringSsl};
    case HashId::sha512:
      return {"SHA-512", kBoringSsl};
  }
  return {"unknown", ""};
}

Primitive PrimitiveOf(SignatureScheme scheme) {
  switch (scheme) {
    case SignatureScheme::ecdsa_secp256r1_sha256:
      return {"ECDSA, P-256, SHA-256", kBoringSsl};
    case SignatureScheme::ecdsa_secp384r1_sha384:
      return {"ECDSA, P-384, SHA-384", kBoringSsl};
    case SignatureScheme::ecdsa_secp521r1_sha512:
      return {"ECDSA, P-521, SHA-512", kBoringSsl};
    case SignatureScheme::ed25519:
      return {"Ed25519", "libsodium"};
    case SignatureScheme::ed448:
      return {"Ed448", "libdecaf"};
  }
  return {"unknown", ""};
}

struct Part {
  const char* name;
  Primitive primitive;
};

std::array<Part, 4> PartsOf(const SuiteParameters& suite) {
  return {Part{"kem", PrimitiveOf(suite.kem)}, Part{"aead", PrimitiveOf(suite.aead)},
          Part{"hash", PrimitiveOf(suite.hash)}, Part{"signature", PrimitiveOf(suite.signature)}};
}

bool IsOffered(const SuiteParameters& suite) { return Suite::Create(suite, Provider()).ok(); }

std::string CodeOf(const SuiteParameters& suite) {
  return CodeText(static_cast<std::uint16_t>(suite.id), 2);
}

std::string Padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

}  // namespace

std::string RenderSuitesText(bool has_colours) {
  const Paint paint(has_colours);
  std::string text;
  for (const SuiteParameters& suite : RfcSuites()) {
    text += CodeOf(suite) + "  " + paint(Colour::name, suite.name);
    text += IsOffered(suite) ? "\n" : paint(Colour::bad, "  not in this build") + "\n";
    for (const auto& [name, primitive] : PartsOf(suite)) {
      text += "        " + Padded(name, 11) + Padded(primitive.name, 28) +
              paint(Colour::dim, primitive.library) + "\n";
    }
  }
  return text;
}

nlohmann::ordered_json RenderSuitesJson() {
  nlohmann::ordered_json suites = nlohmann::ordered_json::array();
  for (const SuiteParameters& suite : RfcSuites()) {
    nlohmann::ordered_json item = {{"code", static_cast<std::uint16_t>(suite.id)},
                                   {"name", suite.name},
                                   {"offered", IsOffered(suite)}};
    for (const auto& [name, primitive] : PartsOf(suite)) {
      item[name] = {{"name", primitive.name}, {"library", primitive.library}};
    }
    suites.push_back(std::move(item));
  }
  return suites;
}

}  // namespace conclave::inspector
