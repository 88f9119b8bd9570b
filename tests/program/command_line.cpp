// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <support/process.hpp>
#include <support/temporary_folder.hpp>

namespace {

test::ended acsl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), ACSL_PROGRAM);
  return test::run(std::move(arguments));
}

/// Names under "Subcommands:" of the help.
std::set<std::string> sub_commands() {
  std::istringstream help(acsl({"--help"}).output);
  std::set<std::string> names;
  bool below = false;
  for (std::string line; std::getline(help, line);) {
    if (line.starts_with("Subcommands:")) below = true;
    else if (below && line.starts_with("  ") && line.size() > 2 && line[2] != ' ')
      names.insert(line.substr(2, line.find(' ', 2) - 2));
  }
  return names;
}

TEST_CASE("help is given for the program and for every sub-command") {
  auto const help = acsl({"--help"});
  CHECK(help.status == 0);
  CHECK(help.errors.empty());
  auto const names = sub_commands();
  CHECK(names.contains("train"));
  for (auto const& name : names) {
    auto const one = acsl({name, "--help"});
    CHECK_MESSAGE(one.status == 0, name);
    CHECK_MESSAGE(one.output.find("Usage:") != std::string::npos, name);
  }
  auto const train = acsl({"train", "--help"}).output;
  for (char const* option :
       {"CONFIG", "--work-dir", "--set", "--load-from", "--resume-from", "--validate", "--seed", "--threads"})
    CHECK_MESSAGE(train.find(option) != std::string::npos, option);
}

TEST_CASE("the version is told") {
  auto const version = acsl({"--version"});
  CHECK(version.status == 0);
  CHECK(version.output.starts_with("acsl "));
}

TEST_CASE("a command line that is wrong ends with status 2 and says what was wrong") {
  struct {
    std::vector<std::string> arguments;
    char const* words;
  } const cases[] = {
      {{}, "A subcommand is required"},
      {{"trian"}, "there is no sub-command \"trian\"; did you mean \"train\"?"},
      {{"trian", "--help"}, "trian"},
      {{"data", "stat"}, "acsl data: there is no sub-command \"stat\"; did you mean \"stats\"?"},
      {{"lvis_analyse", "foo"}, "acsl lvis_analyse: there is no sub-command \"foo\""},
      {{"train"}, "CONFIG"},
      {{"train", "a.toml", "b.toml"}, "b.toml"},
      {{"train", "a.toml", "--frobnicate"}, "--frobnicate"},
      {{"train", "a.toml", "--seed", "-1"}, "--seed"},
      {{"train", "a.toml", "--seed", "one"}, "--seed"},
      {{"train", "a.toml", "--threads", "0"}, "--threads"},
      {{"train", "a.toml", "--threads", "100000"}, "--threads"},
      {{"train", "a.toml", "--set"}, "--set"},
      {{"train", "a.toml", "--work-dir"}, "--work-dir"},
      {{"train", "a.toml", "--work-dir", ""}, "a name is wanted, found none"},
      {{"train", "a.toml", "--resume-from", ""}, "--resume-from: a name is wanted, found none"},
      {{"train", "a.toml", "--load-from", ""}, "a name is wanted, found none"},
      {{"eval", "a.json", "b.json", "--json", ""}, "a name is wanted, found none"},
      {{"eval", "", "b.json"}, "a name is wanted, found none"},
      {{"eval", "a.json", "b.json", "--max-dets", "0"}, "--max-dets: -1, for all, or a whole number from 1 on"},
      {{"eval", "a.json", "b.json", "--max-dets", "-2"}, "--max-dets"},
      {{"eval", "a.json", "b.json", "--protocol", "coco"}, "--protocol"},
      {{"test", "a.toml", "b.pth", "--eval", "bbox", "--tau", "nan"}, "--tau: a number from 0 to 10 is wanted"},
      {{"eval", "a.json", "b.json", "--protocol", "coco-100", "--max-dets", "10"},
       "--max-dets: above 10 with coco-100"},
      {{"eval", "a.json", "b.json", "--type", "proposal", "--protocol", "coco-100"}, "whose protocol is proposal_fast"},
      {{"eval", "a.json", "b.json", "--type", "proposal", "--curves", "c.json"}, "--curves: says nothing about --type"},
      {{"test", "a.toml", "a.safetensors", "--show", "x", "--show-threshold", "nan"}, "a number from 0 to 1 is wanted"},
      {{"train", "a.toml", "--seed", "99999999999999999999999"}, "a whole number from 0 to 9223372036854775807"},
      {{"train", "a.toml", "--seed", "010"}, "a whole number from 0 to"},
      {{"synth", "--out", "x", "--seed", "99999999999999999999999"}, "a whole number from 0 to"},
      {{"validate", "losses", "--seed", "-1"}, "a whole number from 0 to"},
      {{"validate", "losses", "v.json", "--rows", "3"}, "VECTORS excludes --rows"},
      {{"validate", "losses", "v.json", "--against", "cpu"}, "VECTORS excludes --against"},
      {{"flops", "a.toml", "--size", "1333"}, "--size"},
      {{"flops", "a.toml", "--size", "0,800"}, "a whole number from 1 to 32768"},
  };
  for (auto const& one : cases) {
    auto const ran = acsl(one.arguments);
    CHECK_MESSAGE(ran.status == 2, one.words);
    CHECK_MESSAGE(ran.errors.find(one.words) != std::string::npos, ran.errors);
    CHECK(ran.output.empty());
  }
}

TEST_CASE("acsl flops counts a detector part by part, without data and weights") {
  test::temporary_folder const folder;
  auto const config = std::string(ACSL_TEST_SOURCE "/configs/acsl/cascade_rcnn_r101_fpn_1x_lvis_tunefc_acsl.toml");
  auto const json = (folder / "flops.json").string();
  auto const ran = acsl({"flops", config, "--json", json});
  REQUIRE_MESSAGE(ran.status == 0, ran.errors);
  CHECK(ran.output.find("total                314312754100       91923144       91697800        3785325\n") !=
        std::string::npos);
  CHECK(ran.output.find("\n314.31 GMac, 91.70 M parameters outside of frozen stages\n") != std::string::npos);
  auto const written = nlohmann::json::parse(test::read_text(json));
  std::int64_t sum = 0;
  for (char const* part : {"backbone", "neck", "rpn_head", "bbox_head.0", "bbox_head.1", "bbox_head.2"})
    sum += written["parts"][part]["multiply_adds"].get<std::int64_t>();
  CHECK(written["parts"]["total"]["multiply_adds"] == sum);
  CHECK(written["parts"]["bbox_head.2"]["learning"] == 1231 * 1025);
  // 800 x 1333 is padded to 800 x 1344; lying or standing makes no difference.
  auto const lying = acsl({"flops", config, "--size", "1333,800"}),
             standing = acsl({"flops", config, "--size", "800,1344"});
  CHECK(lying.output.find("input 3 x 800 x 1344, 1230 classes and background, 1000 proposals\n") != std::string::npos);
  CHECK(lying.output.substr(lying.output.find("part")) == standing.output.substr(standing.output.find("part")));
}

TEST_CASE("a configuration that is not there is told with status 1") {
  auto const ran = acsl({"train", "none.toml"});
  CHECK(ran.status == 1);
  CHECK(ran.errors == "acsl: error: none.toml: cannot open: No such file or directory\n");
}

}  // namespace
