// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/cpu.hpp>
#include <acsl/io/safetensors.hpp>
#include <acsl/losses/any_classification_loss.hpp>
#include <acsl/losses/loss_factory.hpp>
#include <acsl/models/backbones/resnet.hpp>
#include <acsl/models/detectors/two_stage_detector.hpp>
#include <acsl/models/heads/box_stage.hpp>
#include <acsl/models/heads/region_proposal_head.hpp>
#include <acsl/models/necks/feature_pyramid.hpp>
#include <acsl/nn/batch_norm.hpp>
#include <cmath>
#include <support/golden.hpp>
#include <support/gradients.hpp>

/// The five detectors in miniature against PyTorch: scripts/golden/make_detector_golden.py says what is in the files.
namespace {

using acsl::index_t;
using backbone = acsl::resnet<acsl::bottleneck<acsl::batch_norm>>;
using stage = acsl::box_stage<acsl::any_classification_loss>;
using detector = acsl::two_stage_detector<backbone, acsl::feature_pyramid, acsl::region_proposal_head, stage>;

/// Element i of the numbers that belong to a name.
class pattern {
 public:
  pattern(std::string const& name, std::string const& seed) {
    for (char const c : name + "#" + seed) word_ = (word_ ^ static_cast<unsigned char>(c)) * 16777619U;
  }
  double operator()(index_t i) const {
    std::uint32_t u = static_cast<std::uint32_t>(i) * 2654435761U + word_;
    u = (u ^ (u >> 15)) * 2246822519U;
    u = (u ^ (u >> 13)) * 3266489917U;
    return static_cast<double>((u ^ (u >> 16)) >> 8 & 255U) / 128 - 1;
  }

 private:
  std::uint32_t word_ = 2166136261U;
};

/// One file.
class miniature {
 public:
  explicit miniature(std::string const& name)
      : file_(acsl::safetensors_file::read(ACSL_TEST_SOURCE "/tests/golden/models/" + name + ".safetensors")),
        options_(acsl::parse_json(file_.metadata.at("model"), name)),
        seed_(file_.metadata.at("seed")) {}

  [[nodiscard]] acsl::tensor<float> const& operator[](std::string const& name) const {
    auto const found = file_.tensors().find(name);
    REQUIRE_MESSAGE(found != file_.tensors().end(), name);
    return found->second;
  }
  [[nodiscard]] std::map<std::string, acsl::tensor<float>> const& all() const { return file_.tensors(); }
  [[nodiscard]] std::size_t stages() const { return static_cast<std::size_t>(number("stages")); }
  [[nodiscard]] std::string loss() const { return options_.at("loss").text(); }

  [[nodiscard]] backbone make_backbone() const {
    acsl::resnet_options<acsl::batch_norm> options;
    options.blocks.clear();
    for (auto const count : options_.at("blocks").integers()) options.blocks.push_back(static_cast<int>(count));
    options.width = 2;
    options.groups = number("groups");
    options.base_width = number("base_width");
    return filled(backbone(options), "backbone.");
  }
  [[nodiscard]] acsl::feature_pyramid make_neck() const {
    return filled(acsl::feature_pyramid({.in_channels = {8, 16, 32, 64}, .out_channels = 6}), "neck.");
  }
  [[nodiscard]] acsl::region_proposal_head make_proposals() const {
    acsl::region_proposal_options options;
    options.in_channels = options.feature_channels = 6;
    options.anchors.scales = {1};
    options.targets.sampler.count = 100000;  // all
    options.training = {60, 40, 50, 0.7F, 0};
    options.testing = {40, 20, 25, 0.7F, 0};
    return filled(acsl::region_proposal_head(options), "rpn_head.");
  }
  [[nodiscard]] stage make_stage(std::size_t i) const {
    auto const classes = acsl::class_statistics::from_groups("rcfcf");
    acsl::loss_choice choice{.name = loss()};
    choice.suppression.background_fractions = {0, 1, 1};  // nothing is drawn
    acsl::box_stage_options options;
    options.in_channels = 6;
    options.fc_channels = 10;
    options.classes = 5;
    options.class_agnostic = stages() > 1;
    options.rois.output = 3;
    options.rois.finest = 14;
    auto const threshold = 0.5F + 0.1F * static_cast<float>(i);
    options.assigner = {threshold, {0, threshold}, threshold, true};
    options.sampler.count = 100000;  // all
    if (i == 1) options.coder.stds = {0.05F, 0.05F, 0.1F, 0.1F};
    if (i == 2) options.coder.stds = {0.033F, 0.033F, 0.067F, 0.067F};
    options.loss_weight = 1 / static_cast<double>(1 << i);
    return filled(stage(options, acsl::make_classification_loss(choice, classes)),
                  stages() == 1 ? "bbox_head." : "bbox_head." + std::to_string(i) + ".");
  }
  [[nodiscard]] detector make_detector() const {
    std::vector<stage> all;
    for (std::size_t i = 0; i < stages(); ++i) all.push_back(make_stage(i));
    return {make_backbone(), make_neck(), make_proposals(), std::move(all)};
  }
  [[nodiscard]] acsl::batch images() const {
    acsl::batch result;
    result.images = acsl::tensor<float>({2, 3, 64, 96});
    pattern const values("images", seed_);
    index_t const heights[] = {64, 50}, widths[] = {96, 70};
    for (index_t i = 0; i < result.images.size(); ++i) {
      index_t const n = i / (3 * 64 * 96), y = i / 96 % 64, x = i % 96;
      result.images[i] = y < heights[n] && x < widths[n] ? static_cast<float>(values(i)) : 0.0F;
    }
    for (int n = 0; n < 2; ++n) {
      acsl::image_info info;
      info.height = heights[n];
      info.width = widths[n];
      info.padded_height = 64;
      info.padded_width = 96;
      info.scale = 1 + n;
      result.info.push_back(info);
    }
    result.boxes = {{{4, 6, 35, 30}, {40, 20, 91, 60}, {10, 40, 27, 56}}, {{5, 5, 50, 44}, {30, 10, 61, 33}}};
    result.labels = {{1, 4, 2}, {3, 5}};
    return result;
  }

