// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/data/corruptions/corrupt.hpp>
#include <acsl/io/safetensors.hpp>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <string>
#include <support/image_files.hpp>
#include <thread>
#include <vector>

namespace {

using acsl::corruption, acsl::index_t, acsl::corruptions::detail::border, acsl::corruptions::detail::pixel_field;

acsl::random_key const key = acsl::random_key{7}.with(42);

acsl::image8 grey_image(index_t height, index_t width, std::uint8_t value) {
  acsl::image8 image(height, width);
  std::fill(image.pixels.begin(), image.pixels.end(), value);
  return image;
}
double mean_error(acsl::image8 const& a, acsl::image8 const& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) sum += std::abs(a.pixels[i] - b.pixels[i]);
  return sum / static_cast<double>(a.pixels.size());
}

TEST_CASE("every corruption but frost is what NumPy, SciPy, scikit-image, OpenCV and Pillow make of its definition") {
  auto const file =
      acsl::read_safetensors(std::filesystem::path(ACSL_TEST_SOURCE "/tests/golden/data/corruptions.safetensors"));
  std::map<std::string, acsl::stored_array> arrays;
  for (auto const& [name, values] : file.arrays) arrays[name] = values;
  auto const& picture = arrays.at("image");
  acsl::image8 image(picture.extents[0], picture.extents[1]);
  image.pixels = picture.bytes;
  int compared = 0;
  for (auto const& [what, name, group] : acsl::corruption_kinds)
    for (int severity = 1; severity <= 5 && what != corruption::frost; ++severity) {
      auto const id = std::string(name) + "." + std::to_string(severity);
      CAPTURE(id);
      auto const& expected = arrays.at(id).bytes;  // every second row
      auto const result = acsl::corrupt(image, what, severity, key);
      std::size_t const row = static_cast<std::size_t>(3 * image.width);
      std::size_t differing = 0;
      int largest = 0;
      for (std::size_t i = 0; i < expected.size(); ++i) {
        int const difference = std::abs(result.pixels[i / row * 2 * row + i % row] - expected[i]);
        differing += difference > 0 ? 1 : 0;
        largest = std::max(largest, difference);
      }
      CHECK(largest <=
            1);  // float32 here, float64 there: now and then a value lies on the other side of a whole number
      CHECK(differing * 100 <= expected.size());
      ++compared;
    }
  CHECK(compared == 90);
}

TEST_CASE("severity 0 is the image, every other changes it, and the strongest more than the weakest") {
  auto image = test::gradient_image(96, 120);
  auto const noise = test::noise_image(96, 120, 3);
  for (std::size_t i = 0; i < image.pixels.size(); ++i)
    image.pixels[i] = static_cast<std::uint8_t>((3 * image.pixels[i] + noise.pixels[i]) / 4);
  for (auto const& [what, name, group] : acsl::corruption_kinds) {
    CAPTURE(name);
    CHECK(acsl::corrupt(image, what, 0, key) == image);
    std::vector<double> errors;
    for (int severity = 1; severity <= 5; ++severity)
      errors.push_back(mean_error(image, acsl::corrupt(image, what, severity, key)));
    CHECK(errors.front() > 0.5);
    if (what != corruption::fog) CHECK(errors.back() > errors.front());  // a cloud may be as bright as the image
    bool const one_constant = group == "noise" || what == corruption::brightness || what == corruption::contrast ||
                              what == corruption::jpeg_compression || what == corruption::pixelate ||
                              what == corruption::gaussian_blur || what == corruption::defocus_blur ||
                              what == corruption::elastic_transform || what == corruption::speckle_noise;
    if (one_constant) CHECK(std::is_sorted(errors.begin(), errors.end()));
  }
}

TEST_CASE("random numbers come from seed, image, corruption and severity: the same bits on any thread") {
  auto const image = test::noise_image(33, 40, 5);
  auto const all = [&](acsl::random_key of_image) {
    std::vector<acsl::image8> results;
    for (auto const& kind : acsl::corruption_kinds) results.push_back(acsl::corrupt(image, kind.what, 3, of_image));
    return results;
  };
  auto const expected = all(key);
  std::vector<acsl::image8> one, two;
  std::thread first([&] { one = all(key); }), second([&] { two = all(key); });
  first.join();
  second.join();
  CHECK(one == expected);
  CHECK(two == expected);
  auto const other = all(acsl::random_key{7}.with(43));
  std::string steady;
  for (std::size_t i = 0; i < other.size(); ++i)
    if (other[i] == expected[i]) steady += std::string(acsl::corruption_kinds[i].name) + " ";
  CHECK(steady ==
        "defocus_blur zoom_blur brightness contrast pixelate jpeg_compression gaussian_blur saturate ");  // not random
}

