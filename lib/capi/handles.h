// The handles of what an application hands in. Handles share what is behind them, so that they may
// be freed in any order.
#pragma once

#include <memory>

#include "conclave/c_environment.h"
#include "conclave/crypto_provider.h"
#include "conclave/storage.h"

struct conclave_crypto {
  std::shared_ptr<const conclave::CryptoProvider> provider;
};

struct conclave_signer {
  std::shared_ptr<const conclave::Signer> signer;
};

struct conclave_storage {
  std::shared_ptr<conclave::Storage> storage;
  conclave::Storage* sqlite = nullptr;  // the same, if it is an SqliteStorage
};
