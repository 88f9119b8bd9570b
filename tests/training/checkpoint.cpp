// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/reference.hpp>
#include <acsl/training/checkpoint.hpp>
#include <acsl/training/parameter_pattern.hpp>
#include <acsl/training/pretrained.hpp>
#include <support/file_size_limit.hpp>
#include <support/temporary_folder.hpp>
#include <support/toy_model.hpp>

namespace {

using acsl::index_t;
namespace fs = std::filesystem;

acsl::checkpoint_state const some_state = {3, 1, 13, 18446744073709551, "lr = 1\n\"x\"", "red\ngrün\n"};

/// Has one of the arrays only.
struct narrow_model : test::toy_model {
  template <class Visitor>
  void for_each_parameter(std::string const& prefix, Visitor&& visit) {
    visit(prefix + "head.fc.weight", weight);
  }
};

/// One step of training, so that there is momentum.
void step(test::toy_model& model, acsl::sgd& optimizer) {
  acsl::reference exec;
  model.for_each_parameter("", [](std::string const&, acsl::parameter& p) {
    if (p.kind != acsl::role::learned || !p.trainable) return;
    p.require_gradient();
    for (index_t i = 0; i < p.gradient.size(); ++i) p.gradient[i] = static_cast<float>(i + 1);
  });
  optimizer.step(exec, model, 0.1);
}

bool same(acsl::tensor<float> const& a, acsl::tensor<float> const& b) {
  return a.extents() == b.extents() && std::equal(a.data(), a.data() + a.size(), b.data());
}

std::string resume_refusal(fs::path const& path, test::toy_model& model) {
  acsl::sgd optimizer;
  try {
    (void)acsl::resume_checkpoint(path, model, optimizer);
  } catch (acsl::file_error const& problem) {
    std::string const text = problem.what(), name = path.string();
    REQUIRE(text.starts_with(name));
    return text.substr(name.size() + 1);
  }
  return "";
}

TEST_CASE("a checkpoint restores weights, statistics, momentum and place") {
  test::temporary_folder const folder;
  test::toy_model model, restored;
  acsl::sgd optimizer, restored_optimizer;
  step(model, optimizer);
  model.mean.value[1] = 7;
  acsl::save_checkpoint(folder / "a.safetensors", model, optimizer, some_state);
  auto const state = acsl::resume_checkpoint(folder / "a.safetensors", restored, restored_optimizer);
  CHECK(state.epoch == 3);
  CHECK(state.iteration == 1);
  CHECK(state.step == 13);
  CHECK(state.seed == some_state.seed);
  CHECK(state.configuration == some_state.configuration);
  CHECK(state.classes == some_state.classes);
  CHECK(same(restored.weight.value, model.weight.value));
  CHECK(same(restored.bias.value, model.bias.value));
  CHECK(same(restored.mean.value, model.mean.value));
  REQUIRE(restored_optimizer.buffers().size() == 2);
  CHECK(same(restored_optimizer.buffers().at("head.fc.weight"), optimizer.buffers().at("head.fc.weight")));
  CHECK(same(restored_optimizer.buffers().at("head.fc.bias"), optimizer.buffers().at("head.fc.bias")));
}

TEST_CASE("the arrays lie under the names that are documented") {
  test::temporary_folder const folder;
  test::toy_model model;
  acsl::sgd optimizer;
  step(model, optimizer);
  acsl::save_checkpoint(folder / "a.safetensors", model, optimizer, some_state);
  auto const file = acsl::safetensors_file::read(folder / "a.safetensors");
  std::vector<std::string> names;
  for (auto const& [name, values] : file.tensors()) names.push_back(name);
  CHECK(names == std::vector<std::string>{"head.fc.bias", "head.fc.weight", "norm.running_mean",
                                          "optimizer.head.fc.bias", "optimizer.head.fc.weight"});
  CHECK(file.metadata.at("format") == "acsl-checkpoint-1");
  CHECK(file.metadata.at("step") == "13");
}

TEST_CASE("weights are taken over where names and shapes fit, and the rest is told") {
  test::temporary_folder const folder;
  auto const path = folder / "a.safetensors";
  acsl::tensor<float> bias(acsl::shape{3}), weight(acsl::shape{4, 3}), other(acsl::shape{1});
  for (index_t i = 0; i < 3; ++i) bias[i] = static_cast<float>(i) - 9;
  std::fill_n(weight.data(), weight.size(), 1.0F);
  other[0] = 1;
  acsl::safetensors_file out;
  out.add("head.fc.bias", bias.view());
  out.add("head.fc.weight", weight.view());
  out.add("mask_head.bias", other.view());
  out.add("optimizer.head.fc.bias", bias.view());
  out.write(path);

  test::toy_model model, untouched;
  auto const report = acsl::load_weights(path, model);
  CHECK(report.loaded == 1);
  CHECK(report.missing == std::vector<std::string>{"norm.running_mean"});
  CHECK(report.unexpected == std::vector<std::string>{"mask_head.bias"});
  CHECK(report.mismatched == std::vector<std::string>{"head.fc.weight: [4, 3] in the file, [2, 3] in the model"});
  CHECK(same(model.bias.value, bias));
  CHECK(same(model.weight.value, untouched.weight.value));
  CHECK(same(model.mean.value, untouched.mean.value));

  CHECK_THROWS_WITH_AS(acsl::expect_complete(report, path),
                       doctest::Contains("1 parameters have another shape, first head.fc.weight: [4, 3]"),
                       acsl::file_error);
  CHECK(resume_refusal(path, model).find("metadata lacks \"epoch\": no checkpoint of a run") != std::string::npos);
}

TEST_CASE("parameters that fit a pattern start anew although the file has them") {
  test::temporary_folder const folder;
  auto const path = folder / "a.safetensors";
  test::toy_model model, fresh;
  acsl::sgd optimizer;
  for (auto* p : {&model.weight, &model.bias, &model.mean}) std::fill_n(p->value.data(), p->value.size(), 7.0F);
  acsl::save_checkpoint(path, model, optimizer, {});
  test::toy_model loaded;
  auto const report = acsl::load_weights(path, loaded, {"head.*"});
  CHECK(report.skipped == std::vector<std::string>{"head.fc.weight", "head.fc.bias"});
  CHECK(report.loaded == 1);
  CHECK(report.missing.empty());
  CHECK(report.unexpected.empty());
  CHECK(same(loaded.weight.value, fresh.weight.value));
  CHECK(same(loaded.bias.value, fresh.bias.value));
  CHECK(same(loaded.mean.value, model.mean.value));
  CHECK_THROWS_WITH_AS((void)acsl::load_weights(path, loaded, {"head.*", "hat.*"}),
                       "no parameter has a name that fits \"hat.*\"", acsl::error);
}

/// A backbone and a neck, each with one array.
struct small_detector {
  acsl::parameter stem{acsl::shape{2}, acsl::host_heap()}, lateral{acsl::shape{2}, acsl::host_heap()};

