// What this build offers: the cipher suites, and which library computes their primitives.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace conclave::inspector {

std::string RenderSuitesText(bool has_colours);
nlohmann::ordered_json RenderSuitesJson();

}  // namespace conclave::inspector
