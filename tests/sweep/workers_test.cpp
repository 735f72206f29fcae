#include "seedscape/sweep/workers.h"

#include "seedscape/base/error.h"
#include "seedscape/sweep/plan.h"
#include "support/small_sweep.h"
#include "support/test.h"

using namespace seedscape;

namespace {

using Names = std::vector<std::string>;

/// The message of the Error(usage) that `call` throws.
template <class Call>
std::string refusal(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    return error.what();
  }
  return "accepted";
}

Plan plan_with(const std::string& trainer) {
  Plan plan = make_plan(small_sweep());
  plan.cells[1].cell.train.trainer = trainer;
  plan.cells[0].cell.train.trainer = "lockstep";
  return plan;
}

}  // namespace

TEST_CASE("workers: there is at least one usable core", "[sweep]") { CHECK(usable_cores() >= 1); }

TEST_CASE("workers: on the CPU there are as many as asked for, or one for each core", "[sweep]") {
  CHECK(worker_devices({"cpu"}, 3) == Names{"cpu", "cpu", "cpu"});
  CHECK(worker_devices({"cpu"}, 0) == Names(static_cast<std::size_t>(usable_cores()), "cpu"));
}

TEST_CASE("workers: each GPU has one, and they are not counted", "[sweep]") {
  CHECK(worker_devices({"cuda:0", "cuda:2"}, 0) == Names{"cuda:0", "cuda:2"});
  CHECK(refusal([] {
          worker_devices({"cuda:0"}, 1);
        }).starts_with("--workers counts trainers on the CPU, and a GPU has one"));
}

TEST_CASE("workers: several seeds in lockstep need a GPU and a trainer that takes them", "[sweep]") {
  const Names cpu{"cpu"}, gpus{"cuda:0", "cuda:1"};
  CHECK(refusal([&] { check_population(1, cpu, plan_with("reference")); }) == "accepted");
  CHECK(refusal([&] { check_population(1, gpus, plan_with("reference")); }) == "accepted");
  CHECK(refusal([&] { check_population(2, gpus, plan_with("lockstep")); }) == "accepted");
  CHECK(refusal([&] {
          check_population(2, cpu, plan_with("lockstep"));
        }).starts_with("--population 2: on the CPU each worker trains one seed at a time"));
  CHECK(refusal([&] {
          check_population(2, gpus, plan_with("reference"));
        }).starts_with("--population 2: the reference trainer takes one seed at a time"));
}

TEST_CASE("workers: tf32 is for GPUs", "[sweep]") {
  Plan plan = plan_with("fused");
  for (const char* precision : {"fp32", "bf16"}) {
    plan.cells.at(0).cell.train.precision = precision;
    CHECK(refusal([&] { check_precision({"cpu"}, plan); }) == "accepted");
  }
  plan.cells.at(0).cell.train.precision = "tf32";
  CHECK(refusal([&] { check_precision({"cuda:0"}, plan); }) == "accepted");
  CHECK(refusal([&] { check_precision({"cpu"}, plan); }).starts_with("train.precision tf32 needs a GPU"));
}

TEST_CASE("workers: a population is the one asked for, or follows from the card and each cell's shape", "[sweep]") {
  const Plan plan = plan_with("reference");  // the other cell's trainer is "lockstep"
  const Card card{.name = "some card", .memory_bytes = std::int64_t{80} << 30};
  CHECK(population_json(choose_population(7, card), plan) == 7);
  CHECK(population_json(choose_population({}, {}), plan) == 1);
  CHECK(population_json(choose_population({}, card), plan) == 1);
  Plan fused = make_plan(small_sweep());
  for (PlannedCell& cell : fused.cells) cell.cell.train.trainer = "fused";
  fused.cells[1].cell.model.width = 1024;
  const nlohmann::json sizes = population_json(choose_population({}, card), fused);
  REQUIRE(sizes.size() == 2);
  CHECK(sizes[0] > sizes[1]);  // a small model fills a card with more seeds
  CHECK(sizes[1] >= 1);
}
