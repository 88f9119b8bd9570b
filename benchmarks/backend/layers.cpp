// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0

// Every distinct convolution of the detectors at full size (an image of 1333 x 800 pixels, padded to 1344 x 800):
// forward with the epilogue of a folded norm and a relu, and backward by data and by weights. Names tell how often a
// forward pass runs it; `peak` is what the micro kernel reaches. scripts/bench_models.py --layers makes the table.
#include <benchmark/benchmark.h>
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "../machine.hpp"

namespace {

using acsl::index_t;

struct layer {
  acsl::convolution_geometry geometry;
  index_t height, width;  // of the input
  int count = 1;

  [[nodiscard]] std::string name() const {
    auto const& g = geometry;
    auto const text = [](index_t n) { return std::to_string(n); };
    return text(g.in_channels) + "->" + text(g.out_channels) + " " + text(g.kernel) + "x" + text(g.kernel) +
           (g.stride > 1 ? " stride " + text(g.stride) : "") + (g.groups > 1 ? " groups " + text(g.groups) : "") +
           " on " + text(height) + "x" + text(width) + "/" + std::to_string(count);
  }
};

// Adds a layer, or counts one that is there, and moves height and width on to its output.
void add(std::vector<layer>& layers, acsl::convolution_geometry const& geometry, index_t& height, index_t& width) {
  layer const added{geometry, height, width};
  auto const same = std::find_if(layers.begin(), layers.end(), [&](layer const& l) {
    auto const key = [](layer const& x) {
      auto const& g = x.geometry;
      return std::array{g.in_channels, g.out_channels, g.kernel, g.stride, g.groups, x.height, x.width};
    };
    return key(l) == key(added);
  });
  if (same == layers.end()) layers.push_back(added);
  else ++same->count;
  height = geometry.output_extent(height);
  width = geometry.output_extent(width);
}

std::vector<layer> backbone_layers(std::array<int, 4> const& blocks, index_t groups, index_t base_width) {
  std::vector<layer> layers;
  index_t height = 800, width = 1344;
  add(layers, {3, 64, 7, 2, 3, 1}, height, width);
  index_t in = 64;
  height /= 2, width /= 2;  // pooling
  for (std::size_t k = 0; k < blocks.size(); ++k)
    for (int b = 0; b < blocks[k]; ++b) {
      index_t const planes = index_t{64} << k, inner = planes * base_width / 64 * groups;
      index_t const stride = b == 0 && k > 0 ? 2 : 1;
      if (b == 0) {
        index_t h = height, w = width;
        add(layers, {in, 4 * planes, 1, stride, 0, 1}, h, w);
      }
      add(layers, {in, inner, 1, 1, 0, 1}, height, width);
      add(layers, {inner, inner, 3, stride, 1, groups}, height, width);
      add(layers, {inner, 4 * planes, 1, 1, 0, 1}, height, width);
      in = 4 * planes;
    }
  return layers;
}

// Laterals and outputs of the pyramid, and the proposal head.
std::vector<layer> pyramid_layers() {
  std::vector<layer> layers;
  index_t height = 200, width = 336;
  for (index_t in = 256; in <= 4096; in *= 2) {  // P6, after 2048 channels, has the proposal head alone
    if (in <= 2048) {
      add(layers, {in, 256, 1, 1, 0, 1}, height, width);
      add(layers, {256, 256, 3, 1, 1, 1}, height, width);
    }
    add(layers, {256, 256, 3, 1, 1, 1}, height, width);
    add(layers, {256, 3, 1, 1, 0, 1}, height, width);
    add(layers, {256, 12, 1, 1, 0, 1}, height, width);
    height = (height + 1) / 2, width = (width + 1) / 2;
  }
  return layers;
}

enum class pass { forward, data, weights };

void convolution(benchmark::State& state, layer const& l, pass what) {
  acsl::cpu exec(bench::threads);
  auto* const memory = exec.memory();
  auto const& g = l.geometry;
  acsl::tensor<float> input({1, g.in_channels, l.height, l.width}, memory), weight(g.weight_shape(), memory),
      output(g.output_shape(input.extents()), memory);
  for (index_t i = 0; i < input.size(); ++i) input[i] = static_cast<float>(i % 13) - 6;
  for (index_t i = 0; i < weight.size(); ++i) weight[i] = static_cast<float>(i % 7) - 3;
  for (index_t i = 0; i < output.size(); ++i) output[i] = static_cast<float>(i % 11) - 5;
  std::vector<float> const norm(static_cast<std::size_t>(g.out_channels), 1.0F);
  acsl::epilogue last;
  last.row_scale = last.row_shift = norm.data();
  last.relu = true;
  for (auto _ : state) {
    if (what == pass::forward) exec.convolve(g, input.view(), weight.view(), output.view(), last);
    else if (what == pass::data) exec.convolve_backward_data(g, output.view(), weight.view(), input.view());
    else exec.convolve_backward_weights(g, input.view(), output.view(), weight.view());
  }
  state.counters["flop"] =
      2.0 * static_cast<double>(output.size()) * static_cast<double>(g.weight_shape().elements_from(1));
}

[[maybe_unused]] bool const registered = [] {
  auto const add_all = [](std::string const& of, std::vector<layer> const& layers) {
    for (auto const& l : layers)
      for (auto const& [what, name] :
           {std::pair{pass::forward, "forward"}, {pass::data, "data"}, {pass::weights, "weights"}}) {
        if (l.geometry.in_channels == 3 && what == pass::data) continue;  // nobody asks for an image's gradient
        benchmark::RegisterBenchmark(("layers/" + of + "/" + l.name() + "/" + name).c_str(), convolution, l, what)
            ->UseRealTime()
            ->Unit(benchmark::kMillisecond);
      }
  };
  benchmark::RegisterBenchmark("peak", bench::peak)->UseRealTime()->Unit(benchmark::kMillisecond);
  add_all("r50", backbone_layers({3, 4, 6, 3}, 1, 64));
  add_all("x101_64x4d", backbone_layers({3, 4, 23, 3}, 64, 4));
  add_all("pyramid", pyramid_layers());
  return true;
}();

}  // namespace
