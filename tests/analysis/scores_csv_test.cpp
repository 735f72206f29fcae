#include "seedscape/analysis/analyze.h"
#include "seedscape/base/error.h"
#include "support/test.h"

using namespace seedscape;

namespace {

const CsvColumns kColumns{.axis = "size", .seed = "seed", .value = "score"};

ScoreTable read(const std::string& text, const CsvColumns& columns = kColumns) {
  return read_scores_csv(text, "scores.csv", columns, {});
}

const std::vector<ScaleScores>& scales(const ScoreTable& table) { return table.axes.at(0).views.at(0).scales; }

/// Kind and text of the error that a CSV is refused with.
std::pair<ErrorKind, std::string> refusal(const std::string& text, const CsvColumns& columns = kColumns) {
  try {
    read(text, columns);
  } catch (const Error& error) {
    return {error.kind(), error.what()};
  }
  return {ErrorKind::internal, "accepted"};
}

std::pair<ErrorKind, std::string> corrupt(const std::string& what) { return {ErrorKind::corrupt, "scores.csv" + what}; }

}  // namespace

TEST_CASE("scores_csv: columns are found by name and the others are ignored", "[analysis]") {
  const ScoreTable table = read("score,note,seed,size\n0.5,x,2,64\n0.25,y,1,64\n1,z,1,8\n");
  CHECK(table.axes.at(0).key == "size");
  CHECK(table.axes[0].views.at(0).metric == "score");
  CHECK_FALSE(table.axes[0].views[0].length);
  CHECK(table.source.planned == 3);
  CHECK(table.source.done == 3);
  REQUIRE(scales(table).size() == 2);
  CHECK(scales(table)[0].value == 8);
  CHECK(scales(table)[1].value == 64);
  CHECK(scales(table)[1].seeds == std::vector<std::int64_t>{1, 2});
  CHECK(scales(table)[1].scores == std::vector<double>{0.25, 0.5});
  CHECK_FALSE(scales(table)[1].parameters);
}

TEST_CASE("scores_csv: byte order mark, CRLF, blank lines and a last line without an end are fine", "[analysis]") {
  const ScoreTable table = read("\xEF\xBB\xBFsize,seed,score\r\n\r\n8,0,0.5\r\n16,0,1");
  REQUIRE(scales(table).size() == 2);
  CHECK(scales(table)[0].scores == std::vector<double>{0.5});
  CHECK(scales(table)[1].scores == std::vector<double>{1});
}

TEST_CASE("scores_csv: quoted fields hold commas, quotes and line ends", "[analysis]") {
  const ScoreTable table = read("\"size\",seed,score\n\"a, \"\"b\"\"\nc\",\"3\",0.5\n\"\",4,1\n");
  REQUIRE(scales(table).size() == 2);
  CHECK(scales(table)[0].value == "a, \"b\"\nc");
  CHECK(scales(table)[0].seeds == std::vector<std::int64_t>{3});
  CHECK(scales(table)[1].value == "");
}

TEST_CASE("scores_csv: numeric scales are ordered as numbers, 64 and 64.0 being the same", "[analysis]") {
  const ScoreTable table = read("size,seed,score\n100,0,0\n64.0,0,0\n1e-3,0,0\n64,1,0\n");
  REQUIRE(scales(table).size() == 3);
  CHECK(scales(table)[0].value == 0.001);
  CHECK(scales(table)[1].seeds == std::vector<std::int64_t>{0, 1});
  CHECK(scales(table)[2].value == 100);
}

TEST_CASE("scores_csv: one scale that is no number makes all of them text, in order of appearance", "[analysis]") {
  const ScoreTable table = read("size,seed,score\nsmall,0,0\n64,0,0\n8,0,0\nsmall,1,0\n");
  REQUIRE(scales(table).size() == 3);
  CHECK(scales(table)[0].value == "small");
  CHECK(scales(table)[1].value == "64");
  CHECK(scales(table)[2].value == "8");
}

TEST_CASE("scores_csv: one value outside [0, 1] makes the view unbounded", "[analysis]") {
  CHECK(read("size,seed,score\n8,0,0\n8,1,1\n").axes[0].views[0].bounded);
  CHECK_FALSE(read("size,seed,score\n8,0,0\n8,1,1.0001\n").axes[0].views[0].bounded);
  CHECK_FALSE(read("size,seed,score\n8,0,-0.1\n8,1,1\n").axes[0].views[0].bounded);
}

