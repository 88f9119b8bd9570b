// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/elementary.hpp>
#include <acsl/losses/detail/element_draws.hpp>
#include <acsl/losses/sigmoid_loss.hpp>
#include <type_traits>
#include <utility>

namespace acsl {

namespace detail {

/// A term times a weight that is constant under differentiation. Where a weight is 0, a NaN or an infinity still is not
/// hidden: 0 · ∞.
template <class T, class Term>
ACSL_LEAF value_and_slope<T> scaled(T w, Term term) {
  return {w * value_of(term), w * term.slope};
}

/// A term of a logit and whether it is the true one, times a weight. Weights that are 0 or 1 alone are the term's own
/// business where it takes them, which keeps its logarithm apart.
template <class Term, class Weight, bool MayBeTarget = true>
struct weighted_element {
  static constexpr bool binary = requires { Weight::binary; }
  , trains_few = requires { requires Weight::trains_few; };
  static_assert(!trains_few || binary, "acsl: a weight that trains few columns is 0 or 1: it says `binary`, too");
  Weight weight;
  template <class T, class... Bits>
  ACSL_LEAF auto operator()(T z, row_word const& row, std::int32_t column, Bits... bits) const {
    bool const target = MayBeTarget && column == row.target;
    T const w = weight(z, target, row, column, bits...);
    if constexpr (binary && requires { Term{}(z, target, w); }) return Term{}(z, target, w);
    else return scaled(w, Term{}(z, target));
  }
  [[nodiscard]] ACSL_HOST_DEVICE weighted_element<Term, Weight, false> beside_target() const { return {weight}; }
  template <class Body>
  requires requires(Weight const& w, row_word const& row, Body& body) { w.by_row(row, body); }
  ACSL_HOST_DEVICE void by_row(row_word const& row, Body&& body) const {
    weight.by_row(
        row, [&](auto const& chosen) { body(weighted_element<Term, std::remove_cvref_t<decltype(chosen)>>{chosen}); });
  }
  template <class W = Weight>
  requires requires(W const& w) { w.draws(); }
  [[nodiscard]] ACSL_HOST_DEVICE element_draws draws() const { return weight.draws(); }
  template <class T>
  [[nodiscard]] ACSL_LEAF bool trains(T z, row_word const& row, std::int32_t column) const {
    return weight.trains(z, row, column);
  }
  template <class T>
  [[nodiscard]] ACSL_LEAF auto term(T z, bool target) const {
    return Term{}(z, target);
  }
};

struct bce_term {
  template <class T>
  ACSL_LEAF auto operator()(T z, bool target) const {
    return bce_and_slope(z, target);
  }
  template <class T>
  ACSL_LEAF auto operator()(T z, bool target, T zero_or_one) const {
    return bce_and_slope(z, target, zero_or_one);
  }
};
template <class Weight>
using weighted_bce_element = weighted_element<bce_term, Weight>;

}  // namespace detail

/// Binary cross-entropy times a weight that is constant under differentiation: φ = w · bce(z, t), slope w · (σ(z) − t).
///
/// A `Weight` has what `sigmoid_loss` asks of an element, but its device object gives w:
/// `T operator()(T z, bool target, row_word const&, std::int32_t column) const`. One whose weights are 0 or 1 alone
/// says so with `static constexpr bool binary = true`, which saves a logarithm for every element; one that trains few
/// columns of a row may list them, too (`federated.hpp`), which saves a CPU the others' exponentials.
template <class Weight>
class weighted_bce : public Weight {
  static_assert(weight_policy<Weight>,
                "acsl::weighted_bce: Weight must model acsl::weight_policy: plan, layout, prior, and a trivially "
                "copyable on_device whose operator() const takes (logit, true column?, row, column)");

 public:
  weighted_bce() = default;
  explicit weighted_bce(Weight weight) : Weight(std::move(weight)) {}

  [[nodiscard]] Weight const& weight() const { return *this; }
  template <class Place>
  [[nodiscard]] auto on_device(Place&& place, row_plan const& plan, index_t columns) const {
    auto const weight = Weight::on_device(place, plan, columns);
    return detail::weighted_bce_element<std::remove_const_t<decltype(weight)>>{weight};
  }
};

}  // namespace acsl
