// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/io/safetensors.hpp>
#include <cstring>
#include <set>
#include <support/program.hpp>

namespace {

namespace fs = std::filesystem;
using strings = std::vector<std::string>;

/// `acsl train` with settings, which must go well.
test::ended train(test::tiny_data_set const& set, std::string const& work_dir, strings const& settings,
                  strings const& further = {}) {
  strings arguments = {"--work-dir", work_dir};
  for (auto const& setting : settings) arguments.insert(arguments.end(), {"--set", setting});
  arguments.insert(arguments.end(), further.begin(), further.end());
  auto ran = test::train(set, arguments);
  REQUIRE_MESSAGE(ran.status == 0, ran.errors);
  return ran;
}
std::string bytes(test::tiny_data_set const& set, std::string const& work_dir) {
  return test::read_text(set.folder / "runs" / work_dir / "latest.safetensors");
}
bool has(std::string const& text, std::string const& part) {
  bool const found = text.find(part) != std::string::npos;
  if (!found) MESSAGE("\"" << part << "\" is not in: " << text);
  return found;
}
strings with_limit(strings settings, int iterations) {
  settings.push_back("training.max_iterations=" + std::to_string(iterations));
  return settings;
}

TEST_CASE("the repeat factors are told at the start, and the epoch grows by them") {
  test::tiny_data_set const set;  // of 6 images red and green are in 3, blue is in 1
  auto const ran = train(set, "a", {"sampling.name=repeat_factor", "sampling.threshold=0.4", "data.batch_size=1"});
  CHECK(has(ran.output,
            "sampling: repeat_factor, ceil, 6 images, the first epoch has 7\n"
            "                classes    above 1   smallest       mean    largest\n"
            "  rare                1          1      1.549      1.549      1.549\n"
            "  common              1          0      1.000      1.000      1.000\n"
            "  frequent            1          0      1.000      1.000      1.000\n"
            "  the largest:\n"
            "       1.549  blue, images: 1\n"
            "  images with a factor above 1: 1 of 6\n"));
  CHECK(has(ran.output, "6 images, 3 classes, 7 iterations an epoch"));
}

TEST_CASE("with every sampler a run that ends inside an epoch goes on to the same bytes") {
  test::tiny_data_set const set;
  for (auto const& [name, settings] :
       {std::pair<std::string, strings>{"stochastic",
                                        {"sampling.name=repeat_factor", "sampling.threshold=0.6",
                                         "sampling.rounding=stochastic", "data.batch_size=1", "training.seed=2"}},
        {"aware", {"sampling.name=class_aware", "sampling.images_per_class=2"}},
        {"progressive", {"sampling.name=progressive"}}}) {
    CAPTURE(name);
    auto const whole = train(set, name, settings);
    if (name == "stochastic") CHECK(has(whole.output, " to "));  // epochs differ
    if (name == "aware")  // of 6 draws each class has 2: each image of red and green 2/3, that of blue 2
      CHECK(has(whole.output,
                "draws of an image for the sake of a class:\n"
                "                classes    above 1   smallest       mean    largest\n"
                "  rare                1          1      2.000      2.000      2.000\n"
                "  common              1          0      0.667      0.667      0.667\n"));
    train(set, name + "-half", with_limit(settings, 4));
    train(set, name + "-half", settings, {"--resume-from", name + "-half/latest.safetensors", "--threads", "1"});
    CHECK(bytes(set, name + "-half") == bytes(set, name));
    CHECK(bytes(set, name) != (train(set, name + "-plain", {}), bytes(set, name + "-plain")));
  }
}

TEST_CASE("the classifier is trained anew: it starts from fresh weights, all else from the checkpoint") {
  test::tiny_data_set const set;
  train(set, "first", {});
  strings const frozen = {"training.load_from=first/latest.safetensors", "training.train_only=[\"bbox_head.fc_cls.*\"]",
                          "training.lr=0", "training.max_iterations=1"};
  auto anew = frozen;
  anew.insert(anew.end(), {"training.reinitialise=[\"bbox_head.fc_cls.*\"]", "sampling.name=class_aware"});
  auto const ran = train(set, "second", anew);
  CHECK(has(ran.output, "  not loaded, starts anew: bbox_head.fc_cls.weight\n"));
  auto const before = acsl::safetensors_file::read(set.folder / "runs/first/latest.safetensors"),
             after = acsl::safetensors_file::read(set.folder / "runs/second/latest.safetensors");
  std::set<std::string> changed;
  for (auto const& [name, values] : after.tensors())
    if (!name.starts_with("optimizer.") &&
        std::memcmp(values.data(), before.tensors().at(name).data(), values.bytes()) != 0)
      changed.insert(name);
  CHECK(changed == std::set<std::string>{"bbox_head.fc_cls.bias", "bbox_head.fc_cls.weight"});

  auto const wrong = test::train(set, {"--work-dir", "x", "--load-from", "first/latest.safetensors", "--set",
                                       "training.reinitialise=[\"head.*\"]"});
  CHECK(wrong.status == 1);
  CHECK(has(wrong.errors, "no parameter has a name that fits \"head.*\""));
}

TEST_CASE("fine-tuning on tail classes sees the images that hold them, and counts classes as before") {
  test::tiny_data_set const set;
  auto const ran = train(set, "a", {"data.tail_images=2", "data.batch_size=1"});
  CHECK(has(ran.output, "1 images, 3 classes, 1 iterations an epoch"));
  auto const all = train(set, "b", {"data.batch_size=1"});
  auto const statistics = [&](char const* name) {
    return acsl::safetensors_file::read(set.folder / "runs" / name / "latest.safetensors").metadata.at("statistics");
  };
  CHECK(statistics("a") == statistics("b"));
  auto const none = test::train(set, {"--work-dir", "c", "--set", "data.tail_instances=1"});
  CHECK(none.status == 1);
  CHECK(has(none.errors, "train.json: no object is left to train on"));
}

TEST_CASE("deferred re-weighting changes nothing before its epoch, and goes on with it after a stop") {
  test::tiny_data_set const set;
  strings const deferred = {"loss.name=label_distribution_aware_margin", "reweighting.name=effective_number",
                            "reweighting.beta=0.9999", "reweighting.divide_by_weights=true",
                            "reweighting.from_epoch=1"};
  strings const plain = {deferred.front()};
  auto const weights = [&](std::string const& name, char const* file) {
    auto const read = acsl::safetensors_file::read(set.folder / "runs" / name / file);
    auto const& values = read.tensors().at("bbox_head.fc_cls.weight");
    return std::vector<float>(values.data(), values.data() + values.size());
  };
  train(set, "plain", plain);
  train(set, "deferred", deferred);
  CHECK(weights("plain", "epoch_1.safetensors") == weights("deferred", "epoch_1.safetensors"));
  CHECK(weights("plain", "epoch_2.safetensors") != weights("deferred", "epoch_2.safetensors"));
  train(set, "half", with_limit(deferred, 5));
  train(set, "half", deferred, {"--resume-from", "half/latest.safetensors"});
  CHECK(bytes(set, "half") == bytes(set, "deferred"));
}

}  // namespace
