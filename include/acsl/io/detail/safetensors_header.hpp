// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/core/shape.hpp>
#include <acsl/io/byte_source.hpp>
#include <acsl/io/detail/json_scan.hpp>
#include <acsl/io/element_type.hpp>
#include <acsl/io/memory_budget.hpp>
#include <algorithm>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace acsl::detail {

/// Where an array lies in its file: bytes [first, last).
struct array_place {
  std::string name;
  element_type type = element_type::float32;
  shape extents;
  std::uint64_t first = 0, last = 0;
};

struct safetensors_header {
  std::map<std::string, std::string> metadata;
  std::vector<array_place> arrays;  ///< in the order of the header
};

/// A JSON document in which no object has a key twice; a discarded value when it is none.
/// @param order receives the keys of the outermost object as they come
inline nlohmann::json parse_header(std::string_view text, std::string const& file, std::vector<std::string>& order) {
  using json = nlohmann::json;
  if (find_too_deep(text) != std::string_view::npos)
    throw file_error(file, "header", "is nested more than " + std::to_string(deepest_json) + " deep");
  std::vector<std::set<std::string>> keys;
  return json::parse(
      text.begin(), text.end(),
      [&](int, json::parse_event_t event, json& value) {
        if (event == json::parse_event_t::object_start) keys.emplace_back();
        if (event == json::parse_event_t::object_end) keys.pop_back();
        if (event != json::parse_event_t::key) return true;
        auto const key = value.get<std::string>();
        if (keys.size() == 1) order.push_back(key);
        if (!keys.back().insert(key).second) throw file_error(file, "header", "holds \"" + key + "\" twice");
        return true;
      },
      false);
}

/// "F64, F32, …", for messages.
inline std::string safetensors_types() {
  std::string list;
  for (auto const& type : element_types) list += std::string(list.empty() ? "" : ", ") + type.safetensors;
  return list;
}

/// Type, shape and place of one array.
/// @param room bytes behind the header
inline array_place read_array_place(nlohmann::json const& entry, std::uint64_t room, std::string const& file,
                                    std::string const& name) {
  auto const expect = [&](bool holds, std::string const& otherwise) {
    if (!holds) throw file_error(file, "tensor " + name, otherwise);
  };
  expect(entry.is_object() && entry.contains("dtype") && entry.contains("shape") && entry.contains("data_offsets"),
         "lacks dtype, shape or data_offsets");
  auto const* const type = entry["dtype"].is_string() ? element_type_named(entry["dtype"].get_ref<std::string const&>(),
                                                                           &element_type_names::safetensors)
                                                      : nullptr;
  expect(type != nullptr, "has the type " + entry["dtype"].dump() + "; supported are " + safetensors_types());
  std::uint64_t const element = type->bytes;
  array_place result;
  result.name = name;
  result.type = type->type;
  auto const& place = entry["data_offsets"];
  expect(place.is_array() && place.size() == 2 && place[0].is_number_unsigned() && place[1].is_number_unsigned(),
         "its data_offsets are not two whole numbers");
  result.first = place[0].get<std::uint64_t>();
  result.last = place[1].get<std::uint64_t>();
  expect(result.first <= result.last, "ends before it begins");
  expect(result.last <= room, "ends at byte " + std::to_string(result.last) + " of " + std::to_string(room) +
                                  ": the file is cut short or damaged");
  auto const& extents = entry["shape"];
  expect(extents.is_array() && extents.size() <= shape::max_rank, "its shape is no list of at most 6 numbers");
  bool empty = false;
  for (auto const& extent : extents) {
    expect(extent.is_number_unsigned(), "its shape holds something other than whole numbers");
    empty = empty || extent == 0;
  }
  // Also an empty array's other extents must not overflow when they are multiplied.
  std::uint64_t const most = empty ? std::uint64_t{1} << 48 : (result.last - result.first) / element;
  std::uint64_t elements = 1;
  for (auto const& extent : extents) {
    auto const value = extent.get<std::uint64_t>();
    expect(value == 0 || value <= most / elements, "its shape is larger than its place in the file");
    elements *= std::max<std::uint64_t>(value, 1);
    result.extents.push_back(static_cast<index_t>(value));
  }
  if (empty) elements = 0;
  expect(result.last - result.first == elements * element, "its shape is smaller than its place in the file");
  return result;
}

/// Arrays follow each other and fill the file.
inline void expect_no_holes(safetensors_header const& header, std::uint64_t room, std::string const& file) {
  std::vector<array_place const*> order;
  for (auto const& place : header.arrays) order.push_back(&place);
  std::sort(order.begin(), order.end(), [](auto const* a, auto const* b) {
    return std::tie(a->first, a->last, a->name) < std::tie(b->first, b->last, b->name);
  });
  std::uint64_t end = 0;
  for (auto const* place : order) {
    if (place->first < end) throw file_error(file, "tensor " + place->name, "overlaps another one");
    if (place->first > end)
      throw file_error(file, "tensor " + place->name,
                       std::to_string(place->first - end) + " bytes before it belong to none");
    end = place->last;
  }
  if (end != room) throw file_error(file, std::to_string(room - end) + " bytes behind the last tensor belong to none");
}

/// Reads and checks what stands before the arrays; places in the result count from the start of the file.
inline safetensors_header read_safetensors_header(byte_source const& source, memory_budget& budget) {
  std::string const& file = source.name();
  if (source.size() < 8)
    throw file_error(file, "too short for a safetensors file: " + std::to_string(source.size()) + " bytes");
  std::uint8_t bytes[8];
  source.read(0, bytes);
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < 8; ++i) size |= std::uint64_t{bytes[i]} << (8 * i);
  if (size > source.size() - 8)
    throw file_error(file, "no safetensors file, or cut short: the header claims " + std::to_string(size) + " bytes, " +
                               std::to_string(source.size() - 8) + " are left");
  constexpr std::uint64_t most_per_byte = 40;  // "[{},{},…": a parsed map for every three bytes
  budget.charge(size <= UINT64_MAX / most_per_byte ? size * most_per_byte : size, file);
  std::string text(size, '\0');
  source.read(8, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  std::vector<std::string> order;
  auto const json = parse_header(text, file, order);
  if (!json.is_object()) throw file_error(file, "header", "is not a JSON object");
  std::uint64_t const room = source.size() - 8 - size;
  safetensors_header result;
  for (auto const& name : order) {
    auto const& entry = json.at(name);
    if (name != "__metadata__") {
      result.arrays.push_back(read_array_place(entry, room, file, name));
      continue;
    }
    if (!entry.is_object()) throw file_error(file, "__metadata__", "is no map of texts");
    for (auto const& [key, value] : entry.items()) {
      if (!value.is_string()) throw file_error(file, "__metadata__", "\"" + key + "\" is no text");
      result.metadata[key] = value.get<std::string>();
    }
  }
  expect_no_holes(result, room, file);
  for (auto& place : result.arrays) {
    place.first += 8 + size;
    place.last += 8 + size;
  }
  return result;
}

}  // namespace acsl::detail
