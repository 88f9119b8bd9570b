// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/boxes/box.hpp>
#include <acsl/boxes/delta_coder.hpp>
#include <acsl/core/tensor.hpp>
#include <concepts>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace acsl {

/// Hears nothing: what detectors are observed by unless a caller says otherwise. Costs nothing.
struct no_observer {};

/// Who hears what a detector computes, under the names of docs/dump.md: a function object called as
/// `observer(name, values)` with arrays in the memory of the detector's backend, which live until it returns. May have
///
/// - `listens()`: false, and it is not called this time, at the cost of a few tests;
/// - `revise(proposals)`: may replace the proposals of all images (`std::vector<std::vector<proposal>>&`) before the
/// box
///   stages see them, so that two backends can be compared on the same regions.
///
///     detector.detect(exec, batch, {}, [](std::string const& name, acsl::tensor_view<float const> values) { … });
template <class O>
concept observer = std::same_as<O, no_observer> ||
    requires(O const& one, std::string const& name, tensor_view<float const> values) {
  one(name, values);
};

template <observer Observer>
[[nodiscard]] constexpr bool listens(Observer const& one) {
  if constexpr (std::same_as<Observer, no_observer>) return false;
  else if constexpr (requires { one.listens(); }) return one.listens();
  else return true;
}

/// An observer that hears everything under a name with a prefix, "stage0.".
template <observer Observer>
struct prefixed_observer {
  Observer const& inner;
  std::string prefix;

  [[nodiscard]] bool listens() const { return acsl::listens(inner); }
  void operator()(std::string const& name, tensor_view<float const> values) const { inner(prefix + name, values); }
};
template <observer Observer>
[[nodiscard]] auto with_prefix(Observer const& one, std::string prefix) {
  if constexpr (std::same_as<Observer, no_observer>) return one;
  else return prefixed_observer<Observer>{one, std::move(prefix)};
}

namespace detail {

/// Tells an observer an array. Nothing is computed for who does not listen.
template <observer Observer, class Name>
void report(Observer const& one, Name const& name, tensor_view<float const> values) {
  if constexpr (!std::same_as<Observer, no_observer>)
    if (listens(one)) one(name, values);
}
/// The same for a list, with numbers from `first` on in the names.
template <observer Observer, class Tensors>
void report_each(Observer const& one, std::string const& name, Tensors const& all, std::size_t first = 0) {
  if constexpr (!std::same_as<Observer, no_observer>)
    if (listens(one))
      for (auto const& values : all) one(name + std::to_string(first++), values);
}

/// Rows of five numbers, as regions [N, 5] (image, x1, y1, x2, y2).
inline tensor_view<float const> numbers_of(std::vector<roi> const& rois) {
  static_assert(sizeof(roi) == 5 * sizeof(float) && std::is_standard_layout_v<roi>);
  return {rois.empty() ? nullptr : &rois.front().image, {static_cast<index_t>(rois.size()), 5}};
}
/// Boxes as [N, 4].
inline tensor_view<float const> numbers_of(std::vector<box> const& boxes) {
  static_assert(sizeof(box) == 4 * sizeof(float) && std::is_standard_layout_v<box>);
  return {boxes.empty() ? nullptr : &boxes.front().x1, {static_cast<index_t>(boxes.size()), 4}};
}
/// Deltas as [N, 4].
inline tensor_view<float const> numbers_of(std::vector<delta> const& deltas) {
  static_assert(sizeof(delta) == 4 * sizeof(float) && std::is_standard_layout_v<delta>);
  return {deltas.empty() ? nullptr : &deltas.front().dx, {static_cast<index_t>(deltas.size()), 4}};
}
/// Labels as [N].
inline std::vector<float> numbers_of(std::vector<std::int32_t> const& labels) { return {labels.begin(), labels.end()}; }
inline tensor_view<float const> as_array(std::vector<float> const& values) {
  return {values.data(), {static_cast<index_t>(values.size())}};
}

}  // namespace detail
}  // namespace acsl
