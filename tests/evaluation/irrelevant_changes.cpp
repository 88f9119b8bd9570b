// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/reference.hpp>
#include <acsl/evaluation/detection_evaluation.hpp>
#include <acsl/masks/polygon_mask.hpp>
#include <algorithm>
#include <functional>
#include <limits>
#include <map>

// What cannot matter to a protocol changes no figure, on random sets with crowds, flags, ties, entries without area and
// more results than count.

namespace {

using acsl::evaluation_options, acsl::evaluation_rules;

/// Both files of an evaluation.
struct input {
  acsl::annotation_set truth;
  std::vector<acsl::box_result> results;
};

class random_source {
 public:
  explicit random_source(std::uint32_t seed) : state_(seed * 2654435761U + 1) {}
  int below(int n) {
    return static_cast<int>((state_ = 1664525U * state_ + 1013904223U) / 65536 % static_cast<std::uint32_t>(n));
  }
  bool one_in(int n) { return below(n) == 0; }
  std::array<double, 4> box() {
    return {below(100) * 1.0, below(100) * 1.0, 5.0 + below(one_in(3) ? 130 : 40), 5.0 + below(60)};
  }

 private:
  std::uint32_t state_;
};

constexpr int images = 4, categories = 4;

/// Category 4 has results and no object.
input random_input(std::uint32_t seed) {
  random_source random(seed);
  input made;
  for (int k = 1; k <= categories; ++k) made.truth.categories.push_back({k, "c", "rcff"[k - 1]});
  for (int i = 1; i <= images; ++i) {
    made.truth.images.push_back({i, "i.jpg", 200, 200});
    for (int k = 1; k <= categories; ++k) {
      if (random.one_in(3)) made.truth.images.back().neg_category_ids.push_back(k);
      if (random.one_in(4)) made.truth.images.back().not_exhaustive_category_ids.push_back(k);
    }
  }
  for (int n = 1; n <= 14; ++n) {
    auto const box = random.box();
    made.truth.annotations.push_back({n, 1 + random.below(images), 1 + random.below(categories - 1), box,
                                      random.one_in(9) ? 0 : box[2] * box[3], random.one_in(6), random.one_in(4)});
  }
  for (int n = 0; n < 220; ++n) {
    auto const& near = made.truth.annotations[static_cast<std::size_t>(random.below(14))];
    acsl::box_result one{near.image_id, near.category_id, near.bbox, (1 + random.below(40)) / 40.0};
    if (random.one_in(3)) one.image_id = 1 + random.below(images);
    if (random.one_in(3)) one.category_id = 1 + random.below(categories);
    for (auto& number : one.bbox) number += random.below(5) - 2;
    if (random.one_in(12)) one.bbox[static_cast<std::size_t>(2 + random.below(2))] = 0;
    made.results.push_back(one);
  }
  return made;
}

acsl::detection_evaluation judge(input const& in, evaluation_options const& options) {
  acsl::reference exec;
  return acsl::evaluate_detections(exec, in.truth, in.results, options);
}

/// All figures of the categories that both have.
bool same_figures(acsl::detection_evaluation const& a, acsl::detection_evaluation const& b) {
  bool same = a.summary == b.summary;
  for (auto const& one : a.categories)
    for (auto const& other : b.categories)
      if (one.id == other.id)
        same = same && one.objects == other.objects && one.precision == other.precision && one.recall == other.recall &&
               one.recall_of_best == other.recall_of_best;
  return same;
}

double const lowest = -1, highest = 2;  // scores
double const infinity = std::numeric_limits<double>::infinity();

enum class effect { none, some, unsaid };

struct change {
  char const* name;
  std::function<effect(evaluation_options const&)> expected;
  std::function<void(input&, evaluation_options const&)> apply;
};

effect none(evaluation_options const&) { return effect::none; }
bool is_coco(evaluation_options const& options) { return options.rules == evaluation_rules::coco; }
bool is_fixed(evaluation_options const& options) { return options.rules == evaluation_rules::lvis_fixed; }
bool is_cut(evaluation_options const& options) { return options.max_dets >= 0 && options.max_dets < 100; }

/// Keeps the best results of what a limit counts, in the order of the list.
void drop_beyond_limit(input& in, evaluation_options const& options) {
  std::vector<std::size_t> order(in.results.size()), kept;
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return in.results[a].score > in.results[b].score; });
  std::map<std::pair<std::int64_t, std::int64_t>, acsl::index_t> counts;
  for (auto const i : order) {
    auto const image = is_fixed(options) ? 0 : in.results[i].image_id;
    auto const category = is_fixed(options) || is_coco(options) ? in.results[i].category_id : 0;
    if (options.max_dets < 0 || counts[{image, category}]++ < options.max_dets) kept.push_back(i);
  }
  std::sort(kept.begin(), kept.end());
  auto const all = in.results;
  in.results.clear();
  for (auto const i : kept) in.results.push_back(all[i]);
}