  small_detector() {
    for (auto* p : {&stem, &lateral}) std::fill_n(p->value.data(), 2, 0.0F);
  }
  template <class Visitor>
  void for_each_parameter(std::string const& prefix, Visitor&& visit) {
    visit(prefix + "backbone.conv1.weight", stem);
    visit(prefix + "neck.conv.weight", lateral);
  }
};

TEST_CASE("a classifier's weights, or those of a detector, start a backbone and nothing else") {
  auto const filled = [](float value, acsl::shape const& extents = {2}) {
    acsl::tensor<float> result(extents);
    std::fill_n(result.data(), result.size(), value);
    return result;
  };
  small_detector model;
  acsl::named_tensors imagenet, detector, other;
  imagenet.tensors().emplace("conv1.weight", filled(1));
  imagenet.tensors().emplace("fc.weight", filled(2, {1000, 2}));
  imagenet.tensors().emplace("bn1.num_batches_tracked", filled(3, {}));
  auto const report = acsl::load_backbone(std::move(imagenet), "r50.pth", model);
  CHECK(report.loaded == 1);
  CHECK(report.skipped == std::vector<std::string>{"fc.weight"});
  CHECK(report.missing.empty());  // the neck is no part of it
  CHECK(report.unexpected.empty());
  CHECK(model.stem.value[1] == 1);

  detector.tensors().emplace("backbone.conv1.weight", filled(4));
  detector.tensors().emplace("neck.conv.weight", filled(5));
  CHECK(acsl::load_backbone(std::move(detector), "d.pth", model).loaded == 1);
  CHECK(model.stem.value[0] == 4);
  CHECK(model.lateral.value[0] == 0);

  other.tensors().emplace("conv1.weight", filled(6, {3}));
  CHECK_THROWS_WITH_AS((void)acsl::load_backbone(std::move(other), "o.pth", model),
                       doctest::Contains("o.pth: no name and shape fits"), acsl::file_error);
}

TEST_CASE("a checkpoint of another model is refused") {
  test::temporary_folder const folder;
  auto const path = folder / "a.safetensors";
  acsl::tensor<float> values(acsl::shape{3});
  std::fill_n(values.data(), 3, 1.0F);
  acsl::safetensors_file out;
  out.add("another.weight", values.view());
  out.write(path);
  test::toy_model model;
  CHECK_THROWS_WITH_AS((void)acsl::load_weights(path, model),
                       doctest::Contains("a.safetensors: no name and shape fits the model"), acsl::file_error);

  test::toy_model wide(acsl::shape{5, 3});
  acsl::sgd optimizer;
  acsl::save_checkpoint(path, wide, optimizer, {});
  CHECK(resume_refusal(path, model) ==
        " does not fit the model: 1 parameters have another shape, first head.fc.weight: [5, 3] in the file, [2, 3] in "
        "the model");
  narrow_model narrow;
  acsl::save_checkpoint(path, narrow, optimizer, {});
  CHECK(resume_refusal(path, model) == " does not fit the model: 2 parameters are missing, first head.fc.bias");
  acsl::save_checkpoint(path, model, optimizer, {});
  CHECK_THROWS_WITH_AS((void)acsl::resume_checkpoint(path, narrow, optimizer),
                       doctest::Contains("2 parameters are unknown to the model, first head.fc.bias"),
                       acsl::file_error);
}

TEST_CASE("a checkpoint with another place than a run can have is refused") {
  test::temporary_folder const folder;
  auto const path = folder / "a.safetensors";
  test::toy_model model;
  auto const with = [&](std::string const& key, std::optional<std::string> const& value) {
    acsl::safetensors_file out;
    out.metadata = {{"epoch", "0"}, {"iteration", "0"},    {"step", "0"},
                    {"seed", "0"},  {"configuration", ""}, {"classes", ""}};
    if (value) out.metadata[key] = *value;
    else out.metadata.erase(key);
    model.for_each_parameter("", [&](std::string const& name, acsl::parameter& p) { out.add(name, p.value.view()); });
    out.write(path);
    return resume_refusal(path, model);
  };
  CHECK(with("epoch", "0").empty());
  for (char const* key : {"epoch", "iteration", "step", "seed", "configuration", "classes"})
    CHECK(with(key, std::nullopt) == std::string(" metadata lacks \"") + key + "\": no checkpoint of a run");
  for (char const* number : {"", "-1", "1.5", "1x", " 1", "18446744073709551616", "9223372036854775808"})
    CHECK(with("step", number) == std::string(" metadata \"step\" is no whole number: ") + number);
}

TEST_CASE("a run goes on only with the momentum of what it trains") {
  test::temporary_folder const folder;
  auto const path = folder / "a.safetensors";
  test::toy_model model, other;
  acsl::sgd optimizer;
  acsl::train_only(model, {"*.bias"});
  step(model, optimizer);
  acsl::save_checkpoint(path, model, optimizer, some_state);
  CHECK(resume_refusal(path, other) == " lacks the momentum of head.fc.weight, which this run trains");
  acsl::train_only(other, {"*.weight"});
  CHECK(resume_refusal(path, other).find("lacks the momentum of head.fc.weight") != std::string::npos);
  test::toy_model frozen;
  frozen.weight.trainable = frozen.bias.trainable = false;
  CHECK(resume_refusal(path, frozen) == " holds the momentum of head.fc.bias, which this run does not train");
  CHECK(resume_refusal(path, model).empty());
}

TEST_CASE("a checkpoint that was cut short is refused wherever the cut is, also one whose weights are whole") {
  test::temporary_folder const folder;
  auto const path = folder / "a.safetensors";
  test::toy_model model;
  acsl::sgd optimizer;
  step(model, optimizer);
  acsl::save_checkpoint(path, model, optimizer, some_state);
  auto const whole = test::read_text(path);
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    test::write_text(path, whole.substr(0, length));
    CHECK_MESSAGE(!resume_refusal(path, model).empty(), length);
    CHECK_THROWS_AS((void)acsl::load_weights(path, model), acsl::file_error);
  }
}

TEST_CASE("when the disk is full the checkpoint before stays and nothing else") {
  test::temporary_folder const folder;
  auto const path = folder / "a.safetensors";
  test::toy_model model, large(acsl::shape{100, 100});
  acsl::sgd optimizer;
  acsl::save_checkpoint(path, model, optimizer, some_state);
  auto const before = test::read_text(path);
  {
    test::file_size_limit const limit(4096);
    CHECK_THROWS_WITH_AS(acsl::save_checkpoint(path, large, optimizer, some_state),
                         doctest::Contains("a.safetensors: cannot write the file: "), acsl::file_error);
  }
  CHECK(test::read_text(path) == before);
  CHECK(folder.files() == 1);
}

TEST_CASE("a folder that cannot be written is named") {
  test::temporary_folder const folder;
  test::write_text(folder / "plain", "x");
  test::toy_model model;
  acsl::sgd optimizer;
  CHECK_THROWS_WITH_AS(acsl::save_checkpoint(folder / "plain/a.safetensors", model, optimizer, {}),
                       doctest::Contains("plain/a.safetensors: cannot create the file: Not a directory"),
                       acsl::file_error);
}

}  // namespace
