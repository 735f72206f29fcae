// Result folders and weights that somebody damaged or forged.

#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sys/resource.h>

#include "cli/program.h"
#include "seedscape/base/hash.h"
#include "seedscape/base/safetensors.h"
#include "seedscape/config/load.h"
#include "seedscape/store/paths.h"
#include "seedscape/sweep/plan.h"
#include "support/test.h"

using namespace seedscape;

namespace {

namespace fs = std::filesystem;

const std::string kGood = SEEDSCAPE_SOURCE_DIR "/tests/fixtures/bad/good.yaml";

/// The lines of a log, each with its number, the checksum of the line before and its own.
struct Log {
  std::vector<std::string> lines;
  std::string prev = "00000000";

  /// A line with these members, written as in JSON without the braces.
  void add(const std::string& members) {
    const std::string body = R"({"seq":)" + std::to_string(lines.size()) + R"(,"prev":")" + prev + "\"," + members;
    std::array<char, 9> crc{};
    std::snprintf(crc.data(), crc.size(), "%08x", crc32(body));
    prev = crc.data();
    lines.push_back(body + R"(,"crc":")" + prev + "\"}\n");
  }
  std::string text() const {
    std::string all;
    for (const std::string& line : lines) all += line;
    return all;
  }
  /// "bytes 96 to 200" of one line.
  std::string range(std::size_t line) const {
    std::size_t first = 0;
    for (std::size_t i = 0; i < line; ++i) first += lines[i].size();
    return "bytes " + std::to_string(first) + " to " + std::to_string(first + lines[line].size() - 1);
  }
};

constexpr const char* kHeader = R"("format":"seedscape-runs","schema":1,"writer":"w","fingerprint":{"made_by":"test"})";

/// A folder with the plan of good.yaml and one log.
class Store {
 public:
  Store() : plan_(make_plan(load_config(kGood).config)) {
    fs::create_directories(folder_ / "out/runs");
    std::ofstream(paths::plan(folder_ / "out")) << plan_text(plan_);
  }

  /// The members of the line of a run that is done.
  std::string record(std::size_t run) const {
    const PlannedRun& planned = plan_.cells[0].runs.at(run);
    const std::string seed = std::to_string(planned.seed);
    return R"("run_id":")" + planned.run_id + R"(","seed":)" + seed + R"(,"init_seed":)" + seed + R"(,"data_seed":)" +
           seed + R"(,"status":"done","reason":"","step":20,"attempt":1,"train_loss":0.5,"lengths":[)" +
           R"({"length":4,"scores":{"exact_match":0.5}},{"length":6,"scores":{"exact_match":0.25}}],)" +
           R"("weights_digest":"d","wall_s":1.5,"device":"cpu")";
  }

  /// A log of `records` runs without a footer.
  Log log(std::size_t records) const {
    Log log;
    log.add(kHeader);
    for (std::size_t run = 0; run < records; ++run) log.add(record(run));
    return log;
  }

  /// What `status` says of the log: its errors, which begin with the file, or what is done.
  Answer status(const std::string& text) const {
    std::ofstream(log_file()) << text;
    return seedscape::seedscape(folder_, {"status", "out"});
  }
  std::string damage(const std::string& text) const {
    const Answer answer = status(text);
    const std::string start = "out/runs/w.jsonl: ";
    INFO(answer.err);
    CHECK(answer.code == 4);
    CHECK(answer.out.empty());
    REQUIRE(answer.err.starts_with(start));
    return answer.err.substr(start.size(), answer.err.size() - start.size() - 1);
  }
  /// What `status` says when the process may not have more than so many bytes.
  Answer limited_status(rlim_t bytes) const {
    const auto limit = [=] {
      const rlimit most{bytes, bytes};
      setrlimit(RLIMIT_AS, &most);
    };
    return Child(folder_.path(), {"status", "out"}, limit).wait();
  }
  fs::path log_file() const { return folder_ / "out/runs/w.jsonl"; }

 private:
  TempFolder folder_;
  Plan plan_;
};

