// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <acsl/backend/detail/row_reduction.hpp>
#include <acsl/backend/detail/run_rows.cuh>
#include <acsl/backend/detail/tiled_convolution.hpp>
#include <acsl/backend/detail/tiled_gemm.hpp>
#include <acsl/losses/sigmoid_loss.hpp>
#include <acsl/losses/softmax_cross_entropy.hpp>
#include <acsl/losses/suppression_weight.hpp>
#include <acsl/losses/weighted_bce.hpp>

// The library's kernels in which time is spent. This file is compiled so that a kernel which spills registers is an
// error; kernels of CUB may.
namespace acsl::detail {

using suppression_row = sigmoid_row<float, weighted_bce_element<suppression_weight::device>>;
using softmax_cross_entropy_row = softmax_loss_row<float, plain_softmax_member>;
using sum_chunks = reduce_chunks<float, element_of<float const>, plus>;

template __global__ void run_rows<256>(tiled_product<gemm_tiles>, index_t);
template __global__ void run_rows<256>(tiled_product<convolve_tiles>, index_t);
template __global__ void run_rows<256>(tiled_product<backward_data_tiles>, index_t);
template __global__ void run_rows<256>(tiled_product<backward_weights_tiles>, index_t);
template __global__ void run_rows<256>(sum_chunks, index_t);
template __global__ void run_rows<128>(suppression_row, index_t);
template __global__ void run_rows<128>(softmax_cross_entropy_row, index_t);
template __global__ void run_rows<128>(softmax_row<float>, index_t);

}  // namespace acsl::detail
