// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/collate.hpp>
#include <acsl/data/dataset.hpp>
#include <acsl/data/pipeline.hpp>
#include <acsl/models/backbones/resnet.hpp>
#include <acsl/models/detectors/two_stage_detector.hpp>
#include <acsl/models/heads/box_stage.hpp>
#include <acsl/models/heads/region_proposal_head.hpp>
#include <acsl/models/necks/feature_pyramid.hpp>
#include <acsl/nn/batch_norm.hpp>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

/// The detectors of the original at full size, with random weights, and an image for them. scripts/bench_models.py
/// gives its peer weights and an image by the same rules.
namespace bench {

using acsl::index_t;
using backbone = acsl::resnet<acsl::bottleneck<acsl::batch_norm>>;

inline backbone::options_type r50() {
  return {
      .blocks = acsl::resnet_blocks(50), .zero_last_norm = false, .norm = {.in_training = acsl::statistics::frozen}};
}
inline backbone::options_type x101_64x4d() {
  auto options = r50();
  options.blocks = acsl::resnet_blocks(101);
  options.groups = 64;
  options.base_width = 4;
  return options;
}

/// Weights under which activations keep their size from layer to layer and scores lie apart as a trained detector's do.
/// On top of the usual initialisation: variances of the backbone's convolutions are 2 / inputs, the last norm of a
/// block multiplies by 0.2; objectness has ten times the weights and a bias of −2, so that its logits lie some units
/// apart; the classifier has three times the weights, and a bias that gives the background most of a region's score.
template <class Model>
void initialise(Model& model, std::uint64_t seed = 1) {
  model.initialise(acsl::random_key{seed});
  model.for_each_parameter("", [](std::string const& name, acsl::parameter& p) {
    auto const scale = [&](double by) {
      for (index_t i = 0; i < p.value.size(); ++i) p.value[i] *= static_cast<float>(by);
    };
    if (name.starts_with("backbone.") && p.extents().rank() == 4)
      scale(std::sqrt(static_cast<double>(p.extents()[0]) / static_cast<double>(p.extents()[1])));
    if (name.ends_with("bn3.weight")) scale(0.2);
    if (name.ends_with("rpn_cls.weight")) scale(10);
    if (name.ends_with("rpn_cls.bias")) p.value[0] = p.value[1] = p.value[2] = -2;
    if (name.ends_with("fc_cls.weight")) scale(3);
    if (name.ends_with("fc_cls.bias")) p.value[0] += 14;
  });
}

template <class Loss>
using faster_rcnn =
    acsl::two_stage_detector<backbone, acsl::feature_pyramid, acsl::region_proposal_head, acsl::box_stage<Loss>>;

inline acsl::feature_pyramid pyramid_of(backbone const& body) {
  auto const channels = body.out_channels();
  return acsl::feature_pyramid({.in_channels = {channels.begin(), channels.end()}});
}

template <class Loss>
faster_rcnn<Loss> make_faster_rcnn(backbone::options_type const& options, Loss loss) {
  backbone body(options);
  auto neck = pyramid_of(body);
  acsl::box_stage_options box_options;
  box_options.classes = 1230;  // LVIS v0.5
  std::vector<acsl::box_stage<Loss>> stages;
  stages.emplace_back(box_options, std::move(loss));
  faster_rcnn<Loss> result(std::move(body), std::move(neck), acsl::region_proposal_head({}), std::move(stages));
  initialise(result);
  return result;
}

/// A decoded photograph of 640 x 384 pixels, which the original's scale makes 1333 x 800: waves of colour and noise.
inline acsl::image8 photograph() {
  acsl::image8 image(384, 640);
  acsl::random_key const key{5};
  for (index_t y = 0; y < image.height; ++y)
    for (index_t x = 0; x < image.width; ++x)
      for (int c = 0; c < 3; ++c) {
        double const u = static_cast<double>(x) / 40, v = static_cast<double>(y) / (30 + 10 * c);
        double const noise = key.uniform(static_cast<std::uint64_t>((y * image.width + x) * 3 + c));
        image.at(y, x)[c] = static_cast<std::uint8_t>(128 + 60 * std::sin(u + c) * std::cos(v) + 40 * noise);
      }
  return image;
}

/// What the data pipeline makes of the photograph at test time: resized, normalised, padded to 1344 x 800.
class prepared_photograph {
 public:
  prepared_photograph() : image_(photograph()), set_(alone(image_), ".", {.training = false}) {}

  [[nodiscard]] acsl::batch operator()(acsl::memory_resource* memory) const {
    std::vector<acsl::image_sample> samples;
    samples.push_back(acsl::make_sample(set_, 0, image_, {.training = false}, acsl::random_key{1}));
    return acsl::collate(std::move(samples), memory);
  }

 private:
  static acsl::annotation_set alone(acsl::image8 const& image) {
    acsl::annotation_set result;
    result.images.push_back({1, "photograph", image.width, image.height});
    return result;
  }

  acsl::image8 image_;
  acsl::dataset set_;
};

/// The photograph with eight objects, from 40 to 600 pixels wide.
inline acsl::batch annotated_photograph(acsl::memory_resource* memory) {
  auto result = prepared_photograph()(memory);
  result.boxes = {{{20, 30, 59, 89},
                   {100, 500, 179, 559},
                   {300, 100, 419, 339},
                   {600, 400, 899, 599},
                   {700, 50, 1299, 449},
                   {1000, 600, 1063, 663},
                   {450, 450, 549, 749},
                   {0, 200, 239, 439}}};
  result.labels = {{1, 57, 203, 377, 512, 790, 1001, 1230}};
  return result;
}

}  // namespace bench
