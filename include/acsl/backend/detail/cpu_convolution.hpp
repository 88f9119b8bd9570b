// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/convolution.hpp>
#include <acsl/backend/detail/cpu_gemm.hpp>
#include <acsl/backend/detail/direct_convolution.hpp>
#include <acsl/backend/detail/direct_gradient.hpp>
#include <acsl/backend/detail/patch_columns.hpp>
#include <acsl/backend/detail/winograd_convolution.hpp>
#include <acsl/backend/detail/winograd_gradient.hpp>
#include <acsl/backend/gemm.hpp>
#include <acsl/core/tensor_view.hpp>
#include <algorithm>

namespace acsl::detail {

inline patch_columns patches_of(convolution_geometry const& g, tensor_view<float const> input, index_t image,
                                index_t group) {
  index_t const channels = g.in_channels / g.groups, height = input.extent(2), width = input.extent(3);
  return {input.data() + (image * g.in_channels + group * channels) * height * width,
          height,
          width,
          g.kernel,
          g.stride,
          g.padding,
          g.output_extent(height),
          g.output_extent(width)};
}

/// Weights of every group packed as rows, one after the other.
template <class Exec>
tensor<float> pack_weights(Exec& exec, convolution_geometry const& g, float const* weight) {
  index_t const m = g.out_channels / g.groups, k = g.in_channels / g.groups * g.kernel * g.kernel;
  index_t const size = panels(m, tile_rows) * tile_rows * k;
  tensor<float> packed({g.groups * size}, exec.memory());
  for (index_t group = 0; group < g.groups; ++group)
    pack_rows(exec, m, k, weight + group * m * k, k, transpose::no, packed.data() + group * size);
  return packed;
}

/// The epilogue for rows of one image and group, whose pointers start at the image's and group's first row.
inline epilogue shifted(epilogue last, index_t first_row, index_t offset) {
  if (last.row_scale) last.row_scale += first_row;
  if (last.row_shift) last.row_shift += first_row;
  if (last.addend) last.addend += offset;
  return last;
}

/// Forward convolution as a product of the weights with patches that are packed where they are used: images, groups and
/// blocks of pixels side by side.
template <class Exec>
void cpu_convolve(Exec& exec, convolution_geometry const& g, tensor_view<float const> input,
                  tensor_view<float const> weight, tensor_view<float> output, epilogue const& last) {
  if (output.empty()) return;
  if (suits_winograd(g, input.extents())) return winograd_convolve(exec, g, input, weight, output, last);
  if (suits_direct(g)) return direct_convolve(exec, g, input, weight, output, last);
  index_t const m = g.out_channels / g.groups, k = g.in_channels / g.groups * g.kernel * g.kernel;
  if (needs_own_addend(last, output.data(), k)) {
    tensor<float> const addend = copy_of(exec, output.data(), output.size());
    epilogue own = last;
    own.addend = addend.data();
    return cpu_convolve(exec, g, input, weight, output, own);
  }
  index_t const pixels = output.extent(2) * output.extent(3), row_count = panels(m, tile_rows);
  auto const packed = pack_weights(exec, g, weight.data());
  product_blocks const blocks(m, pixels);
  index_t const per_map = blocks.tasks(), maps = input.extent(0) * g.groups;
  exec.parallel_for(maps * per_map, [&, m, k](index_t task) {
    index_t const image = task / per_map / g.groups, group = task / per_map % g.groups, part = task % per_map;
    index_t const n0 = part % blocks.column_tasks * blocks.columns, n1 = std::min(pixels, n0 + blocks.columns);
    index_t const p0 = part / blocks.column_tasks * blocks.row_panels, p1 = std::min(row_count, p0 + blocks.row_panels);
    index_t const offset = (image * g.out_channels + group * m) * pixels;
    tensor<float> scratch({inner_block * panels(n1 - n0, tile_columns) * tile_columns}, exec.memory());
    auto const multiply = [&](auto const& pack) {
      product_block(m, k, packed.data() + group * row_count * tile_rows * k, p0, p1, n0, n1, pack, scratch.data(),
                    output.data() + offset, pixels, false, shifted(last, group * m, offset));
    };
    auto const patches = patches_of(g, input, image, group);
    if (g.pointwise()) multiply(packed_lines{patches.input, pixels});
    else multiply(by_panel(patches));
  });
}

/// The maps with s − 1 zeros between neighbours, and zeros behind the last up to [height, width].
template <class Exec>
tensor<float> spread(Exec& exec, tensor_view<float const> x, index_t s, index_t height, index_t width) {
  tensor<float> result({x.extent(0), x.extent(1), height, width}, exec.memory());
  index_t const rows = x.extent(2), columns = x.extent(3);
  float const* const from = x.data();
  float* const to = result.data();
  exec.parallel_for(x.extent(0) * x.extent(1), [=](index_t map) {
    float* plane = to + map * height * width;
    std::fill(plane, plane + height * width, 0.0F);
    for (index_t r = 0; r < rows; ++r) {
      float const* line = from + (map * rows + r) * columns;
      for (index_t c = 0; c < columns; ++c) plane[r * s * width + c * s] = line[c];
    }
  });
  return result;
}

/// Stride 1: the convolution of the gradient with the weights turned around; likewise for larger strides, of the spread
/// gradient, where that is faster in spite of its zeros. Otherwise: patches of the gradient by a product, gathered into
/// every input pixel in a fixed order.
template <class Exec>
void cpu_convolve_backward_data(Exec& exec, convolution_geometry const& g, tensor_view<float const> output_gradient,
                                tensor_view<float const> weight, tensor_view<float> input_gradient) {
  index_t const in = g.in_channels / g.groups, out = g.out_channels / g.groups, area = g.kernel * g.kernel;
  if (g.stride == 1 && g.padding < g.kernel) {
    tensor<float> turned({g.in_channels * out * area}, exec.memory());  // [in, out / groups, kernel, kernel]
    float const* w = weight.data();
    float* t = turned.data();
    exec.parallel_for(g.in_channels, [=](index_t c) {
      index_t const group = c / in;
      for (index_t o = 0; o < out; ++o)
        for (index_t i = 0; i < area; ++i)
          t[(c * out + o) * area + i] = w[((group * out + o) * in + c % in) * area + area - 1 - i];
    });
    convolution_geometry const turned_around{g.out_channels,           g.in_channels, g.kernel, 1,
                                             g.kernel - 1 - g.padding, g.groups};
    cpu_convolve(exec, turned_around, output_gradient, turned.view(), input_gradient, epilogue{});
    return;
  }
  index_t const height = input_gradient.extent(2), width = input_gradient.extent(3);
  convolution_geometry step_by_step = g;
  step_by_step.stride = 1;
  if (g.stride == 2 && g.padding < g.kernel &&
      (suits_direct(g) || suits_winograd(step_by_step, input_gradient.extents()))) {
    auto const gradient =
        spread(exec, output_gradient, g.stride, step_by_step.output_extent(height), step_by_step.output_extent(width));
    return cpu_convolve_backward_data(exec, step_by_step, gradient.view(), weight, input_gradient);
  }
  index_t const rows = output_gradient.extent(2), columns = output_gradient.extent(3), pixels = rows * columns;
  tensor<float> patches({in * area, pixels}, exec.memory());
  for (index_t image = 0; image < input_gradient.extent(0); ++image)
    for (index_t group = 0; group < g.groups; ++group) {
      float const* gradient = output_gradient.data() + (image * g.out_channels + group * out) * pixels;
      cpu_gemm(exec, {.a = transpose::yes, .m = in * area, .n = pixels, .k = out},
               weight.data() + group * out * in * area, gradient, patches.data(), epilogue{});
      float const* from = patches.data();
      float* to = input_gradient.data() + (image * g.in_channels + group * in) * height * width;
      exec.parallel_for(in, [=, &g](index_t c) {
        float* plane = to + c * height * width;
        std::fill(plane, plane + height * width, 0.0F);
        for (index_t i = 0; i < g.kernel; ++i)
          for (index_t j = 0; j < g.kernel; ++j) {
            float const* source = from + (c * area + i * g.kernel + j) * pixels;
            for (index_t y = 0; y < rows; ++y) {
              index_t const v = y * g.stride - g.padding + i;
              if (v < 0 || v >= height) continue;
              for (index_t x = 0; x < columns; ++x) {
                index_t const u = x * g.stride - g.padding + j;
                if (u >= 0 && u < width) plane[v * width + u] += source[y * columns + x];
              }
            }
          }
      });
    }
}

/// Product of the output's gradient with the transposed patches. The sum over pixels is cut into chunks whose number
/// depends on the shape alone; their results are added in order.
template <class Exec>
void cpu_convolve_backward_weights(Exec& exec, convolution_geometry const& g, tensor_view<float const> input,
                                   tensor_view<float const> output_gradient, tensor_view<float> weight_gradient) {
  index_t const m = g.out_channels / g.groups, n = g.in_channels / g.groups * g.kernel * g.kernel;
  index_t const pixels = output_gradient.extent(2) * output_gradient.extent(3), images = input.extent(0);
  if (pixels == 0 || images == 0) return;
  if (suits_winograd(g, input.extents()))
    return winograd_backward_weights(exec, g, input, output_gradient, weight_gradient);
  if (suits_direct(g)) return direct_backward_weights(exec, g, input, output_gradient, weight_gradient);
  // Chunks first: each reads its pixels once. Few enough that their results are small beside what they read.
  index_t const wanted = 8, row_count = panels(m, tile_rows);
  index_t const chunk = std::max<index_t>({1024, panels(panels(pixels, wanted), inner_block) * inner_block, n / 4});
  index_t const chunks = panels(pixels, chunk);
  product_blocks const blocks(m, n, std::max<index_t>(1, wanted / (chunks * images)));
  index_t const size = m * n;
  tensor<float> partial({images * chunks * size}, exec.memory());
  for (index_t group = 0; group < g.groups; ++group) {
    tensor<float> packed({images * row_count * tile_rows * pixels}, exec.memory());
    for (index_t image = 0; image < images; ++image)
      for (index_t part = 0; part < chunks; ++part) {
        float const* gradient = output_gradient.data() + (image * g.out_channels + group * m) * pixels + part * chunk;
        index_t const count = std::min(chunk, pixels - part * chunk);
        pack_rows(exec, m, count, gradient, pixels, transpose::no,
                  packed.data() + (image * pixels + part * chunk) * row_count * tile_rows);
      }
    index_t const per_chunk = blocks.tasks();
    exec.parallel_for(images * chunks * per_chunk, [&, m, n](index_t task) {
      index_t const slot = task / per_chunk, image = slot / chunks, begin = slot % chunks * chunk,
                    part = task % per_chunk;
      index_t const n0 = part % blocks.column_tasks * blocks.columns, n1 = std::min(n, n0 + blocks.columns);
      index_t const p0 = part / blocks.column_tasks * blocks.row_panels,
                    p1 = std::min(row_count, p0 + blocks.row_panels);
      patch_rows const rows{patches_of(g, input, image, group)};
      tensor<float> scratch({inner_block * panels(n1 - n0, tile_columns) * tile_columns}, exec.memory());
      auto const multiply = [&](auto const& pack) {
        product_block(m, std::min(chunk, pixels - begin),
                      packed.data() + (image * pixels + begin) * row_count * tile_rows, p0, p1, n0, n1, pack,
                      scratch.data(), partial.data() + slot * size, n, false, epilogue{});
      };
      if (g.pointwise()) multiply(packed_columns{rows.patches.input + begin, pixels});
      else
        multiply(by_panel([&](index_t k0, index_t steps, index_t column, index_t count, float* to) {
          rows(begin + k0, steps, column, count, to);
        }));
    });
    float* to = weight_gradient.data() + group * size;
    float const* from = partial.data();
    index_t const slots = images * chunks, block = 4096;
    exec.parallel_for(panels(size, block), [=](index_t b) {
      index_t const end = std::min(size, (b + 1) * block);
      for (index_t slot = 0; slot < slots; ++slot)
        for (index_t i = b * block; i < end; ++i) to[i] += from[slot * size + i];
    });
  }
}

}  // namespace acsl::detail
