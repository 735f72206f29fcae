#include "seedscape/store/results_csv.h"

#include <limits>

#include "support/test.h"

namespace seedscape {

namespace {

Cell cell(std::int64_t width, double learning_rate) {
  Cell made;
  made.task.kind = "count";
  made.model.width = width;
  made.model.depth = 2;
  made.model.head_width = 16;
  made.train.learning_rate = learning_rate;
  made.task.train_length = {1, 8};
  return made;
}

AxisConfig axis(const std::string& key) {
  AxisConfig made;
  made.key = key;
  return made;
}

/// Cells of widths 64 and 32 in this order, the first with two seeds.
Plan example() {
  Plan plan;
  plan.config.axes = {axis("model.width"), axis("train.learning_rate"), axis("task.train_length")};
  plan.config.eval.lengths = {20, 8};
  plan.cells = {{cell(64, 0.003), 5000, {{0, {10, 20}, "aa"}, {1, {11, 21}, "bb"}}},
                {cell(32, 1e-8), 2000, {{0, {10, 20}, "cc"}, {1, {11, 21}, "dd"}}}};
  return plan;
}

SeedRecord done(const std::string& id, std::vector<LengthScores> lengths) {
  SeedRecord record;
  record.run_id = id;
  record.step = 1000;
  record.train_loss = 0.1;
  record.lengths = std::move(lengths);
  record.wall_s = 2.5;
  record.device = "cpu";
  return record;
}

SeedRecord ended(const std::string& id, RunStatus status, std::int64_t attempt) {
  SeedRecord record;
  record.run_id = id;
  record.status = status;
  record.step = 30;
  record.attempt = attempt;
  record.wall_s = 0.5;
  record.device = "cuda:0, \"big\"";
  return record;
}

std::vector<CellMetric> metrics(const Cell&) { return {{"exact_match", true}, {"nll", false}}; }

const std::string kHeader =
    "run_id,task,width,depth,heads,params,init_seed,data_seed,seed,step,length,metric,value,status,attempt,wall_s,"
    "device,"
    "train.learning_rate,task.train_length\n";

}  // namespace

TEST_CASE("results_csv: every run has its rows, in plan order, by seed, length and metric", "[store]") {
  const std::vector<SeedRecord> records{
      ended("cc", RunStatus::failed, 3),
      ended("bb", RunStatus::diverged, 1),
      done("aa", {{8, {{"exact_match", 1}, {"nll", 0.1}}}, {20, {{"exact_match", 0.25}, {"nll", 1e-8}}}}),
  };
  const std::string expected = kHeader +
                               R"(aa,count,64,2,4,5000,10,20,0,1000,8,exact_match,1,done,1,2.5,cpu,0.003,"[1,8]"
aa,count,64,2,4,5000,10,20,0,1000,8,nll,0.1,done,1,2.5,cpu,0.003,"[1,8]"
aa,count,64,2,4,5000,10,20,0,1000,20,exact_match,0.25,done,1,2.5,cpu,0.003,"[1,8]"
aa,count,64,2,4,5000,10,20,0,1000,20,nll,1e-08,done,1,2.5,cpu,0.003,"[1,8]"
aa,count,64,2,4,5000,10,20,0,1000,,train_loss,0.1,done,1,2.5,cpu,0.003,"[1,8]"
bb,count,64,2,4,5000,11,21,1,30,8,exact_match,0,diverged,1,0.5,"cuda:0, ""big""",0.003,"[1,8]"
bb,count,64,2,4,5000,11,21,1,30,8,nll,,diverged,1,0.5,"cuda:0, ""big""",0.003,"[1,8]"
bb,count,64,2,4,5000,11,21,1,30,20,exact_match,0,diverged,1,0.5,"cuda:0, ""big""",0.003,"[1,8]"
bb,count,64,2,4,5000,11,21,1,30,20,nll,,diverged,1,0.5,"cuda:0, ""big""",0.003,"[1,8]"
bb,count,64,2,4,5000,11,21,1,30,,train_loss,,diverged,1,0.5,"cuda:0, ""big""",0.003,"[1,8]"
cc,count,32,2,2,2000,10,20,0,30,,,,failed,3,0.5,"cuda:0, ""big""",1e-08,"[1,8]"
)";
  CHECK(results_csv(example(), records, metrics) == expected);
  CHECK(results_csv(example(), {records[2], records[0], records[1]}, metrics) == expected);
}

