// The field table as Markdown, for the README.

#include "canonical.h"
#include "fields.h"
#include "seedscape/config/load.h"
#include "seedscape/config/task_keys.h"

namespace seedscape {

namespace {

/// " (count)" for a key that not every task reads.
std::string kinds_note(const Field& field) {
  std::string names;
  bool all = true;
  for (const TaskKeys& row : task_key_table()) {
    const bool used = field.is_used_by(row.kind);
    all = all && used;
    if (used) names += (names.empty() ? "" : ", ") + row.kind;
  }
  return all ? "" : " (only " + names + ")";
}

std::string default_text(const Field& field) {
  if (field.required) return field.varies() ? "required, here or on every axis" : "required";
  const Value standard = field.get(SweepConfig{});
  if (standard.is_null()) return "derived";
  return "`" + (standard.is_string() ? standard.get<std::string>() : canonical(standard)) + "`";
}

}  // namespace

std::string option_table() {
  std::string table = "| key | value | default | unit | meaning |\n|---|---|---|---|---|\n";
  for (const Field& field : fields()) {
    table += "| `" + field.key + "` | " + field.expected() + " | " + default_text(field) + " | " + field.unit + " | " +
             field.doc + kinds_note(field) + " |\n";
  }
  return table;
}

}  // namespace seedscape
