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
#include <utility>
#include <vector>

namespace {

using acsl::index_t;
using acsl::shape;
using entry = std::pair<std::string, shape>;
using detector = acsl::two_stage_detector<acsl::resnet<acsl::bottleneck<acsl::batch_norm>>, acsl::feature_pyramid,
                                          acsl::region_proposal_head, acsl::box_stage<acsl::softmax_cross_entropy>>;

struct recipe {
  char const* name;
  int depth;
  index_t groups, base_width;
  std::size_t stages;
  // What the released checkpoints hold, counted on them. Their entries include one counter per norm, which is not kept.
  std::size_t entries, norms, learning;
  index_t parameters, trainable;
};

std::vector<recipe> const recipes = {
    {"Faster R-CNN R50", 50, 1, 64, 1, 348, 53, 156, 47'650'906, 47'425'562},
    {"Faster R-CNN R101", 101, 1, 64, 1, 654, 104, 309, 66'643'034, 66'417'690},
    {"Faster R-CNN X101-64x4d", 101, 64, 4, 1, 654, 104, 309, 105'549'146, 105'146'394},
    {"Cascade R-CNN R101", 101, 1, 64, 3, 670, 104, 325, 91'923'144, 91'697'800},
    {"Cascade R-CNN X101-64x4d", 101, 64, 4, 3, 670, 104, 325, 130'829'256, 130'426'504}};

/// A full-size detector. Its memory is asked for and never touched.
detector make(recipe const& r) {
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

/// The names and shapes of the checkpoint tables, written down from the tables.
std::vector<entry> expected_entries(recipe const& r) {
  std::vector<entry> all;
  auto const norm = [&](std::string const& name, index_t channels) {
    for (auto const* array : {".weight", ".bias", ".running_mean", ".running_var"})
      all.push_back({name + array, {channels}});
  };
  auto const with_bias = [&](std::string const& name, shape const& weight) {
    all.push_back({name + ".weight", weight});
    all.push_back({name + ".bias", {weight[0]}});
  };
  all.push_back({"backbone.conv1.weight", {64, 3, 7, 7}});
  norm("backbone.bn1", 64);
  int const blocks[] = {3, 4, r.depth == 50 ? 6 : 23, 3};
  index_t in = 64;
  for (int k = 0; k < 4; ++k) {
    index_t const p = 64 << k, width = r.groups == 1 ? p : 256 << k;
    for (int y = 0; y < blocks[k]; ++y) {
      std::string const name = "backbone.layer" + std::to_string(k + 1) + "." + std::to_string(y);
      all.push_back({name + ".conv1.weight", {width, in, 1, 1}});
      norm(name + ".bn1", width);
      all.push_back({name + ".conv2.weight", {width, width / r.groups, 3, 3}});
      norm(name + ".bn2", width);
      all.push_back({name + ".conv3.weight", {4 * p, width, 1, 1}});
      norm(name + ".bn3", 4 * p);
      if (y == 0) {
        all.push_back({name + ".downsample.0.weight", {4 * p, in, 1, 1}});
        norm(name + ".downsample.1", 4 * p);
      }
      in = 4 * p;
    }
  }
  for (int i = 0; i < 4; ++i) with_bias("neck.lateral_convs." + std::to_string(i) + ".conv", {256, 256 << i, 1, 1});
  for (int i = 0; i < 4; ++i) with_bias("neck.fpn_convs." + std::to_string(i) + ".conv", {256, 256, 3, 3});
  with_bias("rpn_head.rpn_conv", {256, 256, 3, 3});
  with_bias("rpn_head.rpn_cls", {3, 256, 1, 1});
  with_bias("rpn_head.rpn_reg", {12, 256, 1, 1});
  for (std::size_t i = 0; i < r.stages; ++i) {
    std::string const head = r.stages == 1 ? "bbox_head." : "bbox_head." + std::to_string(i) + ".";
    with_bias(head + "fc_cls", {1231, 1024});
    with_bias(head + "fc_reg", {r.stages == 1 ? 4924 : 4, 1024});
    with_bias(head + "shared_fcs.0", {1024, 12544});
    with_bias(head + "shared_fcs.1", {1024, 1024});
  }
  return all;
}

TEST_CASE("parameters have the names, shapes, order and totals of the released checkpoints") {
  for (auto const& r : recipes) {
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
    auto const wanted = expected_entries(r);
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