/// good.yaml trained for two steps at depth 1, its weights stored.
class Trained {
 public:
  Trained() {
    const Answer answer = seedscape::seedscape(
        folder_, {"run", kGood, "--device", "cpu", "--quiet", "--set", "train.steps=2", "--set", "seeds.count=2",
                  "--set", "axes=[{key: model.depth, values: [1]}]", "--set", "store.weights=final"});
    REQUIRE(answer.code == 0);
    const std::string csv = read_text(folder_ / "out/tiny/results.csv");
    id_ = csv.substr(csv.find('\n') + 1, 32);
    good_ = read_text(weights());
  }

  const std::string& id() const { return id_; }
  const std::string& good() const { return good_; }
  fs::path weights() const { return paths::weights(folder_ / "out/tiny", id_, 2); }

  /// What `export` says of weights that are these bytes, without the file's name.
  Answer exported(const std::string& bytes) const {
    std::ofstream(weights(), std::ios::binary) << bytes;
    Answer answer = seedscape::seedscape(folder_, {"export", "out/tiny", id_, "-o", "hf"});
    const std::string start = "out/tiny/weights/" + id_ + "/step-2.safetensors: ";
    if (answer.err.starts_with(start)) answer.err.erase(0, start.size());
    CHECK(fs::exists(folder_ / "hf") == (answer.code == 0));
    return answer;
  }
  std::string damage(const std::string& bytes) const {
    const Answer answer = exported(bytes);
    CHECK(answer.code == 4);
    return answer.err.substr(0, answer.err.size() - 1);
  }

  /// The file with a changed header: its tensors, data and metadata given to `change`.
  template <class Change>
  std::string changed(Change change) const {
    TensorFile file = parse_safetensors(good_);
    change(file);
    return safetensors_bytes(file.tensors, file.data, file.metadata);
  }

  /// The file with one piece of its header replaced by another of the same length.
  std::string patched(const std::string& from, const std::string& to) const {
    std::string bytes = good_;
    REQUIRE(from.size() == to.size());
    const std::size_t place = bytes.find(from);
    REQUIRE(place != std::string::npos);
    return bytes.replace(place, from.size(), to);
  }

  const TempFolder& folder() const { return folder_; }

 private:
  TempFolder folder_;
  std::string id_, good_;
};

std::string with_length(std::uint64_t length, std::string bytes) {
  std::memcpy(bytes.data(), &length, sizeof length);
  return bytes;
}

}  // namespace

TEST_CASE("bad input: a log that is whole is read, and one cut in its last line counts what is before", "[cli]") {
  const Store store;
  const Log log = store.log(2);
  CHECK(store.status(log.text()).out.find("all            6     2         0       0        4") != std::string::npos);
  const Answer cut = store.status(log.text().substr(0, log.text().size() - 10));
  CHECK(cut.code == 0);
  CHECK(cut.err == "1 log(s) end in a line that was cut off; the run it was for is not counted as done\n");
  CHECK(cut.out.find("all            6     1         0       0        5") != std::string::npos);
}

TEST_CASE("bad input: a result line that was changed is refused with its bytes, and so is the way lines follow",
          "[cli]") {
  const Store store;
  const Log good = store.log(3);
  std::vector<std::string> lines = good.lines;
  const auto joined = [&](const std::vector<std::size_t>& order) {
    std::string text;
    for (const std::size_t i : order) text += lines[i];
    return text;
  };
  std::string changed = good.text();
  changed.replace(changed.find("0.25"), 4, "0.75");
  CHECK(store.damage(changed) == good.range(1) + ": damaged, but good lines follow");
  const std::size_t start = lines[0].size() + lines[1].size();
  CHECK(store.damage(joined({0, 1, 3})) == "bytes " + std::to_string(start) + " to " +
                                               std::to_string(start + lines[3].size() - 1) +
                                               ": line number 3 stands where number 2 belongs");
  Log other = store.log(0);
  other.add(store.record(1));
  lines[1] = other.lines[1];
  CHECK(store.damage(joined({0, 1, 2})) ==
        good.range(2) + ": the line before is not the one that this line was written after");
}

