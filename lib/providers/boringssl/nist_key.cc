// P-256, P-384 and P-521: BoringSSL, in constant time. (Debian's build has no assembly for P-256
// and is three to five times slower there than BoringSSL built from source.)
#include "providers/boringssl/nist_key.h"

#include <utility>

namespace conclave::boringssl {

namespace {

constexpr Error kFailed{ErrorKind::kCrypto, "elliptic-curve arithmetic failed"};

Result<Bytes> Encoded(const NistCurve& curve, const EC_GROUP* group, const EC_POINT* point) {
  Bytes bytes(curve.point_size());
  if (EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, bytes.data(), bytes.size(),
                         nullptr) != bytes.size()) {
    return kFailed;
  }
  return bytes;
}

}  // namespace

Result<bssl::UniquePtr<EC_KEY>> NistPrivateKey(const NistCurve& curve, BytesView scalar) {
  bssl::UniquePtr<EC_KEY> key(EC_KEY_new_by_curve_name(curve.nid));
  if (key == nullptr) return kFailed;
  if (scalar.size() != curve.field_size ||
      EC_KEY_oct2priv(key.get(), scalar.data(), scalar.size()) != 1) {
    return Error{ErrorKind::kMalformed, "not a private key of the curve"};
  }
  return key;
}

Result<bssl::UniquePtr<EC_KEY>> NistPublicKey(const NistCurve& curve, BytesView point) {
  bssl::UniquePtr<EC_KEY> key(EC_KEY_new_by_curve_name(curve.nid));
  if (key == nullptr) return kFailed;
  // The size keeps compressed points and the point at infinity out.
  if (point.size() != curve.point_size() ||
      EC_KEY_oct2key(key.get(), point.data(), point.size(), nullptr) != 1) {
    return Error{ErrorKind::kMalformed, "not a point of the curve"};
  }
  return key;
}

Result<Bytes> NistPointOf(const NistCurve& curve, BytesView scalar) {
  auto key = NistPrivateKey(curve, scalar);
  if (!key.ok()) return key.error();
  const EC_GROUP* const group = EC_KEY_get0_group(key->get());
  bssl::UniquePtr<EC_POINT> point(EC_POINT_new(group));
  if (point == nullptr || EC_POINT_mul(group, point.get(), EC_KEY_get0_private_key(key->get()),
                                       nullptr, nullptr, nullptr) != 1) {
    return kFailed;
  }
  return Encoded(curve, group, point.get());
}

Result<KeyPair> NistGenerate(const NistCurve& curve) {
  bssl::UniquePtr<EC_KEY> key(EC_KEY_new_by_curve_name(curve.nid));
  if (key == nullptr || EC_KEY_generate_key(key.get()) != 1) return kFailed;
  KeyPair pair;
  pair.private_key = Secret(curve.field_size);
  if (EC_KEY_priv2oct(key.get(), pair.private_key.MutableForProvider().data(), curve.field_size) !=
      curve.field_size) {
    return kFailed;
  }
  auto point = Encoded(curve, EC_KEY_get0_group(key.get()), EC_KEY_get0_public_key(key.get()));
  if (!point.ok()) return point.error();
  pair.public_key = std::move(point).value();
  return pair;
}

}  // namespace conclave::boringssl