std::vector<change> const changes = {
    {"an image of nothing", none,
     [](input& in, auto const&) {
       in.truth.images.insert(in.truth.images.begin(), {INT64_C(1) << 40, "n.jpg", 9, 9, {1, 2}, {1, 9}});
     }},
    {"a category of nothing", none,
     [](input& in, auto const&) {
       in.truth.categories.push_back({-5, "n", 'r'});
     }},
    {"the category without objects goes", none, [](input& in, auto const&) { in.truth.categories.pop_back(); }},
    {"results beyond the limit go", none, drop_beyond_limit},
    {"names of no categories", none,
     [](input& in, auto const&) {
       in.truth.images[0].neg_category_ids.insert(in.truth.images[0].neg_category_ids.begin(), {77, 77});
       in.truth.images[1].not_exhaustive_category_ids.push_back(-3);
     }},
    {"annotations of nothing listed", none,
     [](input& in, auto const&) {
       in.truth.annotations.insert(in.truth.annotations.begin(), {100, 99, 1, {0, 0, 50, 50}, 2500});
       in.truth.annotations.push_back({101, 1, 99, {0, 0, 50, 50}, 2500});
     }},
    {"an object larger than every size", none,
     [](input& in, auto const&) {
       in.truth.images.push_back({50, "n.jpg", 9, 9, {}, {}});
       in.truth.annotations.push_back({102, 50, 1, {0, 0, 2e5, 1e5}, 2e10});
     }},
    {"objects without area", [](auto const& o) { return is_coco(o) ? effect::some : effect::none; },
     [](input& in, auto const&) {
       std::int64_t id = 200;
       for (double const area : {0.0, -5.0, infinity})
         in.truth.annotations.push_back({id++, 2, 1, {0, 0, 50, 50}, area});
     }},
    {"the best results are of no category",
     [](auto const& o) { return !is_coco(o) && !is_fixed(o) && is_cut(o) ? effect::some : effect::none; },
     [](input& in, auto const&) {
       for (int i = 1; i <= images; ++i)
         for (int n = 0; n < 30; ++n) in.results.insert(in.results.begin(), {i, 99, {0, 0, 50, 50}, highest});
     }},
    {"the best results have no area",
     [](auto const& o) { return is_coco(o)  ? effect::some
                                : is_cut(o) ? effect::unsaid
                                            : effect::none; },
     [](input& in, auto const&) {
       for (int k = 1; k <= categories; ++k) in.results.push_back({1, k, {0, 0, 50, 0}, highest});
     }},
    {"the best results are where nothing is known",
     [](auto const& o) { return is_coco(o)                 ? effect::some
                                : is_fixed(o) && is_cut(o) ? effect::unsaid
                                                           : effect::none; },
     [](input& in, auto const&) {
       in.truth.images.push_back({51, "n.jpg", 9, 9, {}, {1, 2, 3, 4}});
       for (int k = 1; k <= categories; ++k) in.results.push_back({51, k, {0, 0, 50, 50}, highest});
     }},
    {"a crowd and what it holds", [](auto const& o) { return is_coco(o) ? effect::none : effect::some; },
     [](input& in, auto const&) {
       in.truth.images.push_back({52, "n.jpg", 9, 9, {}, {}});
       in.truth.annotations.push_back({103, 52, 1, {0, 0, 90, 90}, 8100, false, true});
       for (int n = 0; n < 10; ++n) in.results.push_back({52, 1, {n * 4.0, 10, 20, 20}, n % 2 ? highest : lowest});
     }},
    {"no crowds", [](auto const& o) { return is_coco(o) ? effect::some : effect::none; },
     [](input& in, auto const&) {
       for (auto& object : in.truth.annotations) object.iscrowd.reset();
     }},
    {"no flags", [](auto const& o) { return is_coco(o) ? effect::none : effect::some; },
     [](input& in, auto const&) {
       for (auto& object : in.truth.annotations) object.ignore = false;
     }},
    {"no labels of images", [](auto const& o) { return is_coco(o) ? effect::none : effect::some; },
     [](input& in, auto const&) {
       for (auto& image : in.truth.images) image.neg_category_ids = image.not_exhaustive_category_ids = {};
     }},
    {"images and categories in another order", none,
     [](input& in, auto const&) {
       std::reverse(in.truth.images.begin(), in.truth.images.end());
       std::reverse(in.truth.categories.begin(), in.truth.categories.end());
     }},
    {"results image by image",
     [](auto const& o) { return is_fixed(o) && is_cut(o) ? effect::unsaid : effect::none; },  // ties at the cut
     [](input& in, auto const&) {
       std::stable_sort(in.results.begin(), in.results.end(),
                        [](auto const& a, auto const& b) { return a.image_id > b.image_id; });
     }},
    {"annotations category by category", none,
     [](input& in, auto const&) {
       std::stable_sort(in.truth.annotations.begin(), in.truth.annotations.end(),
                        [](auto const& a, auto const& b) { return a.category_id > b.category_id; });
     }},
    {"scores times four", none,
     [](input& in, auto const&) {
       for (auto& result : in.results) result.score *= 4;
     }},
    {"the worst results find nothing", none,  // the curve goes on beyond its last recall
     [](input& in, auto const&) {
       for (int i = 1; i <= images; ++i) in.results.push_back({i, 1, {190, 190, 9, 9}, lowest});
     }},
    {"the best results find nothing", [](auto const&) { return effect::some; },
     [](input& in, auto const&) {
       for (int i = 1; i <= images; ++i) {
         in.truth.images[static_cast<std::size_t>(i - 1)].neg_category_ids = {1, 2, 3, 4};
         in.results.push_back({i, 1, {190, 190, 9, 9}, highest});
       }
     }},
};

