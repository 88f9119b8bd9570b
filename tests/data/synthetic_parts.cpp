// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/data/synthetic/federated.hpp>
#include <acsl/data/synthetic/long_tail.hpp>
#include <acsl/data/synthetic/scene.hpp>
#include <map>
#include <numeric>
#include <set>

namespace {

namespace syn = acsl::synthetic;
using acsl::index_t;
using acsl::random_key;

/// Share of fine sample points inside, as an area.
template <class Inside>
double area_of(Inside const& inside) {
  constexpr int n = 1000;
  int count = 0;
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < n; ++i) count += inside(3.0 * (i + 0.5) / n - 1.5, 3.0 * (j + 0.5) / n - 1.5);
  return 9.0 * count / (n * n);
}

TEST_CASE("shapes have the areas of geometry and end where their reach says") {
  // A square of side 1.8; an equilateral triangle of inradius 0.65; a pentagon of inradius 0.42 with five points.
  std::map<syn::shape_kind, double> const areas = {{syn::shape_kind::circle, 3.14159},
                                                   {syn::shape_kind::square, 3.24},
                                                   {syn::shape_kind::triangle, 2.19526},
                                                   {syn::shape_kind::star, 2.07371}};
  for (auto const& expected : areas) {
    auto const shape = expected.first;
    CAPTURE(syn::shape_names[static_cast<std::size_t>(shape)]);
    CHECK(area_of([=](double u, double v) { return syn::contains(shape, u, v); }) ==
          doctest::Approx(expected.second).epsilon(0.004));
    double farthest = 0;
    area_of([&](double u, double v) {
      if (syn::contains(shape, u, v)) farthest = std::max(farthest, std::hypot(u, v));
      return false;
    });
    CHECK(farthest <= syn::reach(shape));
    CHECK(farthest > syn::reach(shape) - 0.02);
  }
  CHECK(syn::contains(syn::shape_kind::triangle, 0, -1.29));  // it points up
  CHECK(!syn::contains(syn::shape_kind::triangle, 0, 0.66));
  CHECK(syn::contains(syn::shape_kind::star, 0, 1.35));  // and it down
  CHECK(!syn::contains(syn::shape_kind::star, 0, -0.53));
}

TEST_CASE("textures show their second ink where they should") {
  using syn::texture_kind;
  CHECK(!syn::second_ink(texture_kind::plain, 0.1, 0.1));
  CHECK(!syn::second_ink(texture_kind::striped, -0.9, 0.1));
  CHECK(syn::second_ink(texture_kind::striped, 0.9, 0.4));
  CHECK(syn::second_ink(texture_kind::striped, 0.9, -0.1));
  CHECK(syn::second_ink(texture_kind::dotted, 0, 0));
  CHECK(syn::second_ink(texture_kind::dotted, -0.66, 0.7));
  CHECK(!syn::second_ink(texture_kind::dotted, 0.33, 0));
  CHECK(!syn::second_ink(texture_kind::checked, 0.1, 0.1));
  CHECK(syn::second_ink(texture_kind::checked, -0.1, 0.1));
  CHECK(!syn::second_ink(texture_kind::checked, -0.1, -0.1));
  CHECK(area_of([](double u, double v) { return syn::second_ink(texture_kind::dotted, u, v); }) / 9 ==
        doctest::Approx(3.14159 * 0.23 * 0.23 / (0.66 * 0.66)).epsilon(0.08));
}

