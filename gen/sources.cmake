# Written by tools/sources.py from the tree; run it after adding or removing a file.

set(CONCLAVE_PUBLIC_HEADERS
    include/conclave/boringssl_provider.h
    include/conclave/bytes.h
    include/conclave/credential.h
    include/conclave/crypto_provider.h
    include/conclave/export.h
    include/conclave/result.h
    include/conclave/secret.h
    include/conclave/types.h
)

set(CONCLAVE_BASE
    lib/base/result.cc
    lib/base/rule.cc
    lib/base/secret.cc
    lib/base/wipe.cc
)

set(CONCLAVE_CRYPTO
    lib/crypto/cipher_suite.cc
    lib/crypto/kdf.cc
    lib/crypto/signature_key.cc
)

set(CONCLAVE_PROVIDERS_BORINGSSL
    lib/providers/boringssl/aead.cc
    lib/providers/boringssl/dh.cc
    lib/providers/boringssl/hash.cc
    lib/providers/boringssl/nist_key.cc
    lib/providers/boringssl/signature.cc
)

set(CONCLAVE_RFC9420
    lib/rfc9420/framing.cc
)

set(CONCLAVE_WIRE
    lib/wire/reader.cc
    lib/wire/writer.cc
)
