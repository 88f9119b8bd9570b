// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/core/tensor.hpp>
#include <acsl/data/collate.hpp>
#include <acsl/data/transforms.hpp>
#include <support/image_files.hpp>

namespace {

TEST_CASE("a flipped image and its boxes are mirrored; twice is once too many") {
  auto const image = test::noise_image(5, 7, 1);
  auto flipped = image;
  acsl::flip_horizontally(flipped);
  for (acsl::index_t y = 0; y < 5; ++y)
    for (acsl::index_t x = 0; x < 7; ++x)
      for (int c = 0; c < 3; ++c) CHECK(flipped.at(y, x)[c] == image.at(y, 6 - x)[c]);
  acsl::flip_horizontally(flipped);
  CHECK(flipped == image);

  std::vector<acsl::box> boxes = {{0, 1, 2, 3}, {6, 0, 6, 4}};
  acsl::flip_horizontally(boxes, 7);
  CHECK(boxes[0] == acsl::box{4, 1, 6, 3});
  CHECK(boxes[1] == acsl::box{0, 0, 0, 4});
}

TEST_CASE("sides are padded up to a multiple") {
  CHECK(acsl::padded_side(800, 32) == 800);
  CHECK(acsl::padded_side(801, 32) == 832);
  CHECK(acsl::padded_side(1067, 32) == 1088);
  CHECK(acsl::padded_side(1, 32) == 32);
}

TEST_CASE("normalising gives planes red, green, blue and zeroes around them") {
  auto const image = test::noise_image(3, 4, 2);
  acsl::normalisation const by;
  acsl::tensor<float> planes(acsl::shape{3, 5, 6});
  acsl::normalise(image, by, planes);
  auto const view = planes.view();
  for (std::size_t c = 0; c < 3; ++c)
    for (acsl::index_t y = 0; y < 5; ++y)
      for (acsl::index_t x = 0; x < 6; ++x) {
        float expected = 0;
        if (y < 3 && x < 4)
          expected = (static_cast<float>(image.at(y, x)[2 - c]) - by.mean[c]) / by.standard_deviation[c];
        CHECK(view(static_cast<acsl::index_t>(c), y, x) == expected);
      }
}

TEST_CASE("planes that do not hold the image and deviations of zero are refused") {
  acsl::tensor<float> planes(acsl::shape{3, 2, 2});
  CHECK_THROWS_WITH_AS(acsl::normalise(test::noise_image(3, 2, 1), {}, planes), doctest::Contains("hold the image"),
                       acsl::error);
  acsl::normalisation flat;
  flat.standard_deviation[1] = 0;
  CHECK_THROWS_WITH_AS(acsl::normalise(test::noise_image(2, 2, 1), flat, planes),
                       doctest::Contains("deviation is positive"), acsl::error);
}

acsl::image_sample make_sample(acsl::index_t height, acsl::index_t width, float value) {
  acsl::image_sample s;
  s.image = acsl::tensor<float>(acsl::shape{3, height, width});
  for (acsl::index_t i = 0; i < s.image.size(); ++i) s.image[i] = value + static_cast<float>(i);
  s.info.padded_height = height;
  s.info.padded_width = width;
  s.labels = {static_cast<std::int32_t>(value)};
  s.boxes.resize(1);
  return s;
}

TEST_CASE("a batch is padded with zeroes to the largest sample, whose own padded sizes stay") {
  std::vector<acsl::image_sample> samples;
  samples.push_back(make_sample(2, 5, 1));
  samples.push_back(make_sample(4, 3, 2));
  auto const batch = acsl::collate(std::move(samples));
  CHECK(batch.images.extents() == acsl::shape{2, 3, 4, 5});
  auto const view = batch.images.view();
  for (acsl::index_t c = 0; c < 3; ++c)
    for (acsl::index_t y = 0; y < 4; ++y)
      for (acsl::index_t x = 0; x < 5; ++x) {
        CHECK(view(0, c, y, x) == (y < 2 ? 1 + static_cast<float>((c * 2 + y) * 5 + x) : 0));
        CHECK(view(1, c, y, x) == (x < 3 ? 2 + static_cast<float>((c * 4 + y) * 3 + x) : 0));
      }
  CHECK(batch.info[0].padded_height == 2);
  CHECK(batch.info[1].padded_width == 3);
  CHECK(batch.labels[1] == std::vector<std::int32_t>{2});
  CHECK(batch.boxes[0].size() == 1);
}

TEST_CASE("no samples make an empty batch") {
  auto const batch = acsl::collate({});
  CHECK(batch.images.extents() == acsl::shape{0, 3, 0, 0});
  CHECK(batch.info.empty());
}

}  // namespace
