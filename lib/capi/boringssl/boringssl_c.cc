// The default provider, and X.509 chains (conclave/c_boringssl.h). In the library
// conclave_boringssl.
#include <cstddef>
#include <memory>
#include <vector>

#include "capi/call.h"
#include "capi/handles.h"
#include "conclave/boringssl_provider.h"
#include "conclave/c_boringssl.h"
#include "conclave/x509.h"

struct conclave_x509_roots {
  conclave::X509Roots roots;
};

using namespace conclave;  // the functions themselves stand in no namespace
using namespace conclave::capi;

conclave_error conclave_crypto_boringssl(conclave_crypto** crypto) noexcept {
  Call call;
  call.Need(crypto);
  if (!call.ok()) return call.Failed();
  *crypto = new conclave_crypto{std::make_shared<const BoringSslProvider>()};
  return CONCLAVE_OK;
}

conclave_error conclave_x509_roots_create(conclave_x509_roots** roots) noexcept {
  Call call;
  call.Need(roots);
  if (!call.ok()) return call.Failed();
  *roots = new conclave_x509_roots;
  return CONCLAVE_OK;
}

conclave_error conclave_x509_roots_add(conclave_x509_roots* roots, const uint8_t* certificate,
                                       size_t certificate_size, const char** detail) noexcept {
  Call call(detail);
  call.Need(roots);
  const BytesView bytes = call.Bytes(certificate, certificate_size);
  if (!call.ok()) return call.Failed();
  return call.End(roots->roots.Add(bytes));
}

void conclave_x509_roots_free(conclave_x509_roots* roots) noexcept { delete roots; }

conclave_error conclave_x509_verify_chain(const conclave_bytes* certificates,
                                          size_t certificate_count,
                                          const conclave_x509_roots* roots, uint64_t now,
                                          const uint8_t* signature_key, size_t signature_key_size,
                                          const char** detail) noexcept {
  Call call(detail);
  call.Need(roots);
  std::vector<conclave::Bytes> chain;
  for (const conclave_bytes& certificate : call.Array(certificates, certificate_count)) {
    chain.push_back(ToBytes(call.Bytes(certificate)));
  }
  const BytesView key = call.Bytes(signature_key, signature_key_size);
  if (!call.ok()) return call.Failed();
  return call.End(VerifyX509Chain(chain, roots->roots, now, key));
}
