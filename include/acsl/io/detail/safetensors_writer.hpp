// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/core/shape.hpp>
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/element_type.hpp>
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace acsl::detail {

struct array_to_write {
  std::string name;
  element_type type;
  shape extents;
  std::span<std::uint8_t const> bytes;
};

/// Writes a safetensors file. The header has the arrays in the order given; their bytes lie there with the widest types
/// first, so that each starts at a multiple of its element's size.
inline void write_safetensors(std::filesystem::path const& path, std::map<std::string, std::string> const& metadata,
                              std::vector<array_to_write> const& arrays) {
  std::vector<std::size_t> order(arrays.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return names_of(arrays[a].type).bytes > names_of(arrays[b].type).bytes;
  });
  std::vector<std::size_t> first(arrays.size());
  std::size_t end = 0;
  for (auto const i : order) {
    first[i] = end;
    end += arrays[i].bytes.size();
  }
  std::string text;
  try {
    // Objects of an ordered_json are searched from the front for every key: the header is put together by hand.
    auto const add = [&](std::string const& name, nlohmann::ordered_json const& value) {
      text += text.empty() ? "{" : ",";
      text += nlohmann::json(name).dump() + ":" + value.dump();
    };
    if (!metadata.empty()) add("__metadata__", metadata);
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      std::vector<index_t> extents;
      for (int axis = 0; axis < arrays[i].extents.rank(); ++axis) extents.push_back(arrays[i].extents[axis]);
      add(arrays[i].name, {{"dtype", names_of(arrays[i].type).safetensors},
                           {"shape", extents},
                           {"data_offsets", {first[i], first[i] + arrays[i].bytes.size()}}});
    }
  } catch (nlohmann::json::exception const&) {
    throw file_error(path.string(), "cannot be written: a name or a text in it is not UTF-8");
  }
  text += text.empty() ? "{}" : "}";
  text.resize((text.size() + 7) / 8 * 8, ' ');  // arrays start at a multiple of 8
  write_file_atomically(path, [&](atomic_file& file) {
    std::uint64_t const size = text.size();
    unsigned char bytes[8];
    for (int i = 0; i < 8; ++i) bytes[i] = static_cast<unsigned char>(size >> (8 * i));
    file.write(bytes, 8);
    file.write(text);
    for (auto const i : order) file.write(arrays[i].bytes);
  });
}

}  // namespace acsl::detail
