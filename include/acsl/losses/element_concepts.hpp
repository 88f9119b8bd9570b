// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/row_plan.hpp>
#include <concepts>
#include <type_traits>
#include <vector>

namespace acsl {

namespace detail {

/// Where tables go while a method is only looked at.
struct any_place {
  template <class T>
  T const* operator()(std::vector<T> const&) const;
};
struct any_body {
  template <class F>
  void operator()(F const&) const;
};

/// A function object of elements that says what it does in a row, or gives that by row.
template <class F>
concept chooses_by_row = requires(F const& f, row_word const& row) {
  f.by_row(row, any_body{});
};
/// f(logit, row, column) is a term with a slope; one that draws has 32 random bits as its last argument.
template <class F>
concept gives_terms = requires(F const& f, row_word const& row) {
  f.draws();
  f(1.0F, row, std::int32_t{}, std::uint32_t{}).slope;
}
|| requires(F const& f, row_word const& row) { f(1.0F, row, std::int32_t{}).slope; };
/// f(logit, true column?, row, column) is a weight, with bits as above.
template <class F>
concept gives_weights = requires(F const& f, row_word const& row) {
  f.draws();
  { f(1.0F, true, row, std::int32_t{}, std::uint32_t{}) } -> std::same_as<float>;
}
|| requires(F const& f, row_word const& row) {
  { f(1.0F, true, row, std::int32_t{}) } -> std::same_as<float>;
};

/// What elements and weights have in common: rules for rows, and a function object that kernels may copy.
template <class M>
concept row_method = requires(M& method, tensor_view<std::int32_t const> labels, random_key key,
                              loss_arguments const& extra, row_plan const& plan) {
  { method.layout() } -> std::same_as<column_layout>;
  { method.prior() } -> std::same_as<classifier_prior>;
  { method.plan(labels, index_t{}, key, extra) } -> std::same_as<row_plan>;
  method.on_device(any_place{}, plan, index_t{});
};
template <class M>
using function_of = std::remove_cvref_t<decltype(std::declval<M&>().on_device(
    any_place{}, std::declval<row_plan const&>(), index_t{}))>;

}  // namespace detail

/// What `sigmoid_loss` is made of.
template <class E>
concept loss_element = detail::row_method<E> && std::is_trivially_copyable_v<detail::function_of<E>> &&
    (detail::chooses_by_row<detail::function_of<E>> || detail::gives_terms<detail::function_of<E>>);
/// What `weighted_bce` is made of.
template <class W>
concept weight_policy = detail::row_method<W> && std::is_trivially_copyable_v<detail::function_of<W>> &&
    (detail::chooses_by_row<detail::function_of<W>> || detail::gives_weights<detail::function_of<W>>);

}  // namespace acsl