TEST_CASE("images of any size are taken, down to one pixel") {
  for (auto const& [height, width] : {std::pair<index_t, index_t>{1, 1}, {1, 7}, {5, 1}, {2, 3}, {33, 17}, {3, 70}})
    for (auto const& kind : acsl::corruption_kinds)
      for (int severity : {1, 4, 5}) {
        CAPTURE(kind.name);
        auto const result = acsl::corrupt(test::noise_image(height, width, 9), kind.what, severity, key);
        CHECK(result.height == height);
        CHECK(result.width == width);
        CHECK(result.pixels.size() == static_cast<std::size_t>(3 * height * width));
      }
}

TEST_CASE("a severity outside of [0, 5] and an image without pixels are refused") {
  auto const image = grey_image(2, 2, 1);
  CHECK_THROWS_WITH_AS(acsl::corrupt(image, corruption::fog, 6, key), doctest::Contains("severity lies in [0, 5]"),
                       acsl::error);
  CHECK_THROWS_WITH_AS(acsl::corrupt(image, corruption::fog, -1, key), doctest::Contains("severity"), acsl::error);
  CHECK_THROWS_WITH_AS(acsl::corrupt({}, corruption::fog, 1, key), doctest::Contains("has pixels"), acsl::error);
  CHECK_THROWS_WITH_AS(acsl::corruptions::fog(image, 0, key), doctest::Contains("severities 1 to 5"), acsl::error);
}

TEST_CASE("names and groups stand for corruptions") {
  CHECK(acsl::corruptions_named("all").size() == 19);
  CHECK(acsl::corruptions_named("benchmark").size() == 15);
  CHECK(acsl::corruptions_named("noise").size() == 3);
  CHECK(acsl::corruptions_named("blur").size() == 4);
  CHECK(acsl::corruptions_named("weather").size() == 4);
  CHECK(acsl::corruptions_named("digital").size() == 4);
  CHECK(acsl::corruptions_named("holdout").size() == 4);
  CHECK(acsl::corruptions_named("fog") == std::vector{corruption::fog});
  CHECK(acsl::corruptions_named("fogg").empty());
  for (std::size_t i = 0; i < acsl::corruption_kinds.size(); ++i) {
    CHECK(static_cast<std::size_t>(acsl::corruption_kinds[i].what) == i);
    CHECK(acsl::name_of(acsl::corruption_kinds[i].what) == acsl::corruption_kinds[i].name);
  }
}

/// Mean and deviation of an image's values over 255, half a level added for the rounding down.
struct moments {
  double mean = 0, deviation = 0;
  explicit moments(acsl::image8 const& image) {
    double const n = static_cast<double>(image.pixels.size());
    for (auto const value : image.pixels) mean += (value + 0.5) / 255 / n;
    for (auto const value : image.pixels) deviation += std::pow((value + 0.5) / 255 - mean, 2) / n;
    deviation = std::sqrt(deviation);
  }
};

TEST_CASE("noise has the published mean and deviation") {
  auto const image = grey_image(100, 100, 102);  // 0.4
  double const n = 30000;
  auto const expect = [&](corruption what, double deviation, double kurtosis) {
    CAPTURE(acsl::name_of(what));
    moments const seen(acsl::corrupt(image, what, 1, key));
    CHECK(std::abs(seen.mean - 0.4) < 4.5 * deviation / std::sqrt(n) + 0.5 / 255);
    CHECK(std::abs(seen.deviation / deviation - 1) < 4.5 * std::sqrt((kurtosis - 1) / (4 * n)) + 0.002);
  };
  expect(corruption::gaussian_noise, 0.08, 3);
  expect(corruption::speckle_noise, 0.15 * 0.4, 3);
  expect(corruption::shot_noise, std::sqrt(0.4 / 60), 3 + 1 / (0.4 * 60));

  auto const peppered = acsl::corrupt(image, corruption::impulse_noise, 5, key);
  auto const share = [&](std::uint8_t value) {
    return static_cast<double>(std::count(peppered.pixels.begin(), peppered.pixels.end(), value)) / n;
  };
  double const spread = 4.5 * std::sqrt(0.135 * 0.865 / n);
  CHECK(std::abs(share(255) - 0.135) < spread);
  CHECK(std::abs(share(0) - 0.135) < spread);
  CHECK(share(255) + share(0) + share(102) == doctest::Approx(1));
}

TEST_CASE("borders are repeated, reflected and mirrored") {
  auto const row = [](border beyond) {
    std::string text;
    for (index_t x = -5; x < 9; ++x) text += "abcd"[acsl::corruptions::detail::inside(x, 4, beyond)];
    return text;
  };
  CHECK(row(border::nearest) == "aaaaaabcdddddd");
  CHECK(row(border::reflect) == "ddcbaabcddcbaa");
  CHECK(row(border::mirror) == "bcdcbabcdcbabc");
  for (auto const beyond : {border::nearest, border::reflect, border::mirror})
    CHECK(acsl::corruptions::detail::inside(-3, 1, beyond) == 0);
}

