// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/cpu.hpp>
#include <map>
#include <support/tiny_detector.hpp>

namespace {

using acsl::index_t;
using acsl::tensor;
using heard = std::map<std::string, tensor<float>>;

/// A tiny detector with one loss and a plain classifier.
auto softmax_detector(test::tiny_options const& options) {
  return test::make_tiny_detector_of(options, 1, [](acsl::box_stage_options const& stage) {
    return acsl::box_stage<acsl::softmax_cross_entropy>(stage, acsl::softmax_cross_entropy());
  });
}

auto hearing(heard& arrays) {
  return [&arrays](std::string const& name, acsl::tensor_view<float const> values) {
    tensor<float> copy(values.extents());
    std::copy(values.begin(), values.end(), copy.data());
    CHECK(arrays.emplace(name, std::move(copy)).second);  // every name once
  };
}

TEST_CASE("an observer hears what is computed, and changes nothing") {
  acsl::cpu exec;
  auto const images = test::tiny_batch();
  test::tiny_options options;
  options.stages = 2;
  auto const model = softmax_detector(options);
  heard arrays;
  auto const found = model.detect_views(exec, {&images, 1}, {}, hearing(arrays));
  CHECK(found.ensemble == model.detect(exec, images));
  CHECK(found.stages.empty());
  for (char const* name : {"image", "backbone.c2", "backbone.c5", "neck.p2", "neck.p6", "rpn.cls.0", "rpn.reg.4",
                           "proposals", "stage0.rois", "stage0.cls_score", "stage1.roi_features", "stage1.bbox_pred"})
    CHECK_MESSAGE(arrays.contains(name), name);
  CHECK(arrays.size() == 1 + 4 + 5 + 10 + 1 + 2 * 4);
  CHECK(arrays.at("backbone.c3").extents() == acsl::shape{2, 16, 8, 8});
  CHECK(arrays.at("stage0.roi_features").extents() == acsl::shape{arrays.at("proposals").extent(0), 8, 3, 3});

  auto const& p5 = arrays.at("neck.p5");
  auto const& p6 = arrays.at("neck.p6");
  for (index_t i = 0; i < p6.size(); ++i) CHECK(p6[i] == p5[4 * i]);  // 2 x 2 cells become one
}

TEST_CASE("losses can be computed again from what a training step tells, and are told with the same bits") {
  acsl::cpu exec;
  auto const images = test::tiny_batch();
  auto model = softmax_detector({});
  model.for_each_parameter("", [&](std::string const&, acsl::parameter& p) {
    if (!p.trainable) return;
    p.require_gradient();
    exec.fill(p.gradient.view(), 0.0F);
  });
  heard arrays;
  auto const losses = model.train_step(exec, images, acsl::random_key{5}, hearing(arrays));
  CHECK(model.train_step(exec, images, acsl::random_key{5}) == losses);
  for (auto const& loss : losses) CHECK(arrays.at("loss." + loss.name)[0] == static_cast<float>(loss.value));
  CHECK(arrays.at("loss.loss")[0] == static_cast<float>(total_loss(losses)));
  CHECK(arrays.at("gt_boxes.0").extents() == acsl::shape{4, 4});
  CHECK(arrays.at("gt_labels.1")[0] == 2);

  auto const& logits = arrays.at("stage0.cls_score");
  auto const& labels = arrays.at("stage0.labels");
  double classification = 0;
  for (index_t r = 0; r < labels.size(); ++r) {
    double sum = 0;
    for (index_t c = 0; c < 3; ++c) sum += std::exp(double{logits[3 * r + c]});
    classification += std::log(sum) - double{logits[3 * r + static_cast<index_t>(labels[r])]};
  }
  CHECK(arrays.at("loss.loss_cls")[0] == doctest::Approx(classification / static_cast<double>(labels.size())));

  auto const& deltas = arrays.at("stage0.bbox_pred");
  auto const& targets = arrays.at("stage0.bbox_targets");
  double regression = 0;
  for (index_t r = 0; r < labels.size(); ++r)
    for (index_t k = 0; k < 4; ++k) {
      auto const label = static_cast<index_t>(labels[r]);
      if (label == 0) CHECK(targets[4 * r + k] == 0);
      double const d = std::fabs(double{deltas[12 * r + 4 * label + k]} - double{targets[4 * r + k]});
      if (label > 0) regression += d < 1 ? 0.5 * d * d : d - 0.5;
    }
  CHECK(arrays.at("loss.loss_bbox")[0] == doctest::Approx(regression / static_cast<double>(labels.size())));

  double objectness = 0, divisor = 0;  // one anchor a cell: levels are rows of cells
  for (index_t n = 0; n < 2; ++n) {
    auto const& label = arrays.at("rpn.labels." + std::to_string(n));
    CHECK(arrays.at("rpn.bbox_targets." + std::to_string(n)).extents() == acsl::shape{label.size(), 4});
    double positives = 0, negatives = 0;
    index_t at = 0;
    for (int level = 0; level < 5; ++level) {
      auto const& scores = arrays.at("rpn.cls." + std::to_string(level));
      index_t const cells = scores.size() / 2;
      for (index_t i = 0; i < cells; ++i, ++at) {
        if (label[at] < 0) continue;
        double const z = scores[n * cells + i];
        objectness += std::log1p(std::exp(label[at] > 0 ? -z : z));
        ++(label[at] > 0 ? positives : negatives);
      }
    }
    CHECK(at == label.size());
    divisor += std::max(positives, 1.0) + std::max(negatives, 1.0);
  }
  CHECK(arrays.at("loss.loss_rpn_cls")[0] == doctest::Approx(objectness / divisor));
}

TEST_CASE("adaptive class suppression tells the mask that its loss has") {
  acsl::cpu exec;
  auto const images = test::tiny_batch();
  auto model = test::make_tiny_detector_of({}, 1, [](acsl::box_stage_options const& stage) {
    return acsl::box_stage<acsl::adaptive_class_suppression>(
        stage, acsl::adaptive_class_suppression(acsl::class_statistics::from_groups("rf")));
  });
  model.for_each_parameter("", [&](std::string const&, acsl::parameter& p) { p.trainable = false; });
  heard arrays;
  model.train_step(exec, images, acsl::random_key{5}, hearing(arrays));
  auto const& logits = arrays.at("stage0.cls_score");
  auto const& mask = arrays.at("stage0.weight_mask");
  auto const& labels = arrays.at("stage0.labels");
  REQUIRE(mask.extents() == logits.extents());
  double sum = 0;
  for (index_t r = 0; r < labels.size(); ++r)
    for (index_t c = 0; c < 3; ++c) {
      double const z = logits[3 * r + c], w = mask[3 * r + c];
      CHECK((w == 0 || w == 1));
      bool const target = static_cast<index_t>(labels[r]) == c;
      if (target) CHECK(w == 1);
      if (labels[r] == 0 && c == 2) CHECK(w == 1);  // frequent: every background row
      sum += w * std::log1p(std::exp(target ? -z : z));
    }
  CHECK(arrays.at("loss.loss_cls")[0] == doctest::Approx(sum / static_cast<double>(labels.size())));
}

TEST_CASE("a stage alone says what a detector of this stage says") {
  acsl::cpu exec;
  auto const images = test::tiny_batch();
  test::tiny_options options;
  options.stages = 2;
  auto cascade = softmax_detector(options);
  acsl::detection_options keep;
  keep.keep_all_stages = true;
  auto const found = cascade.detect_views(exec, {&images, 1}, keep);
  REQUIRE(found.stages.size() == 2);
  CHECK(found.ensemble == cascade.detect(exec, images));
  CHECK(found.stages[1] != found.ensemble);

  auto alone = softmax_detector({});
  std::map<std::string, acsl::parameter const*> of_cascade;
  cascade.for_each_parameter("", [&](std::string const& name, acsl::parameter& p) { of_cascade[name] = &p; });
  alone.for_each_parameter("", [&](std::string const& name, acsl::parameter& p) {
    auto const stage = name.starts_with("bbox_head.") ? "bbox_head.0." + name.substr(10) : name;
    exec.copy(of_cascade.at(stage)->value.view(), p.value.view());
  });
  CHECK(alone.detect(exec, images) == found.stages[0]);
  CHECK(alone.detect_views(exec, {&images, 1}, keep).stages.empty());
}

TEST_CASE("boxes of a view are mirrored, then divided by its scale, and back") {
  acsl::image_info image;
  image.scale = 2;
  image.width = 100;
  image.flipped = true;
  acsl::view_frame const view(image);
  acsl::box const in_view = {10, 20, 29, 49}, in_photograph = {35, 10, 44.5F, 24.5F};
  CHECK(view.to_original(in_view) == in_photograph);
  CHECK(view.from_original(in_photograph) == in_view);
  image.flipped = false;
  CHECK(acsl::view_frame(image).to_original(in_view) == acsl::box{5, 10, 14.5F, 24.5F});
}

/// Mirrored left to right, in the left `info.width` columns.
acsl::batch mirrored(acsl::batch const& images) {
  acsl::batch result;
  result.images = tensor<float>(images.images.extents());
  result.info = images.info;
  index_t const size = images.images.extent(3);
  for (index_t row = 0; row < images.images.size() / size; ++row)
    for (index_t x = 0; x < size; ++x) result.images[row * size + x] = images.images[row * size + size - 1 - x];
  for (auto& info : result.info) info.flipped = !info.flipped;
  return result;
}

TEST_CASE("with an image and its mirror image, the mirror image's detections are the mirrored ones") {
  acsl::cpu exec;
  auto const model = softmax_detector({});
  acsl::batch views[2], swapped[2];
  views[0] = test::tiny_batch();
  for (auto& info : views[0].info) {  // both fill their padding; the second has twice the size of its photograph
    info.height = info.width = 64;
    info.original_height = info.original_width = static_cast<index_t>(64 / info.scale);
  }
  views[1] = mirrored(views[0]);
  swapped[0] = mirrored(views[0]);
  for (auto& info : swapped[0].info) info.flipped = false;
  swapped[1] = mirrored(swapped[0]);
  acsl::detection_options options;
  options.selection.max_detections = 15;
  auto const found = model.detect_views(exec, views, options).ensemble;
  auto const other = model.detect_views(exec, swapped, options).ensemble;
  for (std::size_t n = 0; n < 2; ++n) {
    auto const width = static_cast<float>(views[0].info[n].original_width);
    auto const last = 1 / static_cast<float>(views[0].info[n].scale);  // the last pixel of the view, in the photograph
    REQUIRE(found[n].size() == 15);
    for (std::size_t i = 0; i < found[n].size(); ++i) {
      auto const &a = found[n][i], &b = other[n][i];
      CHECK(a.score == doctest::Approx(b.score).epsilon(1e-4));
      CHECK(a.label == b.label);
      CHECK(a.where.x1 == doctest::Approx(width - last - b.where.x2).epsilon(1e-3));
      CHECK(a.where.y2 == doctest::Approx(b.where.y2).epsilon(1e-3));
    }
  }
  CHECK(found != model.detect(exec, views[0], options));
}

TEST_CASE("views that do not belong together, or with nothing in common, are refused") {
  acsl::cpu exec;
  auto const model = softmax_detector({});
  acsl::batch two[2] = {test::tiny_batch(), test::tiny_batch()};
  acsl::detection_options options;
  options.rescale = false;
  CHECK_THROWS_WITH_AS(model.detect_views(exec, two, options), doctest::Contains("have the pixels of the photographs"),
                       acsl::error);
  two[1].info.pop_back();
  CHECK_THROWS_WITH_AS(model.detect_views(exec, two), doctest::Contains("all views have as many images"), acsl::error);
  CHECK_THROWS_WITH_AS(model.detect_views(exec, {}), doctest::Contains("there is a view"), acsl::error);
}

}  // namespace
