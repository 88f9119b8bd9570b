// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/convolution.hpp>
#include <acsl/backend/detail/finish.hpp>
#include <acsl/backend/detail/tiled_product.hpp>
#include <acsl/backend/gemm.hpp>
#include <acsl/core/tensor.hpp>
#include <algorithm>
#include <cstdint>

/// Convolutions as products whose patches are never stored, for `tiled_product`.
namespace acsl::detail {

/// Extents of a convolution, in 32 bits: a GPU divides 64-bit numbers slowly. One map has at most 2^31 elements.
struct convolution_extents {
  std::int32_t channels, filters, groups, kernel, stride, padding;  // channels and filters of one group
  std::int32_t height, width, out_height, out_width;

  convolution_extents(convolution_geometry const& g, shape const& input)
      : channels(narrow(g.in_channels / g.groups)),
        filters(narrow(g.out_channels / g.groups)),
        groups(narrow(g.groups)),
        kernel(narrow(g.kernel)),
        stride(narrow(g.stride)),
        padding(narrow(g.padding)),
        height(narrow(input[2])),
        width(narrow(input[3])),
        out_height(narrow(g.output_extent(input[2]))),
        out_width(narrow(g.output_extent(input[3]))) {
    narrow(g.in_channels * input[2] * input[3]);
    narrow(g.out_channels * g.output_extent(input[2]) * g.output_extent(input[3]));
    narrow(g.weight_shape().elements());
  }
  static std::int32_t narrow(index_t value) {
    ACSL_EXPECTS(value <= INT32_MAX, "one image of a convolution has fewer than 2^31 elements", value);
    return static_cast<std::int32_t>(value);
  }
  [[nodiscard]] ACSL_HOST_DEVICE std::int32_t area() const { return kernel * kernel; }
  [[nodiscard]] ACSL_HOST_DEVICE std::int32_t pixels() const { return out_height * out_width; }
  /// Elements of one group of one image before `batch` = image · groups + group.
  [[nodiscard]] ACSL_HOST_DEVICE index_t input_of(index_t batch) const { return batch * channels * height * width; }
  [[nodiscard]] ACSL_HOST_DEVICE index_t output_of(index_t batch) const { return batch * filters * pixels(); }
  [[nodiscard]] ACSL_HOST_DEVICE index_t weights_of(index_t batch) const {
    return batch % groups * filters * channels * area();
  }
  /// Element (c, i, j) of the patch that output pixel `pixel` reads; `input` is one group of one image.
  [[nodiscard]] ACSL_HOST_DEVICE float patch(float const* input, std::int32_t cij, std::int32_t pixel) const {
    std::int32_t const c = cij / area(), i = cij % area() / kernel, j = cij % kernel;
    std::int32_t const v = pixel / out_width * stride - padding + i, u = pixel % out_width * stride - padding + j;
    return v >= 0 && v < height && u >= 0 && u < width ? input[(c * height + v) * width + u] : 0.0F;
  }
};

/// Output [filters, pixels] = weights [filters, (c, i, j)] · patches [(c, i, j), pixels].
struct convolve_tiles {
  index_t rows, columns, batches;
  bool a_inner_first, b_inner_first;
  convolution_extents e;
  float const *input, *weight;
  float* output;
  epilogue last;

  [[nodiscard]] ACSL_HOST_DEVICE index_t inner(index_t) const { return e.channels * e.area(); }
  [[nodiscard]] ACSL_HOST_DEVICE float a(index_t batch, index_t i, index_t k) const {
    return weight[e.weights_of(batch) + i * e.channels * e.area() + k];
  }
  [[nodiscard]] ACSL_HOST_DEVICE float b(index_t batch, index_t k, index_t j) const {
    return e.patch(input + e.input_of(batch), static_cast<std::int32_t>(k), static_cast<std::int32_t>(j));
  }
  ACSL_HOST_DEVICE void store(index_t batch, index_t i, index_t j, float sum) const {
    index_t const position = e.output_of(batch) + i * e.pixels() + j;
    output[position] = finish(last, sum, batch % e.groups * e.filters + i, j, position);
  }
};

template <class Exec>
void tiled_convolve(Exec& exec, convolution_geometry const& g, tensor_view<float const> input,
                    tensor_view<float const> weight, tensor_view<float> output, epilogue const& last) {
  convolution_extents const e(g, input.extents());
  run_tiled(exec, convolve_tiles{e.filters, e.pixels(), input.extent(0) * g.groups, true, false, e, input.data(),
                                 weight.data(), output.data(), last});
}

/// Input gradient [channels, input pixels] = weights [channels, (filter, i, j)] · output gradients that a pixel sees.
struct backward_data_tiles {
  index_t rows, columns, batches;
  bool a_inner_first, b_inner_first;
  convolution_extents e;
  float const *output_gradient, *weight;
  float* input_gradient;

