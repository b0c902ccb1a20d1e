// Calls the primitives of a suite, as many as asked for.
#include "floor.h"

#include "floor_suite.h"

namespace conclave::bench {

namespace {

constexpr std::size_t kSignedSize = 300;  // about a LeafNode, or a small commit

template <class Call>
void Times(std::size_t count, Call call) {
  for (std::size_t i = 0; i < count; ++i) call();
}

}  // namespace

Floor::Floor(int suite) : suite_(std::make_unique<FloorSuite>(suite)) {}

Floor::~Floor() = default;

void Floor::Prepare(const Primitives& work) {
  suite_->PrepareContent(kSignedSize);
  suite_->PrepareSignatures(kSignedSize);
  for (const std::size_t size : work.signatures_over) suite_->PrepareContent(size);
  for (const std::size_t size : work.verifications_over) suite_->PrepareSignatures(size);
  for (const std::size_t size : work.hashed) suite_->PrepareContent(size);
  for (const std::size_t size : work.sealed) suite_->PrepareContent(size);
  for (const std::size_t size : work.opened) suite_->PrepareCiphertext(size);
}

void Floor::Run(const Primitives& work) {
  FloorSuite& suite = *suite_;
  Times(work.seals, [&] { suite.Seal(); });
  Times(work.opens, [&] { suite.Open(); });
  Times(work.key_pairs, [&] { suite.DeriveNode(); });
  Times(work.random_key_pairs, [&] { suite.GenerateKeyPair(); });
  Times(work.signatures, [&] { suite.Sign(kSignedSize); });
  Times(work.verifications, [&] { suite.Verify(kSignedSize); });
  for (const std::size_t size : work.signatures_over) suite.Sign(size);
  for (const std::size_t size : work.verifications_over) suite.Verify(size);
  Times(work.macs, [&] { suite.Mac(); });
  for (const std::size_t size : work.hashed) suite.Hash(size);
  for (const std::size_t size : work.sealed) suite.SealContent(size);
  for (const std::size_t size : work.opened) suite.OpenContent(size);
}

}  // namespace conclave::bench
