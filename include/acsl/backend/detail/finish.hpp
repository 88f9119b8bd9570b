// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/gemm.hpp>

namespace acsl::detail {

/// The epilogue of gemm.hpp on one element, in T.
/// @param position of the element in the result, for the addend
template <class T>
ACSL_HOST_DEVICE float finish(epilogue const& last, T value, index_t row, index_t column, index_t position) {
  if (last.row_scale) value *= last.row_scale[row];
  if (last.row_shift) value += last.row_shift[row];
  if (last.column_shift) value += last.column_shift[column];
  if (last.addend) value += last.addend[position];
  if (last.relu && value < 0) value = 0;
  return static_cast<float>(value);
}

/// The same on `count` elements of one row, in place; `column` and `position` are those of the first.
ACSL_LEAF void finish_row(epilogue const& last, index_t row, index_t column, index_t position, float* v,
                          index_t count) {
  if (last.row_scale || last.row_shift) {
    float const scale = last.row_scale ? last.row_scale[row] : 1, shift = last.row_shift ? last.row_shift[row] : 0;
    for (index_t j = 0; j < count; ++j) v[j] = scale * v[j] + shift;
  }
  if (last.column_shift)
    for (index_t j = 0; j < count; ++j) v[j] += last.column_shift[column + j];
  if (last.addend)
    for (index_t j = 0; j < count; ++j) v[j] += last.addend[position + j];
  if (last.relu)
    for (index_t j = 0; j < count; ++j) v[j] = v[j] < 0 ? 0.0F : v[j];
}

}  // namespace acsl::detail
