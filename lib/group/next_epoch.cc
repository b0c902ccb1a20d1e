#include "group/next_epoch.h"

#include <utility>

#include "base/result_macros.h"
#include "base/rule.h"
#include "group/describe.h"
#include "schedule/psk_secret.h"
#include "schedule/transcript_hash.h"
#include "wire/parse.h"

namespace conclave {

rfc9420::GroupContext ProvisionalContext(const PublicGroup& before, const RatchetTree& tree,
                                         const std::vector<Extension>& extensions) {
  rfc9420::GroupContext context = before.context();
  context.epoch += 1;
  context.tree_hash = ToBytes(tree.TreeHash());
  context.extensions = extensions;
  return context;
}

Result<PskSecret> LookUpPsks(const Suite& suite, const Environment& environment,
                             const std::vector<rfc9420::PreSharedKeyID>& psks) {
  std::vector<PskInput> inputs;
  inputs.reserve(psks.size());
  for (const rfc9420::PreSharedKeyID& id : psks) {
    // Never a zero in place of a PSK that is not there.
    auto psk = environment.psks.Find(DescribePsk(id));
    if (!psk.ok()) return psk.error();
    inputs.push_back({id, std::move(psk).value()});
  }
  return DerivePskSecret(suite, inputs);
}

Result<NextEpoch> AdvanceEpoch(const PublicGroup& before, rfc9420::GroupContext context,
                               RatchetTree tree, const rfc9420::AuthenticatedContent& commit,
                               const ScheduleInputs& inputs) {
  const Suite& suite = before.suite();
  // Whoever makes a group may begin it in the last epoch there is.
  CONCLAVE_RETURN_IF_ERROR(
      Rule("8.1:epoch-has-a-successor", ErrorKind::kInvalidCommit, context.epoch > before.epoch()));
  CONCLAVE_ASSIGN_OR_RETURN(
      context.confirmed_transcript_hash,
      ConfirmedTranscriptHash(suite, before.interim_transcript_hash(), commit));
  const Bytes serialized = wire::Serialize(context);

  CONCLAVE_ASSIGN_OR_RETURN(
      JoinerSecret joiner_secret,
      DeriveJoinerSecret(suite, inputs.init_secret, inputs.commit_secret, serialized));
  CONCLAVE_ASSIGN_OR_RETURN(
      EpochSecrets secrets,
      DeriveEpochSecrets(suite, joiner_secret, inputs.psk_secret, serialized));
  CONCLAVE_ASSIGN_OR_RETURN(
      Bytes confirmation_tag,
      MakeConfirmationTag(suite, secrets.confirmation_key, context.confirmed_transcript_hash));
  CONCLAVE_ASSIGN_OR_RETURN(
      PublicGroup group,
      PublicGroup::Create(suite, std::move(context), std::move(tree), std::move(confirmation_tag)));
  return NextEpoch{std::move(group), std::move(secrets), std::move(joiner_secret)};
}

}  // namespace conclave
