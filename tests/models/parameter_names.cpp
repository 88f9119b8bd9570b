// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/losses/softmax_cross_entropy.hpp>
#include <acsl/models/backbones/resnet.hpp>
#include <acsl/models/detectors/two_stage_detector.hpp>
#include <acsl/models/heads/box_stage.hpp>
#include <acsl/models/heads/region_proposal_head.hpp>
#include <acsl/models/necks/feature_pyramid.hpp>
#include <acsl/nn/batch_norm.hpp>
#include <algorithm>
#include <string>
#include <support/published_models.hpp>
#include <utility>
#include <vector>

namespace {

using acsl::index_t;
using acsl::shape;
using entry = std::pair<std::string, shape>;
using detector = acsl::two_stage_detector<acsl::resnet<acsl::bottleneck<acsl::batch_norm>>, acsl::feature_pyramid,
                                          acsl::region_proposal_head, acsl::box_stage<acsl::softmax_cross_entropy>>;

/// A full-size detector. Its memory is asked for and never touched.
detector make(test::published_model const& r) {
  acsl::resnet_options<acsl::batch_norm> body;
  body.blocks = acsl::resnet_blocks(r.depth);
  body.groups = r.groups;
  body.base_width = r.base_width;
  acsl::feature_pyramid_options neck;
  neck.in_channels = {256, 512, 1024, 2048};
  acsl::box_stage_options stage;
  stage.classes = 1230;
  stage.class_agnostic = r.stages > 1;
  std::vector<acsl::box_stage<acsl::softmax_cross_entropy>> stages;
  for (std::size_t i = 0; i < r.stages; ++i) stages.emplace_back(stage, acsl::softmax_cross_entropy{});
  return {acsl::resnet<acsl::bottleneck<acsl::batch_norm>>(body), acsl::feature_pyramid(neck),
          acsl::region_proposal_head({}), std::move(stages)};
}

TEST_CASE("parameters have the names, shapes, order and totals of the released checkpoints") {
  for (auto const& r : test::published_models) {
    CAPTURE(r.name);
    auto model = make(r);
    std::vector<entry> found;
    index_t parameters = 0, trainable = 0;
    std::size_t learning = 0;
    model.for_each_parameter("", [&](std::string const& name, acsl::parameter& p) {
      found.emplace_back(name, p.extents());
      bool const statistic = name.ends_with("running_mean") || name.ends_with("running_var");
      CHECK((p.kind == acsl::role::statistic) == statistic);
      if (statistic) {
        CHECK_FALSE(p.trainable);
        return;
      }
      parameters += p.value.size();
      bool const frozen = name.starts_with("backbone.conv1") || name.starts_with("backbone.bn1") ||
                          name.starts_with("backbone.layer1.");
      CAPTURE(name);
      CHECK(p.trainable == !frozen);
      if (!p.trainable) return;
      trainable += p.value.size();
      ++learning;
    });
    auto const wanted = test::expected_entries(r);
    CHECK(found.size() == wanted.size());
    for (std::size_t i = 0; i < std::min(found.size(), wanted.size()); ++i) {
      CHECK(found[i].first == wanted[i].first);
      CHECK(found[i].second == wanted[i].second);
    }
    CHECK(found.size() + r.norms == r.entries);
    CHECK(parameters == r.parameters);
    CHECK(trainable == r.trainable);
    CHECK(learning == r.learning);
  }
}

TEST_CASE("freezing goes by stages, from nothing to the whole backbone") {
  for (int frozen = -1; frozen <= 4; ++frozen) {
    acsl::resnet_options<acsl::batch_norm> body;
    body.blocks = {1, 1, 1, 1};
    body.width = 4;
    body.frozen_stages = frozen;
    acsl::resnet<acsl::bottleneck<acsl::batch_norm>> backbone(body);
    backbone.for_each_parameter("", [&](std::string const& name, acsl::parameter& p) {
      if (p.kind == acsl::role::statistic) return;
      int const stage = name.starts_with("layer") ? name[5] - '0' : 0;
      CAPTURE(name);
      CAPTURE(frozen);
      CHECK(p.trainable == (stage > frozen));
    });
  }
  acsl::resnet_options<acsl::batch_norm> wrong;
  wrong.frozen_stages = 5;
  CHECK_THROWS_AS(acsl::resnet<acsl::bottleneck<acsl::batch_norm>>{wrong}, acsl::error);
  wrong.frozen_stages = 1;
  wrong.blocks = {1, 1};
  CHECK_THROWS_AS(acsl::resnet<acsl::bottleneck<acsl::batch_norm>>{wrong}, acsl::error);
  CHECK_THROWS_WITH_AS(acsl::resnet_blocks(51), doctest::Contains("10, 18, 34, 50, 101 or 152"), acsl::error);
}

}  // namespace
