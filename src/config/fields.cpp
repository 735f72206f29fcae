#include "fields.h"

#include <algorithm>

#include "seedscape/base/printable.h"
#include "seedscape/config/task_keys.h"

namespace seedscape {

namespace {

constexpr double kMostSteps = 1e9;
constexpr double kMostSeed = 9007199254740991;  // 2^53 - 1: integers up to here are exact in every JSON reader

FieldType type_of(const std::int64_t&) { return FieldType::integer; }
FieldType type_of(const double&) { return FieldType::real; }
FieldType type_of(const std::string&) { return FieldType::text; }
FieldType type_of(const bool&) { return FieldType::boolean; }
FieldType type_of(const LengthRange&) { return FieldType::length_range; }
FieldType type_of(const std::vector<std::int64_t>&) { return FieldType::integer_list; }
template <class T>
FieldType type_of(const std::optional<T>&) {
  return type_of(T{});
}

template <class T>
Value to_value(const T& member) {
  return member;
}
template <class T>
Value to_value(const std::optional<T>& member) {
  return member ? Value(*member) : Value();
}
Value to_value(const LengthRange& range) { return Value::array({range.min, range.max}); }
Value to_value(const std::vector<AxisConfig>& axes) {
  Value list = Value::array();
  for (const AxisConfig& axis : axes) {
    Value entry{{"key", axis.key}, {"values", axis.values}};
    if (!axis.with.empty()) entry["with"] = axis.with;
    if (!axis.zip.empty()) entry["zip"] = axis.zip;
    list.push_back(std::move(entry));
  }
  return list;
}

template <class T>
void assign(T& member, const Value& value) {
  member = value.get<T>();
}
template <class T>
void assign(std::optional<T>& member, const Value& value) {
  member = value.get<T>();
}
void assign(LengthRange& range, const Value& value) {
  range = {value[0].get<std::int64_t>(), value[1].get<std::int64_t>()};
}
template <class At>
Field field(const std::string& key, At at, const Check& check, const std::string& unit, const std::string& doc) {
  const SweepConfig defaults;
  return {.key = key,
          .type = type_of(at(defaults)),
          .required = false,
          .check = check,
          .unit = unit,
          .doc = doc,
          .get = [at](const SweepConfig& config) { return to_value(at(config)); },
          .set = [at](SweepConfig& config, const Value& value) { assign(at(config), value); }};
}

/// The row of the axes, which have a reader of their own.
Field axes_field() {
  return {.key = "axes",
          .type = FieldType::axes,
          .required = true,
          .check = {},
          .unit = "",
          .doc =
              "scales to sweep, each `{key, values}` and, if wanted, `with` (keys fixed on this axis) and `zip` (keys "
              "that change along)",
          .get = [](const SweepConfig& config) { return to_value(config.axes); },
          .set = {}};
}

Field required(Field row) {
  row.required = true;
  return row;
}

Check in_range(double least, double most) { return {.least = least, .most = most}; }
Check between(double least, double most) { return {.least = least, .most = most, .open = true}; }
Check one_of(std::vector<std::string> choices) { return {.choices = std::move(choices)}; }
Check any_path() { return {.any_text = true}; }
Check any_seed() { return in_range(0, kMostSeed); }

std::vector<std::string> kinds() {
  std::vector<std::string> names;
  for (const TaskKeys& row : task_key_table()) names.push_back(row.kind);
  return names;
}

// A generic accessor, so that a row takes type and default from the struct.
#define SEEDSCAPE_AT(path) \
  [](auto& config) -> auto& { return config.path; }

// clang-format off
std::vector<Field> make_fields() {
  return {
    required(field("schema", SEEDSCAPE_AT(schema), in_range(1, 1), "", "version of the config format")),
    required(field("name", SEEDSCAPE_AT(name), {}, "", "name of the experiment, also of its folder")),

    required(field("task.kind", SEEDSCAPE_AT(task.kind), one_of(kinds()), "", "what the model learns")),
    required(field("task.vocabulary", SEEDSCAPE_AT(task.vocabulary), in_range(1, 1e6), "numbers", "how many different numbers there are")),
    required(field("task.train_length", SEEDSCAPE_AT(task.train_length), in_range(1, kMostLength), "numbers or digits", "range of the training lengths, drawn uniformly")),
    field("task.base", SEEDSCAPE_AT(task.base), in_range(2, 1000), "", "base of the digits"),
    field("task.hint_max", SEEDSCAPE_AT(task.hint_max), in_range(0, kMostLength), "", "largest index hint; absent: the largest of eval.lengths"),
    field("task.hint_tokens", SEEDSCAPE_AT(task.hint_tokens), in_range(0, 2), "tokens", "tokens of an index hint: one, or 'a' and its number; 0 = no hints"),
    field("task.hint_order", SEEDSCAPE_AT(task.hint_order), one_of({"consecutive", "cyclic"}), "", "whether the hints of an example may wrap around"),
    field("task.carry", SEEDSCAPE_AT(task.carry), one_of({"pad", "none_reject", "none_extend"}), "", "where an overflow digit goes: a leading zero, no such sums, or one more digit"),
    field("task.operand_lengths", SEEDSCAPE_AT(task.operand_lengths), one_of({"independent", "equal"}), "", "lengths of the two operands in training"),
    field("task.digits", SEEDSCAPE_AT(task.digits), one_of({"uniform", "first_nonzero"}), "", "whether operands may begin with zeros"),
    field("task.question_share", SEEDSCAPE_AT(task.question_share), in_range(0, 1), "", "share of questions among the training lines; the others are copies"),
    field("task.center_share", SEEDSCAPE_AT(task.center_share), in_range(0, 1), "", "share of centre-embedded sentences among the copies with a relative clause; the others branch to the right"),
    field("task.embedding_depth", SEEDSCAPE_AT(task.embedding_depth), in_range(0, 8), "clauses", "most relative clauses within each other in a training line"),
    field("task.lines", SEEDSCAPE_AT(task.lines), in_range(0, 1e9), "lines", "distinct training lines, the same for all seeds; 0 = a fresh line each time"),
    field("task.packing", SEEDSCAPE_AT(task.packing), one_of({"packed", "single"}), "", "training rows full of examples, or one example and padding"),
    field("task.cut_examples", SEEDSCAPE_AT(task.cut_examples), one_of({"masked", "supervised"}), "", "whether the loss counts an example that the row's end cuts"),
    field("task.loss_on", SEEDSCAPE_AT(task.loss_on), one_of({"answer", "digits", "all"}), "", "tokens that the loss counts; absent: all for question_formation, answer for the others"),

    required(field("model.width", SEEDSCAPE_AT(model.width), in_range(1, 65536), "", "width D of the residual stream")),
    required(field("model.depth", SEEDSCAPE_AT(model.depth), in_range(1, 1024), "layers", "depth L")),
    required(field("model.head_width", SEEDSCAPE_AT(model.head_width), in_range(1, 65536), "", "width K of a head; divides the model's width")),
    field("model.rotary_fraction", SEEDSCAPE_AT(model.rotary_fraction), in_range(0, 1), "", "share of a head that rotary embedding turns; int(K * share) is even and at least 2"),
    field("model.rotary_base", SEEDSCAPE_AT(model.rotary_base), in_range(1, 1e12), "", "base of the rotary frequencies"),
    field("model.residual", SEEDSCAPE_AT(model.residual), one_of({"parallel", "sequential"}), "", "whether attention and MLP of a layer read the same input"),

    axes_field(),

    field("seeds.first", SEEDSCAPE_AT(seeds.first), any_seed(), "", "first seed k"),
    required(field("seeds.count", SEEDSCAPE_AT(seeds.count), in_range(1, kMostSeed), "seeds", "seeds of each cell")),
    field("seeds.vary", SEEDSCAPE_AT(seeds.vary), one_of({"both", "init", "data", "grid"}), "", "what seed k decides: initial weights and data, one of them, or a place in a grid of both"),
    field("seeds.init_count", SEEDSCAPE_AT(seeds.init_count), in_range(1, kMostSeed), "seeds", "grid: how many initial weights, each with count / init_count data orders; absent: the square root of count"),

    required(field("train.steps", SEEDSCAPE_AT(train.steps), in_range(1, kMostSteps), "steps", "updates of a training")),
    required(field("train.batch", SEEDSCAPE_AT(train.batch), in_range(1, 65536), "rows", "rows of a batch")),
    required(field("train.context", SEEDSCAPE_AT(train.context), in_range(2, kMostLength), "tokens", "tokens of a training row")),
    required(field("train.learning_rate", SEEDSCAPE_AT(train.learning_rate), between(0, 1000), "", "peak of the learning rate; linear warm-up, then a half cosine to 0")),
    field("train.warmup_steps", SEEDSCAPE_AT(train.warmup_steps), in_range(0, kMostSteps), "steps", "length of the warm-up"),
    field("train.weight_decay", SEEDSCAPE_AT(train.weight_decay), in_range(0, 1000), "", "decoupled weight decay of AdamW"),
    field("train.decay_scope", SEEDSCAPE_AT(train.decay_scope), one_of({"all", "matrices"}), "", "what decays: everything, or no biases, layer norms and embeddings"),
    field("train.clip_norm", SEEDSCAPE_AT(train.clip_norm), in_range(0, 1e6), "", "largest L2 norm of a seed's gradient; 0 = no clipping"),
    field("train.trainer", SEEDSCAPE_AT(train.trainer), one_of({"auto", "fused", "reference"}), "", "which trainer runs"),
    field("train.precision", SEEDSCAPE_AT(train.precision), one_of({"fp32", "tf32", "bf16"}), "", "arithmetic of the training"),
    field("train.from", SEEDSCAPE_AT(train.from), any_path(), "", "folder or .safetensors file of the weights to start from, ours or Hugging Face's; absent: drawn from the init seed"),
    field("train.reset", SEEDSCAPE_AT(train.reset), one_of({"none", "last_attention", "last_layer"}), "", "what of train.from is drawn anew from the init seed: nothing, or the head and the last layer's attention or all of that layer"),
    field("train.first_step", SEEDSCAPE_AT(train.first_step), in_range(0, kMostSteps), "steps", "update to begin with, for forks: data and learning rate go on from there"),
    field("train.stop_score", SEEDSCAPE_AT(train.stop_score), in_range(0, 1), "", "exact match at the longest trained length (256 problems) that ends a training early; 0 = never"),
    field("train.stop_every", SEEDSCAPE_AT(train.stop_every), in_range(1, kMostSteps), "steps", "steps between looks at that exact match"),

    required(field("eval.lengths", SEEDSCAPE_AT(eval.lengths), in_range(0, kMostLength), "numbers, digits or clauses", "test lengths; 0 only for question_formation")),
    field("eval.every", SEEDSCAPE_AT(eval.every), in_range(0, kMostSteps), "steps", "steps between the evaluations of a curve, from step 0 to the last; 0 = only at the end"),
    field("eval.batch", SEEDSCAPE_AT(eval.batch), in_range(1, 65536), "rows", "rows of an evaluation batch"),
    field("eval.sequences", SEEDSCAPE_AT(eval.sequences), in_range(1, 1e9), "sequences", "test problems a length, for tasks that sample them"),
    field("eval.seed", SEEDSCAPE_AT(eval.seed), any_seed(), "", "seed of the sampled test problems"),
    field("eval.test_set", SEEDSCAPE_AT(eval.test_set), one_of({"shared", "per_seed"}), "", "the same test problems for all runs, or new ones for each data seed"),
    field("eval.hint_start", SEEDSCAPE_AT(eval.hint_start), one_of({"random", "zero"}), "", "first index hint of a test problem"),
    field("eval.carries", SEEDSCAPE_AT(eval.carries), one_of({"random", "long"}), "", "sums of test problems: as random digits give them, or with a carry out of the ones that runs through every place (additions)"),
    field("eval.compare_on", SEEDSCAPE_AT(eval.compare_on), one_of({"answer", "digits"}), "", "tokens that exact_match compares"),
    field("eval.compare_end", SEEDSCAPE_AT(eval.compare_end), {}, "", "whether exact_match compares the end token; absent: as the task's authors do"),
    field("eval.shots", SEEDSCAPE_AT(eval.shots), in_range(0, 1000), "examples", "solved training examples in front of each test problem; 0 as the task's authors do"),
    field("eval.mode", SEEDSCAPE_AT(eval.mode), one_of({"teacher_forced", "greedy"}), "", "predictions after the right answer so far, or after the model's own"),

    field("store.weights", SEEDSCAPE_AT(store.weights), one_of({"none", "final", "all"}), "", "weights that are kept: none, the last, or those of every evaluation"),
    field("store.checkpoint_every", SEEDSCAPE_AT(store.checkpoint_every), between(0, 1e9), "seconds", "time between the checkpoints of runs in flight, at most"),

    field("analysis.metric", SEEDSCAPE_AT(analysis.metric), one_of({"exact_match", "exact_match_eos", "token_accuracy", "nll", "min_prob", "sequence_prob", "sequence_nll", "max_token_nll", "exact_match_digits", "main_auxiliary"}), "", "metric of the main view"),
    required(field("analysis.length", SEEDSCAPE_AT(analysis.length), in_range(0, kMostLength), "numbers, digits or clauses", "test length of the main view")),
    required(field("analysis.success_threshold", SEEDSCAPE_AT(analysis.success_threshold), in_range(0, 1), "", "least score of a success")),
    field("analysis.bins", SEEDSCAPE_AT(analysis.bins), in_range(1, 10000), "bins", "bins of a histogram"),
    field("analysis.resamples", SEEDSCAPE_AT(analysis.resamples), in_range(1, 1e6), "", "bootstrap resamples"),
    field("analysis.level", SEEDSCAPE_AT(analysis.level), between(0, 1), "", "coverage of the intervals"),
    field("analysis.seed", SEEDSCAPE_AT(analysis.seed), any_seed(), "", "seed of the resampling"),
  };
}
// clang-format on

#undef SEEDSCAPE_AT

/// The full key whose last part is nearest to `name`, among those that `belongs` accepts.
template <class Belongs>
std::string nearest_key(const std::string& name, Belongs belongs) {
  std::vector<std::string> names;
  for (const Field& row : fields()) {
    if (belongs(row)) names.push_back(row.name());
  }
  const std::string found = nearest(name, names);
  for (const Field& row : fields()) {
    if (!found.empty() && belongs(row) && row.name() == found) return row.key;
  }
  return "";
}

}  // namespace

const std::vector<Field>& fields() {
  static const std::vector<Field> table = make_fields();
  return table;
}

const Field* find_field(const std::string& key) {
  const auto found = std::find_if(fields().begin(), fields().end(), [&](const Field& row) { return row.key == key; });
  return found == fields().end() ? nullptr : &*found;
}

const std::vector<std::string>& section_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> found;
    for (const Field& row : fields()) {
      const std::string section = row.section();
      if (!section.empty() && std::find(found.begin(), found.end(), section) == found.end()) found.push_back(section);
    }
    return found;
  }();
  return names;
}

std::string suggested_key(const std::string& key) {
  const std::size_t dot = key.rfind('.');
  const std::string name = dot == std::string::npos ? key : key.substr(dot + 1);
  const std::string section = dot == std::string::npos ? "" : key.substr(0, dot);
  for (const Field& row : fields()) {
    if (row.name() == name) return row.key;
  }
  if (std::string near = nearest_key(name, [&](const Field& row) { return row.section() == section; }); !near.empty()) {
    return near;
  }
  if (section.empty()) {
    if (std::string near = nearest(name, section_names()); !near.empty()) return near;
  }
  if (std::string near = nearest_key(name, [](const Field&) { return true; }); !near.empty()) return near;
  // The section, not the key, may be what is misspelt.
  const std::string near_section = nearest(section, section_names());
  return find_field(near_section + "." + name) != nullptr ? near_section + "." + name : "";
}

}  // namespace seedscape
