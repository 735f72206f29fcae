#pragma once
// All knobs of a sweep: plain data whose default member initializers are the defaults of the config file.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace seedscape {

/// Value of a config key: a number, a text, a bool or a list of two integers, already of its key's type.
using Value = nlohmann::json;

/// Largest length of a training example or test problem that a config can ask for.
inline constexpr std::int64_t kMostLength = 1'000'000;

struct LengthRange {
  std::int64_t min = 0;
  std::int64_t max = 0;
  bool operator==(const LengthRange&) const = default;
};

/// What the model learns. Keys that the chosen kind does not use are refused by the loader.
struct TaskConfig {
  std::string kind{};                           // a name of task_names()
  std::int64_t vocabulary = 0;                  // how many numbers there are
  LengthRange train_length{};                   // numbers of the list (of the answer: count), or digits
  std::string packing = "packed";               // packed | single: one example a row, padded
  std::string cut_examples = "masked";          // masked | supervised: loss on an example cut by the row's end
  std::optional<std::string> loss_on{};         // answer | digits | all: targets of the loss; set by the loader
  std::int64_t base = 10;                       // addition: digits 0..base-1
  std::optional<std::int64_t> hint_max{};       // addition: hints a0..a<hint_max>; set by the loader when absent
  std::int64_t hint_tokens = 1;                 // addition: a hint is one token, or two ('a' and its number)
  std::string hint_order = "consecutive";       // consecutive | cyclic: whether hints wrap around after the last
  std::string carry = "pad";                    // pad | none_reject | none_extend: where an overflow digit goes
  std::string operand_lengths = "independent";  // independent | equal, in training
  std::string digits = "uniform";               // uniform | first_nonzero
  double question_share = 0.5;                  // question_formation: share of questions among training lines
  double center_share = 0.5;                    // of centre-embedded ones among copies with a relative clause
  std::int64_t embedding_depth = 1;             // greatest number of nested relative clauses in training
  std::int64_t lines = 100000;                  // distinct training lines; 0 = a fresh one each time
  bool operator==(const TaskConfig&) const = default;
};

struct ModelConfig {
  std::int64_t width = 0;         // D
  std::int64_t depth = 0;         // L
  std::int64_t head_width = 0;    // K; heads H = D / K
  double rotary_fraction = 0.25;  // share of K that rotates
  double rotary_base = 10000.0;
  std::string residual = "parallel";  // parallel | sequential
  bool operator==(const ModelConfig&) const = default;
};

struct TrainConfig {
  std::int64_t steps = 0;
  std::int64_t batch = 0;    // B, rows
  std::int64_t context = 0;  // tokens of a row, T + 1
  double learning_rate = 0;  // the peak of the schedule
  std::int64_t warmup_steps = 500;
  double weight_decay = 0.1;
  std::string decay_scope = "all";    // all | matrices: also biases, layer norms and embeddings, or not
  double clip_norm = 1.0;             // 0 = no clipping
  std::string trainer = "auto";       // auto | fused | reference; the loader resolves auto
  std::string precision = "fp32";     // fp32 | tf32 | bf16
  std::optional<std::string> from{};  // folder or file of the weights to start from; absent = drawn from the init seed
  std::string reset = "none";         // none | last_attention | last_layer, each with the head: drawn anew after `from`
  std::int64_t first_step = 0;        // the training is updates first_step to steps - 1
  double stop_score = 0;              // exact match at the longest trained length that ends it early; 0 = never
  std::int64_t stop_every = 100;      // steps between looks at that
  bool operator==(const TrainConfig&) const = default;
};

struct SeedsConfig {
  std::int64_t first = 0;
  std::int64_t count = 0;
  std::string vary = "both";                 // both | init | data | grid
  std::optional<std::int64_t> init_count{};  // grid: how many initial weights; set by the loader when absent
  bool operator==(const SeedsConfig&) const = default;
};

struct EvalConfig {
  std::vector<std::int64_t> lengths{};
  std::int64_t batch = 128;             // rows of one evaluation batch
  std::int64_t sequences = 64000;       // test problems per length, for tasks that sample them
  std::int64_t seed = 0;                // of the sampled test set
  std::string test_set = "shared";      // shared | per_seed: one test set for all runs, or one for each data seed
  std::string hint_start = "random";    // random | zero: first hint of a test problem
  std::string carries = "random";       // random | long: sums as digits fall, or with a carry through every place
  std::string compare_on = "answer";    // answer | digits: tokens that exact_match compares
  std::optional<bool> compare_end{};    // whether exact_match compares the end token; absent = as the task's authors do
  std::int64_t shots = 0;               // solved training examples in front of each test problem
  std::string mode = "teacher_forced";  // teacher_forced | greedy
  std::int64_t every = 0;               // steps between evaluations; 0 = only at the end
  bool operator==(const EvalConfig&) const = default;
};

struct StoreConfig {
  std::string weights = "none";  // none | final | all
  double checkpoint_every = 60;  // seconds
  bool operator==(const StoreConfig&) const = default;
};

struct AnalysisConfig {
  std::string metric = "exact_match";
  std::int64_t length = 0;
  double success_threshold = 0;
  std::int64_t bins = 20;
  std::int64_t resamples = 1000;
  double level = 0.95;
  std::int64_t seed = 0;
  bool operator==(const AnalysisConfig&) const = default;
};

/// One scale axis: the values of `key`, each with the fixed keys of `with` and its own values of the keys in `zip`.
struct AxisConfig {
  std::string key{};
  std::vector<Value> values{};
  std::map<std::string, Value> with{};
  std::map<std::string, std::vector<Value>> zip{};  // each list as long as `values`
  bool operator==(const AxisConfig&) const = default;
};

struct SweepConfig {
  std::int64_t schema = 1;
  std::string name;
  TaskConfig task;
  ModelConfig model;
  std::vector<AxisConfig> axes;
  SeedsConfig seeds;
  TrainConfig train;
  EvalConfig eval;
  StoreConfig store;
  AnalysisConfig analysis;
  bool operator==(const SweepConfig&) const = default;
};

}  // namespace seedscape
