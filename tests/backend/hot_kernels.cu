// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <acsl/backend/detail/row_reduction.hpp>
#include <acsl/backend/detail/run_rows.cuh>
#include <acsl/backend/detail/tiled_convolution.hpp>
#include <acsl/backend/detail/tiled_gemm.hpp>
#include <acsl/losses/any_classification_loss.hpp>

// The library's kernels in which time is spent. This file is compiled so that a kernel which spills registers is an
// error; kernels of CUB may.
namespace acsl::detail {

using suppression_row = sigmoid_row<float, weighted_bce_element<suppression_weight::device>>;
using softmax_cross_entropy_row = softmax_loss_row<float, softmax_terms>;
using focal_row = sigmoid_row<float, focal_element::device>;
using column_row = sigmoid_row<float, weighted_bce_element<column_weight::device>>;
using drop_row = sigmoid_row<float, weighted_bce_element<drop_weight::device>>;
using gumbel_row = sigmoid_row<float, gumbel_device<drop_weight::device>>;
using shifted_row = sigmoid_row<float, shifted_bce>;
using equalization_v2_rows = watched_rows<float, weighted_bce_element<equalization_v2_weight::device>>;
using equalized_focal_rows = watched_rows<float, equalized_focal_element::device>;
using harmonised_row = sigmoid_row<float, weighted_bce_element<harmonised_gradient_weight::device>>;
using affine_row = softmax_loss_row<float, affine_member::terms>;
using softmax_focal_row = softmax_loss_row<float, softmax_focal_member::terms>;
using softmax_equalization_row = softmax_loss_row<float, softmax_equalization_member::terms>;
using sum_chunks = reduce_chunks<float, element_of<float const>, plus>;

template __global__ void run_rows<256>(tiled_product<gemm_tiles>, index_t);
template __global__ void run_rows<256>(tiled_product<convolve_tiles>, index_t);
template __global__ void run_rows<256>(tiled_product<backward_data_tiles>, index_t);
template __global__ void run_rows<256>(tiled_product<backward_weights_tiles>, index_t);
template __global__ void run_rows<256>(sum_chunks, index_t);
template __global__ void run_rows<128>(suppression_row, index_t);
template __global__ void run_rows<128>(softmax_cross_entropy_row, index_t);
template __global__ void run_rows<128>(softmax_row<float>, index_t);
template __global__ void run_rows<128>(focal_row, index_t);
template __global__ void run_rows<128>(column_row, index_t);
template __global__ void run_rows<128>(drop_row, index_t);
template __global__ void run_rows<128>(gumbel_row, index_t);
template __global__ void run_rows<128>(shifted_row, index_t);
template __global__ void run_rows<128>(equalization_v2_rows, index_t);
template __global__ void run_rows<128>(equalized_focal_rows, index_t);
template __global__ void run_rows<128>(harmonised_row, index_t);
template __global__ void run_rows<128>(affine_row, index_t);
template __global__ void run_rows<128>(softmax_focal_row, index_t);
template __global__ void run_rows<128>(softmax_equalization_row, index_t);
template __global__ void run_rows<128>(seesaw_row<float>, index_t);
template __global__ void run_rows<128>(group_row<float>, index_t);

}  // namespace acsl::detail