TEST_CASE("results_csv: records of other plans and lengths that are not planned are left out", "[store]") {
  const std::vector<SeedRecord> records{done("aa", {{8, {{"nll", 1}}}, {12, {{"nll", 2}}}}), done("zz", {})};
  CHECK(results_csv(example(), records, metrics) ==
        kHeader +
            "aa,count,64,2,4,5000,10,20,0,1000,8,nll,1,done,1,2.5,cpu,0.003,\"[1,8]\"\n"
            "aa,count,64,2,4,5000,10,20,0,1000,,train_loss,0.1,done,1,2.5,cpu,0.003,\"[1,8]\"\n");
}

TEST_CASE("results_csv: a curve has its rows by step, the first without a loss", "[store]") {
  SeedRecord start = done("aa", {{8, {{"nll", 4}}}}), middle = done("aa", {{8, {{"nll", 2}}}});
  start.step = 0;
  start.train_loss.reset();
  middle.step = 500;
  const std::string text = results_csv(example(), {done("aa", {{8, {{"nll", 1}}}}), middle, start}, metrics);
  CHECK(text == kHeader +
                    "aa,count,64,2,4,5000,10,20,0,0,8,nll,4,done,1,2.5,cpu,0.003,\"[1,8]\"\n"
                    "aa,count,64,2,4,5000,10,20,0,0,,train_loss,,done,1,2.5,cpu,0.003,\"[1,8]\"\n"
                    "aa,count,64,2,4,5000,10,20,0,500,8,nll,2,done,1,2.5,cpu,0.003,\"[1,8]\"\n"
                    "aa,count,64,2,4,5000,10,20,0,500,,train_loss,0.1,done,1,2.5,cpu,0.003,\"[1,8]\"\n"
                    "aa,count,64,2,4,5000,10,20,0,1000,8,nll,1,done,1,2.5,cpu,0.003,\"[1,8]\"\n"
                    "aa,count,64,2,4,5000,10,20,0,1000,,train_loss,0.1,done,1,2.5,cpu,0.003,\"[1,8]\"\n");
}

TEST_CASE("results_csv: the axes over task, width and depth add no column", "[store]") {
  Plan plan = example();
  plan.config.axes = {axis("model.depth"), axis("task.kind"), axis("task.packing"), axis("model.width")};
  plan.config.eval.lengths = {};
  const std::string text = results_csv(plan, {ended("cc", RunStatus::failed, 1)}, metrics);
  CHECK(text.substr(0, text.find('\n')) == kHeader.substr(0, kHeader.find(",train.learning_rate")) + ",task.packing");
  CHECK(text.substr(text.rfind(',')) == ",packed\n");
}

TEST_CASE("results_csv: no records give the header alone", "[store]") {
  CHECK(results_csv(example(), {}, metrics) == kHeader);
}

TEST_CASE("results_csv: scores that are no finite numbers are written by name", "[store]") {
  const double infinity = std::numeric_limits<double>::infinity();
  const std::string text = results_csv(example(), {done("aa", {{8, {{"nll", infinity}, {"x", -infinity}}}})}, metrics);
  CHECK(text.find(",nll,Infinity,done,") != std::string::npos);
  CHECK(text.find(",x,\"-Infinity\",done,") != std::string::npos);
}

TEST_CASE("results_csv: a field is quoted when a reader would take it for something else", "[store]") {
  CHECK(csv_field("plain text") == "plain text");
  CHECK(csv_field("") == "");
  CHECK(csv_field("a,b") == "\"a,b\"");
  CHECK(csv_field("say \"hi\"") == "\"say \"\"hi\"\"\"");
  CHECK(csv_field("two\nlines") == "\"two\nlines\"");
  CHECK(csv_field("two\rlines") == "\"two\rlines\"");
  for (const char* formula : {"=1+1", "+x", "-cmd", "@sum", "-"}) {
    CHECK(csv_field(formula) == std::string("\"") + formula + "\"");
  }
  CHECK(csv_field("-1.5") == "-1.5");
  CHECK(csv_field("a=b") == "a=b");
}

}  // namespace seedscape
