// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/device_arrays.hpp>
#include <acsl/nn/detail/affine.hpp>
#include <acsl/nn/normalise_rows.hpp>
#include <limits>
#include <utility>
#include <vector>

namespace acsl {

/// What is done to a feature before it is averaged or compared.
enum class feature_transform {
  none,         ///< "un"
  unit,         ///< "l2n": unit length
  centred_unit  ///< "cl2n": less the mean of all training features, then unit length
};
enum class class_similarity {
  squared_distance,  ///< −‖T(x) − μ_c‖²
  cosine             ///< T(x) · μ_c / dimensions
};

struct nearest_class_mean_options {
  index_t dimensions = 0;
  index_t classes = 0;  ///< foreground classes
  feature_transform transform = feature_transform::none;
  class_similarity similarity = class_similarity::squared_distance;
  std::vector<double> centre = {};  ///< [dimensions] of `centred_unit`: the mean of all training features
};

/// Nearest class mean: a classifier without weights. The centroid μ_c of a class is the mean of its transformed
/// training features (not made unit length again); a region is scored by its similarity to every centroid. A class
/// without features has score −∞. Background has no centroid: it keeps the detector's own decision.
///
///     acsl::nearest_class_mean head({.dimensions = 1024, .classes = 1230, .transform =
///     acsl::feature_transform::unit}); for (…) head.add(exec, features, labels);  // of annotated boxes
///     head.score(exec, features_of_regions, scores);
///
/// Squared distances come from a product, ‖T(x)‖² − 2 T(x)·μ + ‖μ‖², and have the rounding of its terms.
/// @note add: O(N · D) in the order of the rows, sums in double; score: O(N · C · D)
/// @source Kang, Xie, Rohrbach, Yan, Gordo, Feng, Kalantidis, ICLR 2020 (losses-spec 7.3)
class nearest_class_mean {
 public:
  explicit nearest_class_mean(nearest_class_mean_options options, memory_resource* memory = host_heap())
      : options_(std::move(options)),
        counts_(static_cast<std::size_t>(options_.classes), 0),
        sums_({options_.classes, options_.dimensions}, memory) {
    ACSL_EXPECTS(options_.dimensions > 0 && options_.classes > 0, "class means have dimensions and classes",
                 options_.dimensions, options_.classes);
    bool const centred = options_.transform == feature_transform::centred_unit;
    ACSL_EXPECTS(static_cast<index_t>(options_.centre.size()) == (centred ? options_.dimensions : 0),
                 "features are centred with one number per dimension, others have no centre", options_.centre.size(),
                 options_.dimensions);
  }

  [[nodiscard]] nearest_class_mean_options const& options() const { return options_; }
  /// Features of every class so far, class 1 first.
  [[nodiscard]] std::vector<std::int64_t> const& counts() const { return counts_; }

  /// Adds features [N, D] to the means of their classes. Labels [N] in host memory: 1 … C; rows of background (0) and
  /// ignored rows (below 0) add nothing.
  template <backend Backend>
  void add(Backend& exec, tensor_view<float const> features, tensor_view<std::int32_t const> labels) {
    ACSL_EXPECTS(labels.size() == features.rows(), "one label per row of features", labels.size(), features.rows());
    for (std::int32_t const label : labels)
      ACSL_EXPECTS(label <= options_.classes, "a label is at most the number of classes", label, options_.classes);
    auto const x = transformed(exec, features);
    if (!started_) exec.fill(sums_.view(), 0.0);
    started_ = true;
    for (std::int32_t const label : labels)
      if (label > 0) ++counts_[static_cast<std::size_t>(label - 1)];

    std::vector<std::int32_t> const label(labels.begin(), labels.end());
    device_arrays place(exec);
    index_t const rows = features.rows(), dimensions = options_.dimensions;
    std::int32_t const* of = place(label);
    float const* from = x.data();
    double* to = sums_.data();
    exec.for_each(
        dimensions,
        [=] ACSL_HOST_DEVICE(index_t d) {
          for (index_t i = 0; i < rows; ++i)
            if (of[i] > 0) to[(of[i] - 1) * dimensions + d] += static_cast<double>(from[i * dimensions + d]);
        },
        static_cast<double>(rows));
  }