TEST_CASE("a correlation is the sum that it stands for, at the borders too") {
  pixel_field field(5, 4, 3);
  for (std::size_t i = 0; i < field.values.size(); ++i) field.values[i] = static_cast<float>(i * i % 37);
  acsl::corruptions::detail::kernel_taps const taps = {{0, 0, 0.5F}, {-1, 3, 2}, {4, -2, -1.5F}, {-7, 0, 0.25F}};
  for (auto const beyond : {border::nearest, border::reflect, border::mirror}) {
    auto const result = acsl::corruptions::detail::correlate(field, taps, beyond);
    for (index_t y = 0; y < 5; ++y)
      for (index_t x = 0; x < 4; ++x)
        for (index_t c = 0; c < 3; ++c) {
          double expected = 0;
          for (auto const& tap : taps)
            expected += tap.weight *
                        field.row(acsl::corruptions::detail::inside(
                            y + tap.dy, 5, beyond))[3 * acsl::corruptions::detail::inside(x + tap.dx, 4, beyond) + c];
          CHECK(result.row(y)[3 * x + c] == doctest::Approx(expected));
        }
  }
}

TEST_CASE("the weights of blurs sum to one, and a flat image stays flat") {
  auto const sum = [](acsl::corruptions::detail::kernel_taps const& taps) {
    double total = 0;
    for (auto const& tap : taps) total += tap.weight;
    return total;
  };
  for (int radius : {3, 4, 6})
    CHECK(sum(acsl::corruptions::detail::disk_kernel(radius, 0.5)) == doctest::Approx(1).epsilon(1e-6));
  CHECK(sum(acsl::corruptions::detail::disk_kernel(8, 0.5)) == doctest::Approx(1.01298).epsilon(1e-5));  // as published
  for (double angle : {-45.0, 0.0, 17.0, 90.0})
    CHECK(sum(acsl::corruptions::detail::motion_kernel(20, 15, angle)) == doctest::Approx(1).epsilon(1e-6));
  auto const across = acsl::corruptions::detail::motion_kernel(2, 1, 0),
             down = acsl::corruptions::detail::motion_kernel(2, 1, 90);
  CHECK(across[4].dx == 4);
  CHECK(across[4].dy == 0);
  CHECK(down[4].dx == 0);
  CHECK(down[4].dy == 4);
  CHECK(across[1].weight / across[0].weight == doctest::Approx(std::exp(-0.5)));
  auto const flat = grey_image(30, 20, 201);
  for (auto const what : {corruption::defocus_blur, corruption::glass_blur, corruption::motion_blur,
                          corruption::zoom_blur, corruption::gaussian_blur, corruption::elastic_transform})
    for (int severity = 1; severity <= (what == corruption::defocus_blur ? 3 : 5); ++severity)
      CHECK(acsl::corrupt(flat, what, severity, key) == flat);
}

TEST_CASE("fog leaves m / (m + c) of the contrast, m being the brightest value") {
  for (auto const& [severity, thickness] : {std::pair{1, 1.5}, {2, 2.0}, {5, 3.0}}) {
    auto dark = grey_image(40, 50, 30), light = grey_image(40, 50, 130);
    dark.pixels[0] = light.pixels[0] = 204;
    auto const a = acsl::corrupt(dark, corruption::fog, severity, key),
               b = acsl::corrupt(light, corruption::fog, severity, key);
    double const expected = 100 * 0.8 / (0.8 + thickness);
    for (std::size_t i = 1; i < a.pixels.size(); ++i)
      if (b.pixels[i] < 255) CHECK(std::abs(b.pixels[i] - a.pixels[i] - expected) <= 1.01);
  }
}

TEST_CASE("frost is ours: the published weights of the image and of a pane that does not depend on it") {
  auto const dark = acsl::corrupt(grey_image(80, 90, 0), corruption::frost, 2, key),
             light = acsl::corrupt(grey_image(80, 90, 100), corruption::frost, 2, key);
  int brightest = 0;
  for (std::size_t i = 0; i < dark.pixels.size(); ++i) {
    CHECK(std::abs(light.pixels[i] - dark.pixels[i] - 80) <= 1);
    CHECK(dark.pixels[i] >= static_cast<int>(0.6 * 0.19 * 255) - 1);
    brightest = std::max<int>(brightest, dark.pixels[i]);
  }
  CHECK(brightest > 140);
}

}  // namespace
