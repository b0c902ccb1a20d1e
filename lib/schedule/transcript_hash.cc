// RFC 9420, section 8.2.
#include "schedule/transcript_hash.h"

#include "base/check.h"
#include "crypto/kdf.h"
#include "wire/codec.h"
#include "wire/writer.h"

namespace conclave {

Result<Bytes> ConfirmedTranscriptHash(const Suite& suite, BytesView interim_before,
                                      const rfc9420::AuthenticatedContent& commit) {
  CONCLAVE_CHECK(commit.content.content.Is<rfc9420::Commit>());
  // ConfirmedTranscriptHashInput, written field by field: the struct would need a copy of the
  // commit.
  wire::Writer input;
  wire::Encode(input, commit.wire_format);
  wire::Encode(input, commit.content);
  wire::Encode(input, commit.auth.signature);
  return Hash(suite, {interim_before, input.bytes()});
}

Result<Bytes> InterimTranscriptHash(const Suite& suite, BytesView confirmed,
                                    BytesView confirmation_tag) {
  wire::Writer input;
  input.VectorOf(confirmation_tag);
  return Hash(suite, {confirmed, input.bytes()});
}

}  // namespace conclave
