// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/training/configuration_check.hpp>
#include <acsl/training/configuration_file.hpp>
#include <any_detector.hpp>
#include <filesystem>
#include <set>
#include <support/published_models.hpp>

namespace {

namespace fs = std::filesystem;
using acsl::index_t;

/// A shipped configuration, the model that it is, and the names of what it trains; none: all that is not frozen.
struct recipe {
  char const* file;
  std::size_t model;
  index_t columns;  ///< of the classifier
  std::set<std::string> trained;
};

std::set<std::string> classifiers(std::size_t stages) {
  if (stages == 1) return {"bbox_head.fc_cls.weight", "bbox_head.fc_cls.bias"};
  std::set<std::string> names;
  for (char const* stage : {"0", "1", "2"})
    for (char const* array : {"weight", "bias"}) names.insert(std::string("bbox_head.") + stage + ".fc_cls." + array);
  return names;
}

std::vector<recipe> const recipes = {{"baselines/faster_rcnn_r50_fpn_1x_lvis", 0, 1231, {}},
                                     {"baselines/faster_rcnn_r101_fpn_1x_lvis", 1, 1231, {}},
                                     {"baselines/faster_rcnn_x101_64x4d_fpn_1x_lvis", 2, 1231, {}},
                                     {"baselines/cascade_rcnn_r101_fpn_1x_lvis", 3, 1231, {}},
                                     {"baselines/cascade_rcnn_x101_64x4d_fpn_1x_lvis", 4, 1231, {}},
                                     {"acsl/faster_rcnn_r50_fpn_1x_lvis_tunefc_acsl", 0, 1231, classifiers(1)},
                                     {"acsl/faster_rcnn_r101_fpn_1x_lvis_tunefc_acsl", 1, 1231, classifiers(1)},
                                     {"acsl/faster_rcnn_x101_64x4d_fpn_1x_lvis_tunefc_acsl", 2, 1231, classifiers(1)},
                                     {"acsl/cascade_rcnn_r101_fpn_1x_lvis_tunefc_acsl", 3, 1231, classifiers(3)},
                                     {"acsl/cascade_rcnn_x101_64x4d_fpn_1x_lvis_tunefc_acsl", 4, 1231, classifiers(3)},
                                     {"bags/gs_faster_rcnn_r50_fpn_1x_lvis_with0_bg8", 0, 1236, classifiers(1)},
                                     {"bags/gs_faster_rcnn_x101_64x4d_fpn_1x_lvis", 2, 1236, classifiers(1)},
                                     {"bags/gs_cascade_rcnn_x101_64x4d_fpn_1x_lvis", 4, 1236, classifiers(3)}};

fs::path file_of(std::string const& name) { return fs::path(ACSL_TEST_SOURCE) / "configs" / (name + ".toml"); }

/// 1,230 classes, some in each of the groups of BAGS.
acsl::class_statistics lvis_classes() {
  acsl::class_statistics result;
  std::int64_t const counts[] = {5, 50, 500, 5000};
  for (index_t c = 0; c < 1230; ++c) {
    result.frequency.push_back("rcff"[c % 4]);
    result.instance_count.push_back(counts[c % 4]);
  }
  result.image_count = result.instance_count;
  result.images = 57263;
  return result;
}

TEST_CASE("every value stands in the recipes, and makes sense") {
  for (auto const& r : recipes) {
    CAPTURE(std::string(r.file));
    acsl::configuration_origins written;
    auto const config = acsl::read_configuration(file_of(r.file), &written);
    acsl::visit_fields(config, [&](std::string const& key, auto const& field, char const*) {
      CHECK_MESSAGE(written.contains(key), key << " = " << acsl::detail::toml_text(field) << " is not in the file");
    });
    CHECK(acsl::configuration_problems(config).empty());
    CHECK(config.training.work_dir == std::string("work_dirs/") + r.file);
  }
}

TEST_CASE("recipes differ from the defaults, which are the first baseline's, in what they should and nothing else") {
  auto const reference = acsl::read_configuration(file_of(recipes[0].file));
  std::set<std::string> const may_differ = {"model.depth",
                                            "model.groups",
                                            "model.base_width",
                                            "model.pretrained",
                                            "box_head.class_agnostic",
                                            "box_head.iou_thresholds",
                                            "box_head.stage_weights",
                                            "box_head.stds",
                                            "loss.name",
                                            "loss.mode",
                                            "loss.parameters",
                                            "training.work_dir",
                                            "training.lr",
                                            "training.selectp",
                                            "training.load_from",
                                            "test.score_threshold",
                                            "test.activation",
                                            "test.keep_all_stages"};
  for (auto const& r : recipes) {
    CAPTURE(std::string(r.file));
    auto config = acsl::read_configuration(file_of(r.file));
    std::map<std::string, std::string> wanted;
    acsl::visit_fields(reference, [&](std::string const& key, auto const& field, char const*) {
      wanted[key] = acsl::detail::toml_text(field);
    });
    acsl::visit_fields(config, [&](std::string const& key, auto const& field, char const*) {
      if (!may_differ.contains(key)) CHECK_MESSAGE(acsl::detail::toml_text(field) == wanted[key], key);
    });
    bool const suppression = std::string(r.file).starts_with("acsl/"), cascade = r.model > 2;
    std::string const backbones[] = {"torchvision://resnet50", "torchvision://resnet101",
                                     "open-mmlab://resnext101_64x4d"};
    CHECK(config.model.pretrained == backbones[r.model % 3 + (r.model > 2 ? 1 : 0)]);
    CHECK(config.test.keep_all_stages == (std::string(r.file) == "acsl/cascade_rcnn_r101_fpn_1x_lvis_tunefc_acsl"));
    CHECK(config.training.lr == (suppression ? 0.02 : 0.01));
    bool const tuned = !r.trained.empty();
    CHECK(config.training.selectp == (!tuned ? 0 : (cascade ? 3 : 1)));
    bool const groups = r.columns == 1236;
    CHECK(config.test.activation == (groups ? "automatic" : (suppression && !cascade ? "sigmoid" : "softmax")));
    CHECK(config.test.score_threshold == (cascade || (groups && r.model == 2) ? 0.001 : 0.0));
    CHECK(config.box_head.stage_weights == (cascade ? std::vector<double>{1, 0.5, 0.25} : std::vector<double>{1}));
  }
}

TEST_CASE("recipes become detectors with the names, totals and costs of the published ones") {
  auto const classes = lvis_classes();
  for (auto const& r : recipes) {
    CAPTURE(std::string(r.file));
    auto const& model = test::published_models[r.model];
    auto config = acsl::read_configuration(file_of(r.file));
    auto const tuned = trainer::make_detector(config, classes);
    std::set<std::string> trained;
    tuned->for_each_parameter("", [&](std::string const& name, acsl::parameter const& p) {
      if (p.trainable) trained.insert(name);
    });
    config.training.selectp = 0;
    auto const detector = trainer::make_detector(config, classes);
    auto const wanted = test::expected_entries(model);
    std::size_t at = 0, norms = 0, learning = 0;
    index_t parameters = 0, trainable = 0, more = 0;
    detector->for_each_parameter("", [&](std::string const& name, acsl::parameter const& p) {
      REQUIRE(at < wanted.size());
      CHECK(name == wanted[at].first);
      auto shape = wanted[at++].second;
      bool const classifier = name.find("fc_cls") != std::string::npos;
      if (classifier) more += (r.columns - shape[0]) * (shape.rank() == 2 ? shape[1] : 1);
      if (classifier) shape[0] = r.columns;
      CHECK(p.extents() == shape);
      norms += name.ends_with("running_var");
      if (p.kind != acsl::role::learned) return;
      parameters += p.value.size();
      trainable += p.trainable ? p.value.size() : 0;
      learning += p.trainable;
      if (r.trained.empty()) CHECK(trained.contains(name) == p.trainable);
    });
    CHECK(at + norms == model.entries);  // checkpoints of the original have num_batches_tracked with every norm
    CHECK(parameters == model.parameters + more);
    CHECK(trainable == model.trainable + more);
    CHECK(learning == model.learning);
    if (!r.trained.empty()) CHECK(trained == r.trained);
    index_t cost = 0;
    detector->visit_multiply_adds({1, 3, 1280, 800}, config.proposals.test_count,
                                  [&](std::string const&, index_t count) { cost += count; });
    CHECK(cost == model.multiply_adds + 1000 * 1024 * (r.columns - 1231) * static_cast<index_t>(model.stages));
  }
}

TEST_CASE("the original's choices of what learns, by name and as patterns, leave the same parameters") {
  auto const classes = acsl::class_statistics::from_groups("rcf");
  auto const trained = [&](std::string const& settings) {
    acsl::configuration config;
    acsl::apply_configuration("[model]\nwidth = 8\ndepth = 10\n" + settings, "settings", config);
    std::set<std::string> names;
    trainer::make_detector(config, classes)->for_each_parameter("", [&](std::string const& name, acsl::parameter& p) {
      if (p.trainable) names.insert(name);
    });
    return names;
  };
  std::string const cascade =
      "[box_head]\niou_thresholds = [0.5, 0.6, 0.7]\nstage_weights = [1, 0.5, 0.25]\n"
      "stds = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  CHECK(trained("[training]\nselectp = 0").size() == trained("").size());
  CHECK(trained("[training]\nselectp = 1") == classifiers(1));
  CHECK(trained("[training]\nselectp = 1") == trained("[training]\ntrain_only = [\"bbox_head.fc_cls.*\"]"));
  CHECK(trained("[training]\nselectp = 2") == trained("[training]\ntrain_only = [\"bbox_head.*\"]"));
  CHECK(trained("[training]\nselectp = 2").size() == 8);
  CHECK(trained(cascade + "[training]\nselectp = 2").size() == 24);
  CHECK(trained(cascade + "[training]\nselectp = 3") == classifiers(3));
  CHECK(trained(cascade + "[training]\nselectp = 4") == trained(cascade + "[training]\nselectp = 2"));
  CHECK_THROWS_WITH_AS(trained(cascade + "[training]\nselectp = 1"), doctest::Contains("bbox_head.fc_cls.*"),
                       acsl::error);
  CHECK_THROWS_WITH_AS(trained("[training]\nselectp = 3"), doctest::Contains("bbox_head.*.fc_cls.*"), acsl::error);
}

}  // namespace