 private:
  [[nodiscard]] index_t number(char const* name) const { return options_.at(name).integer(); }
  template <class Part>
  [[nodiscard]] Part filled(Part part, std::string const& prefix) const {
    part.for_each_parameter(prefix, [&](std::string const& name, acsl::parameter& p) {
      pattern const values(name, seed_);
      bool const norm = name.find(".bn") != std::string::npos || name.find("downsample.1") != std::string::npos;
      bool const around_one = norm && (name.ends_with("weight") || name.ends_with("running_var"));
      double gain = name.starts_with("backbone") ? 1.5 : 1.0;
      for (char const* last : {"rpn_cls", "rpn_reg", "fc_cls", "fc_reg"})
        if (name.find(last) != std::string::npos) gain = 0.25;  // scores must not saturate
      double const scale = std::sqrt(3.0 * static_cast<double>(p.extents()[0]) / static_cast<double>(p.value.size()));
      for (index_t i = 0; i < p.value.size(); ++i)
        p.value[i] = static_cast<float>(
            around_one ? (name.find("bn3.weight") != std::string::npos ? 0.6 : 1.0) + 0.25 * values(i)
                       : (p.extents().rank() == 1 ? 0.25 * values(i) : values(i) * gain * scale));
    });
    return part;
  }

  acsl::safetensors_file file_;
  acsl::json_value options_;
  std::string seed_;
};

/// Every n-th element, as the files hold them.
template <class Tensor>
std::vector<float> sampled(Tensor const& values) {
  index_t step = std::max<index_t>(1, values.size() / 150);
  while (step % 2 == 0 || step % 3 == 0) ++step;
  std::vector<float> result;
  for (index_t i = 0; i < values.size(); i += step) result.push_back(values.data()[i]);
  return result;
}
/// ‖found − wanted‖ / ‖wanted‖
template <class A, class B>
double relative_error(A const& found, B const& wanted) {
  if (static_cast<index_t>(found.size()) != static_cast<index_t>(wanted.size())) return INFINITY;
  double difference = 0, size = 0;
  for (index_t i = 0; i < wanted.size(); ++i) {
    auto const f = static_cast<double>(found.data()[i]), w = static_cast<double>(wanted.data()[i]);
    difference += (f - w) * (f - w);
    size += w * w;
  }
  return std::sqrt(difference / size);
}
template <class Tensors>
std::vector<acsl::tensor_view<float const>> views(Tensors const& tensors) {
  std::vector<acsl::tensor_view<float const>> result;
  for (auto const& one : tensors) result.push_back(one.view());
  return result;
}

constexpr char const* names[] = {"faster_rcnn_r50", "faster_rcnn_r101", "faster_rcnn_x101", "cascade_rcnn_r101",
                                 "cascade_rcnn_x101"};

TEST_CASE("features, proposals, features of regions and head outputs are PyTorch's") {
  acsl::cpu exec;
  for (std::string const name : names) {
    CAPTURE(name);
    miniature const wanted(name);
    auto const same = [&](std::string const& what, auto const& found) {
      CAPTURE(what);
      CHECK(relative_error(sampled(found), wanted[what]) < 1e-5);
    };
    auto const images = wanted.images();
    auto const stages = wanted.make_backbone().infer(exec, images.images.view());
    auto const levels = wanted.make_neck().infer(exec, views(stages));
    auto const level_views = views(levels);
    auto const head = wanted.make_proposals();
    auto const scores = head.infer(exec, level_views);
    for (std::size_t i = 0; i < 4; ++i) same("backbone.c" + std::to_string(i + 2), stages[i]);
    for (std::size_t i = 0; i < 5; ++i) {
      same("neck.p" + std::to_string(i + 2), levels[i]);
      same("rpn.cls." + std::to_string(i), scores[i].objectness);
      same("rpn.reg." + std::to_string(i), scores[i].deltas);
    }
    std::vector<float> proposed;
    for (auto const& list : head.proposals(exec, scores, images.info, head.options().training))
      for (auto const& [b, score] : list) proposed.insert(proposed.end(), {b.x1, b.y1, b.x2, b.y2, score});
    CHECK(relative_error(proposed, wanted["proposals"]) < 1e-5);
    for (std::size_t i = 0; i < wanted.stages(); ++i) {
      auto const key = "stage" + std::to_string(i) + ".";
      auto const& rows = wanted[key + "rois"];
      std::vector<acsl::roi> rois;
      for (index_t r = 0; r < rows.extent(0); ++r)
        rois.push_back({rows[5 * r], rows[5 * r + 1], rows[5 * r + 2], rows[5 * r + 3], rows[5 * r + 4]});
      auto const box_head = wanted.make_stage(i);
      auto const out = box_head.infer(exec, level_views, rois);
      acsl::tensor_view<acsl::roi const> const regions(rois.data(), {rows.extent(0)});
      same(key + "roi_features", acsl::roi_features(exec, std::span<acsl::tensor_view<float const> const>(level_views),
                                                    regions, box_head.options().rois));
      same(key + "cls_score", out.logits);
      same(key + "bbox_pred", out.deltas);
    }
  }
}

TEST_CASE("losses of a training step, and gradients of all that learns, are PyTorch's") {
  acsl::cpu exec;
  for (std::string const name : names) {
    CAPTURE(name);
    miniature const wanted(name);
    auto model = wanted.make_detector();
    test::zero_gradients(exec, model);
    auto const losses = model.train_step(exec, wanted.images(), acsl::random_key{1});
    std::size_t compared = 0;
    for (auto const& loss : losses) {
      if (!loss.counts) continue;
      CAPTURE(loss.name);
      CHECK(loss.value == doctest::Approx(wanted["loss." + loss.name][0]).epsilon(1e-5));
      ++compared;
    }
    model.for_each_parameter("", [&](std::string const& parameter, acsl::parameter& p) {
      if (!p.trainable) return;
      CAPTURE(parameter);
      CHECK(relative_error(sampled(p.gradient), wanted["grad." + parameter]) < 1e-4);
      ++compared;
    });
    auto const stored = std::count_if(wanted.all().begin(), wanted.all().end(), [](auto const& entry) {
      return entry.first.starts_with("grad.") || entry.first.starts_with("loss.");
    });
    CHECK(compared == static_cast<std::size_t>(stored));
  }
}

TEST_CASE("detections are PyTorch's, one by one; those of a cascade by softmax, whatever its loss") {
  acsl::cpu exec;
  for (std::string const name : names) {
    CAPTURE(name);
    miniature const wanted(name);
    auto const model = wanted.make_detector();
    acsl::detection_options options;
    options.selection = {0.1F, 0.5F, 30};
    if (wanted.stages() > 1) options.activation = acsl::score_activation::softmax;
    auto const found = model.detect(exec, wanted.images(), options);
    std::vector<float> rows;
    for (std::size_t n = 0; n < found.size(); ++n)
      for (auto const& one : found[n])
        rows.insert(rows.end(), {static_cast<float>(n), one.where.x1, one.where.y1, one.where.x2, one.where.y2,
                                 one.score, static_cast<float>(one.label)});
    auto const& all = wanted["detections"];
    REQUIRE(static_cast<index_t>(rows.size()) == all.size());
    CHECK(test::excess(rows, all, 1e-4) < 2e-3);
  }
}

}  // namespace
