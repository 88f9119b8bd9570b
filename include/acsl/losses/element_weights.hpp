// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/device_arrays.hpp>
#include <acsl/losses/detail/element_draws.hpp>
#include <acsl/losses/row_plan.hpp>
#include <type_traits>
#include <utility>

namespace acsl {
namespace detail {

/// Weights in the place of values: what a weight policy says of every element, without the weight of the row; 0 in rows
/// that are ignored or weigh nothing.
template <class T, class Weight>
struct element_weight_row {
  using shared = no_shared;
  Weight weight;
  T const* logits;
  T* weights;
  row_word const* rows;
  index_t columns;

  template <class Team>
  ACSL_ROW_KERNEL void operator()(Team& team, shared&, index_t i) const {
    row_word const row = rows[i];
    T const* z = logits + i * columns;
    T* w = weights + i * columns;
    if (row.target < 0) {
      team.for_each(columns, [&](index_t j) { w[j] = 0; });
      return;
    }
    by_row(weight, row, [&](auto const& one) {
      team.for_each(columns, [&](index_t j) {
        auto const column = static_cast<std::int32_t>(j);
        auto const says = [&](auto... bits) { return one(z[j], column == row.target, row, column, bits...); };
        T own = 0;
        if constexpr (requires { one.draws(); }) own = says(one.draws().bits(row, column));
        else own = says();
        w[j] = row.weight > 0 ? own : T(0);
      });
    });
  }
};

}  // namespace detail

/// The weights [N, K] of the elements of a batch, in the backend's memory: planned, begun and placed as `sigmoid_loss`
/// does.
/// @param weight a policy of `weighted_bce` with its state before the batch
/// @param key    of the batch: what a loss draws with it, the weights show
template <class T, backend Backend, class Weight>
tensor<T> element_weights(Backend& exec, Weight weight, constant_view<T> logits, tensor_view<std::int32_t const> labels,
                          random_key key, loss_arguments const& arguments) {
  row_plan const plan = weight.plan(labels, logits.columns(), key, arguments);
  if constexpr (requires { weight.begin(exec, logits, plan, arguments); }) weight.begin(exec, logits, plan, arguments);
  device_arrays place(exec);
  auto const device = weight.on_device(place, plan, logits.columns());
  tensor<T> result(logits.extents(), exec.memory());
  exec.for_each_row(logits.rows(), detail::element_weight_row<T, std::remove_const_t<decltype(device)>>{
                                       device, logits.data(), result.data(), place(plan.rows), logits.columns()});
  return result;
}

}  // namespace acsl
