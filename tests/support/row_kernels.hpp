// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/detail/row_reduction.hpp>
#include <acsl/backend/detail/tiled_convolution.hpp>
#include <acsl/backend/detail/tiled_gemm.hpp>
#include <acsl/backend/device_arrays.hpp>
#include <acsl/losses/any_classification_loss.hpp>
#include <map>
#include <string>
#include <support/backend_memory.hpp>

/// Row kernels for tests: two of our own, and the library's on small problems.
namespace test {

/// Sum and largest element of every row.
struct sum_and_largest {
  using shared = acsl::no_shared;
  float const* x;
  float* result;
  acsl::index_t columns;
  template <class Team>
  ACSL_HOST_DEVICE void operator()(Team& team, shared&, acsl::index_t row) const {
    float sum = 0, largest = -1e30F;
    team.for_each(columns, [&](acsl::index_t j) {
      float const value = x[row * columns + j];
      sum += value;
      largest = largest < value ? value : largest;
    });
    sum = team.reduce(sum, acsl::plus{});
    largest = team.reduce(largest, acsl::maximum{});
    if (team.rank() == 0) {
      result[2 * row] = sum;
      result[2 * row + 1] = largest;
    }
  }
};

/// Turns a row of at most 2,200 elements around in its place, through shared memory.
struct turn_around {
  struct shared {
    float line[2200];
  };
  float* x;
  acsl::index_t columns;
  template <class Team>
  ACSL_HOST_DEVICE void operator()(Team& team, shared& s, acsl::index_t row) const {
    float* const line = x + row * columns;
    team.for_each(columns, [&](acsl::index_t j) { s.line[j] = line[j]; });
    team.sync();
    team.for_each(columns, [&](acsl::index_t j) { line[j] = s.line[columns - 1 - j]; });
  }
};

/// A softmax with tables whose slope depends on the true column's share: every member needs that column.
struct squared_shares : acsl::affine_member::terms {
  using acsl::affine_member::terms::terms;
  ACSL_HOST_DEVICE acsl::value_and_slope<double> outcome(double log_share) const {
    return {log_share * log_share, 2 * log_share};
  }
};

using results = std::map<std::string, std::vector<float>>;

/// Rows of a classifier: an ignored one, a background one and foreground ones.
struct classifier_rows {
  acsl::index_t columns;
  std::vector<float> logits;
  std::vector<acsl::row_word> rows;

  explicit classifier_rows(acsl::index_t k) : columns(k), logits(uniform_floats(5 * k, 21)) {
    for (float& z : logits) z *= 6;
    rows.push_back({-1, 1, 0, false});
    rows.push_back({0, 0.5F, 5, true});
    for (acsl::index_t i = 0; i < 3; ++i) rows.push_back({static_cast<std::int32_t>(i * (k - 1) / 2), 1, 7, false});
  }

