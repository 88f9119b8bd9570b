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

}  // namespace acsl::detail
