// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>
#include <string>
#include <utility>
#include <vector>

/// The five published models: what their checkpoints hold, and what they cost.
namespace test {

struct published_model {
  char const* name;
  int depth;
  acsl::index_t groups, base_width;
  std::size_t stages;
  // What the released checkpoints hold, counted on them. Their entries include one counter per norm, which is not kept.
  std::size_t entries, norms, learning;
  acsl::index_t parameters, trainable;
  acsl::index_t multiply_adds;  // of an image of 1280 x 800 with 1000 regions, by the original's tool
};

inline std::vector<published_model> const published_models = {
    {"Faster R-CNN R50", 50, 1, 64, 1, 348, 53, 156, 47'650'906, 47'425'562, 212'957'234'100},
    {"Faster R-CNN R101", 101, 1, 64, 1, 654, 104, 309, 66'643'034, 66'417'690, 289'030'194'100},
    {"Faster R-CNN X101-64x4d", 101, 64, 4, 1, 654, 104, 309, 105'549'146, 105'146'394, 446'250'546'100},
    {"Cascade R-CNN R101", 101, 1, 64, 3, 670, 104, 325, 91'923'144, 91'697'800, 314'312'754'100},
    {"Cascade R-CNN X101-64x4d", 101, 64, 4, 3, 670, 104, 325, 130'829'256, 130'426'504, 471'533'106'100}};

/// The names and shapes of the checkpoint tables, written down from the tables.
inline std::vector<std::pair<std::string, acsl::shape>> expected_entries(published_model const& r) {
  using acsl::index_t;
  std::vector<std::pair<std::string, acsl::shape>> all;
  auto const norm = [&](std::string const& name, index_t channels) {
    for (auto const* array : {".weight", ".bias", ".running_mean", ".running_var"})
      all.push_back({name + array, {channels}});
  };
  auto const with_bias = [&](std::string const& name, acsl::shape const& weight) {
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

}  // namespace test
