// Parsing DER certificates, for the provider and for chain verification.
#pragma once

#include <openssl/x509.h>

#include "conclave/bytes.h"
#include "conclave/result.h"

namespace conclave::boringssl {

// kMalformed unless `der` is one certificate and nothing else.
Result<bssl::UniquePtr<X509>> ParseCertificate(BytesView der);

// The subject's key in the form in which RFC 9420 has it. kUnsupported if it is for no signature
// scheme of the RFC.
Result<Bytes> SubjectPublicKey(const X509* certificate);

}  // namespace conclave::boringssl
