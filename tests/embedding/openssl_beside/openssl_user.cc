#include "openssl_user.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <cstddef>
#include <numeric>

std::string_view OpenSslVersion() { return OpenSSL_version(OPENSSL_VERSION); }

std::array<std::uint8_t, 42> OpenSslHkdf() {
  std::array<std::uint8_t, 22> key;
  key.fill(0x0b);
  std::array<std::uint8_t, 13> salt;
  std::iota(salt.begin(), salt.end(), std::uint8_t{0x00});
  std::array<std::uint8_t, 10> info;
  std::iota(info.begin(), info.end(), std::uint8_t{0xf0});
  char digest[] = "SHA256";
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key.data(), key.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt.data(), salt.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()),
      OSSL_PARAM_construct_end(),
  };
  std::array<std::uint8_t, 42> out{};
  EVP_KDF* kdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  EVP_KDF_CTX* context = EVP_KDF_CTX_new(kdf);
  if (EVP_KDF_derive(context, out.data(), out.size(), params) != 1) out.fill(0);
  EVP_KDF_CTX_free(context);
  EVP_KDF_free(kdf);
  return out;
}

std::array<std::uint8_t, 32> OpenSslHash() {
  std::array<std::uint8_t, 32> out{};
  unsigned size = 0;
  if (EVP_Digest("", 0, out.data(), &size, EVP_sha256(), nullptr) != 1) out.fill(0);
  return out;
}
