#pragma once
// The one table of config keys: reading, checking, --set, suggestions, dumps, the JSON Schema and the option table come
// from it.

#include <string>
#include <vector>

#include "field.h"

namespace seedscape {

/// Every key, section by section, in the order of the documentation.
const std::vector<Field>& fields();

/// The row of a full key, or nullptr.
const Field* find_field(const std::string& key);

/// "task", "model", ... in table order.
const std::vector<std::string>& section_names();

/// The key that someone who wrote the unknown `key` may have meant, or "".
std::string suggested_key(const std::string& key);

}  // namespace seedscape
