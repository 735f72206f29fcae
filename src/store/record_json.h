#pragma once
// A SeedRecord as JSON and back.

#include <nlohmann/json.hpp>

#include "seedscape/store/record.h"

namespace seedscape {

/// The members of a record in the order of the struct. Numbers read back to the same bits; a non-finite one is a
/// string.
nlohmann::ordered_json record_to_json(const SeedRecord& record);

/// Reads the record members of an object; others are left alone.
///
/// Throws: Error(corrupt) if a member is missing or is not of its type; null is no number (but an absent train_loss)
SeedRecord record_from_json(const nlohmann::ordered_json& object);

}  // namespace seedscape