std::vector<evaluation_options> const protocols = {acsl::lvis_300,
                                                   {.max_dets = 25},
                                                   {.max_dets = -1},
                                                   acsl::lvis_fixed,
                                                   {.max_dets = 30, .rules = evaluation_rules::lvis_fixed},
                                                   acsl::coco_100,
                                                   {.max_dets = 11, .rules = evaluation_rules::coco}};
constexpr std::uint32_t seeds = 10;

TEST_CASE("what cannot matter to a protocol changes no figure, and other changes do") {
  for (auto const& options : protocols)
    for (auto const& one : changes) {
      CAPTURE(options.protocol());
      CAPTURE(one.name);
      int different = 0;
      for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
        auto const in = random_input(seed);
        auto changed = in;
        one.apply(changed, options);
        different += !same_figures(judge(in, options), judge(changed, options));
      }
      auto const expected = one.expected(options);
      if (expected == effect::none) CHECK(different == 0);
      if (expected == effect::some) CHECK(different > 0);
    }
}

TEST_CASE("where everything is labelled and nothing flagged or cut, LVIS and COCO are the same, to the last bit") {
  for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
    auto in = random_input(seed);
    for (auto& image : in.truth.images) {
      image.neg_category_ids = {4, 3, 2, 1};
      image.not_exhaustive_category_ids.clear();
    }
    for (auto& object : in.truth.annotations) {
      object.ignore = false;
      object.iscrowd = false;
      if (object.area == 0) object.area = 1;
    }
    for (auto& result : in.results)
      for (std::size_t i = 2; i < 4; ++i) result.bbox[i] = std::max(result.bbox[i], 1.0);
    std::vector<acsl::run_length_mask> objects, results;
    for (auto const& object : in.truth.annotations) objects.push_back(acsl::box_mask(object.bbox, 200, 200));
    for (auto const& result : in.results) results.push_back(acsl::box_mask(result.bbox, 200, 200));
    for (auto const type : {acsl::iou_type::bbox, acsl::iou_type::segm})
      for (bool const class_agnostic : {false, true}) {
        auto lvis = acsl::lvis_300, coco = acsl::coco_100;
        lvis.type = coco.type = type;
        lvis.class_agnostic = coco.class_agnostic = class_agnostic;
        lvis.with_curves = coco.with_curves = true;
        acsl::reference exec;
        auto const a = acsl::evaluate_detections(exec, in.truth, in.results, lvis, {{}, results, objects});
        auto const b = acsl::evaluate_detections(exec, in.truth, in.results, coco, {{}, results, objects});
        REQUIRE(same_figures(a, b));
        for (std::size_t k = 0; k < a.categories.size(); ++k) CHECK(a.categories[k].curves == b.categories[k].curves);
        CHECK(a.summary.ap > 0.01);
        CHECK(a.summary.ap < 0.99);
      }
  }
}

}  // namespace
