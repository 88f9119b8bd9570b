// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/core/choose.hpp>
#include <acsl/core/choose_by_weight.hpp>
#include <acsl/core/error.hpp>
#include <acsl/core/random_key.hpp>
#include <acsl/core/tensor.hpp>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace acsl {

struct feature_memory_options {
  index_t dimensions = 0;
  index_t classes = 0;           ///< foreground classes
  index_t capacity = 80;         ///< features of a class that are kept: the newest
  index_t classes_per_draw = 8;  ///< different ones, of those that have a feature
  index_t features_per_class = 4;
};

/// Rows that a batch gets from a memory, behind its own.
struct memory_rows {
  /// Of all memory rows: no annotated object of a batch has it, and the rows of a class are one object.
  static constexpr std::int32_t object = std::numeric_limits<std::int32_t>::max();
  tensor<float> features;             ///< [R, D], class by class in the order of the draw
  std::vector<std::int32_t> labels;   ///< [R]
  std::vector<std::int32_t> objects;  ///< [R] for `loss_arguments::objects`
};

/// A memory of features of annotated boxes, by class, for losses to which rare classes appear too seldom
/// (`equilibrium`). Classes that the classifier scores badly are drawn more often: of those with a feature, one after
/// another with probability ∝ 1 / (mean_score + 1e-7) among those that are left; then some of a class's features, all
/// alike.
///
///     acsl::feature_memory memory({.dimensions = 1024, .classes = 1230});
///     memory.add(exec, features, labels);  // of annotated boxes, moved a little: boxes/jitter.hpp
///     auto const rows = memory.draw(exec, mean_scores, key);  // append to the features that the classifier reads
///
/// Lies in host memory and grows to classes · capacity · dimensions · 4 bytes (1230 classes of 1024: 403 MB). Not part
/// of a checkpoint: fill it again.
/// @note that drawn classes and features differ from each other is this library's reading of the source
/// @source Feng, Zhong, Huang, ICCV 2021 (losses-spec 4.8)
class feature_memory {
 public:
  explicit feature_memory(feature_memory_options options)
      : options_(options), of_class_(static_cast<std::size_t>(options.classes > 0 ? options.classes : 0)) {
    ACSL_EXPECTS(options.dimensions > 0 && options.classes > 0, "a memory of features has dimensions and classes",
                 options.dimensions, options.classes);
    ACSL_EXPECTS(options.capacity > 0, "a memory keeps at least one feature of a class", options.capacity);
    ACSL_EXPECTS(options.classes_per_draw >= 0 && options.features_per_class > 0,
                 "a draw has no negative number of classes, and at least one feature of each", options.classes_per_draw,
                 options.features_per_class);
  }

  [[nodiscard]] feature_memory_options const& options() const { return options_; }
  /// Features kept of a class, 1 … C.
  [[nodiscard]] index_t count(std::int32_t label) const {
    return static_cast<index_t>(of_class_.at(static_cast<std::size_t>(label - 1)).values.size()) / options_.dimensions;
  }

  /// Keeps features [N, D] of the backend's memory; each takes the place of its class's oldest when that is full.
  /// Labels [N] in host memory: 1 … C; rows of background (0) and ignored rows (below 0) are left out.
  /// @note one copy of the features to the host
  template <backend Backend>
  void add(Backend& exec, tensor_view<float const> features, tensor_view<std::int32_t const> labels) {
    ACSL_EXPECTS(labels.size() == features.rows(), "one label per row of features", labels.size(), features.rows());
    for (std::int32_t const label : labels)
      ACSL_EXPECTS(label <= options_.classes, "a label is at most the number of classes", label, options_.classes);
    if (features.rows() == 0) return;
    ACSL_EXPECTS(features.columns() == options_.dimensions, "features have the dimensions of the memory",
                 features.columns(), options_.dimensions);
    tensor<float> host(features.extents());
    exec.copy_to_host(features, host.view());
    auto const size = static_cast<std::ptrdiff_t>(options_.dimensions);
    for (index_t i = 0; i < host.extent(0); ++i) {
      if (labels[i] <= 0) continue;
      auto& kept = of_class_[static_cast<std::size_t>(labels[i] - 1)];
      float const* const from = host.data() + i * size;
      if (count(labels[i]) < options_.capacity) {
        kept.values.insert(kept.values.end(), from, from + size);
      } else {
        std::copy(from, from + size, kept.values.begin() + kept.oldest * size);
        kept.oldest = (kept.oldest + 1) % options_.capacity;
      }
    }
  }

  /// Up to classes_per_draw · features_per_class rows; none from an empty memory.
  /// @param mean_score of every class, class 1 first, each >= 0; more numbers (background's) are left alone
  template <backend Backend>
  [[nodiscard]] memory_rows draw(Backend& exec, std::span<double const> mean_score, random_key key) const {
    ACSL_EXPECTS(mean_score.size() >= of_class_.size(), "a mean score for every class", mean_score.size(),
                 of_class_.size());
    std::vector<std::size_t> filled;
    std::vector<double> log_weight;
    for (std::size_t c = 0; c < of_class_.size(); ++c) {
      ACSL_EXPECTS(mean_score[c] >= 0, "a mean score is not negative", mean_score[c], c);
      log_weight.push_back(-std::log(mean_score[c] + 1e-7));
      if (!of_class_[c].values.empty()) filled.push_back(c);
    }
    std::vector<float> values;
    memory_rows rows;
    for (std::size_t const c : choose_by_weight(filled, log_weight, options_.classes_per_draw, key)) {
      auto const label = static_cast<std::int32_t>(c + 1);
      std::vector<std::int32_t> all(static_cast<std::size_t>(count(label)));
      std::iota(all.begin(), all.end(), 0);
      for (std::int32_t const i : choose(std::move(all), options_.features_per_class, key.with(c))) {
        auto const from = of_class_[c].values.begin() + i * static_cast<std::ptrdiff_t>(options_.dimensions);
        values.insert(values.end(), from, from + static_cast<std::ptrdiff_t>(options_.dimensions));
        rows.labels.push_back(label);
        rows.objects.push_back(memory_rows::object);
      }
    }
    shape const extents{static_cast<index_t>(rows.labels.size()), options_.dimensions};
    rows.features = tensor<float>(extents, exec.memory());
    if (!values.empty()) exec.copy_from_host(tensor_view<float const>(values.data(), extents), rows.features.view());
    return rows;
  }

 private:
  struct class_features {
    std::vector<float> values = {};  // [kept, dimensions]
    index_t oldest = 0;              // once there are as many as are kept
  };

  feature_memory_options options_;
  std::vector<class_features> of_class_;
};

}  // namespace acsl
