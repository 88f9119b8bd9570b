// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/io/safetensors.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <support/process.hpp>
#include <support/program.hpp>
#include <support/tiny_data_set.hpp>

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// A tiny set, and a cascade that was trained on it for one iteration whose learning rate changes nothing: its
/// checkpoint has the weights with which a run of this seed begins.
struct begun_run {
  test::tiny_data_set set;
  std::vector<std::string> settings = {"--set", "box_head.iou_thresholds=[0.5, 0.6]",
                                       "--set", "box_head.stage_weights=[1.0, 0.5]",
                                       "--set", "box_head.stds=[0.1, 0.1, 0.2, 0.2, 0.05, 0.05, 0.1, 0.1]",
                                       "--set", "loss.name=adaptive_class_suppression"};

  begun_run() {
    for (auto& image : set.annotations["images"]) image["neg_category_ids"] = {1, 2, 3};
    set.save();
    auto const ran = test::train(
        set, with({"--work-dir", "a", "--seed", "4", "--set", "training.lr=1e-30", "--set", "training.max_iterations=1",
                   "--set", "training.log_every=1", "--set", "data.batch_size=1", "--set", "data.flip_probability=0",
                   "--set", "data.long_side=[96]", "--set", "data.short_side=[64]"}));
    REQUIRE_MESSAGE(ran.status == 0, ran.errors);
  }
  [[nodiscard]] fs::path runs() const { return set.folder / "runs"; }
  [[nodiscard]] std::vector<std::string> with(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), settings.begin(), settings.end());
    return arguments;
  }
  [[nodiscard]] test::ended run(std::vector<std::string> command, std::vector<std::string> const& more) const {
    command.insert(command.begin(), ACSL_PROGRAM);
    command.insert(command.end(), more.begin(), more.end());
    return test::run(with(std::move(command)), {.folder = runs()});
  }
  [[nodiscard]] test::ended on(std::vector<std::string> command, std::string const& image,
                               std::vector<std::string> const& more) const {
    command.insert(command.end(), {"../tiny.toml", "a/latest.safetensors", "../images/" + image + ".jpg"});
    return run(std::move(command), more);
  }
  [[nodiscard]] acsl::safetensors_file dump(std::string const& image, std::vector<std::string> more = {}) const {
    more.insert(more.end(), {"--out", "dump"});
    auto const ran = on({"dump"}, image, more);
    REQUIRE_MESSAGE(ran.status == 0, ran.errors);
    return acsl::safetensors_file::read(runs() / "dump");
  }
};

std::set<std::string> names_of(acsl::safetensors_file const& file) {
  std::set<std::string> names;
  for (auto const& [name, values] : file.tensors()) names.insert(name);
  return names;
}

TEST_CASE("a dump holds every array of inference, and the detections that acsl test finds") {
  begun_run const tiny;
  auto const dump = tiny.dump("1");
  std::set<std::string> wanted = {"image", "proposals", "detections"};
  for (char const* name : {"c2", "c3", "c4", "c5"}) wanted.insert("backbone." + std::string(name));
  for (char const* name : {"p2", "p3", "p4", "p5", "p6"}) wanted.insert("neck." + std::string(name));
  for (char const* number : {"0", "1", "2", "3", "4"})
    for (char const* kind : {"cls.", "reg."}) wanted.insert("rpn." + std::string(kind) + number);
  for (char const* stage : {"stage0.", "stage1."})
    for (char const* name : {"rois", "roi_features", "cls_score", "bbox_pred"})
      wanted.insert(std::string(stage) + name);
  CHECK(names_of(dump) == wanted);
  CHECK(dump.tensors().at("detections").extent(1) == 6);
  CHECK(dump.tensors().at("image").extents() == acsl::shape{1, 3, 800, 1216});  // 96 x 64 into 1333 x 800
  auto const about = json::parse(dump.metadata.at("images"))[0];
  CHECK(about["width"] == 1200);
  CHECK(about["padded_width"] == 1216);
  CHECK(about["original_width"] == 96);

  auto const small = tiny.dump("1", {"--scale", "96,64"});
  CHECK(small.tensors().at("image").extents() == acsl::shape{1, 3, 64, 96});
  CHECK(small.tensors().at("stage1.roi_features").extents() == acsl::shape{30, 8, 7, 7});
  auto const ran = tiny.run({"test", "../tiny.toml", "a/latest.safetensors"},
                            {"--json-out", "found.json", "--scale", "96,64", "--set", "data.workers=0"});
  REQUIRE_MESSAGE(ran.status == 0, ran.errors);
  std::multiset<std::vector<double>> found, dumped;
  for (auto const& one : json::parse(test::read_text(tiny.runs() / "found.json")))
    if (one["image_id"] == 1)
      found.insert({one["bbox"][0], one["bbox"][1], one["score"], one["category_id"].get<double>()});
  auto const& rows = small.tensors().at("detections");
  for (acsl::index_t i = 0; i < rows.extent(0); ++i)
    dumped.insert({double{rows[6 * i]}, double{rows[6 * i + 1]}, double{rows[6 * i + 4]}, double{rows[6 * i + 5]} + 1});
  CHECK(found.size() > 5);
  CHECK(found == dumped);
}

