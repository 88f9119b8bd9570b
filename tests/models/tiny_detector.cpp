// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/cpu.hpp>
#include <acsl/backend/reference.hpp>
#include <acsl/training/parameter_pattern.hpp>
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <support/gradients.hpp>
#include <support/tiny_detector.hpp>
#include <utility>
#include <vector>

namespace {

using acsl::index_t;
using acsl::parameter;
using gradients_type = std::map<std::string, acsl::tensor<float>>;

acsl::random_key const step_key = acsl::random_key{7}.with(3);

struct step_result {
  std::vector<acsl::named_loss> losses;
  gradients_type gradients;
};

template <class Exec>
step_result step(Exec& exec, test::tiny_detector& model, acsl::batch const& images) {
  test::zero_gradients(exec, model);
  step_result result{model.train_step(exec, images, step_key), {}};
  model.for_each_parameter("", [&](std::string const& name, parameter& p) {
    if (p.trainable) result.gradients.emplace(name, acsl::clone(exec, std::as_const(p.gradient).view()));
  });
  return result;
}

std::vector<std::string> names_of(std::vector<acsl::named_loss> const& losses) {
  std::vector<std::string> result;
  for (auto const& loss : losses) result.push_back(loss.name);
  return result;
}

/// The directional derivative of the total loss by every trainable parameter, halfway between its gradient and noise,
/// against differences of the loss. Values come from the inference path of all parts that do not learn for the moment.
void check_all_gradients(test::tiny_detector& model, acsl::batch const& images, double tolerance,
                         double change = 2e-3) {
  acsl::cpu exec;
  auto const [losses, analytic] = step(exec, model, images);
  auto const loss = [&] {
    std::vector<parameter*> resting;
    model.for_each_parameter("", [&](std::string const&, parameter& p) {
      if (std::exchange(p.trainable, false)) resting.push_back(&p);
    });
    double const total = acsl::total_loss(model.train_step(exec, images, step_key));
    for (auto* p : resting) p->trainable = true;
    return total;
  };
  CHECK(loss() == doctest::Approx(acsl::total_loss(losses)).epsilon(1e-5));
  int checked = 0;
  for (auto const& [name, g] : analytic) {
    CAPTURE(name);
    double const norm = std::sqrt(test::projection(g, g));
    REQUIRE(norm > 1e-5);  // every parameter has a say
    auto direction = test::noise(g.extents(), 5);
    double const noise = std::sqrt(test::projection(direction, direction));
    for (index_t i = 0; i < g.size(); ++i)
      direction[i] = static_cast<float>(double{g[i]} / norm + double{direction[i]} / noise);
    // A step that changes the loss by some 1e-3, far above rounding, and moves no parameter by much.
    double const by = std::min(10 * change, change / norm);
    double high = 0, low = 0;
    model.for_each_parameter("", [&, &wanted = name](std::string const& candidate, parameter& p) {
      if (candidate != wanted) return;
      auto const before = acsl::clone(exec, std::as_const(p.value).view());
      auto const moved = [&](double along) {
        for (index_t i = 0; i < p.value.size(); ++i)
          p.value[i] = static_cast<float>(double{before[i]} + along * double{direction[i]});
        return loss();
      };
      high = moved(by);
      low = moved(-by);
      exec.copy(std::as_const(before).view(), p.value.view());
    });
    double const numeric = (high - low) / (2 * by), expected = test::projection(direction, g);
    CAPTURE(norm);
    CAPTURE(numeric);
    CAPTURE(expected);
    CHECK(std::abs(numeric - expected) <= tolerance * norm + 2e-4);
    ++checked;
  }
  CHECK(checked > 20);
}

TEST_CASE("all gradients of a detector equal differences of its total loss, where regions are annotated boxes") {
  // Proposals depend on parameters without carrying a gradient; without proposals the loss is a smooth function.
  test::tiny_options options;
  options.proposals = 0;
  auto model = test::make_tiny_detector(options);
  check_all_gradients(model, test::tiny_batch(), 0.03);
}

TEST_CASE("gradients equal differences with every kind of classifier") {
  for (char const* name : {"normalised", "scaled_logits", "scaled_weights"}) {
    CAPTURE(name);
    test::tiny_options options;
    options.proposals = 0;
    options.classifier.name = name;
    if (options.classifier.name == "normalised") options.classifier.parameters = {"temperature=4"};
    auto model = test::make_tiny_detector(options, 2);  // no relu at its kink, as with most seeds
    check_all_gradients(model, test::tiny_batch(), 0.03);
  }
}

TEST_CASE("gradients equal differences with losses of overlap, which reach the regressor through the decoder") {
  for (std::string const name : {"giou", "iou", "bounded_iou"})
    for (bool const agnostic : {false, true}) {
      CAPTURE(name);
      CAPTURE(agnostic);
      test::tiny_options options;
      options.proposals = 0;
      options.class_agnostic = agnostic;
      options.box_loss.name = name;
      auto model = test::make_tiny_detector(options, 2);
      // Shorter steps: a region is its object here, so that edges pass each other, where the loss has a kink.
      check_all_gradients(model, test::tiny_batch(), 0.03, 5e-4);
    }
}

TEST_CASE("gradients of a cascade equal differences with background regions, where the boxes do not move") {
  // All regressors but the last are frozen at zero: every proposal is its anchor, whatever the other parameters are.
  test::tiny_options options;
  options.proposals = options.samples = 100000;  // all: a choice would change with the order of the proposals
  options.stages = 2;
  options.class_agnostic = true;
  options.loss = "sigmoid_cross_entropy";
  auto model = test::make_tiny_detector(options);
  model.for_each_parameter("", [](std::string const& name, parameter& p) {
    if (!name.starts_with("rpn_head.rpn_reg") && !name.starts_with("bbox_head.0.fc_reg")) return;
    p.trainable = false;
    for (float& v : p.value.view()) v = 0;
  });
  check_all_gradients(model, test::tiny_batch(), 0.03);
}

TEST_CASE("losses have the names of the logs, and a cascade's carry the stage") {
  acsl::cpu exec;
  auto one = test::make_tiny_detector();
  CHECK(names_of(step(exec, one, test::tiny_batch()).losses) ==
        std::vector<std::string>{"loss_rpn_cls", "loss_rpn_bbox", "loss_cls", "acc", "loss_bbox"});
  test::tiny_options options;
  options.stages = 3;
  auto three = test::make_tiny_detector(options);
  auto const losses = step(exec, three, test::tiny_batch()).losses;
  CHECK(names_of(losses) == std::vector<std::string>{"loss_rpn_cls", "loss_rpn_bbox", "s0.loss_cls", "s0.acc",
                                                     "s0.loss_bbox", "s1.loss_cls", "s1.acc", "s1.loss_bbox",
                                                     "s2.loss_cls", "s2.acc", "s2.loss_bbox"});
  double total = 0;
  for (auto const& loss : losses) {
    CHECK(std::isfinite(loss.value));
    CHECK(loss.counts == (loss.name.find("loss") != std::string::npos));
    if (loss.counts) total += loss.value;
  }
  CHECK(acsl::total_loss(losses) == doctest::Approx(total));
}

TEST_CASE("a step on the cpu backend agrees with the reference backend") {
  acsl::cpu exec;
  acsl::reference oracle;
  for (auto const* loss : {"softmax_cross_entropy", "adaptive_class_suppression"}) {
    CAPTURE(loss);
    test::tiny_options options;
    options.loss = loss;
    options.stages = 2;
    auto model = test::make_tiny_detector(options);
    auto const images = test::tiny_batch();
    auto const found = step(exec, model, images), wanted = step(oracle, model, images);
    REQUIRE(found.losses.size() == wanted.losses.size());
    for (std::size_t i = 0; i < found.losses.size(); ++i) {
      CAPTURE(wanted.losses[i].name);
      CHECK(found.losses[i].value == doctest::Approx(wanted.losses[i].value).epsilon(1e-4));
    }
    for (auto const& [name, gradient] : wanted.gradients) {
      CAPTURE(name);
      double const size = test::largest_magnitude(gradient);
      CHECK(test::largest_difference(found.gradients.at(name), gradient) <= 1e-3 * size + 1e-6);
    }
  }
}

TEST_CASE("training and detection have the same bits for one thread and for two") {
  acsl::cpu one(1), two(2);
  for (std::size_t const stages : {1U, 3U}) {
    test::tiny_options options;
    options.stages = stages;
    auto model = test::make_tiny_detector(options);
    auto const images = test::tiny_batch();
    auto const a = step(one, model, images), b = step(two, model, images);
    CHECK(a.losses == b.losses);
    for (auto const& [name, gradient] : a.gradients) {
      CAPTURE(name);
      CHECK(test::same_bits(gradient, b.gradients.at(name)));
    }
    CHECK(model.detect(one, images) == model.detect(two, images));
  }
}

TEST_CASE("a step adds to the gradients and repeats with the same key") {
  acsl::cpu exec;
  auto model = test::make_tiny_detector();
  auto const images = test::tiny_batch();
  auto const once = step(exec, model, images), again = step(exec, model, images);
  CHECK(once.losses == again.losses);
  model.train_step(exec, images, step_key);  // on top of the last one's
  model.for_each_parameter("", [&](std::string const& name, parameter& p) {
    if (!p.trainable) return;
    CAPTURE(name);
    CHECK(test::same_bits(once.gradients.at(name), again.gradients.at(name)));
    auto const& g = once.gradients.at(name);
    std::vector<double> twice;
    for (float const v : g.view()) twice.push_back(2 * static_cast<double>(v));
    CHECK(test::largest_difference(p.gradient, twice) <= 1e-4 * (1e-3 + test::largest_magnitude(g)));
  });
}

TEST_CASE("training a part alone gives that part's gradients and no others, as when all learn") {
  acsl::cpu exec;
  auto const images = test::tiny_batch();
  for (std::size_t const stages : {1U, 2U})
    for (auto const& patterns : std::vector<std::vector<std::string>>{{"bbox_head*.fc_cls.*"},
                                                                      {"bbox_head.*"},
                                                                      {"rpn_head.*"},
                                                                      {"neck.fpn_convs.*"},
                                                                      {"*.weight"},
                                                                      {"backbone.layer4.*", "*.fc_reg.bias"}}) {
      CAPTURE(stages);
      CAPTURE(patterns[0]);
      test::tiny_options options;
      options.stages = stages;
      auto all = test::make_tiny_detector(options), part = test::make_tiny_detector(options);
      auto const whole = step(exec, all, images);
      acsl::train_only(part, patterns);
      auto const some = step(exec, part, images);
      CHECK(some.gradients.size() < whole.gradients.size());
      CHECK(!some.gradients.empty());
      for (std::size_t i = 0; i < some.losses.size(); ++i)
        CHECK(some.losses[i].value == doctest::Approx(whole.losses[i].value).epsilon(1e-4));
      for (auto const& [name, gradient] : some.gradients) {
        CAPTURE(name);
        bool const matched = std::any_of(patterns.begin(), patterns.end(),
                                         [&, &n = name](std::string const& p) { return acsl::matches(n, p); });
        CHECK(matched);
        auto const& wanted = whole.gradients.at(name);
        CHECK(test::largest_magnitude(wanted) > 0);
        CHECK(test::largest_difference(gradient, wanted) <= 1e-3 * test::largest_magnitude(wanted) + 1e-6);
      }
      part.for_each_parameter("", [&](std::string const&, parameter& p) {
        if (!p.trainable) CHECK(p.gradient.empty());
      });
    }
}

TEST_CASE("warming up fills the states of all stages as training does, and changes nothing else") {
  acsl::cpu exec;
  auto const images = test::tiny_batch();
  test::tiny_options options;
  options.stages = 2;
  options.loss = "equilibrium";
  auto const states = [](test::tiny_detector& model) {
    std::vector<std::vector<double>> all;
    model.for_each_state("", [&](std::string const&, std::vector<double> const& values) { all.push_back(values); });
    return all;
  };
  auto warmed = test::make_tiny_detector(options), trained = test::make_tiny_detector(options);
  auto const before = states(warmed);
  warmed.warm_up(exec, images, step_key);
  static_cast<void>(step(exec, trained, images));
  auto const found = states(warmed), wanted = states(trained);
  REQUIRE(found.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(test::largest_difference(found[i], wanted[i]) < 1e-5);
    CHECK(test::largest_difference(found[i], before[i]) > 1e-3);
  }
  std::map<std::string, acsl::tensor<float>> values;
  auto fresh = test::make_tiny_detector(options);
  fresh.for_each_parameter("", [&](std::string const& name, parameter& p) {
    values.emplace(name, acsl::clone(exec, std::as_const(p.value).view()));
  });
  warmed.for_each_parameter("", [&](std::string const& name, parameter& p) {
    CHECK_MESSAGE(test::same_bits(p.value, values.at(name)), name);
    CHECK_MESSAGE(p.gradient.empty(), name);
  });
  options.loss = "seesaw";  // cannot be warmed up
  auto other = test::make_tiny_detector(options);
  auto const cold = states(other);
  other.warm_up(exec, images, step_key);
  CHECK(states(other) == cold);
}

TEST_CASE("frozen stages of the backbone change no loss and no other gradient") {
  acsl::cpu exec;
  auto const images = test::tiny_batch();
  auto free = test::make_tiny_detector();
  auto const whole = step(exec, free, images);
  for (int const frozen : {0, 3, 4}) {
    CAPTURE(frozen);
    test::tiny_options options;
    options.frozen_stages = frozen;
    auto model = test::make_tiny_detector(options);
    auto const some = step(exec, model, images);
    CHECK(some.gradients.count("backbone.conv1.weight") == 0);
    CHECK(some.gradients.count("backbone.layer4.0.conv1.weight") == (frozen < 4 ? 1 : 0));
    for (auto const& [name, gradient] : some.gradients) {
      CAPTURE(name);
      auto const& wanted = whole.gradients.at(name);
      CHECK(test::largest_difference(gradient, wanted) <= 1e-3 * test::largest_magnitude(wanted) + 1e-6);
    }
  }
}

TEST_CASE("images without annotations train on background alone") {
  acsl::cpu exec;
  for (std::size_t const stages : {1U, 3U}) {
    test::tiny_options options;
    options.stages = stages;
    auto model = test::make_tiny_detector(options);
    auto images = test::tiny_batch();
    images.boxes[1].clear();
    images.labels[1].clear();
    for (auto const& loss : step(exec, model, images).losses) CHECK(std::isfinite(loss.value));
    images.boxes[0].clear();
    images.labels[0].clear();
    auto const result = step(exec, model, images);
    for (auto const& loss : result.losses) {
      CAPTURE(loss.name);
      CHECK(std::isfinite(loss.value));
      if (loss.name.ends_with("bbox")) CHECK(loss.value == 0);
      else if (loss.counts) CHECK(loss.value > 0);
    }
    for (auto const& [name, gradient] : result.gradients) CHECK(std::isfinite(test::largest_magnitude(gradient)));
    // And with no region at all: no proposal, no annotated box.
    options.proposals = 0;
    auto bare = test::make_tiny_detector(options);
    for (auto const& loss : step(exec, bare, images).losses)
      CHECK(loss.value == doctest::Approx(loss.name == "loss_rpn_cls" ? loss.value : 0));
  }
}

TEST_CASE("a weight that is no number shows in a loss and breaks nothing else") {
  acsl::cpu exec;
  for (auto const* name : {"backbone.layer2.0.conv1.weight", "rpn_head.rpn_cls.bias", "rpn_head.rpn_reg.bias",
                           "bbox_head.0.fc_reg.bias", "bbox_head.0.fc_cls.bias"}) {
    CAPTURE(name);
    test::tiny_options options;
    options.stages = 2;
    auto model = test::make_tiny_detector(options);
    model.for_each_parameter("", [&](std::string const& candidate, parameter& p) {
      if (candidate == name)
        for (float& v : p.value.view()) v = std::numeric_limits<float>::quiet_NaN();
    });
    CHECK_FALSE(std::isfinite(acsl::total_loss(step(exec, model, test::tiny_batch()).losses)));
    static_cast<void>(model.detect(exec, test::tiny_batch()));
  }
}

TEST_CASE("batches whose parts do not belong together are refused") {
  acsl::cpu exec;
  auto model = test::make_tiny_detector();
  auto const refused = [&](acsl::batch const& images, char const* why) {
    CHECK_THROWS_WITH_AS(step(exec, model, images), doctest::Contains(why), acsl::error);
  };
  auto images = test::tiny_batch();
  images.labels[0].pop_back();
  refused(images, "one label per annotated box");
  images = test::tiny_batch();
  images.labels[0][1] = 0;
  refused(images, "labels of annotated boxes begin at 1");
  images = test::tiny_batch();
  images.labels[0][1] = 3;
  refused(images, "a label is at most the number of classes");
  images = test::tiny_batch();
  images.boxes.pop_back();
  refused(images, "one list of boxes and labels per image");
  images = test::tiny_batch();
  images.images = test::noise({3, 3, 64, 64}, 1);
  refused(images, "one description per image");
  images = test::tiny_batch();
  images.images = test::noise({2, 3, 64, 50}, 1);
  refused(images, "twice as high and wide");
}

TEST_CASE("detections lie in their image, are sorted, and keep to the options") {
  acsl::cpu exec;
  for (std::size_t const stages : {1U, 3U}) {
    CAPTURE(stages);
    test::tiny_options tiny;
    tiny.stages = stages;
    auto const model = test::make_tiny_detector(tiny);
    auto const images = test::tiny_batch();
    acsl::detection_options options;
    options.selection.max_detections = 20;
    options.selection.nms_threshold = 1;  // which suppresses nothing: overlaps of whole pixels change with the scale
    auto const found = model.detect(exec, images, options);
    options.rescale = false;
    auto const resized = model.detect(exec, images, options);
    REQUIRE(found.size() == 2);
    for (std::size_t n = 0; n < 2; ++n) {
      CAPTURE(n);
      REQUIRE(found[n].size() == 20);
      REQUIRE(resized[n].size() == 20);
      auto const& info = images.info[n];
      for (std::size_t i = 0; i < 20; ++i) {
        auto const &a = found[n][i], &b = resized[n][i];
        CHECK(a.score == b.score);
        CHECK(a.label == b.label);
        CHECK(a.where.x1 == doctest::Approx(b.where.x1 / info.scale));
        CHECK(a.where.y2 == doctest::Approx(b.where.y2 / info.scale));
        CHECK(b.where.x1 >= 0);
        CHECK(b.where.y1 >= 0);
        CHECK(b.where.x2 <= static_cast<float>(info.width - 1));
        CHECK(b.where.y2 <= static_cast<float>(info.height - 1));
        CHECK(a.score > 0);
        CHECK(a.score <= 1);
        CHECK((a.label == 0 || a.label == 1));
        if (i > 0) CHECK(found[n][i - 1].score >= a.score);
      }
    }
    options.selection.score_threshold = 0.6F;
    for (auto const& list : model.detect(exec, images, options))
      for (auto const& one : list) CHECK(one.score > 0.6F);
    options.selection.score_threshold = 1;
    for (auto const& list : model.detect(exec, images, options)) CHECK(list.empty());
    acsl::batch none;
    none.images = acsl::tensor<float>({0, 3, 64, 64});
    CHECK(model.detect(exec, none).empty());
  }
}

}  // namespace
