// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/boxes/iou.hpp>
#include <support/boxes.hpp>
#include <support/numbers.hpp>
#include <vector>

namespace overlaps {

TEST_CASE("overlaps of the boxes worked by hand, in both conventions") {
  ACSL_TEST_BACKEND exec;
  std::vector<acsl::box> const a = {{0, 0, 9, 9}, {5, 5, 14, 14}};
  std::vector<acsl::box> const b = {{0, 0, 9, 9}, {10, 0, 19, 9}, {9, 9, 18, 18}, {0, 0, 4, 9}};
  acsl::tensor<float> out({2, 4});
  acsl::pairwise_iou(exec, test::view(a), test::view(b), out.view());
  std::vector<double> const inclusive = {1, 0, 0.005025126, 0.5, 0.142857149, 0.142857149, 0.219512194, 0};
  CHECK(test::excess(out, inclusive, 1e-6) <= 0);
  // Without the + 1: sides of 9, the first pair touches in nothing, the third in a point.
  acsl::pairwise_iou<acsl::continuous>(exec, test::view(a), test::view(b), out.view());
  std::vector<double> const continuous = {1, 0, 0, 36.0 / 81, 16.0 / 146, 16.0 / 146, 25.0 / 137, 0};
  CHECK(test::excess(out, continuous, 1e-6) <= 0);
}

TEST_CASE("overlaps of random boxes equal the formula, bit for bit") {
  ACSL_TEST_BACKEND exec;
  auto const a = test::random_boxes(37, 1), b = test::random_boxes(23, 2);
  acsl::tensor<float> out({37, 23}), plain({37, 23});
  acsl::pairwise_iou(exec, test::view(a), test::view(b), out.view());
  acsl::pairwise_iou<acsl::continuous>(exec, test::view(a), test::view(b), plain.view());
  for (std::size_t i = 0; i < 37; ++i)
    for (std::size_t j = 0; j < 23; ++j) {
      CHECK(out[static_cast<acsl::index_t>(i * 23 + j)] == test::overlap(a[i], b[j]));
      CHECK(plain[static_cast<acsl::index_t>(i * 23 + j)] == test::overlap(a[i], b[j], 0));
      CHECK(acsl::iou(a[i], b[j]) == acsl::iou(b[j], a[i]));
    }
}

TEST_CASE("boxes without area overlap nothing, and the share of a region is that of the first box") {
  acsl::box const point{5, 5, 5, 5}, none{5, 5, 4, 4}, big{0, 0, 9, 9};
  CHECK(acsl::iou<acsl::continuous>(point, point) == 0);
  CHECK(acsl::iou(point, point) == 1);
  CHECK(acsl::iou(none, none) == 0);
  CHECK(acsl::iof(point, big) == 1);
  CHECK(acsl::iof(big, point) == doctest::Approx(0.01));
  CHECK(acsl::iof(acsl::box{20, 20, 30, 30}, big) == 0);
  CHECK(acsl::area(big) == 100);
  CHECK(acsl::area<acsl::continuous>(big) == 81);
}

TEST_CASE("an output of another size is refused, and no boxes give no overlaps") {
  ACSL_TEST_BACKEND exec;
  auto const a = test::random_boxes(3, 1);
  acsl::tensor<float> out({3, 2}), none({3, 0});
  CHECK_THROWS_WITH_AS(acsl::pairwise_iou(exec, test::view(a), test::view(a), out.view()),
                       doctest::Contains("one value per pair"), acsl::error);
  acsl::pairwise_iou(exec, test::view(a), acsl::tensor_view<acsl::box const>(), none.view());
}

}  // namespace overlaps
