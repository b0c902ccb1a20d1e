// P-256, P-384 and P-521: ECDH and ECDSA of BoringSSL.
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/ecdh.h>
#include <openssl/ecdsa.h>
#include <openssl/nid.h>

#include <array>

#include "floor_curves.h"

namespace conclave::bench {

namespace {

struct Curve {
  int nid = 0;
  std::size_t field_size = 0;
};

Curve CurveOf(NistCurve curve) {
  switch (curve) {
    case NistCurve::p256:
      return {NID_X9_62_prime256v1, 32};
    case NistCurve::p384:
      return {NID_secp384r1, 48};
    case NistCurve::p521:
      return {NID_secp521r1, 66};
  }
  return {};
}

bssl::UniquePtr<EC_KEY> NewKey(const Curve& curve) {
  bssl::UniquePtr<EC_KEY> key(EC_KEY_new_by_curve_name(curve.nid));
  Must(key != nullptr, "EC_KEY_new");
  return key;
}

class NistGroup final : public DhGroup {
 public:
  explicit NistGroup(const Curve& curve)
      : curve_(curve),
        fresh_(NewKey(curve)),
        scalar_(NewKey(curve)),
        group_(EC_KEY_get0_group(fresh_.get())),
        point_(EC_POINT_new(group_)),
        arithmetic_(BN_CTX_new()),
        public_key_(2 * curve.field_size + 1),
        shared_(curve.field_size) {}

  std::size_t private_key_size() const override { return curve_.field_size; }

  Octets AddRecipient(OctetsView private_key) override {
    Octets public_key = PublicKey(private_key);
    bssl::UniquePtr<EC_KEY> key = NewKey(curve_);
    Must(EC_KEY_oct2priv(key.get(), private_key.data(), private_key.size()) == 1 &&
             EC_KEY_oct2key(key.get(), public_key.data(), public_key.size(), nullptr) == 1,
         "recipient's key");
    recipients_.push_back(std::move(key));
    return public_key;
  }

  const Octets& Generate() override {
    Must(EC_KEY_generate_key(fresh_.get()) == 1, "EC_KEY_generate_key");
    return Encode(EC_KEY_get0_public_key(fresh_.get()));
  }

  const Octets& PublicKey(OctetsView private_key) override {
    Must(EC_KEY_oct2priv(scalar_.get(), private_key.data(), private_key.size()) == 1 &&
             EC_POINT_mul(group_, point_.get(), EC_KEY_get0_private_key(scalar_.get()), nullptr,
                          nullptr, arithmetic_.get()) == 1,
         "multiplication of the base point");
    return Encode(point_.get());
  }

  const Octets& Encapsulate(std::size_t recipient) override {
    return Dh(fresh_.get(), EC_KEY_get0_public_key(recipients_[recipient].get()));
  }

  // Being on the curve is checked here: RFC 9180, section 7.1.4 demands it.
  const Octets& Decapsulate(std::size_t recipient, OctetsView public_key) override {
    Must(EC_POINT_oct2point(group_, point_.get(), public_key.data(), public_key.size(),
                            arithmetic_.get()) == 1,
         "point");
    return Dh(recipients_[recipient].get(), point_.get());
  }

 private:
  const Octets& Encode(const EC_POINT* point) {
    Must(EC_POINT_point2oct(group_, point, POINT_CONVERSION_UNCOMPRESSED, public_key_.data(),
                            public_key_.size(), arithmetic_.get()) == public_key_.size(),
         "encoding of a point");
    return public_key_;
  }

  const Octets& Dh(const EC_KEY* private_key, const EC_POINT* public_key) {
    const int size =
        ECDH_compute_key(shared_.data(), shared_.size(), public_key, private_key, nullptr);
    Must(size >= 0 && static_cast<std::size_t>(size) == shared_.size(), "ECDH");
    return shared_;
  }

  Curve curve_;
  bssl::UniquePtr<EC_KEY> fresh_;
  bssl::UniquePtr<EC_KEY> scalar_;
  const EC_GROUP* group_;
  bssl::UniquePtr<EC_POINT> point_;
  bssl::UniquePtr<BN_CTX> arithmetic_;
  std::vector<bssl::UniquePtr<EC_KEY>> recipients_;
  Octets public_key_;
  Octets shared_;
};

class EcdsaSigner final : public Signer {
 public:
  EcdsaSigner(const Curve& curve, ShaId hash) : hash_(hash), key_(NewKey(curve)) {
    Must(EC_KEY_generate_key(key_.get()) == 1, "EC_KEY_generate_key");
  }

  const Octets& Sign(OctetsView content) override {
    Digest(content);
    signature_.resize(ECDSA_size(key_.get()));
    unsigned size = 0;
    Must(ECDSA_sign(0, digest_.data(), ShaSize(hash_), signature_.data(), &size, key_.get()) == 1,
         "ECDSA");
    signature_.resize(size);
    return signature_;
  }

  bool Verify(OctetsView content, OctetsView signature) override {
    Digest(content);
    return ECDSA_verify(0, digest_.data(), ShaSize(hash_), signature.data(), signature.size(),
                        key_.get()) == 1;
  }

 private:
  void Digest(OctetsView content) {
    Sha sha(hash_);
    sha.Update(content);
    sha.Final(digest_);
  }

  ShaId hash_;
  bssl::UniquePtr<EC_KEY> key_;
  std::array<std::uint8_t, kMaxShaSize> digest_;
  Octets signature_;
};

}  // namespace

std::unique_ptr<DhGroup> NistDh(NistCurve curve) {
  return std::make_unique<NistGroup>(CurveOf(curve));
}

std::unique_ptr<Signer> Ecdsa(NistCurve curve, ShaId hash) {
  return std::make_unique<EcdsaSigner>(CurveOf(curve), hash);
}

}  // namespace conclave::bench