  /// Gradient and sums of one of the library's loss kernels: `make(logits, gradient, rows)`; and the gradient
  /// once more where the logits stand.
  template <class Exec, class Make>
  void run(Exec& exec, results& all, std::string const& name, Make make) const {
    auto const z = on(exec, logits);
    auto in_place = on(exec, logits);
    auto const words = on(exec, rows);
    acsl::tensor<float> gradient({5, columns}, exec.memory());
    acsl::tensor<double> sums({5}, exec.memory());
    auto kernel = make(z.data(), gradient.data(), words.data());
    kernel.sums = sums.data();
    exec.for_each_row(5, kernel);
    all[name + ", gradient"] = host(exec, gradient);
    auto const values = host(exec, sums);
    all[name + ", sums"] = {values.begin(), values.end()};
    auto over = make(in_place.data(), in_place.data(), words.data());
    over.sums = sums.data();
    exec.for_each_row(5, over);
    all[name + ", in place"] = host(exec, in_place);
  }
};

/// Kernels that read a row several times, in slices, or several rows in a block.
template <class Exec>
void group_and_pair_results(Exec& exec, classifier_rows const& rows, results& all) {
  acsl::index_t const k = rows.columns;
  if (k >= 3) {
    auto const counts = on(exec, std::vector<double>(static_cast<std::size_t>(k), 1.5));
    rows.run(exec, all, "seesaw", [&](float const* z, float* g, acsl::row_word const* words) {
      return acsl::detail::seesaw_row<float>{z, g, words, counts.data(), k - 2, 0.25, 0.8F, 2, -4.6F};
    });
    auto const slices = on(exec, std::vector<acsl::column_slice>{{0, 2}, {2, k - 2}});
    std::vector<acsl::detail::group_word> words(10);
    for (std::size_t i = 0; i < words.size(); ++i)  // row 0 is ignored, others miss a group now and then
      words[i] = {i < 2 ? -1 : 0, i % 3 == 2 || i < 2 ? 0.0 : 0.5};
    auto const group = on(exec, words);
    rows.run(exec, all, "groups", [&](float const* z, float* g, acsl::row_word const*) {
      return acsl::detail::group_row<float>{z, g, slices.data(), group.data(), 2, k, 0.25};
    });
  }
  using row = acsl::detail::sigmoid_row<float, acsl::focal_element::device>;
  auto const z = on(exec, rows.logits);
  auto const words = on(exec, rows.rows);
  acsl::tensor<float> gradient({5, k}, exec.memory());
  acsl::tensor<double> sums({1}, exec.memory());
  acsl::tensor<float> positive({1, k}, exec.memory()), negative({1, k}, exec.memory());
  row const kernel{{2, 0.25, 0.75}, z.data(), gradient.data(), words.data(), k, 0.25};
  exec.for_each_row(1, acsl::detail::watched_rows<float, acsl::focal_element::device>{
                           kernel, 5, sums.data(), positive.data(), negative.data()});
  all["watched, gradient"] = host(exec, gradient);
  auto& watched = all["watched, sums"];
  watched.push_back(static_cast<float>(host(exec, sums)[0]));
  for (auto const* part : {&positive, &negative})
    for (float const x : host(exec, *part)) watched.push_back(x);
}

/// Kernels that train some columns of a row: by group, by score, and by draws.
template <class Exec>
void choosing_results(Exec& exec, classifier_rows const& rows, results& all) {
  acsl::index_t const k = rows.columns;
  acsl::device_arrays place(exec);
  acsl::class_statistics classes;
  std::vector<std::uint32_t> tail;
  for (acsl::index_t j = 0; j < k; ++j) {
    if (j > 0) classes.frequency.push_back("rcf"[j % 3]);
    tail.push_back(j % 5 != 0);
  }
  auto const sigmoid_kernel = [&](auto const& weight) {
    return [&](float const* z, float* g, acsl::row_word const* words) {
      acsl::detail::weighted_bce_element<std::remove_cvref_t<decltype(weight)>> const element{weight};
      return acsl::detail::sigmoid_row<float, std::remove_const_t<decltype(element)>>{element, z, g, words, k, 0.25};
    };
  };
  using acsl::suppression_mode;
  acsl::suppression_weight const official(classes), paper(classes, {.mode = suppression_mode::paper});
  rows.run(exec, all, "suppression, official", sigmoid_kernel(official.on_device(place, {}, k)));
  rows.run(exec, all, "suppression, paper", sigmoid_kernel(paper.on_device(place, {}, k)));
  acsl::detail::element_draws const draws{acsl::random_key{8}, nullptr, k};
  auto const often = acsl::detail::chance::of(0.7, draws), seldom = acsl::detail::chance::of(0.1, draws);
  rows.run(exec, all, "drop", sigmoid_kernel(acsl::drop_weight::by_chance{place(tail), draws, often, seldom}));
  acsl::softmax_equalization_member::terms const terms(place(tail), draws, often);
  rows.run(exec, all, "softmax equalization", [&](float const* z, float* g, acsl::row_word const* words) {
    return acsl::detail::softmax_loss_row<float, acsl::softmax_equalization_member::terms>{terms, z, g, words, k, 0.25};
  });
}

/// The loss kernels of the library and the sample kernels on rows of `columns` elements.
template <class Exec>
results row_results(Exec& exec, acsl::index_t columns) {
  results all;
  auto const values = uniform_floats(5 * columns, 22);
  auto x = on(exec, values);
  acsl::tensor<float> pairs({5, 2}, exec.memory());
  exec.for_each_row(5, sum_and_largest{x.data(), pairs.data(), columns});
  all["sum and largest"] = host(exec, pairs);
  exec.for_each_row(5, turn_around{x.data(), columns});
  all["turn around"] = host(exec, x);
  if (columns == 0) return all;  // a row of logits has a column
  acsl::tensor<float> scores({5, columns}, exec.memory());
  exec.for_each_row(5, acsl::detail::softmax_row<float>{x.data(), scores.data(), columns});
  all["softmax"] = host(exec, scores);

  classifier_rows const rows(columns);
  rows.run(exec, all, "softmax loss", [&](float const* z, float* g, acsl::row_word const* words) {
    return acsl::detail::softmax_loss_row<float, acsl::detail::softmax_terms>{{}, z, g, words, columns, 0.25};
  });
  group_and_pair_results(exec, rows, all);
  choosing_results(exec, rows, all);
  acsl::device_arrays place(exec);
  acsl::column_table const twice(std::vector<double>(static_cast<std::size_t>(columns), 2.0)),
      nothing(std::vector<double>(static_cast<std::size_t>(columns), 0.0));
  std::vector<double> const margins(static_cast<std::size_t>(columns), 0.5);
  squared_shares const terms(twice.on_device(place), nothing.on_device(place), place(margins), 1.5);
  rows.run(exec, all, "softmax with tables", [&](float const* z, float* g, acsl::row_word const* words) {
    return acsl::detail::softmax_loss_row<float, squared_shares>{terms, z, g, words, columns, 0.25};
  });
  return all;
}

/// The tiled products and convolutions and the reduction over rows, on small problems with remainders.
template <class Exec>
results tile_results(Exec& exec) {
  results all;
  acsl::index_t const m = 66, n = 71, k = 37;
  auto const x = on(exec, uniform_floats(10000, 23)), w = on(exec, uniform_floats(4000, 24));
  acsl::tensor<float> c({m, n}, exec.memory());
  acsl::detail::tiled_gemm(exec, {.a = acsl::transpose::yes, .m = m, .n = n, .k = k}, x.data(), w.data(), c.data(),
                           {.column_shift = x.data(), .relu = true});
  all["product"] = host(exec, c);
  acsl::convolution_geometry const g{
      .in_channels = 4, .out_channels = 6, .kernel = 3, .stride = 2, .padding = 1, .groups = 2};
  acsl::shape const input{2, 4, 9, 17}, output = g.output_shape(input);
  acsl::tensor_view<float const> const in(x.data(), input), weight(w.data(), g.weight_shape()),
      gradient(x.data() + 3000, output);
  acsl::tensor<float> y(output, exec.memory()), dx(input, exec.memory()), dw(g.weight_shape(), exec.memory());
  exec.fill(dw.view(), 0.0F);
  acsl::detail::tiled_convolve(exec, g, in, weight, y.view(), {});
  acsl::detail::tiled_convolve_backward_data(exec, g, gradient, weight, dx.view());
  acsl::detail::tiled_convolve_backward_weights(exec, g, in, gradient, dw.view());
  all["convolve"] = host(exec, y);
  all["convolve_backward_data"] = host(exec, dx);
  all["convolve_backward_weights"] = host(exec, dw);
  acsl::tensor<float> sums({3}, exec.memory());
  exec.for_each_row(3, acsl::detail::reduce_chunks<float, acsl::detail::element_of<float const>, acsl::plus>{
                           {x.data()}, {}, {9011, 4096}, sums.data()});
  all["reduce"] = host(exec, sums);
  return all;
}

}  // namespace test