  /// [C, D], class 1 first; 0 where a class has no features.
  template <backend Backend>
  [[nodiscard]] tensor<float> centroids(Backend& exec) const {
    if (!started_) return filled(exec, sums_.extents(), 0.0F);
    tensor<float> result(sums_.extents(), exec.memory());
    device_arrays place(exec);
    index_t const dimensions = options_.dimensions;
    std::int64_t const* n = place(counts_);
    double const* from = sums_.data();
    float* to = result.data();
    exec.for_each(
        result.size(),
        [=] ACSL_HOST_DEVICE(index_t i) {
          auto const count = n[i / dimensions];
          to[i] = count > 0 ? static_cast<float>(from[i] / static_cast<double>(count)) : 0.0F;
        },
        2);
    return result;
  }

  /// Similarities of rows of features [N, D] to the classes, into columns 1 … C of `scores` [N, C + 1]. Column 0 is
  /// left as it is.
  template <backend Backend>
  void score(Backend& exec, tensor_view<float const> features, tensor_view<float> scores) const {
    index_t const classes = options_.classes, width = classes + 1;
    ACSL_EXPECTS(scores.rows() == features.rows() && scores.columns() == width,
                 "scores have a column for background and one per class", scores.extents(), features.extents());
    if (features.rows() == 0) return;
    auto const x = transformed(exec, features);
    auto const mean = centroids(exec);
    auto const products = detail::affine(exec, x.view(), mean.view(), nullptr);
    auto const of_rows = squares(exec, x), of_means = squares(exec, mean);
    bool const cosine = options_.similarity == class_similarity::cosine;
    auto const dimensions = static_cast<double>(options_.dimensions);
    float const never = -std::numeric_limits<float>::infinity();
    device_arrays place(exec);
    std::int64_t const* n = place(counts_);
    float const* dot = products.data();
    double const *row = of_rows.data(), *column = of_means.data();
    float* to = scores.data();
    exec.for_each(
        products.size(),
        [=] ACSL_HOST_DEVICE(index_t i) {
          index_t const r = i / classes, c = i % classes;
          double const product = static_cast<double>(dot[i]);
          double const distance = row[r] - 2 * product + column[c];
          double const near = cosine ? product / dimensions : (distance < 0 ? 0.0 : -distance);
          to[r * width + c + 1] = n[c] > 0 ? static_cast<float>(near) : never;
        },
        4);
  }

 private:
  template <backend Backend>
  tensor<float> transformed(Backend& exec, tensor_view<float const> features) const {
    ACSL_EXPECTS(features.columns() == options_.dimensions, "features have the dimensions of the means",
                 features.extents(), options_.dimensions);
    auto x = clone(exec, features);
    if (options_.transform == feature_transform::centred_unit) {
      std::vector<float> negative;
      for (double const m : options_.centre) negative.push_back(static_cast<float>(-m));
      device_arrays place(exec);
      scale_columns(exec, std::as_const(x).view(), x.view(), nullptr, place(negative));
    }
    if (options_.transform != feature_transform::none) normalise_rows(exec, std::as_const(x).view(), x.view());
    return x;
  }
  template <backend Backend>
  static tensor<double> squares(Backend& exec, tensor<float> const& x) {
    tensor<double> result({x.extent(0)}, exec.memory());
    exec.for_each_row(x.extent(0), detail::square_row{x.data(), result.data(), x.extents()[1]});
    return result;
  }

  nearest_class_mean_options options_;
  std::vector<std::int64_t> counts_;
  tensor<double> sums_;
  bool started_ = false;
};

}  // namespace acsl
