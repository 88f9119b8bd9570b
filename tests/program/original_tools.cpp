// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/data/annotation_reader.hpp>
#include <acsl/io/class_group_files.hpp>
#include <algorithm>
#include <cstring>
#include <support/program.hpp>
#include <support/unpickled.hpp>

namespace {

namespace fs = std::filesystem;

/// A data set with 4 red, 3 green and 1 blue objects, and a folder to work in.
struct workplace {
  test::tiny_data_set set;
  workplace() {
    for (auto& image : set.annotations["images"]) image["neg_category_ids"] = {1, 2, 3};
    set.save();
    fs::create_directories(runs());
  }
  [[nodiscard]] fs::path runs() const { return set.folder / "runs"; }
  [[nodiscard]] std::string text(std::string const& file) const { return test::read_text(runs() / file); }
  [[nodiscard]] test::ended acsl(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), ACSL_PROGRAM);
    return test::run(std::move(arguments), {.folder = runs()});
  }
  void expect(std::vector<std::string> const& arguments) const {
    auto const ran = acsl(arguments);
    REQUIRE_MESSAGE(ran.status == 0, arguments[0] << ": " << ran.errors);
  }
  [[nodiscard]] std::string refusal(std::vector<std::string> const& arguments, int status = 1) const {
    auto const ran = acsl(arguments);
    CHECK(ran.status == status);
    return ran.errors;
  }
  [[nodiscard]] std::vector<double> tensor(std::string const& file) const {
    auto const content = acsl::read_pth(runs() / file);
    REQUIRE(content.arrays.size() == 1);
    std::vector<double> values;
    acsl::for_each_element(content.arrays[0].values, [&](auto x) { values.push_back(static_cast<double>(x)); });
    return values;
  }
};

bool has(std::string const& text, char const* part) { return text.find(part) != std::string::npos; }

TEST_CASE("groups of split_bin are those that balanced group softmax trains and tests with") {
  workplace const here;
  here.expect({"split_bin", "../train.json", "--out", "groups", "--cuts", "2,4", "--safetensors"});
  auto const groups = acsl::read_class_groups(here.runs() / "groups");
  CHECK(groups.columns() == 2 + 2 + 2 + 2);
  CHECK(groups.members(1) == std::vector<std::int64_t>{3});
  std::vector<std::string> const with_groups = {
      "--set", "loss.name=balanced_group_softmax", "--set", "loss.groups=groups", "--set", "training.epochs=1"};
  auto const run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), with_groups.begin(), with_groups.end());
    return here.acsl(std::move(arguments));
  };
  auto const trained = run({"train", "../tiny.toml", "--work_dir", "g"});
  REQUIRE_MESSAGE(trained.status == 0, trained.errors);
  auto const tested = run({"test", "../tiny.toml", "g/latest.safetensors", "--json-out", "g.json"});
  REQUIRE_MESSAGE(tested.status == 0, tested.errors);
  auto const arrays = acsl::read_weights(here.runs() / "g/latest.safetensors");
  CHECK(arrays.tensors().at("bbox_head.fc_cls.weight").extents()[0] == 8);

  here.expect({"split_bin", "../train.json", "--out", "other", "--groups", "4"});
  CHECK(has(here.refusal({"test", "../tiny.toml", "g/latest.safetensors", "--json-out", "g.json", "--set",
                          "loss.name=balanced_group_softmax", "--set", "loss.groups=other"}),
            "loss.groups"));
  CHECK(has(here.refusal(
                {"train", "../tiny.toml", "--set", "loss.name=balanced_group_softmax", "--set", "loss.groups=nowhere"}),
            "nowhere"));
  here.expect({"split_bin", ACSL_TEST_SOURCE "/tests/golden/io/class_groups/train.json", "--out", "many"});
  CHECK(has(
      here.refusal({"train", "../tiny.toml", "--set", "loss.name=balanced_group_softmax", "--set", "loss.groups=many"}),
      "every class of the data set is in a group"));
  CHECK(has(here.refusal({"split_bin", "../train.json", "--out", "x", "--cuts", "4,2"}, 2), "ascending whole numbers"));
}

