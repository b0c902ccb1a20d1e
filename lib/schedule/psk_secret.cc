// RFC 9420, section 8.4.
#include "schedule/psk_secret.h"

#include <cstdint>
#include <limits>
#include <utility>

#include "base/result_macros.h"
#include "base/rule.h"
#include "crypto/kdf.h"
#include "labeled/labeled.h"
#include "rfc9420/key_schedule.h"
#include "rfc9420/labels.h"
#include "schedule/key_schedule.h"
#include "wire/parse.h"

namespace conclave {

Result<PskSecret> DerivePskSecret(const Suite& suite, std::span<const PskInput> psks) {
  // PSKLabel counts in 16 bits.
  CONCLAVE_RETURN_IF_ERROR(Rule("8.4:psks-fit-their-label", ErrorKind::kMalformed,
                                psks.size() <= std::numeric_limits<std::uint16_t>::max()));
  const auto count = static_cast<std::uint16_t>(psks.size());
  const Secret zero(suite.hash_size());
  PskSecret chained = NoPskSecret(suite);
  for (std::uint16_t index = 0; index < count; ++index) {
    const PskInput& psk = psks[index];
    const Bytes label = wire::Serialize(rfc9420::PSKLabel{psk.id, index, count});
    CONCLAVE_ASSIGN_OR_RETURN(const Secret extracted, Extract(suite, zero, psk.psk));
    CONCLAVE_ASSIGN_OR_RETURN(
        const Secret input,
        ExpandWithLabel(suite, extracted, rfc9420::labels::kDerivedPsk, label, suite.hash_size()));
    CONCLAVE_ASSIGN_OR_RETURN(chained.value, Extract(suite, input, chained.value));
  }
  return chained;
}

}  // namespace conclave
