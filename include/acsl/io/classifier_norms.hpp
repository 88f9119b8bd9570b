// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/io/checkpoint_content.hpp>
#include <acsl/io/stored_array.hpp>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace acsl {

/// Lengths of the rows of every classifier of a checkpoint, and its biases: what tau-normalisation acts on, and what
/// grows with the number of training boxes of a class.
///
/// @return for each array "<head>.fc_cls.weight" [K, …], "<head>.fc_cls.weight_norm" float64 [K], the Euclidean length
///         of each row, summed in double; for each "<head>.fc_cls.bias", the array as it is; in the order of the file
/// @throws acsl::file_error when the checkpoint has no such weight, or one without rows and columns
[[nodiscard]] inline std::vector<named_array> classifier_norms(checkpoint_content const& content,
                                                               std::string const& file) {
  constexpr std::string_view weight = "fc_cls.weight", bias = "fc_cls.bias", momentum = "optimizer.";
  std::vector<named_array> result;
  bool found = false;
  for (auto const& [name, values] : content.arrays) {
    if (name.starts_with(momentum)) continue;
    if (name.ends_with(bias)) result.push_back({name, values});
    if (!name.ends_with(weight)) continue;
    found = true;
    if (values.extents.rank() < 2 || values.extents.elements() == 0)
      throw file_error(file, name + " has no rows of weights: its extents are " + values.extents.to_string().c_str());
    auto const columns = values.extents.elements_from(1);
    std::vector<double> norms(static_cast<std::size_t>(values.extents[0]));
    index_t place = 0;
    for_each_element(values, [&](auto x) {
      norms[static_cast<std::size_t>(place++ / columns)] += static_cast<double>(x) * static_cast<double>(x);
    });
    for (double& x : norms) x = std::sqrt(x);
    result.push_back({name + "_norm", as_stored_array({values.extents[0]}, norms)});
  }
  if (!found) throw file_error(file, "has no classifier: no array is called <head>.fc_cls.weight");
  return result;
}

}  // namespace acsl