TEST_CASE("a training dump is the first iteration of the run with its seed") {
  begun_run const tiny;
  json logged;
  std::istringstream lines(test::read_text(tiny.runs() / "a/log.jsonl"));
  for (std::string line; std::getline(lines, line);)
    if (auto one = json::parse(line); one["mode"] == "train") logged = one;
  REQUIRE(logged.contains("s1.loss_bbox"));
  int same = 0;
  acsl::safetensors_file dump;
  for (int i = 1; i <= 6; ++i) {  // which image came first is the sampler's choice
    auto one = tiny.dump(std::to_string(i), {"--train", "--seed", "4", "--scale", "96,64"});
    auto const value = [&](char const* name) { return double{one.tensors().at("loss." + std::string(name))[0]}; };
    if (value("s0.loss_cls") != doctest::Approx(logged["s0.loss_cls"].get<double>()).epsilon(1e-6)) continue;
    ++same;
    for (char const* name : {"loss_rpn_cls", "loss_rpn_bbox", "s0.loss_bbox", "s1.loss_cls", "s1.loss_bbox", "loss"})
      CHECK_MESSAGE(value(name) == doctest::Approx(logged[name].get<double>()).epsilon(1e-5), name);
    dump = std::move(one);
  }
  CHECK(same == 1);

  auto const names = names_of(dump);
  auto const weights = acsl::safetensors_file::read(tiny.runs() / "a/latest.safetensors");
  for (auto const& [name, values] : weights.tensors()) {
    if (name.starts_with("optimizer.")) continue;
    REQUIRE_MESSAGE(names.contains("grad." + name), name);
    CHECK(dump.tensors().at("grad." + name).extents() == values.extents());
  }
  for (char const* name : {"gt_boxes.0", "gt_labels.0", "rpn.labels.0", "rpn.bbox_targets.0", "stage1.labels",
                           "stage1.bbox_targets", "stage1.weight_mask", "loss.s1.acc", "proposals"})
    CHECK_MESSAGE(names.contains(name), name);
  CHECK(!names.contains("detections"));
  CHECK(dump.metadata.at("mode") == "train");
  CHECK(tiny.dump("1", {"--train", "--seed", "4", "--scale", "96,64", "--backend", "reference"}).tensors().size() ==
        names.size());
  CHECK(tiny.dump("1", {"--train", "--set", "training.train_only=[\"*.fc_cls.*\"]"}).tensors().size() ==
        names.size() - weights.tensors().size() / 2 + 4);
}

TEST_CASE("two backends compute the same, and a difference that is not accepted is told") {
  begun_run const tiny;
  auto const validate = [&](std::vector<std::string> const& more) {
    auto all = more;
    all.insert(all.end(), {"--scale", "96,64", "--json", "differences.json"});
    auto const ran = tiny.on({"validate", "model"}, "2", all);
    CHECK_MESSAGE(ran.errors.empty(), ran.errors);
    return std::pair(ran, json::parse(test::read_text(tiny.runs() / "differences.json")));
  };
  auto const [inference, differences] = validate({});
  CHECK_MESSAGE(inference.status == 0, inference.output);
  CHECK(differences["failed"] == 0);
  CHECK(differences["arrays"].size() == 1 + 4 + 5 + 10 + 1 + 2 * 4 + 1);
  for (auto const& one : differences["arrays"])
    if (one["name"] == "detections")
      CHECK(one["note"].get<std::string>().find(" matched, 0 not,") != std::string::npos);
  CHECK_MESSAGE(validate({"--train", "--seed", "3"}).first.status == 0, "training");
  auto const [strict, told] = validate({"--tolerance", "0"});
  CHECK(strict.status == 1);
  CHECK(told["failed"] > 0);
  CHECK(strict.output.find("!") != std::string::npos);
  CHECK(validate({"--backend", "reference"}).second["arrays"][5]["l2"] == 0);
#ifdef ACSL_WITH_THRUST
  CHECK(validate({"--backend", "thrust", "--against", "cpu"}).first.status == 0);
#endif
}

