// Somebody else's code, which uses OpenSSL 3.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

// What OpenSSL_version() says.
std::string_view OpenSslVersion();

// HKDF-SHA256 of fixed inputs (RFC 5869, test case 1), by OpenSSL's EVP_KDF; all zeros on failure.
std::array<std::uint8_t, 42> OpenSslHkdf();

// SHA-256 of nothing, by OpenSSL's EVP_Digest; all zeros on failure.
std::array<std::uint8_t, 32> OpenSslHash();
