// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/cpu.hpp>
#include <support/gradients.hpp>
#include <support/tiny_detector.hpp>
#include <utility>
#include <vector>

namespace {

using acsl::index_t;
using acsl::tensor_view;

template <class Tensors>
std::vector<tensor_view<float const>> views(Tensors const& tensors) {
  std::vector<tensor_view<float const>> result;
  for (auto const& one : tensors) result.push_back(one.view());
  return result;
}

test::tiny_backbone small_backbone(std::vector<int> blocks, int frozen) {
  acsl::resnet_options<acsl::batch_norm> options;
  options.blocks = std::move(blocks);
  options.width = 4;
  options.frozen_stages = frozen;
  test::tiny_backbone result(options);
  result.initialise(acsl::random_key{4});
  std::uint64_t seed = 5;
  result.for_each_parameter("", [&](std::string const& name, acsl::parameter& p) {
    if (p.extents().rank() > 1) return;
    auto const values = test::noise(p.extents(), ++seed, 0.3);
    bool const one = name.ends_with("weight") || name.ends_with("running_var");
    for (index_t i = 0; i < p.value.size(); ++i) p.value[i] = (one ? 1.0F : 0.0F) + 0.5F * values[i];
  });
  return result;
}

TEST_CASE("a backbone puts out four maps of strides 4 to 32, alike in training and at inference, frozen or not") {
  acsl::cpu exec;
  auto const images = test::noise({2, 3, 64, 96}, 1);
  for (auto const& blocks : {std::vector<int>{1, 1, 1, 1}, std::vector<int>{2, 3, 1, 2}}) {
    std::vector<acsl::tensor<float>> first;
    for (int const frozen : {-1, 0, 2, 4}) {
      CAPTURE(frozen);
      auto backbone = small_backbone(blocks, frozen);
      test::tiny_backbone::context ctx;
      auto const trained = backbone.forward(exec, images.view(), ctx);
      auto const inferred = std::as_const(backbone).infer(exec, images.view());
      for (std::size_t k = 0; k < 4; ++k) {
        CHECK(trained[k].extents() == acsl::shape{2, 4 << k, 16 >> k, 24 >> k});
        CHECK(test::largest_difference(trained[k], inferred[k]) <= 1e-4 * (1 + test::largest_magnitude(inferred[k])));
        if (first.size() < 4) first.push_back(acsl::clone(exec, trained[k].view()));
        CHECK(test::largest_difference(trained[k], first[k]) <= 1e-4 * (1 + test::largest_magnitude(first[k])));
      }
    }
  }
}

TEST_CASE("a fresh block of a backbone is the identity when its last norm starts at zero") {
  acsl::cpu exec;
  acsl::residual_block_options<acsl::batch_norm> options;
  options.in_channels = 6;
  options.planes = 6;
  acsl::basic_block<acsl::batch_norm> block(options);
  block.initialise(acsl::random_key{1}, true);
  auto x = test::noise({1, 6, 5, 5}, 2);
  auto const y = block.infer(exec, std::as_const(x).view());
  for (index_t i = 0; i < x.size(); ++i) CHECK(y[i] == std::max(x[i], 0.0F));
  block.initialise(acsl::random_key{1}, false);
  block.for_each_parameter("", [](std::string const& name, acsl::parameter& p) {
    if (name == "bn2.weight") acsl::initialise_constant(p, 1);
  });
  CHECK(test::largest_difference(block.infer(exec, std::as_const(x).view()), y) > 0.1);
}

acsl::feature_pyramid small_pyramid(index_t levels) {
  acsl::feature_pyramid_options options;
  options.in_channels = {3, 4, 5};
  options.out_channels = 6;
  options.levels = levels;
  acsl::feature_pyramid neck(options);
  test::fill_parameters(neck, 8);
  return neck;
}

std::vector<acsl::tensor<float>> some_stages() {
  std::vector<acsl::tensor<float>> result;
  for (index_t i = 0; i < 3; ++i)
    result.push_back(test::noise({2, 3 + i, 12 >> i, 20 >> i}, 20 + static_cast<std::uint64_t>(i)));
  return result;
}

TEST_CASE("a pyramid adds coarser maps to finer ones and subsamples the last, in plain loops") {
  acsl::cpu exec;
  auto neck = small_pyramid(5);
  auto const stages = some_stages();
  auto const levels = std::as_const(neck).infer(exec, views(stages));
  REQUIRE(levels.size() == 5);
  std::vector<acsl::parameter*> p;  // three laterals, then three outputs, weight and bias each
  neck.for_each_parameter("", [&](std::string const&, acsl::parameter& one) { p.push_back(&one); });
  std::vector<std::vector<double>> merged(3);
  for (std::size_t k = 3; k-- > 0;) {
    index_t const h = 12 >> k, w = 20 >> k, in = 3 + static_cast<index_t>(k);
    merged[k].resize(static_cast<std::size_t>(2 * 6 * h * w));
    for (index_t n = 0; n < 2; ++n)
      for (index_t o = 0; o < 6; ++o)
        for (index_t y = 0; y < h; ++y)
          for (index_t x = 0; x < w; ++x) {
            double sum = p[2 * k + 1]->value[o];
            for (index_t c = 0; c < in; ++c)
              sum += double{p[2 * k]->value[o * in + c]} * double{stages[k][((n * in + c) * h + y) * w + x]};
            if (k < 2)
              sum += merged[k + 1][static_cast<std::size_t>(((n * 6 + o) * (h / 2) + y / 2) * (w / 2) + x / 2)];
            merged[k][static_cast<std::size_t>(((n * 6 + o) * h + y) * w + x)] = sum;
          }
  }
  std::vector<double> last;
  for (std::size_t k = 0; k < 3; ++k) {
    index_t const h = 12 >> k, w = 20 >> k;
    std::vector<double> wanted;
    for (index_t n = 0; n < 2; ++n)
      for (index_t o = 0; o < 6; ++o)
        for (index_t y = 0; y < h; ++y)
          for (index_t x = 0; x < w; ++x) {
            double sum = p[6 + 2 * k + 1]->value[o];
            for (index_t c = 0; c < 6; ++c)
              for (index_t i = -1; i <= 1; ++i)
                for (index_t j = -1; j <= 1; ++j)
                  if (y + i >= 0 && y + i < h && x + j >= 0 && x + j < w)
                    sum += double{p[6 + 2 * k]->value[((o * 6 + c) * 3 + i + 1) * 3 + j + 1]} *
                           merged[k][static_cast<std::size_t>(((n * 6 + c) * h + y + i) * w + x + j)];
            wanted.push_back(sum);
          }
    CHECK(levels[k].extents() == acsl::shape{2, 6, h, w});
    CHECK(test::largest_difference(levels[k], wanted) <= 1e-4);
  }
  // 3 x 5 becomes 2 x 3, then 1 x 2: every second pixel.
  CHECK(levels[3].extents() == acsl::shape{2, 6, 2, 3});
  CHECK(levels[4].extents() == acsl::shape{2, 6, 1, 2});
  for (index_t c = 0; c < 12; ++c) {
    for (index_t y = 0; y < 2; ++y)
      for (index_t x = 0; x < 3; ++x) CHECK(levels[3][(c * 2 + y) * 3 + x] == levels[2][(c * 3 + 2 * y) * 5 + 2 * x]);
    for (index_t x = 0; x < 2; ++x) CHECK(levels[4][c * 2 + x] == levels[3][c * 6 + 2 * x]);
  }
  acsl::feature_pyramid::context ctx;
  auto const trained = neck.forward(exec, views(stages), ctx);
  for (std::size_t k = 0; k < 5; ++k) CHECK(test::same_bits(trained[k], levels[k]));
  CHECK_THROWS_WITH_AS(neck.infer(exec, {stages[0].view(), stages[1].view()}), doctest::Contains("one map per stage"),
                       acsl::error);
}

TEST_CASE("gradients of a pyramid, with and without further levels, equal central differences") {
  acsl::cpu exec;
  for (index_t const count : {3, 5}) {
    CAPTURE(count);
    auto neck = small_pyramid(count);
    auto stages = some_stages();
    test::zero_gradients(exec, neck);
    acsl::feature_pyramid::context ctx;
    auto const out = neck.forward(exec, views(stages), ctx);
    std::vector<acsl::tensor<float>> r;
    for (auto const& level : out) r.push_back(test::noise(level.extents(), 60 + r.size()));
    auto const dx = neck.backward(exec, views(r), ctx);
    auto const loss = [&] {
      auto const levels = std::as_const(neck).infer(exec, views(stages));
      double sum = 0;
      for (std::size_t k = 0; k < levels.size(); ++k) sum += test::projection(r[k], levels[k]);
      return sum;
    };
    for (std::size_t k = 0; k < 3; ++k)
      test::compare_with_differences("stage", stages[k].view(), test::as_doubles(dx[k].view()), loss, 0.5, 1e-4, 20);
    neck.for_each_parameter("", [&](std::string const& name, acsl::parameter& p) {
      test::compare_with_differences(name, p.value.view(), test::as_doubles(p.gradient.view()), loss, 0.5, 2e-4, 20);
    });
    for (auto const& one : neck.backward(exec, views(r), ctx, false)) CHECK(one.empty());
  }
}

}  // namespace