TEST_CASE("acsl test has the original's names of files, and tau 0 is none") {
  workplace const here;
  here.expect({"train", "../tiny.toml", "--work-dir", "a", "--set", "training.epochs=1"});
  auto const test = [&](std::string const& tool, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {tool, "../tiny.toml", "a/latest.safetensors"});
    here.expect(arguments);
  };
  test("test",
       {"--out", "found.pkl", "--json-out", "plain.json", "--json_out", "b.json", "--eval", "bbox", "--tau", "0"});
  auto const plain = here.text("plain.json");
  CHECK((here.text("b.bbox.json") == plain));  // of two long texts, doctest would print both
  CHECK((here.text("found.pkl.bbox.json") == plain));
  CHECK_FALSE(fs::exists(here.runs() / "b.json"));

  // A head of its own for the tail: the correction that the library calls "select". It touches no region that is
  // background, so nothing may be.
  auto checkpoint = acsl::read_checkpoint(here.runs() / "a/latest.safetensors");
  for (auto& [name, values] : checkpoint.arrays)
    if (float const low = -20; name == "bbox_head.fc_cls.bias") std::memcpy(values.bytes.data(), &low, sizeof low);
  acsl::write_safetensors(here.runs() / "a/latest.safetensors", checkpoint);
  test("test", {"--json-out", "plain.json"});
  test("test_lvis_tnorm", {"--json-out", "t.json", "--tau", "1.5"});
  test("test", {"--json-out", "s.json", "--set", "test.correction=tau_normalisation", "--set",
                "test.correction_mode=select", "--set", "test.correction_parameters=[\"tau=1.5\"]"});
  CHECK((here.text("t.json") == here.text("s.json")));
  CHECK((here.text("t.json") != here.text("plain.json")));
  CHECK(has(here.refusal({"test_lvis_tnorm", "../tiny.toml", "a/latest.safetensors"}, 2), "--json_out"));

  here.expect({"eval_lvis_per_class", "--boxjson", "plain.json", "--annotations", "../train.json", "--result_path",
               "per_class.txt"});
  auto const lines = here.text("per_class.txt");
  CHECK(std::count(lines.begin(), lines.end(), '\n') == 3);
  auto const judged = here.acsl({"eval_lvis", "--boxjson", "plain.json", "--annotations", "../train.json"});
  CHECK(judged.output.starts_with("Eval Bbox:\n\n\n===="));
  CHECK(has(here.refusal({"eval_lvis"}, 2), "--boxjson or --segjson is wanted"));
  auto const table = here.acsl({"eval", "../train.json", "plain.json", "--classwise"});
  CHECK(has(table.output, "| category | AP    | category | AP    | category | AP    |\n"));

  here.expect({"lvis_analyse", "ana_param", "a/latest.safetensors", "--out", "param.pkl"});
  test::unpickled const norms(here.runs() / "param.pkl");
  auto const* const lengths = norms.root().find("bbox_head.fc_cls.weight_norm");
  REQUIRE(lengths != nullptr);
  CHECK(test::elements_of<double>(*lengths, acsl::element_type::float64).size() == 4);
  CHECK(norms.root().find("bbox_head.fc_cls.bias") != nullptr);
}

TEST_CASE("lvis_analyse writes tensors, tables and parts of a data set") {
  workplace const here;
  auto const analyse = [&](std::string const& function, std::string const& out, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"lvis_analyse", function, "../train.json", "--out", out});
    here.expect(more);
  };
  analyse("get_mask", "mask.pt", {"--below", "3"});
  CHECK(here.tensor("mask.pt") == std::vector<double>{0, 0, 0, 1});
  analyse("get_cate_weight", "weight.pt");
  auto const weights = here.tensor("weight.pt");  // 1/4, 1/3 and 1 over their mean, 19/36
  CHECK(weights[0] == 1);
  CHECK(weights[1] == doctest::Approx(9.0 / 19));
  CHECK(weights[3] == doctest::Approx(36.0 / 19));
  analyse("get_bin_weight", "bins.pkl", {"--cuts", "2"});
  test::unpickled const bins(here.runs() / "bins.pkl");
  REQUIRE(bins.root().items.size() == 2);
  CHECK(test::elements_of<double>(*bins.root().items[1], acsl::element_type::float64)[1] == doctest::Approx(6.0 / 7));
  analyse("get_hist", "hist.csv");
  CHECK(here.text("hist.csv") == "instances,images\n1,4\n2,2\n");
  analyse("count_ins", "count.csv");
  CHECK(here.text("count.csv") == "id,image_count,instance_count\n1,3,4\n2,3,3\n3,1,1\n");

  auto const part = [&](std::string const& function, std::vector<std::string> more = {}) {
    analyse(function, function + ".json", std::move(more));
    return acsl::load_annotations(here.runs() / (function + ".json"));
  };
  CHECK(part("get_draw_val_imgs").images.size() == 1);
  CHECK(part("get_dense_det", {"--instances", "2"}).images.size() == 2);
  CHECK(part("construct_data", {"--instances", "1"}).images.size() == 5);
  auto const held_out = part("get_val", {"--instances", "1"});
  CHECK(held_out.images.size() == 1);
  CHECK(held_out.images[0].id == 5);
  CHECK(part("del_tail", {"--below", "2"}).categories.size() == 2);
  CHECK(part("del_nondense_cls").categories.size() == 3);
  CHECK(part("update_cls").categories[1].instance_count == 3);
  CHECK(has(here.refusal({"lvis_analyse", "get_dense_det", "../train.json", "--out", "x.json"}), "no image is left"));
  CHECK_FALSE(fs::exists(here.runs() / "x.json"));
  CHECK(has(here.refusal({"lvis_analyse", "get_mask", "../train.json", "--out", "../train.json"}), "another name"));
}

TEST_CASE("options of the original's launchers are taken where they mean one process") {
  workplace const here;
  here.expect({"train", "../tiny.toml", "--print-config", "--launcher", "none", "--local_rank=0", "--gpus", "1"});
  std::vector<std::string> const train = {"train", "../tiny.toml", "--print-config"};
  std::vector<std::string> const test = {"test", "../tiny.toml", "x.pth", "--eval", "bbox"};
  auto const refused = [&](std::vector<std::string> arguments, char const* option, char const* value) {
    arguments.insert(arguments.end(), {option, value});
    return here.refusal(arguments, 2);
  };
  for (auto const& command : {train, test}) {
    CHECK(has(refused(command, "--launcher", "pytorch"), "one process, on all cores"));
    CHECK(has(refused(command, "--local_rank", "1"), "one process"));
  }
  CHECK(has(refused(train, "--gpus", "8"), "data.batch_size"));
  CHECK(has(refused(test, "--tmpdir", "d"), "exchanges no files"));
  CHECK(has(here.refusal({"test", "../tiny.toml", "x.pth", "--eval", "bbox", "--launcher", "none"}), "x.pth"));
}

}  // namespace