TEST_CASE("acsl dump says what is wrong with its arguments and files") {
  begun_run const tiny;
  auto const fails = [&](int status, test::ended const& ran, std::string const& words) {
    CHECK(ran.status == status);
    CHECK_MESSAGE(ran.errors.find(words) != std::string::npos, ran.errors);
  };
  fails(2, tiny.on({"dump"}, "1", {}), "--out is required");
  fails(2, tiny.on({"dump"}, "1", {"--out", "x", "--scale", "96x64"}), "two whole numbers from 1 to 32768 are wanted");
  fails(2, tiny.on({"dump"}, "1", {"--out", "x", "--seed", "4"}), "--seed requires --train");
  fails(2, tiny.on({"dump"}, "1", {"--out", "x", "--backend", "cuda"}), "--backend");
  fails(1, tiny.on({"dump"}, "7", {"--out", "x"}), "../images/7.jpg: cannot open");
  fails(1, tiny.on({"dump"}, "1", {"--out", "../images/1.jpg"}), "1.jpg: is to be written, but is also read");
  CHECK(tiny.on({"dump"}, "1", {"--out", "x", "--scale", "96,64", "--set", "data.val_annotations=none.json"}).status ==
        0);
  fails(1, tiny.on({"dump"}, "1", {"--out", "x", "--train", "--set", "data.train_annotations=none.json"}),
        "none.json: ");
  fs::copy(tiny.set.folder / "images/1.jpg", tiny.set.folder / "images/9.jpg");
  CHECK(tiny.on({"dump"}, "9", {"--out", "x", "--scale", "96,64"}).status == 0);
  fails(1, tiny.on({"dump"}, "9", {"--out", "y", "--train"}), "../images/9.jpg: is no training photograph of ");
  CHECK_FALSE(fs::exists(tiny.runs() / "y"));
}

TEST_CASE("options of acsl test at test time change what is found, as their keys do") {
  begun_run const tiny;
  auto const found = [&](std::vector<std::string> more) {
    more.insert(more.begin(),
                {"--json-out", "found.json", "--set", "test.long_side=96", "--set", "test.short_side=64"});
    auto const ran = tiny.run({"test", "../tiny.toml", "a/latest.safetensors"}, more);
    REQUIRE_MESSAGE(ran.status == 0, ran.errors);
    return test::read_text(tiny.runs() / "found.json");
  };
  auto const plain = found({});
  auto const changes = [&](std::vector<std::string> const& option, std::vector<std::string> const& keys) {
    CAPTURE(option[0]);
    auto const by_option = found(option);
    CHECK((by_option != plain));  // of two long texts, doctest would print both
    CHECK((by_option == found(keys)));
  };
  changes({"--flip"}, {"--set", "test.flip=true"});
  changes({"--tau", "0.5"}, {"--set", "test.correction=tau_normalisation", "--set",
                             "test.correction_parameters=[\"tau=0.5\", \"background=1\"]"});
  changes({"--scale", "96,64", "--scale", "120,90"},
          {"--set", "test.more_long_sides=[120]", "--set", "test.more_short_sides=[90]"});
  CHECK((found({"--set", "test.suppression=soft_linear", "--set", "test.nms_threshold=0.3"}) !=
         found({"--set", "test.nms_threshold=0.3"})));
  auto const stages = found({"--set", "test.keep_all_stages=true", "--out", "found.pkl", "--eval", "bbox"});
  CHECK((stages == plain));
  CHECK((test::read_text(tiny.runs() / "found.stage0.json") != test::read_text(tiny.runs() / "found.stage1.json")));
  auto const pickle = test::read_text(tiny.runs() / "found.pkl");
  CHECK(pickle.find("stage1") != std::string::npos);
  CHECK(pickle.find("ensemble") != std::string::npos);
}

}  // namespace
