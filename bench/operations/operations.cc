#include "operations/operations.h"

#include <memory>
#include <optional>
#include <utility>

#include "base/check.h"
#include "session/session_state.h"

namespace conclave::bench {

const LargeGroup& GroupOf(const GroupKind& kind) {
  static std::unique_ptr<LargeGroup> latest;
  if (latest == nullptr || latest->kind() != kind) {
    latest.reset();
    latest = std::make_unique<LargeGroup>(kind, Provider());
    latest->RequireJoinable();
  }
  return *latest;
}

void Register(const std::string& operation, const GroupKind& kind, Body body) {
  benchmark::RegisterBenchmark((operation + "/" + NameOf(kind)).c_str(), std::move(body))
      ->Iterations(1)
      ->UseManualTime()
      ->Unit(benchmark::kMicrosecond);
}

const std::vector<Bytes>& KeyPackages(const Suite& suite, std::size_t count) {
  static std::vector<Bytes> latest;
  static std::optional<CipherSuite> of;
  if (of == suite.id() && latest.size() == count) return latest;
  latest.clear();
  of = suite.id();
  LeafProfile profile = Party(suite, "somebody").profile();
  for (std::size_t i = 0; i < count; ++i) {
    const auto signer = SoftwareSigner::Generate(suite.provider(), suite.signature()).value();
    const auto joiner = static_cast<std::uint32_t>(i) + kMaxTreeWidth;
    profile.credential = BasicCredential{IdentityAt({joiner})};
    latest.push_back(
        WrapMessage(MakeKeyPackage(suite, profile, signer, {kNow - 3600, kNow + 90 * 86400}, {})
                        .value()
                        .key_package));
  }
  return latest;
}

const Offer& LatestOffer(const Party& party) {
  CONCLAVE_CHECK(!party.group().offers().empty());
  return party.group().offers().back();
}

}  // namespace conclave::bench