TEST_CASE("scores_csv: a missing or ambiguous column is bad usage and names what there is", "[analysis]") {
  CHECK(refusal("size,id,score\n8,0,1\n") ==
        std::pair{ErrorKind::usage,
                  std::string("scores.csv: there is no column 'seed'; its columns are 'size', 'id', 'score'")});
  CHECK(refusal("size,seed,score,size\n8,0,1,8\n") ==
        std::pair{ErrorKind::usage, std::string("scores.csv: there are two columns 'size'")});
}

TEST_CASE("scores_csv: a second row for a scale and seed names both lines", "[analysis]") {
  CHECK(
      refusal("size,seed,score\n8,0,1\n8,1,1\n8.0,0,1\n") ==
      corrupt(":4: scale '8.0', seed 0 was given in line 2 already; --metric and --length choose rows of a tidy file"));
}

TEST_CASE("scores_csv: a seed or value that is no number names its line", "[analysis]") {
  const std::string head = "size,seed,score\n\"8\n\",0,1\n";  // the quoted line end counts as a line too
  CHECK(refusal(head + "8,0,nan\n") == corrupt(":4: the value is not a number up to 1e100: 'nan'"));
  CHECK(refusal(head + "8,0,\n") == corrupt(":4: the value is not a number up to 1e100: ''"));
  CHECK(refusal(head + "8,0, 1\n") == corrupt(":4: the value is not a number up to 1e100: ' 1'"));
  CHECK(refusal(head + "8,0,1e200\n") == corrupt(":4: the value is not a number up to 1e100: '1e200'"));
  CHECK(refusal(head + "8,1.5,1\n") == corrupt(":4: the seed is not an integer below 2^53: '1.5'"));
  CHECK(refusal(head + "8,9007199254740992,1\n") ==
        corrupt(":4: the seed is not an integer below 2^53: '9007199254740992'"));
}

TEST_CASE("scores_csv: a malformed row names its line", "[analysis]") {
  CHECK(refusal("size,seed,score\n8,0\n") == corrupt(":2: expected 3 fields; got 2"));
  CHECK(refusal("size,seed,score\n8,0,1,\n") == corrupt(":2: expected 3 fields; got 4"));
  CHECK(refusal("size,seed,score\n\n8,0,\"1\n") == corrupt(":3: a quote that is never closed"));
  CHECK(refusal("size,seed,score\n8,0,\"1\"2\n") == corrupt(":2: a field goes on after its closing quote"));
  CHECK(refusal("size,seed,score\n8\",0,1\n") == corrupt(":2: a quote inside an unquoted field"));
}

TEST_CASE("scores_csv: a file without scores is refused", "[analysis]") {
  CHECK(refusal("") == corrupt(":1: the file is empty"));
  CHECK(refusal("\n\r\n") == corrupt(":1: the file is empty"));
  CHECK(refusal("size,seed,score\n") == corrupt(":1: there are no rows after the header"));
  CHECK(refusal("size,seed,score\n\xFF,0,1\n") == corrupt(": is not UTF-8 text"));
}

TEST_CASE("scores_csv: control characters of the file do not reach the message", "[analysis]") {
  CHECK(refusal("size,seed,score\n8,0,\x1b[31m\n").second.find('\x1b') == std::string::npos);
}

TEST_CASE("scores_csv: of a tidy file the chosen metric at the chosen length is read", "[analysis]") {
  const std::string tidy =
      "size,seed,length,metric,score\n8,0,4,em,0.5\n8,0,6,em,0.25\n8,0,4,nll,7\n8,0,6,nll,9\n8,0,,,\n";
  CsvColumns columns = kColumns;
  columns.metric = "em";
  columns.length = 6;
  const ScoreTable table = read(tidy, columns);
  CHECK(table.source.planned == 1);
  const ViewScores& view = table.axes.at(0).views.at(0);
  CHECK(view.metric == "em");
  CHECK(view.length == 6);
  CHECK(view.bounded);
  REQUIRE(view.scales.size() == 1);
  CHECK(view.scales[0].scores == std::vector<double>{0.25});

  columns.length = 5;
  CHECK(refusal(tidy, columns) ==
        std::pair{ErrorKind::usage, std::string("scores.csv: there are no rows of metric 'em' at length 5")});
}

TEST_CASE("scores_csv: a choice of metric and length means nothing to a file without such columns", "[analysis]") {
  CsvColumns columns = kColumns;
  columns.metric = "em";
  columns.length = 6;
  const ScoreTable table = read("size,seed,score\n8,0,0.5\n", columns);
  CHECK(table.axes.at(0).views.at(0).metric == "score");
  CHECK_FALSE(table.axes[0].views[0].length);
}
