// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/data/sampler.hpp>
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace acsl {

/// The images that hold each class, ascending, each once.
/// @param image_classes of every image the classes of its objects, 0-based
[[nodiscard]] inline std::vector<std::vector<index_t>> images_by_class(
    std::vector<std::vector<std::int32_t>> const& image_classes, index_t classes) {
  std::vector<std::vector<index_t>> result(static_cast<std::size_t>(classes));
  for (std::size_t i = 0; i < image_classes.size(); ++i)
    for (std::int32_t const c : image_classes[i]) {
      ACSL_EXPECTS(c >= 0 && c < classes, "a class is below the number of classes", c, classes);
      auto& images = result[static_cast<std::size_t>(c)];
      if (images.empty() || images.back() != static_cast<index_t>(i)) images.push_back(static_cast<index_t>(i));
    }
  return result;
}

/// A cyclic stream over the classes that have images; for each of them a cyclic stream over its images. Every draw
/// takes the next class and its next images; a stream that ends is permuted anew.
///
/// @param length of the result; the last draw may be cut
/// @param images_per_class images that a draw takes of its class
/// @param permutation f(stream, round, size): positions 0 … size − 1 in the order of a round; stream 0 is that of the
///        classes, 1 + c that of class c
/// @return positions of images; empty when no class has an image
/// @source Shen, Lin, Huang, ECCV 2016 (losses-spec 9.2)
template <class Permutation>
[[nodiscard]] std::vector<index_t> class_aware_order(std::vector<std::vector<index_t>> const& images_of_class,
                                                     index_t length, index_t images_per_class,
                                                     Permutation&& permutation) {
  ACSL_EXPECTS(length >= 0 && images_per_class > 0, "a draw takes at least one image", length, images_per_class);
  struct stream {
    std::vector<index_t> items, order = {};
    std::size_t at = 0;
    std::uint64_t round = 0;
  };
  std::vector<stream> streams(1);
  for (std::size_t c = 0; c < images_of_class.size(); ++c) {
    streams.push_back({images_of_class[c]});
    if (!images_of_class[c].empty()) streams[0].items.push_back(static_cast<index_t>(c));
  }
  auto const next = [&](std::size_t number) {
    auto& s = streams[number];
    if (s.at == s.order.size()) {
      s.order = permutation(number, s.round++, s.items.size());
      s.at = 0;
    }
    return s.items[static_cast<std::size_t>(s.order[s.at++])];
  };
  std::vector<index_t> result;
  while (!streams[0].items.empty() && static_cast<index_t>(result.size()) < length) {
    auto const c = static_cast<std::size_t>(next(0));
    for (index_t k = 0; k < images_per_class && static_cast<index_t>(result.size()) < length; ++k)
      result.push_back(next(1 + c));
  }
  return result;
}

/// `class_aware_order` with permutations by key: an `image_list`. The streams begin anew with every epoch, so that its
/// list is a function of (seed, epoch) alone; the published code lets them run on.
class class_aware_list {
 public:
  class_aware_list(std::vector<std::vector<index_t>> images_of_class, index_t length, index_t images_per_class,
                   std::uint64_t seed)
      : images_of_class_(std::move(images_of_class)),
        length_(length),
        images_per_class_(images_per_class),
        seed_(seed) {}

  [[nodiscard]] std::vector<index_t> operator()(index_t epoch) const {
    auto const key = random_key{seed_}.with(static_cast<std::uint64_t>(epoch)).with(purpose::sample_class);
    return class_aware_order(images_of_class_, length_, images_per_class_,
                             [&](std::size_t stream, std::uint64_t round, std::size_t size) {
                               std::vector<index_t> order(size);
                               std::iota(order.begin(), order.end(), index_t{0});
                               shuffle(order, key.with(stream).with(round));
                               return order;
                             });
  }

 private:
  std::vector<std::vector<index_t>> images_of_class_;
  index_t length_, images_per_class_;
  std::uint64_t seed_;
};

/// The length that the classification code gives an epoch: images of the largest class times classes with images.
[[nodiscard]] inline index_t balanced_length(std::vector<std::vector<index_t>> const& images_of_class) {
  index_t largest = 0, classes = 0;
  for (auto const& images : images_of_class) {
    largest = std::max(largest, static_cast<index_t>(images.size()));
    classes += !images.empty();
  }
  return largest * classes;
}

}  // namespace acsl
