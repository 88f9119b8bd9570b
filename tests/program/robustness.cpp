// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/data/corruptions/corrupt.hpp>
#include <acsl/evaluation/robustness_file.hpp>
#include <acsl/io/read_image.hpp>
#include <nlohmann/json.hpp>
#include <support/trained_set.hpp>

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct tested_set : test::trained_set {
  [[nodiscard]] test::ended robustness(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"test_robustness", "../tiny.toml", "a/latest.safetensors"});
    return acsl(std::move(arguments));
  }
};

bool contains(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

TEST_CASE("a test of robustness judges every pair, goes on after what it has, and does not depend on threads") {
  tested_set const tiny;
  auto const ran = tiny.robustness({"--out",
                                    "r.pkl",
                                    "--corruptions",
                                    "fog",
                                    "gaussian_noise",
                                    "--severities",
                                    "0",
                                    "5",
                                    "--seed",
                                    "3",
                                    "--threads",
                                    "1",
                                    "--workers",
                                    "2",
                                    "--show",
                                    "pictures",
                                    "--summaries",
                                    "--final-prints",
                                    "P",
                                    "mPC",
                                    "rPC"});
  REQUIRE_MESSAGE(ran.status == 0, ran.errors);
  CHECK_MESSAGE(contains(ran.output, "clean   "), ran.output);
  CHECK(contains(ran.output, "gaussian_noise 5, run 3 of 3 [18/18]"));
  CHECK(contains(ran.output, "Eval Bbox of fog 5:"));
  CHECK(contains(ran.output, "| metric | P | mPC | rPC |"));
  CHECK(contains(ran.output, "8 of the 10 pairs of corruption and severity have no result"));
  auto const results = acsl::read_robustness_results(tiny.runs() / "r_results.pkl");
  CHECK(results.corruptions() == std::vector<std::string>{"fog", "gaussian_noise"});
  CHECK(results.entries.size() == 4);
  CHECK(results.find("fog", 0, "bbox")->figures == results.find("gaussian_noise", 0, "bbox")->figures);
  auto const from_json = acsl::read_robustness_results(tiny.runs() / "r_results.json");
  CHECK(from_json.entries == results.entries);
  CHECK(test::read_text(tiny.runs() / "r.pkl").substr(0, 2) == "\x80\x02");

  auto const noisy = test::read_text(tiny.runs() / "r.pkl");

  // The clean figures are those of `acsl test`, and the pictures show what the detector saw.
  auto const clean =
      tiny.acsl({"test", "../tiny.toml", "a/latest.safetensors", "--json-out", "found.json", "--out", "clean.pkl"});
  REQUIRE(clean.status == 0);
  CHECK(test::read_text(tiny.runs() / "clean.pkl") != noisy);
  REQUIRE(tiny.acsl({"eval", "../train.json", "found.json", "--json", "figures.json"}).status == 0);
  auto const figures = json::parse(test::read_text(tiny.runs() / "figures.json"))["summary"];
  for (auto const& [name, value] : results.find("fog", 0, "bbox")->figures) CHECK(figures[name].get<double>() == value);
  CHECK(fs::exists(tiny.runs() / "pictures/gaussian_noise_5/6.jpg"));
  CHECK(fs::exists(tiny.runs() / "pictures/fog_0/1.jpg"));
  CHECK(test::read_text(tiny.runs() / "pictures/fog_5/1.jpg") != test::read_text(tiny.runs() / "pictures/fog_0/1.jpg"));

  auto const wanted = std::vector<std::string>{
      "--corruptions", "fog", "gaussian_noise", "contrast", "--severities", "0", "5", "--seed", "3", "--threads", "2"};
  auto more = wanted, whole = wanted;
  more.insert(more.end(), {"--out", "r.pkl", "--resume"});
  whole.insert(whole.end(), {"--out", "whole.pkl"});
  auto const resumed = tiny.robustness(more);
  REQUIRE_MESSAGE(resumed.status == 0, resumed.errors);
  CHECK(contains(resumed.output, "contrast 5, run 1 of 1"));
  CHECK(!contains(resumed.output, "fog 5, run"));
  REQUIRE(tiny.robustness(whole).status == 0);
  for (char const* ending : {"_results.pkl", "_results.json", ".pkl"})
    CHECK(test::read_text(tiny.runs() / ("r" + std::string(ending))) ==
          test::read_text(tiny.runs() / ("whole" + std::string(ending))));

  auto const before = test::read_text(tiny.runs() / "whole_results.json");
  auto const again = tiny.robustness({"--out", "whole.pkl", "--corruptions", "None"});
  REQUIRE_MESSAGE(again.status == 0, again.errors);
  CHECK(again.output.ends_with("no corrupted photographs were judged: there is nothing to average\n"));
  CHECK(contains(again.output, "whole_results_earlier_1.json; --resume"));
  CHECK(test::read_text(tiny.runs() / "whole_results_earlier_1.json") == before);
  CHECK(fs::exists(tiny.runs() / "whole_results_earlier_1.pkl"));

  more[8] = "4";  // another seed
  auto const refused = tiny.robustness(more);
  CHECK(refused.status == 1);
  CHECK_MESSAGE(contains(refused.errors, "r_results.json:seed: of that run was 3, which --resume goes on with, not 4"),
                refused.errors);
  more[8] = "3";
  more.insert(more.end(), {"--set", "test.score_threshold=0.2"});
  CHECK(contains(tiny.robustness(more).errors, "test.score_threshold: "));

  // Its detections are those of `acsl test` on a set whose photographs are the corrupted ones.
  for (std::uint64_t id = 1; id <= 6; ++id) {
    auto const photograph = tiny.set.folder / ("images/" + std::to_string(id) + ".jpg");
    acsl::write_png(photograph, acsl::corrupt(acsl::read_image(photograph), acsl::corruption::gaussian_noise, 5,
                                              acsl::random_key{3}.with(id)));
  }
  REQUIRE(tiny.acsl({"test", "../tiny.toml", "a/latest.safetensors", "--out", "direct.pkl"}).status == 0);
  CHECK(test::read_text(tiny.runs() / "direct.pkl") == noisy);
}

TEST_CASE("acsl test_robustness says what is wrong with its arguments") {
  test::tiny_data_set const set;
  auto const fails = [&](std::vector<std::string> arguments, std::string const& words) {
    arguments.insert(arguments.begin(), {ACSL_PROGRAM, "test_robustness", "tiny.toml", "x.safetensors"});
    auto const ran = test::run(arguments, {.folder = set.folder.path()});
    CHECK(ran.status == 2);
    CHECK_MESSAGE(contains(ran.errors, words), ran.errors);
  };
  fails({}, "at least one of --out and --show");
  fails({"--show", "p", "--resume"}, "--resume goes on with the results beside --out");
  fails({"--out", "r.txt"}, "ends in .pkl");
  fails({"--out", "r.pkl", "--corruptions", "mist"}, "mist");
  fails({"--out", "r.pkl", "--severities", "6"}, "a whole number from 0 to 5");
  fails({"--out", "r.pkl", "--launcher", "pytorch"}, "one process, on all cores");
  fails({"--out", "r.pkl", "--local_rank", "1"}, "one process");
  fails({"--out", "r.pkl", "--tmpdir", "d"}, "exchanges no files");
  fails({"--out", "r.pkl", "--iou-thr", "0.75"}, "AP50 and AP75 are always there");
  fails({"--out", "r.pkl", "--eval", "segm"}, "bbox");
}

TEST_CASE("acsl robustness_eval sums up its own files and those of the original's tool") {
  test::temporary_folder const folder;
  auto const run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {ACSL_PROGRAM, "robustness_eval"});
    return test::run(arguments, {.folder = folder.path()});
  };
  test::write_text(folder / "own.json", R"({"results": {"fog": {"0": {"bbox": {"AP": 0.4, "APr": -1}},
    "1": {"bbox": {"AP": 0.3, "APr": -1}}, "3": {"bbox": {"AP": 0.1, "APr": -1}}}, "snow": {"5": {"bbox": {"AP": 0.08}}}}})");
  auto const own = run({"own.json"});
  REQUIRE_MESSAGE(own.status == 0, own.errors);
  CHECK_MESSAGE(contains(own.output, "| AP | 40.00 | 16.00 | 40.00 |\n| APr | - | - | - |\n"), own.output);
  CHECK(contains(own.output, "| fog | 40.00 | 30.00 | - | 10.00 | - | - |"));
  CHECK(contains(own.output, "7 of the 10 pairs"));
  CHECK(contains(run({"own.json", "--prints", "mPC", "--metric", "AP"}).output,
                 "| metric | mPC |\n| :--- | ---: |\n| AP | 16.00 |"));

  // Python 3 and NumPy: {"fog": {0: {"bbox": {"AP": float64(0.5)}}, 2: {"bbox": {"AP": 0.25}}}}
  for (char const* name : {"coco.pkl", "voc.pkl"})
    fs::copy(fs::path(ACSL_TEST_SOURCE "/tests/golden/evaluation") / ("robustness_" + std::string(name)),
             folder / name);
  auto const coco = run({"coco.pkl", "--aggregate", "all", "--task", "bbox"});
  REQUIRE_MESSAGE(coco.status == 0, coco.errors);
  CHECK_MESSAGE(contains(coco.output, "| AP | 50.00 | 18.75 | 37.50 |"), coco.output);
  CHECK_MESSAGE(contains(run({"coco.pkl"}).output, "| AP | 50.00 | 20.00 | 40.00 |"),
                "the 16th corruption is left out");
  auto const voc = run({"voc.pkl", "--dataset", "voc"});
  CHECK_MESSAGE(contains(voc.output, "| AP50 | 60.00 | 45.00 | 75.00 |"), voc.output);

  auto const fails = [&](std::vector<std::string> arguments, std::string const& words) {
    auto const ran = run(std::move(arguments));
    CHECK(ran.status == 1);
    CHECK_MESSAGE(contains(ran.errors, words), ran.errors);
  };
  fails({"own.json", "--metric", "AP75"}, "own.json: has no figure AP75 of the task bbox, but AP, APr");
  fails({"own.json", "--task", "segm"}, "own.json: has no results of the task segm");
  fails({"voc.pkl", "--dataset", "voc", "--metric", "AP"}, "AP50");
  test::write_text(folder / "bad.json", R"({"results": {"fog": {"6": {}}}})");
  fails({"bad.json"}, "bad.json:fog[6]: a severity lies in [0, 5]");
  test::write_text(folder / "bad.json", R"({"results": {"fog": {"1": {"bbox": 3}}}})");
  fails({"bad.json"}, "bad.json:fog[1].bbox: expected a map of figures");
  test::write_text(folder / "bad.json", R"({"results": {)");
  fails({"bad.json"}, "bad.json");
  test::write_text(folder / "bad.json", "{}");
  fails({"bad.json"}, "\"results\" is missing");
  test::write_text(folder / "bad.json", "hello");
  fails({"bad.json"}, "neither a pickle");
  fails({"none.pkl"}, "none.pkl: cannot open");
}

TEST_CASE("acsl corrupt shows what a corruption does") {
  test::tiny_data_set const set;
  auto const run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {ACSL_PROGRAM, "corrupt", "images/1.jpg"});
    return test::run(arguments, {.folder = set.folder.path()});
  };
  auto const ran = run({"--corruption", "snow", "--severity", "2", "--seed", "5", "--image-id", "1", "--out", "s.png"});
  REQUIRE_MESSAGE(ran.status == 0, ran.errors);
  CHECK(acsl::read_image(set.folder / "s.png") == acsl::corrupt(acsl::read_image(set.folder / "images/1.jpg"),
                                                                acsl::corruption::snow, 2,
                                                                acsl::random_key{5}.with(1)));
  CHECK(run({"--corruption", "fogg", "--out", "s.png"}).status == 2);
  CHECK(run({"--corruption", "fog", "--out", "s.jpg"}).status == 2);
  CHECK(contains(run({"--corruption", "fog", "--out", "nowhere/s.png"}).errors, "nowhere/s.png: cannot create"));
}

}  // namespace