TEST_CASE("drawing is anti-aliased: coverage adds up to the area, and only edges are between 0 and 1") {
  double const radius = 20;
  auto const disc = syn::rasterise(radius, [=](double x, double y, acsl::colour& ink) {
    ink = {10, 20, 30};
    return x * x + y * y <= radius * radius;
  });
  CHECK(std::accumulate(disc.coverage.begin(), disc.coverage.end(), 0.0) ==
        doctest::Approx(3.14159265 * radius * radius).epsilon(0.002));
  int edges = 0;
  for (index_t y = 0; y < disc.side; ++y)
    for (index_t x = 0; x < disc.side; ++x) {
      float const c = disc.coverage[static_cast<std::size_t>(y * disc.side + x)];
      double const dx = static_cast<double>(x - disc.side / 2) + 0.5, dy = static_cast<double>(y - disc.side / 2) + 0.5;
      double const distance = std::hypot(dx, dy) - radius;
      if (c > 0 && c < 1) CHECK(std::fabs(distance) < 0.75);
      edges += c > 0 && c < 1;
      if (distance < -0.75) CHECK(c == 1);
      if (distance > 0.75) CHECK(c == 0);
      if (c > 0) CHECK(disc.inks[static_cast<std::size_t>(y * disc.side + x)] == acsl::colour{10, 20, 30});
    }
  CHECK(edges > 100);
}

TEST_CASE("a pasted sprite is blended by its coverage, and cut off at the edges") {
  syn::sprite dot;
  dot.side = 2;
  dot.coverage = {1, 0.5F, 0.25F, 0};
  dot.inks.assign(4, {100, 200, 40});
  syn::canvas onto(2, 2);
  syn::paste(dot, 1, 1, onto);
  CHECK(onto.at(1, 1) == acsl::colour{100, 200, 40});
  CHECK(onto.at(0, 0) == acsl::colour{});
  syn::paste(dot, -1, 0, onto);
  CHECK(onto.at(0, 0) == acsl::colour{50, 100, 20});
  CHECK(onto.at(1, 0) == acsl::colour{});
}

TEST_CASE("every category has a name of its own, and any two attributes of a frequent one tell the third") {
  std::set<std::string> names;
  std::set<std::array<int, 3>> pairs;
  auto const order = syn::by_frequency(random_key{5});
  CHECK(std::set<index_t>(order.begin(), order.end()).size() == 64);
  std::vector<syn::look> head;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    names.insert(syn::name_of(order[rank]));
    if (rank >= 16) continue;
    syn::look const l = syn::look_of(order[rank]);
    head.push_back(l);
    int const s = static_cast<int>(l.shape), t = static_cast<int>(l.texture), h = static_cast<int>(l.hue);
    for (auto const& pair : {std::array{0, s, t}, {1, s, h}, {2, t, h}}) CHECK(pairs.insert(pair).second);
  }
  CHECK(names.size() == 64);
  CHECK(syn::name_of(0) == "plain red circle");
  CHECK(syn::name_of(63) == "checked blue star");
  for (std::size_t rank = 16; rank < 64; ++rank) {  // every other differs from three of them in one attribute each
    syn::look const l = syn::look_of(order[rank]);
    int by_shape = 0, by_texture = 0, by_hue = 0;
    for (auto const& f : head) {
      bool const shape = f.shape == l.shape, texture = f.texture == l.texture, hue = f.hue == l.hue;
      by_shape += !shape && texture && hue;
      by_texture += shape && !texture && hue;
      by_hue += shape && texture && !hue;
    }
    CHECK(by_shape == 1);
    CHECK(by_texture == 1);
    CHECK(by_hue == 1);
  }
  CHECK(order != syn::by_frequency(random_key{6}));
}

TEST_CASE("800 training images give the groups of LVIS their proportions") {
  auto const counts = syn::training_image_counts(64, 800);
  std::map<char, int> groups;
  for (index_t const count : counts) ++groups[syn::frequency_letter(count)];
  CHECK(groups['r'] / 64.0 == doctest::Approx(0.37).epsilon(0.05));
  CHECK(groups['c'] / 64.0 == doctest::Approx(0.37).epsilon(0.07));
  CHECK(groups['f'] / 64.0 == doctest::Approx(0.26).epsilon(0.05));
  CHECK(std::is_sorted(counts.rbegin(), counts.rend()));
  CHECK(counts.front() == 637);  // 800 * 0.85 * (1 + 0.5 / 64)^-8.4
  CHECK(counts.back() >= 1);
  double const pairs = static_cast<double>(std::accumulate(counts.begin(), counts.end(), index_t{0}));
  CHECK(pairs / 800 > 6.5);
  CHECK(pairs / 800 < 8);
  CHECK(syn::training_image_counts(64, 1) == std::vector<index_t>(64, 1));
  CHECK(syn::frequency_letter(10) == 'r');
  CHECK(syn::frequency_letter(11) == 'c');
  CHECK(syn::frequency_letter(100) == 'c');
  CHECK(syn::frequency_letter(101) == 'f');
}

