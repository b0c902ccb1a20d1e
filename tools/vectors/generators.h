// One generator for each kind of vectors, in the formats of the working group
// (github.com/mlswg/mls-implementations, test-vectors.md).
#pragma once

#include <nlohmann/json.hpp>

#include "source.h"

namespace conclave::vectors {

// Appends the cases of the source's suite to those of a file.
using Generator = void (*)(const Source& source, nlohmann::json& cases);

// generate_crypto.cc
void GenerateCryptoBasics(const Source& source, nlohmann::json& cases);
void GeneratePskSecret(const Source& source, nlohmann::json& cases);
void GenerateKeySchedule(const Source& source, nlohmann::json& cases);
void GenerateSecretTree(const Source& source, nlohmann::json& cases);
// generate_framing.cc
void GenerateDeserialization(const Source& source, nlohmann::json& cases);
void GenerateMessageProtection(const Source& source, nlohmann::json& cases);
void GenerateTranscriptHashes(const Source& source, nlohmann::json& cases);
// generate_trees.cc
void GenerateTreeMath(const Source& source, nlohmann::json& cases);
void GenerateTreeOperations(const Source& source, nlohmann::json& cases);
void GenerateTreeValidation(const Source& source, nlohmann::json& cases);
void GenerateTreeKem(const Source& source, nlohmann::json& cases);
// generate_groups.cc
void GenerateMessages(const Source& source, nlohmann::json& cases);
void GenerateWelcome(const Source& source, nlohmann::json& cases);
void GeneratePassiveWelcome(const Source& source, nlohmann::json& cases);
void GeneratePassiveCommits(const Source& source, nlohmann::json& cases);
void GeneratePassiveRandom(const Source& source, nlohmann::json& cases);

struct VectorFile {
  const char* name;
  Generator generate;
  bool every_suite = true;  // else what it holds depends on no suite
};

inline constexpr VectorFile kVectorFiles[] = {
    {"crypto-basics.json", GenerateCryptoBasics},
    {"deserialization.json", GenerateDeserialization, false},
    {"key-schedule.json", GenerateKeySchedule},
    {"message-protection.json", GenerateMessageProtection},
    {"messages.json", GenerateMessages},
    {"passive-client-handling-commit.json", GeneratePassiveCommits},
    {"passive-client-random.json", GeneratePassiveRandom},
    {"passive-client-welcome.json", GeneratePassiveWelcome},
    {"psk_secret.json", GeneratePskSecret},
    {"secret-tree.json", GenerateSecretTree},
    {"transcript-hashes.json", GenerateTranscriptHashes},
    {"tree-math.json", GenerateTreeMath, false},
    {"tree-operations.json", GenerateTreeOperations},
    {"tree-validation.json", GenerateTreeValidation},
    {"treekem.json", GenerateTreeKem},
    {"welcome.json", GenerateWelcome},
};

}  // namespace conclave::vectors