TEST_CASE("bad input: a result line with a right checksum is held to its members all the same", "[cli]") {
  const Store store;
  const auto damage = [&](const std::string& members) {
    Log log = store.log(0);
    log.add(members);
    const std::string message = store.damage(log.text()), start = log.range(1) + ": ";
    REQUIRE(message.starts_with(start));
    return message.substr(start.size());
  };
  const std::string members = store.record(0);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string copy = members;
    return copy.replace(copy.find(from), from.size(), to);
  };
  CHECK(damage(with("\"seed\":0", "\"seed\":0,\"seed\":1")) == "the key \"seed\" stands twice in one object");
  CHECK(damage(with("0.25", "null")) == "exact_match: expected a number, \"NaN\", \"Infinity\" or \"-Infinity\"");
  CHECK(damage(with("0.25", "NaN")).starts_with("not JSON: "));
  CHECK(damage(with("\"done\"", "\"over\"")) == "\"status\" is none of done, diverged, failed");
  CHECK(damage(with("\"seed\":0", "\"seed\":0.0")) == "\"seed\" is no unsigned 64-bit integer");
  CHECK(damage(with("\"seed\":0", "\"seed\":18446744073709551616")) == "\"seed\" is no unsigned 64-bit integer");
  CHECK(damage(with(",\"device\":\"cpu\"", "")) == "no member \"device\"");
  CHECK(damage("\"deep\":" + std::string(1'000'000, '[')).starts_with("more than 32 levels of JSON"));
}

TEST_CASE("bad input: a log of another format or schema says which one is read", "[cli]") {
  const Store store;
  const auto damage = [&](const std::string& from, const std::string& to) {
    std::string header = kHeader;
    Log log;
    log.add(header.replace(header.find(from), from.size(), to));
    const std::string message = store.damage(log.text());
    REQUIRE(message.starts_with(log.range(0) + ": "));
    return message.substr(log.range(0).size() + 2);
  };
  CHECK(damage("\"schema\":1", "\"schema\":2") == "written in schema 2; this version of seedscape reads schema 1");
  CHECK(damage("seedscape-runs", "other") == "not a log of runs");
}

TEST_CASE("bad input: a line of 1 GiB is refused without being held", "[cli]") {
  const Store store;
  const Log log = store.log(1);
  std::ofstream(store.log_file()) << log.text();
  const std::uintmax_t start = log.text().size(), size = std::uintmax_t{1} << 30;
  fs::resize_file(store.log_file(), start + size);  // zeros that take no blocks
  const Answer answer = store.limited_status(256 << 20);
  CHECK(answer.code == 4);
  CHECK(answer.err == "out/runs/w.jsonl: bytes " + std::to_string(start) + " to " + std::to_string(start + size - 1) +
                          ": a line of 1073741824 bytes\n");
}

