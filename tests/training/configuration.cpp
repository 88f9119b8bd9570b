// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/training/configuration_changes.hpp>
#include <acsl/training/configuration_check.hpp>
#include <acsl/training/configuration_file.hpp>
#include <limits>
#include <map>
#include <set>
#include <support/temporary_folder.hpp>

namespace {

using acsl::configuration;
using acsl::index_t;

/// What applying a text throws; the empty text when it is fine.
std::string refusal(std::string const& text) {
  configuration config;
  try {
    acsl::apply_configuration(text, "f.toml", config);
  } catch (acsl::file_error const& problem) {
    return problem.what();
  }
  return "";
}
std::string setting_refusal(std::string const& setting) {
  configuration config;
  try {
    acsl::apply_setting(setting, config);
  } catch (acsl::error const& problem) {
    return problem.what();
  }
  return "";
}

/// A value that differs from every default, by type.
void change(bool& field) { field = !field; }
void change(index_t& field) { field += 3; }
void change(double& field) { field = field * 1.0000000000000002 + 0.1; }
void change(std::string& field) { field += " \"a\\b\"\n\t\x01\x7f ü # [x]"; }
template <class T>
void change(std::vector<T>& field) {
  field.emplace_back();
  change(field.back());
  change(field.front());
}

TEST_CASE("every field comes back from the text that it is written as") {
  configuration config;
  std::set<std::string> names;
  acsl::visit_fields(config, [&](std::string const& name, auto& field, std::string const& meaning) {
    CHECK_MESSAGE(names.insert(name).second, name);
    CHECK_MESSAGE(!meaning.empty(), name);
    change(field);
  });
  CHECK(names.size() > 60);
  for (bool const with_meanings : {false, true}) {
    configuration read;
    acsl::apply_configuration(acsl::to_toml(config, with_meanings), "f.toml", read);
    CHECK(acsl::configuration_changes(config, read).empty());
    CHECK(acsl::to_toml(read) == acsl::to_toml(config));
  }
  CHECK(acsl::configuration_changes(configuration{}, config).size() == names.size());
}

TEST_CASE("empty lists and texts come back too, and so do extreme numbers") {
  configuration config;
  config.training.steps.clear();
  config.data.mean.clear();
  config.training.train_only = {"", "a*"};
  config.data.root.clear();
  using limits = std::numeric_limits<double>;
  config.loss.background_fractions = {limits::max(),      limits::denorm_min(), -0.0, 1e21, 123456789, 1.0 / 3.0,
                                      limits::infinity(), -limits::infinity()};
  config.training.seed = std::numeric_limits<index_t>::max();
  config.training.epochs = std::numeric_limits<index_t>::min();
  configuration read;
  acsl::apply_configuration(acsl::to_toml(config), "f.toml", read);
  CHECK(acsl::configuration_changes(config, read).empty());
  CHECK(read.loss.background_fractions == config.loss.background_fractions);
  CHECK(std::signbit(read.loss.background_fractions[2]));
}

TEST_CASE("every field has a member of its own") {
  configuration config;
  std::set<void const*> places;
  acsl::visit_fields(config, [&](std::string const& name, auto& field, char const*) {
    CHECK_MESSAGE(places.insert(&field).second, name);
  });
}

TEST_CASE("a text changes what it names and nothing else, in any of TOML's forms") {
  configuration config;
  acsl::apply_configuration("training.lr = 0.5\nmodel = {norm = 'group'}\n[data]\nroot = \"a\\\\b\" # why\n", "f.toml",
                            config);
  CHECK(acsl::configuration_changes(configuration{}, config) ==
        std::vector<std::string>{"model.norm: \"frozen_batch\" before, \"group\" now",
                                 "data.root: \"data/lvis\" before, \"a\\\\b\" now",
                                 "training.lr: 0.01 before, 0.5 now"});
}

TEST_CASE("a whole number is taken for a number, and never the other way round") {
  configuration config;
  acsl::apply_configuration("[training]\nlr = 1\n[box_head]\nstage_weights = [1, 0.5]", "f.toml", config);
  CHECK(config.training.lr == 1);
  CHECK(config.box_head.stage_weights == std::vector<double>{1, 0.5});
  CHECK(refusal("[training]\nepochs = 1.0") == "f.toml:2:10: training.epochs is a whole number, found floating-point");
}

TEST_CASE("a wrong type is told with line, column and both types") {
  CHECK(refusal("[model]\n  depth = \"50\"") == "f.toml:2:11: model.depth is a whole number, found string");
  CHECK(refusal("[model]\nnorm = 3") == "f.toml:2:8: model.norm is a text, found integer");
  CHECK(refusal("[model]\nzero_last_norm = 1") == "f.toml:2:18: model.zero_last_norm is true or false, found integer");
  CHECK(refusal("[training]\nlr = [0.1]") == "f.toml:2:6: training.lr is a number, found array of floating-point");
  CHECK(refusal("[training]\nlr = true") == "f.toml:2:6: training.lr is a number, found boolean");
  CHECK(refusal("[training]\nlr = 2020-01-01") == "f.toml:2:6: training.lr is a number, found date");
  CHECK(refusal("[training]\nsteps = 8") == "f.toml:2:9: training.steps is a list of whole numbers, found integer");
  CHECK(refusal("[training]\nsteps = [8, 11.0]") ==
        "f.toml:2:9: training.steps is a list of whole numbers, found array of integer, floating-point");
  CHECK(refusal("[data]\nmean = [1, \"2\", 3]") ==
        "f.toml:2:8: data.mean is a list of numbers, found array of integer, string");
  CHECK(refusal("[training]\ntrain_only = [1]") ==
        "f.toml:2:14: training.train_only is a list of texts, found array of integer");
  CHECK(refusal("[training.lr]\nbase = 1") == "f.toml:1:1: training.lr is a number, found table");
  CHECK(refusal("training = 3") == "f.toml:1:12: training is a section, found integer");
  CHECK(refusal("[[training]]\nlr = 1") == "f.toml:1:1: training is a section, found array of table");
}

TEST_CASE("an unknown key is told with line and column, and the nearest known one") {
  CHECK(refusal("[training]\nlr = 0.1\n  epoch = 3") ==
        "f.toml:3:3: unknown key \"training.epoch\"; did you mean \"training.epochs\"?");
  CHECK(refusal("[model]\nlr = 0.1") == "f.toml:2:1: unknown key \"model.lr\"; did you mean \"training.lr\"?");
  CHECK(refusal("lr = 0.1") == "f.toml:1:1: unknown key \"lr\"; did you mean \"training.lr\"?");
  CHECK(refusal("[data]\nRoot = \"x\"") == "f.toml:2:1: unknown key \"data.Root\"; did you mean \"data.root\"?");
  CHECK(refusal("data.rot = 1") == "f.toml:1:6: unknown key \"data.rot\"; did you mean \"data.root\"?");
}

TEST_CASE("an unknown section is told with the nearest known one") {
  CHECK(refusal("[train]\nlr = 0.1").find("unknown section [train]; did you mean [training]?") != std::string::npos);
  CHECK(refusal("[boxhead]\nsamples = 1").find("did you mean [box_head]?") != std::string::npos);
}

TEST_CASE("a syntax error is told with line and column") {
  CHECK(refusal("[training]\nlr = ").starts_with("f.toml:2:"));
  CHECK(refusal("[training\nlr = 1").starts_with("f.toml:1:"));
  CHECK(refusal("[training]\nlr = 0.1\nlr = 0.2").starts_with("f.toml:3:"));
  CHECK(refusal("[data]\nroot = unquoted").starts_with("f.toml:2:"));
  CHECK(refusal("[data]\nroot = \"\xFF\"").starts_with("f.toml:2:"));
  CHECK(refusal("").empty());
  CHECK(refusal("# nothing\n").empty());
}

TEST_CASE("a setting of the command line is TOML, and a bare text where a text is wanted") {
  configuration config;
  acsl::apply_setting("training.lr=0.5", config);
  acsl::apply_setting("training.epochs=3", config);
  acsl::apply_setting("model.zero_last_norm=false", config);
  acsl::apply_setting("training.steps=[3, 4]", config);
  acsl::apply_setting("training.train_only=[\"a.*\", 'b']", config);
  CHECK(config.training.lr == 0.5);
  CHECK(config.training.epochs == 3);
  CHECK_FALSE(config.model.zero_last_norm);
  CHECK(config.training.steps == std::vector<index_t>{3, 4});
  CHECK(config.training.train_only == std::vector<std::string>{"a.*", "b"});
  for (auto const& [value, text] : std::map<std::string, std::string>{{"a/b c", "a/b c"},
                                                                      {"\"a b\"", "a b"},
                                                                      {"'a\\b'", "a\\b"},
                                                                      {"3", "3"},
                                                                      {"", ""},
                                                                      {"a=b", "a=b"},
                                                                      {"true", "true"},
                                                                      {"C:\\new", "C:\\new"},
                                                                      {"say \"x\"", "say \"x\""}}) {
    acsl::apply_setting("data.root=" + value, config);
    CHECK(config.data.root == text);
  }
}

TEST_CASE("a bad setting is told as it stood on the command line") {
  CHECK(setting_refusal("training.lr") == "--set training.lr: a setting reads key=value, for example training.lr=0.01");
  CHECK(setting_refusal("=3").find("reads key=value") != std::string::npos);
  CHECK(setting_refusal("").find("reads key=value") != std::string::npos);
  CHECK(setting_refusal("training.lr=").starts_with("--set training.lr=:1:"));
  CHECK(setting_refusal("training.lr=fast").starts_with("--set training.lr=fast:1:"));
  CHECK(setting_refusal("training.epochs=1.5") ==
        "--set training.epochs=1.5:1:19: training.epochs is a whole number, found floating-point");
  CHECK(setting_refusal("training.step=[1]") ==
        "--set training.step=[1]:1:10: unknown key \"training.step\"; did you mean \"training.steps\"?");
  CHECK(setting_refusal("data.root=\"a").starts_with("--set data.root=\"a:1:"));
  CHECK(setting_refusal("training=3").find("training is a section") != std::string::npos);
  CHECK(setting_refusal("data.root=\xFF").find("not UTF-8") != std::string::npos);
}

TEST_CASE("a file is read over the defaults") {
  test::temporary_folder const folder;
  test::write_text(folder / "a.toml", "[model]\ndepth = 18\n");
  auto const config = acsl::read_configuration(folder / "a.toml");
  CHECK(config.model.depth == 18);
  configuration defaults;
  defaults.model.depth = 18;
  CHECK(acsl::configuration_changes(config, defaults).empty());
  CHECK_THROWS_WITH_AS((void)acsl::read_configuration(folder / "b.toml"), doctest::Contains("b.toml: cannot open"),
                       acsl::file_error);
}

TEST_CASE("differences of two configurations are told by key") {
  configuration a, b;
  CHECK(acsl::configuration_changes(a, b).empty());
  b.training.epochs = 24;
  b.data.root = "x";
  b.training.steps = {16};
  CHECK(acsl::configuration_changes(a, b) == std::vector<std::string>{"data.root: \"data/lvis\" before, \"x\" now",
                                                                      "training.epochs: 12 before, 24 now",
                                                                      "training.steps: [8, 11] before, [16] now"});
}

TEST_CASE("the defaults and the shipped configurations make sense") {
  CHECK(acsl::configuration_problems(configuration{}).empty());
  int files = 0;
  for (auto const& entry :
       std::filesystem::recursive_directory_iterator(std::filesystem::path(ACSL_TEST_SOURCE) / "configs")) {
    if (entry.path().extension() != ".toml") continue;
    ++files;
    auto const problems = acsl::configuration_problems(acsl::read_configuration(entry.path()));
    CHECK_MESSAGE(problems.empty(), entry.path().string());
    for (auto const& problem : problems) MESSAGE(problem);
  }
  CHECK(files > 0);
}

/// The one sentence about a configuration with some settings; fails when there is another number of them.
std::string problem_with(std::vector<std::string> const& settings) {
  configuration config;
  for (auto const& setting : settings) acsl::apply_setting(setting, config);
  auto const problems = acsl::configuration_problems(config);
  CAPTURE(settings.front());
  for (auto const& problem : problems) CAPTURE(problem);
  CHECK(problems.size() == 1);
  return problems.empty() ? "" : problems.front();
}

TEST_CASE("a value that makes no sense is told by its key") {
  CHECK(problem_with({"data.batch_size=-2"}) == "data.batch_size = -2: a whole number from 1 to 4096 is wanted");
  CHECK(problem_with({"training.epochs=0"}) == "training.epochs = 0: at least 1 is wanted");
  CHECK(problem_with({"model.depth=19"}) == "model.depth = 19: 10, 18, 34, 50, 101 or 152 is wanted");
  CHECK(problem_with({"loss.name=hinge"}).starts_with("loss.name = \"hinge\": there is no such loss; did you mean \""));
  CHECK(problem_with({"loss.name=sesaw"}).find("did you mean \"seesaw\"? Known: softmax_cross_entropy, ") !=
        std::string::npos);
  CHECK(problem_with({"loss.name=drop", "loss.mode=official"}) ==
        "loss.mode = \"official\": there is no mode \"official\" of drop; it has code, paper, deterministic");
  CHECK(problem_with({"loss.name=focal", "loss.parameters=[\"beta=1\"]"}) ==
        "loss.parameters = [\"beta=1\"]: focal has no parameter \"beta\"; it has gamma, alpha");
  CHECK(
      problem_with({"box_head.classifier=cosine"}) ==
      "box_head.classifier = \"cosine\": there is no classifier \"cosine\"; known: linear, normalised, scaled_logits, "
      "scaled_weights");
  CHECK(problem_with({"box_head.classifier=normalised", "box_head.classifier_parameters=[\"scale=1\"]"}) ==
        "box_head.classifier_parameters = [\"scale=1\"]: normalised has no parameter \"scale\"; it has temperature, "
        "power, eps, bias");
  CHECK(problem_with({"loss.name=seesaw", "loss.warm_up=true"}) ==
        "loss.warm_up = true: seesaw has no state that a pass before training fills; equilibrium has");
  CHECK(problem_with({"box_head.regression_loss=gious"}) ==
        "box_head.regression_loss = \"gious\": there is no loss of boxes \"gious\"; known: smooth_l1, l1, balanced_l1, "
        "harmonised_l1, iou, giou, diou, ciou, bounded_iou");
  CHECK(problem_with({"box_head.regression_loss=ciou", "box_head.regression_mode=gated"}) ==
        "box_head.regression_mode = \"gated\": there is no mode \"gated\" of ciou; it has detached_gated, detached, "
        "differentiable");
  CHECK(problem_with({"box_head.regression_loss=bounded_iou", "box_head.regression_parameters=[\"beta=0\"]"}) ==
        "box_head.regression_parameters = [\"beta=0\"]: the parameter \"beta\" is above 0");
  CHECK(problem_with({"test.correction=norcal", "test.correction_parameters=[\"gamma=1\"]",
                      "loss.name=sigmoid_cross_entropy"}) ==
        "test.correction = \"norcal\": norcal changes the shares of a softmax, and scores here are logistic: it has no "
        "meaning (loss.name = \"sigmoid_cross_entropy\")");
  CHECK(problem_with({"test.correction=tau_normalisation", "test.correction_parameters=[\"tau=1\"]",
                      "box_head.classifier=normalised"}) ==
        "test.correction = \"tau_normalisation\": is for box_head.classifier = \"linear\"");
  CHECK(problem_with({"loss.name=focal", "loss.parameters=[\"gamma=-5\"]"}) ==
        "loss.parameters = [\"gamma=-5\"]: the focusing exponent is not negative; seen: -5.000000");
  for (auto const& [name, wrong] :
       {std::pair("class_balanced_softmax", "high=nan"), {"federated", "frequency_power=nan"}, {"focal", "gamma=inf"}})
    CHECK(problem_with({"loss.name=" + std::string(name), "loss.parameters=[\"" + std::string(wrong) + "\"]"})
              .ends_with("a parameter is finite; found \"" + std::string(wrong) + "\""));
  CHECK(problem_with({"loss.name=focal", "loss.parameters=[\"gamma=1\", \"gamma=2\"]"})
            .ends_with("the parameter \"gamma\" is given twice"));
  for (auto const& [name, wrong] : {std::pair("effective_class_margin", "background_ratio=-1"),
                                    {"effective_class_margin", "background_ratio=0"},
                                    {"balanced_group_softmax", "beta=1e30"},
                                    {"class_balanced_softmax", "low=9"},
                                    {"harmonised_gradient", "bins=1e30"},
                                    {"harmonised_gradient", "bins=1e8"},
                                    {"federated", "classes_per_step=2.5"},
                                    {"seesaw", "mitigation=-1"},
                                    {"label_distribution_aware_margin", "scale=0"}})
    CHECK(problem_with({"loss.name=" + std::string(name), "loss.parameters=[\"" + std::string(wrong) + "\"]"})
              .starts_with("loss.parameters = "));
  CHECK(problem_with({"training.selectp=1", "training.train_only=[\"neck.*\"]"}) ==
        "training.train_only = [\"neck.*\"]: training.selectp = 1 says already what learns");
  CHECK(problem_with({"training.selectp=3"}) == "training.selectp = 3: a single stage has one classifier: 1");
  CHECK(problem_with({"training.selectp=1", "box_head.iou_thresholds=[0.5, 0.6]", "box_head.stage_weights=[1, 1]",
                      "box_head.stds=[1, 1, 1, 1, 1, 1, 1, 1]"}) ==
        "training.selectp = 1: a cascade has several classifiers: 3");
  CHECK(problem_with({"data.root="}) == "data.root = \"\": a name is wanted");
  CHECK(problem_with({"training.lr=nan"}) == "training.lr = nan: a number of 0 or more is wanted");
  CHECK(problem_with({"data.std=[1, 0, 1]"}) == "data.std = [1.0, 0.0, 1.0]: numbers above 0 are wanted");
  CHECK(problem_with({"data.mean=[1, 2]"}) == "data.mean = [1.0, 2.0]: one number per colour: 3");
  CHECK(problem_with({"model.norm=group", "model.norm_groups=48"}) ==
        "model.norm_groups = 48: does not divide the 64 channels of a layer");
  CHECK(problem_with({"model.pyramid_levels=6"}) ==
        "proposals.anchor_strides = [4, 8, 16, 32, 64]: model.pyramid_levels = 6 has [4, 8, 16, 32, 64, 128]");
  CHECK(problem_with({"model.depth=18", "model.groups=4"}) == "model.groups = 4: depths below 50 have one group");
}

TEST_CASE("every key has values that are refused") {
  // One bad value for each field, each refused by a sentence that begins with its key.
  std::map<std::string, std::vector<std::string>> const bad = {
      {"model.depth", {"0", "-50"}},
      {"model.width", {"0", "9000000000000000000"}},
      {"model.groups", {"0"}},
      {"model.base_width", {"0"}},
      {"model.norm", {"layer", ""}},
      {"model.norm_groups", {"0"}},
      {"model.frozen_stages", {"-2", "5"}},
      {"model.pyramid_channels", {"0"}},
      {"model.pyramid_levels", {"3"}},
      {"proposals.channels", {"0"}},
      {"proposals.anchor_scales", {"[]", "[0]", "[inf]"}},
      {"proposals.anchor_ratios", {"[]", "[-1]", "[nan]"}},
      {"proposals.anchor_strides", {"[]", "[4, 8, 16, 32]", "[4, 8, 16, 32, 65]"}},
      {"proposals.positive_iou", {"1.5", "nan"}},
      {"proposals.negative_iou", {"-0.1", "0.8"}},
      {"proposals.minimum_positive_iou", {"2"}},
      {"proposals.samples", {"0"}},
      {"proposals.positive_fraction", {"1.1"}},
      {"proposals.smooth_l1_beta", {"-1"}},
      {"proposals.nms_threshold", {"-1"}},
      {"proposals.train_before_nms", {"0"}},
      {"proposals.train_after_nms", {"-1"}},
      {"proposals.train_count", {"0"}},
      {"proposals.test_before_nms", {"0"}},
      {"proposals.test_after_nms", {"0"}},
      {"proposals.test_count", {"0"}},
      {"box_head.channels", {"0"}},
      {"box_head.roi_output", {"0"}},
      {"box_head.roi_samples", {"0"}},
      {"box_head.finest_scale", {"0"}},
      {"box_head.classifier", {"", "cosine"}},
      {"box_head.classifier_parameters", {"[\"temperature\"]", "[\"temperature=5\"]"}},
      {"box_head.iou_thresholds", {"[0]", "[1.5]"}},
      {"box_head.stage_weights", {"[-1]", "[1, 1]", "[]"}},
      {"box_head.stds", {"[0.1, 0.1, 0.2]", "[0.1, 0.1, 0.2, 0]"}},
      {"box_head.samples", {"0"}},
      {"box_head.positive_fraction", {"-1"}},
      {"box_head.regression_loss", {"", "generalised_iou"}},
      {"box_head.regression_mode", {"linear"}},
      {"box_head.regression_parameters", {"[\"beta\"]", "[\"beta=1\"]"}},
      {"box_head.smooth_l1_beta", {"inf"}},
      {"box_head.regression_weight", {"-1", "inf", "nan"}},
      {"loss.name", {"", "softmax"}},
      {"loss.threshold", {"0", "1"}},
      {"loss.mode", {"Paper"}},
      {"loss.parameters", {"[\"gamma\"]", "[\"gamma=1\"]"}},
      {"loss.groups", {"data/lvis/2bins300"}},
      {"loss.warm_up", {"true"}},
      {"loss.background_fractions", {"[0.1, 0.2]", "[0.1, 0.2, 1.2]"}},
      {"reweighting.name", {"", "inverse"}},
      {"reweighting.beta", {"1", "-0.1"}},
      {"reweighting.clip", {"[0.1]", "[5, 0.1]", "[0, 1]"}},
      {"reweighting.from_epoch", {"-1"}},
      {"data.root", {""}},
      {"data.train_annotations", {""}},
      {"data.train_images", {""}},
      {"data.val_annotations", {""}},
      {"data.val_images", {""}},
      {"data.long_side", {"[0]", "[100000]"}},
      {"data.short_side", {"[]", "[800, 900]", "[-800]"}},
      {"data.flip_probability", {"2"}},
      {"data.mean", {"[]", "[1, 2, nan]"}},
      {"data.std", {"[1, 2]", "[1, 2, -3]"}},
      {"data.batch_size", {"0"}},
      {"data.workers", {"-1", "100000"}},
      {"data.cache_mib", {"-1"}},
      {"data.tail_images", {"-1"}},
      {"data.tail_instances", {"-1"}},
      {"sampling.name", {"", "rfs"}},
      {"sampling.threshold", {"-1", "2", "nan"}},
      {"sampling.rounding", {"", "floor"}},
      {"sampling.images_per_class", {"0"}},
      {"sampling.power", {"-0.5", "inf"}},
      {"training.epochs", {"-1"}},
      {"training.max_iterations", {"-1"}},
      {"training.seed", {"-1"}},
      {"training.lr", {"-0.1", "inf"}},
      {"training.momentum", {"1", "-0.1"}},
      {"training.weight_decay", {"-1"}},
      {"training.clip", {"-1"}},
      {"training.warmup", {"-1"}},
      {"training.warmup_ratio", {"-1", "2"}},
      {"training.steps", {"[-1]"}},
      {"training.gamma", {"0"}},
      {"training.checkpoint_epochs", {"0"}},
      {"training.checkpoint_iterations", {"-1"}},
      {"training.log_every", {"0"}},
      {"training.validate_epochs", {"0"}},
      {"test.score_threshold", {"-1", "2"}},
      {"test.nms_threshold", {"2"}},
      {"training.autoscale_lr", {"", "auto"}},
      {"training.selectp", {"-1", "5", "3"}},
      {"test.max_detections", {"0"}},
      {"test.activation", {"tanh"}},
      {"test.correction", {"", "calibration", "norcal"}},
      {"test.correction_mode", {"select"}},
      {"test.correction_parameters", {"[\"tau\"]", "[\"tau=1\"]"}},
      {"test.long_side", {"0"}},
      {"test.short_side", {"0"}},
      {"test.more_long_sides", {"[0]", "[40000]"}},
      {"test.more_short_sides", {"[800]"}},
      {"test.suppression", {"", "soft"}},
      {"test.soft_sigma", {"0", "nan"}},
      {"test.soft_minimum_score", {"-1"}},
  };
  std::set<std::string> const any_value_is_fine = {
      "model.pretrained",     "model.zero_last_norm",    "box_head.class_agnostic",       "training.train_only",
      "training.load_from",   "training.reinitialise",   "reweighting.divide_by_weights", "reweighting.boxes",
      "sampling.square_root", "sampling.instance_aware", "sampling.empty_class",          "sampling.balanced_length",
      "training.work_dir",    "training.frozen_losses",  "data.drop_marked_not_crowd",    "test.flip",
      "test.keep_all_stages"};
  configuration config;
  acsl::visit_fields(config, [&](std::string const& name, auto&, char const*) {
    CHECK_MESSAGE(bad.contains(name) != any_value_is_fine.contains(name), name);
  });
  for (auto const& [key, values] : bad)
    for (auto const& value : values) {
      configuration changed;
      acsl::apply_setting(key + "=" + value, changed);
      auto const problems = acsl::configuration_problems(changed);
      bool const named = std::any_of(problems.begin(), problems.end(),
                                     [&](std::string const& problem) { return problem.starts_with(key + " = "); });
      CHECK_MESSAGE(named, key << "=" << value);
    }
}

TEST_CASE("no stage at all is refused, and so are uneven lists") {
  configuration config;
  acsl::apply_setting("box_head.iou_thresholds=[]", config);
  CHECK(acsl::configuration_problems(config).front() == "box_head.iou_thresholds = []: one number per stage is wanted");
  configuration sides;
  acsl::apply_setting("data.long_side=[]", sides);
  CHECK(acsl::configuration_problems(sides).size() == 2);
}

TEST_CASE("all problems are told at once, behind the file's name") {
  configuration config;
  config.data.batch_size = 0;
  config.training.epochs = 0;
  CHECK_THROWS_WITH_AS(
      acsl::expect_sensible(config, "f.toml"),
      "f.toml: data.batch_size = 0: a whole number from 1 to 4096 is wanted\n  f.toml: training.epochs = 0: at "
      "least 1 is wanted",
      acsl::file_error);
  acsl::expect_sensible(configuration{}, "f.toml");
}

TEST_CASE("a value that makes no sense is told with the place that it came from") {
  configuration config;
  acsl::configuration_origins origins;
  acsl::apply_configuration("[training]\nlr = -1\nepochs = 0\n", "f.toml", config, &origins);
  acsl::apply_setting("data.batch_size=0", config, &origins);
  acsl::apply_setting("training.epochs=-5", config, &origins);
  config.test.max_detections = 0;
  CHECK_THROWS_WITH_AS(acsl::expect_sensible(config, "f.toml", origins),
                       "--set data.batch_size=0: data.batch_size = 0: a whole number from 1 to 4096 is wanted\n"
                       "  --set training.epochs=-5: training.epochs = -5: at least 1 is wanted\n"
                       "  f.toml:2:6: training.lr = -1.0: a number of 0 or more is wanted\n"
                       "  f.toml: test.max_detections = 0: at least 1 is wanted",
                       acsl::file_error);
}

}  // namespace
