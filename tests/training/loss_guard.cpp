// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/training/loss_guard.hpp>
#include <limits>

namespace {

TEST_CASE("a loss that is NaN or infinite is named, with its step and its images") {
  acsl::batch images;
  images.info.resize(2);
  images.info[0].file = "data/a.jpg";
  images.info[1].file = "data/b.jpg";
  acsl::expect_finite({{"loss_cls", 1e300}, {"loss_bbox", -0.0}}, images, 0, 0);
  acsl::expect_finite(std::vector<acsl::named_loss>{}, images, 0, 0);
  CHECK_THROWS_WITH_AS(
      acsl::expect_finite({{"loss_cls", 1}, {"s1.loss_bbox", std::numeric_limits<double>::quiet_NaN()}}, images, 2, 17),
      "training stopped: s1.loss_bbox is NaN in epoch 3, iteration 18; images: data/a.jpg data/b.jpg", acsl::error);
  for (double const sign : {1.0, -1.0})
    CHECK_THROWS_WITH_AS(
        acsl::expect_finite({{"loss_cls", sign * std::numeric_limits<double>::infinity()}}, images, 0, 0),
        "training stopped: loss_cls is infinite in epoch 1, iteration 1; images: data/a.jpg data/b.jpg", acsl::error);
}

}  // namespace