TEST_CASE("bad input: what a folder says of itself is shown, not sent to the terminal", "[cli]") {
  const TempFolder folder;
  Plan plan{
      .config = load_config(kGood, {R"(axes=[{key: train.from, values: ["a\e[31m"], with: {model.depth: 1}}])"}).config,
      .cells = {}};
  for (Cell& cell : expand_cells(plan.config)) {
    cell.start = "d";
    plan.cells.push_back({.cell = cell, .parameters = 1, .runs = planned_runs(cell, plan.config.seeds)});
  }
  fs::create_directories(folder / "out");
  std::ofstream(paths::plan(folder / "out")) << plan_text(plan);
  const Answer status = seedscape::seedscape(folder, {"status", "out"});
  INFO(status.err);
  CHECK(status.code == 0);
  CHECK(status.out.find("from=a\\x1b[31m") != std::string::npos);
  CHECK(status.out.find('\x1b') == std::string::npos);
}

TEST_CASE("bad input: weights with a damaged frame are refused", "[cli]") {
  const Trained run;
  const std::string& good = run.good();
  REQUIRE(run.exported(good).code == 0);
  fs::remove_all(run.folder() / "hf");
  CHECK(run.damage("") == "not safetensors: shorter than 8 bytes");
  CHECK(run.damage(good.substr(0, 7)) == "not safetensors: shorter than 8 bytes");
  CHECK(run.damage(with_length(std::uint64_t{1} << 62, good)) ==
        "not safetensors: a header of 4611686018427387904 bytes");
  CHECK(run.damage(with_length(good.size() - 7, good)) ==
        "not safetensors: a header of " + std::to_string(good.size() - 7) + " bytes");
  CHECK(run.damage(std::string(good).replace(8, 1, "[")) == "not safetensors: the header does not begin with {");
  CHECK(run.damage(run.patched("\"format\"", "\"f\xffrmat\"")).starts_with("not JSON: "));
  CHECK(run.damage(good + std::string(4, '\0')).starts_with("the tensors end at byte "));
  CHECK(run.damage(good.substr(0, good.size() - 4)).starts_with("the tensors end at byte "));
  std::ofstream(run.weights(), std::ios::binary) << good;
  fs::resize_file(run.weights(), std::uintmax_t{1} << 40);  // without blocks on the disk
  const Answer huge = seedscape::seedscape(run.folder(), {"export", "out/tiny", run.id(), "-o", "hf"});
  CHECK(huge.code == 4);
  CHECK(huge.err.find(".safetensors: has more than 8") != std::string::npos);
  std::string flipped = good;
  flipped.back() = static_cast<char>(flipped.back() ^ 1);
  CHECK(run.damage(flipped) == "its data do not have their digest");
}

TEST_CASE("bad input: weights with a wrong table of tensors are refused", "[cli]") {
  const Trained run;
  const std::string name = "gpt_neox.final_layer_norm.bias", other = "gpt_neox.final_layer_norm.weight";
  CHECK(run.damage(run.patched("\"F32\"", "\"F16\"")).ends_with(": dtype F16; this program reads F32"));
  CHECK(run.damage(run.patched("[16]", "[17]")).find(": its shape needs 68 bytes") != std::string::npos);
  CHECK(run.damage(run.patched("\"data_offsets\":[0,", "\"data_offsets\":[4,")).find(": leaves a hole before byte 4") !=
        std::string::npos);
  CHECK(run.damage(run.changed([](TensorFile& file) { file.tensors.at(1).name = file.tensors.at(0).name + "x"; }))
            .starts_with("has no tensor "));
  CHECK(run.damage(run.changed([](TensorFile& file) {
    file.tensors.push_back({"extra", {0}, std::ssize(file.data), 0});
  })) == "has a tensor that the model lacks, extra");
  CHECK(run.damage(run.changed([](TensorFile& file) {
             std::vector<std::int64_t>& shape = file.tensors.at(0).shape;
             shape = {shape.at(1), shape.at(0)};
           }))
            .find(" has the shape [16, ") != std::string::npos);
  const std::string huge = "[4294967296,4294967296]";
  std::string header = R"({"x":{"dtype":"F32","shape":)" + huge + R"(,"data_offsets":[0,0]}})";
  CHECK(run.damage(with_length(header.size(), std::string(8, '\0') + header)) == "tensor x: has a size beyond 64 bits");
  header =
      R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})";
  CHECK(run.damage(with_length(header.size(), std::string(8, '\0') + header + std::string(8, '\0'))) ==
        "the key \"x\" stands twice in one object");
  header =
      R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})";
  CHECK(run.damage(with_length(header.size(), std::string(8, '\0') + header + std::string(12, '\0'))) ==
        "tensor y: overlaps what ends at byte 8");
}

TEST_CASE("bad input: the weights of another run are not taken for this run's", "[cli]") {
  const Trained run;
  CHECK(run.damage(run.changed([](TensorFile& file) { file.metadata["run_id"] = std::string(32, '0'); })) ==
        "its run_id is " + std::string(32, '0') + ", not " + run.id());
  CHECK(run.damage(run.changed([](TensorFile& file) { file.metadata["step"] = "1"; })) == "its step is 1, not 2");
}

TEST_CASE("bad input: an archive that could hold code is named and never opened", "[cli]") {
  const Trained run;
  for (const std::string start : {"PK\x03\x04", "\x80\x02}q", "\x80\x04\x95"}) {
    const Answer answer = run.exported(start + std::string(100, 'x'));
    CHECK(answer.code == 2);
    CHECK(answer.err == "a pickle or zip archive, not safetensors; this program never loads pickle\n");
  }
  std::ofstream(run.folder() / "model.pt") << "PK\x03\x04";
  const Answer from = seedscape::seedscape(run.folder(), {"run", kGood, "--from", "model.pt", "--out", "x"});
  CHECK(from.code == 2);
  CHECK(from.err.find("model.pt: a pickle or zip archive, not safetensors; this program never loads pickle") !=
        std::string::npos);
  CHECK_FALSE(fs::exists(run.folder() / "x"));
}
