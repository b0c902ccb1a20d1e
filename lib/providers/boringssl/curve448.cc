#include "providers/boringssl/curve448.h"

#if CONCLAVE_HAVE_DECAF

#include <decaf.h>
#include <decaf/ed448.h>

#include <cstring>

namespace conclave::boringssl {

static_assert(kX448Size == DECAF_X448_PUBLIC_BYTES);
static_assert(kX448Size == DECAF_X448_PRIVATE_BYTES);
static_assert(kEd448KeySize == DECAF_EDDSA_448_PRIVATE_BYTES);
static_assert(kEd448KeySize == DECAF_EDDSA_448_PUBLIC_BYTES);
static_assert(kEd448SignatureSize == DECAF_EDDSA_448_SIGNATURE_BYTES);

bool HaveCurve448() { return true; }

Bytes X448PublicKey(BytesView private_key) {
  Bytes public_key(kX448Size);
  decaf_x448_derive_public_key(public_key.data(), private_key.data());
  return public_key;
}

bool X448(BytesView private_key, BytesView public_key, Secret& shared) {
  shared = Secret(kX448Size);
  return decaf_x448(shared.MutableForProvider().data(), public_key.data(), private_key.data()) ==
         DECAF_SUCCESS;
}

namespace {

// libdecaf's key with both halves, made from the private one.
using Ed448Pair = decaf_eddsa_448_keypair_s;

}  // namespace

Bytes Ed448PublicKey(BytesView seed) {
  Bytes public_key(kEd448KeySize);
  decaf_ed448_derive_public_key(public_key.data(), seed.data());
  return public_key;
}

std::size_t Ed448ExpandedSize() { return sizeof(Ed448Pair); }

Secret ExpandEd448(BytesView seed) {
  Secret expanded(sizeof(Ed448Pair));
  Ed448Pair pair[1];
  decaf_ed448_derive_keypair(pair, seed.data());
  std::memcpy(expanded.MutableForProvider().data(), pair, sizeof(Ed448Pair));
  decaf_ed448_keypair_destroy(pair);
  return expanded;
}

Bytes Ed448Sign(BytesView expanded, BytesView message) {
  Ed448Pair pair[1];
  std::memcpy(pair, expanded.data(), sizeof(Ed448Pair));
  Bytes signature(kEd448SignatureSize);
  // libdecaf wants an address even for the empty message.
  const std::uint8_t* const data = message.empty() ? expanded.data() : message.data();
  decaf_ed448_keypair_sign(signature.data(), pair, data, message.size(), 0, nullptr, 0);
  decaf_ed448_keypair_destroy(pair);
  return signature;
}

bool Ed448Verify(BytesView public_key, BytesView message, BytesView signature) {
  return decaf_ed448_verify(signature.data(), public_key.data(), message.data(), message.size(), 0,
                            nullptr, 0) == DECAF_SUCCESS;
}

}  // namespace conclave::boringssl

#else

namespace conclave::boringssl {

bool HaveCurve448() { return false; }
Bytes X448PublicKey(BytesView) { return {}; }
bool X448(BytesView, BytesView, Secret&) { return false; }
Bytes Ed448PublicKey(BytesView) { return {}; }
std::size_t Ed448ExpandedSize() { return 0; }
Secret ExpandEd448(BytesView) { return {}; }
Bytes Ed448Sign(BytesView, BytesView) { return {}; }
bool Ed448Verify(BytesView, BytesView, BytesView) { return false; }

}  // namespace conclave::boringssl

#endif