TEST_CASE("validation has enough of every category, as far as the images have room") {
  auto const counts = syn::validation_image_counts(64, 200);
  CHECK(*std::min_element(counts.begin(), counts.end()) >= 16);
  CHECK(std::accumulate(counts.begin(), counts.end(), index_t{0}) / 200 <= 8);
  for (index_t const images : {1, 5, 40, 150}) {
    auto const few = syn::validation_image_counts(64, images);
    CHECK(*std::min_element(few.begin(), few.end()) >= 1);
    CHECK(*std::max_element(few.begin(), few.end()) <= images);
  }
}

TEST_CASE("a plan puts every category into as many images as asked for, evenly") {
  std::vector<std::pair<index_t, index_t>> const counts = {{7, 50}, {3, 30}, {60, 20}, {9, 1}};
  auto const scenes = syn::plan_scenes(counts, 50, random_key{1});
  std::map<index_t, index_t> images;
  std::size_t most = 0, fewest = 100;
  for (auto const& scene : scenes) {
    std::set<index_t> here;
    for (auto const& planned : scene) {
      CHECK(here.insert(planned.category).second);
      ++images[planned.category];
      CHECK(planned.unlabelled < planned.instances);
    }
    most = std::max(most, scene.size());
    fewest = std::min(fewest, scene.size());
  }
  for (auto const& [category, count] : counts) CHECK(images[category] == count);
  CHECK(fewest >= 1);
  CHECK(most <= 4);
  CHECK_THROWS_AS((void)syn::plan_scenes({{1, 51}}, 50, random_key{1}), acsl::error);
}

TEST_CASE("a later object takes the pixels of an earlier one, and may not hide it") {
  auto const block = [](index_t side) {
    syn::sprite s;
    s.side = side;
    s.coverage.assign(static_cast<std::size_t>(side * side), 1);
    return s;
  };
  syn::layout where(20, 30);
  CHECK(where.place(block(10), 2, 3));
  CHECK(!where.place(block(10), 3, 4));  // hides 81 of 100
  CHECK(where.place(block(6), 8, 3));    // hides 4 x 6
  CHECK(where.area(0) == 76);
  CHECK(where.area(1) == 36);
  CHECK(!where.place(block(10), 24, 0));  // 40 of 100 outside
  CHECK(where.place(block(8), 24, 0));    // 16 of 64 outside
  CHECK(where.size() == 3);
  CHECK(where.area(2) == 48);
  CHECK(where.boxes()[0] == std::array<double, 4>{2, 3, 10, 10});
  CHECK(where.boxes()[1] == std::array<double, 4>{8, 3, 6, 6});
  CHECK(where.boxes()[2] == std::array<double, 4>{24, 0, 6, 8});
  CHECK(where.at(3, 2) == 0);
  CHECK(where.at(3, 8) == 1);
  CHECK(where.at(19, 0) == syn::layout::nothing);
  CHECK(!where.place(block(0), 5, 5));  // no pixel at all
}

