// The benchmarks: one function for each family of operations, which registers them for one kind of
// group under <operation>/suite:<s>/state:<state>/n:<members>.
#pragma once

#include <functional>
#include <string>

#include "large_group.h"
#include "measure.h"

namespace conclave::bench {

void RegisterCreation(const GroupKind& kind);    // key packages, groups, groups made in one commit
void RegisterCommits(const GroupKind& kind);     // commits: made, and received at two places
void RegisterJoins(const GroupKind& kind);       // by Welcome and by external commit
void RegisterMessages(const GroupKind& kind);    // application messages, the exporter
void RegisterThreads(const GroupKind& kind);     // joining with two threads
void RegisterRejections(const GroupKind& kind);  // garbage
void RegisterDurable(const GroupKind& kind);     // sessions in an SQLite file, if it is built

// The group of a kind. The one asked for last is kept; whatever was given before is gone. A group
// that is made is shown to be joinable first.
const LargeGroup& GroupOf(const GroupKind& kind);

using Body = std::function<void(benchmark::State& state)>;
void Register(const std::string& operation, const GroupKind& kind, Body body);

// `count` KeyPackages of as many clients, as MLSMessages. The list asked for last is kept.
const std::vector<Bytes>& KeyPackages(const Suite& suite, std::size_t count);

// The offer that a session made last.
const Offer& LatestOffer(const Party& party);

}  // namespace conclave::bench
