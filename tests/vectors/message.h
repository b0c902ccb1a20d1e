// MLSMessages as the vectors have them.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "rfc9420/framing.h"
#include "support/must.h"
#include "support/vector_files.h"
#include "wire/parse.h"

namespace conclave::test {

// The T in an MLSMessage. Fails the test if something else is.
template <class T>
T MessageOf(const nlohmann::json& hex) {
  const auto message = Must(wire::Parse<rfc9420::MLSMessage>(Hex(hex)));
  const auto* body = message.message.GetIf<T>();
  REQUIRE(body != nullptr);
  return *body;
}

}  // namespace conclave::test