TEST_CASE("areas and boxes are those of the visible pixels, counted one by one") {
  syn::layout where(90, 120);
  syn::draws d(random_key{3});
  struct placed {
    syn::sprite thing;
    index_t left, top;
  };
  std::vector<placed> all;
  for (int i = 0; i < 40; ++i) {
    auto const thing = syn::draw_object(syn::style_of(syn::look_of(d.below(64)), d), d.uniform(10, 50));
    index_t const left = d.below(120) - 20, top = d.below(90) - 20;
    if (where.place(thing, left, top)) all.push_back({thing, left, top});
  }
  REQUIRE(all.size() > 5);
  for (std::size_t k = 0; k < all.size(); ++k) {
    index_t area = 0, x1 = 1000, y1 = 1000, x2 = -1, y2 = -1;
    for (index_t y = 0; y < 90; ++y)
      for (index_t x = 0; x < 120; ++x) {
        std::size_t owner = all.size();
        for (std::size_t i = 0; i < all.size(); ++i) {
          index_t const sx = x - all[i].left, sy = y - all[i].top, side = all[i].thing.side;
          if (sx >= 0 && sy >= 0 && sx < side && sy < side && all[i].thing.solid(sy, sx)) owner = i;
        }
        if (owner != k) continue;
        ++area;
        x1 = std::min(x1, x), y1 = std::min(y1, y), x2 = std::max(x2, x), y2 = std::max(y2, y);
      }
    CHECK(where.area(static_cast<index_t>(k)) == area);
    CHECK(where.boxes()[k] == std::array<double, 4>{static_cast<double>(x1), static_cast<double>(y1),
                                                    static_cast<double>(x2 - x1 + 1),
                                                    static_cast<double>(y2 - y1 + 1)});
  }
}

TEST_CASE("some objects of a category go without a label, never all, and the image says so") {
  auto const scene = syn::draw_scene({{5, 3, 2}, {9, 1, 1}, {20, 2, 0}}, 128, 192, random_key{2});
  std::map<index_t, int> labelled, shown;
  for (auto const& object : scene.objects) {
    ++shown[object.category];
    labelled[object.category] += object.labelled;
  }
  CHECK(shown == std::map<index_t, int>{{5, 3}, {9, 1}, {20, 2}});
  CHECK(labelled == std::map<index_t, int>{{5, 1}, {9, 1}, {20, 2}});
  acsl::image_record image;
  syn::label_image(scene.objects, 1, random_key{1}, image);
  CHECK(image.not_exhaustive_category_ids == std::vector<std::int64_t>{6});
  CHECK(image.neg_category_ids.size() == 61);
  for (std::int64_t const id : {6, 10, 21})
    CHECK(!std::count(image.neg_category_ids.begin(), image.neg_category_ids.end(), id));
}

TEST_CASE("an object shows its colour where its box says it lies") {
  for (index_t const category : {0, 1, 2, 3}) {  // plain circles: red, yellow, green, blue
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
      auto const scene = syn::draw_scene({{category}}, 96, 96, random_key{seed});
      REQUIRE(scene.objects.size() == 1);
      auto const& object = scene.objects[0];
      auto const [x, y, w, h] = object.bbox;
      CHECK(x >= 0);
      CHECK(y >= 0);
      CHECK(x + w <= 96);
      CHECK(y + h <= 96);
      CHECK(static_cast<double>(object.area) <= w * h);
      double blue = 0, green = 0, red = 0;  // of a patch in the middle
      for (index_t dy = -2; dy <= 2; ++dy)
        for (index_t dx = -2; dx <= 2; ++dx) {
          auto const* p = scene.image.at(static_cast<index_t>(y + h / 2) + dy, static_cast<index_t>(x + w / 2) + dx);
          blue += p[0], green += p[1], red += p[2];
        }
      CAPTURE(category);
      CHECK((green < 0.53 * red && blue < 0.53 * red) == (category == 0));
      CHECK((green > 0.53 * red && red > 0.8 * green && blue < 0.53 * green) == (category == 1));
      CHECK((red < 0.7 * green && blue < 0.8 * green) == (category == 2));
      CHECK((red < 0.7 * blue && green < 0.9 * blue) == (category == 3));
    }
  }
}

TEST_CASE("a plan without objects is a background") {
  auto const scene = syn::draw_scene({}, 64, 80, random_key{1});
  CHECK(scene.objects.empty());
  CHECK(scene.image.height == 64);
  CHECK(scene.image.width == 80);
  CHECK(scene.image != syn::draw_scene({}, 64, 80, random_key{2}).image);
}

}  // namespace
