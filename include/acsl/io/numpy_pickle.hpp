// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/checkpoint_content.hpp>
#include <acsl/io/detail/numpy_pickle.hpp>
#include <acsl/io/stored_array.hpp>
#include <filesystem>
#include <vector>

/// Files of NumPy arrays for pickle.load, protocol 2, each written whole or not at all.
/// @pre arrays of types that NumPy has: not bfloat16
/// @throws acsl::file_error when the file cannot be written; a file of that name then stays as it was
/// @source detector-spec 16.6
namespace acsl {

/// A map from names to arrays, in their order.
inline void write_array_map(std::filesystem::path const& path, std::vector<named_array> const& arrays) {
  detail::numpy_pickle pickle;
  pickle.begin_map();
  for (auto const& [name, values] : arrays) {
    pickle.key(name);
    pickle.array(values);
  }
  pickle.end_map();
  pickle.stop();
  write_file_atomically(path, pickle.bytes());
}

/// A list of arrays.
inline void write_array_list(std::filesystem::path const& path, std::vector<stored_array> const& arrays) {
  detail::numpy_pickle pickle;
  detail::pickle_list list;
  pickle.begin_list(list);
  for (auto const& values : arrays) {
    pickle.begin_item(list);
    pickle.array(values);
  }
  pickle.end_list(list);
  pickle.stop();
  write_file_atomically(path, pickle.bytes());
}

}  // namespace acsl