  [[nodiscard]] ACSL_HOST_DEVICE index_t inner(index_t) const { return e.filters * e.area(); }
  [[nodiscard]] ACSL_HOST_DEVICE float a(index_t batch, index_t c, index_t k) const {
    auto const fij = static_cast<std::int32_t>(k);
    std::int32_t const filter = fij / e.area();
    return weight[e.weights_of(batch) + (filter * e.channels + c) * e.area() + fij % e.area()];
  }
  [[nodiscard]] ACSL_HOST_DEVICE float b(index_t batch, index_t k, index_t j) const {
    auto const fij = static_cast<std::int32_t>(k), pixel = static_cast<std::int32_t>(j);
    std::int32_t const y = pixel / e.width + e.padding - fij % e.area() / e.kernel;
    std::int32_t const x = pixel % e.width + e.padding - fij % e.kernel;
    if (y < 0 || x < 0 || y % e.stride != 0 || x % e.stride != 0) return 0;
    std::int32_t const v = y / e.stride, u = x / e.stride;
    if (v >= e.out_height || u >= e.out_width) return 0;
    return output_gradient[e.output_of(batch) + (fij / e.area() * e.out_height + v) * e.out_width + u];
  }
  ACSL_HOST_DEVICE void store(index_t batch, index_t c, index_t j, float sum) const {
    input_gradient[e.input_of(batch) + c * e.height * e.width + j] = sum;
  }
};

template <class Exec>
void tiled_convolve_backward_data(Exec& exec, convolution_geometry const& g, tensor_view<float const> output_gradient,
                                  tensor_view<float const> weight, tensor_view<float> input_gradient) {
  convolution_extents const e(g, input_gradient.extents());
  run_tiled(exec, backward_data_tiles{e.channels, input_gradient.extent(2) * input_gradient.extent(3),
                                      input_gradient.extent(0) * g.groups, false, false, e, output_gradient.data(),
                                      weight.data(), input_gradient.data()});
}

/// Weight gradient [filters, (c, i, j)] = output gradient [filters, pixels] · patches [pixels, (c, i, j)], for chunks
/// of the pixels of every image; batch = chunk of all images' groups.
struct backward_weights_tiles {
  index_t rows, columns, batches;
  bool a_inner_first, b_inner_first;
  convolution_extents e;
  index_t chunk, chunks;
  float const *input, *output_gradient;
  float* partial;  // [batches, rows, columns]

  [[nodiscard]] ACSL_HOST_DEVICE index_t inner(index_t batch) const {
    index_t const rest = e.pixels() - batch % chunks * chunk;
    return rest < chunk ? rest : chunk;
  }
  [[nodiscard]] ACSL_HOST_DEVICE float a(index_t batch, index_t i, index_t k) const {
    return output_gradient[e.output_of(batch / chunks) + i * e.pixels() + batch % chunks * chunk + k];
  }
  [[nodiscard]] ACSL_HOST_DEVICE float b(index_t batch, index_t k, index_t j) const {
    return e.patch(input + e.input_of(batch / chunks), static_cast<std::int32_t>(j),
                   static_cast<std::int32_t>(batch % chunks * chunk + k));
  }
  ACSL_HOST_DEVICE void store(index_t batch, index_t i, index_t j, float sum) const {
    partial[(batch * rows + i) * columns + j] = sum;
  }
};

template <class Exec>
void tiled_convolve_backward_weights(Exec& exec, convolution_geometry const& g, tensor_view<float const> input,
                                     tensor_view<float const> output_gradient, tensor_view<float> weight_gradient) {
  convolution_extents const e(g, input.extents());
  index_t const images = input.extent(0), size = weight_gradient.size();
  if (images == 0 || size == 0) return;
  // Enough chunks to occupy a large GPU; their number depends on shapes alone.
  index_t const columns = index_t{e.channels} * e.area();
  index_t const tiles = g.groups * ((e.filters + 63) / 64) * ((columns + 63) / 64);
  index_t const wanted = std::max<index_t>(1, 512 / (tiles * images));
  index_t const chunk = std::max<index_t>(512, (e.pixels() + wanted - 1) / wanted);
  index_t const chunks = (e.pixels() + chunk - 1) / chunk, batches = images * g.groups * chunks;
  tensor<float> partial({batches, e.filters, columns}, exec.memory());
  run_tiled(exec, backward_weights_tiles{e.filters, columns, batches, true, true, e, chunk, chunks, input.data(),
                                         output_gradient.data(), partial.data()});
  float const* const parts = partial.data();
  float* const to = weight_gradient.data();
  index_t const group_size = size / g.groups, groups = g.groups;
  exec.for_each(size, [=] ACSL_HOST_DEVICE(index_t i) {
    index_t const group = i / group_size, inside = i % group_size;
    float sum = 0;
    for (index_t image = 0; image < images; ++image)
      for (index_t part = 0; part < chunks; ++part)
        sum += parts[((image * groups + group) * chunks + part) * group_size + inside];
    to[i] += sum;
  });
}

}  // namespace acsl::detail
