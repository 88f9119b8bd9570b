// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/core/tensor.hpp>
#include <acsl/io/byte_source.hpp>
#include <acsl/io/checkpoint_content.hpp>
#include <acsl/io/detail/metadata_texts.hpp>
#include <acsl/io/detail/safetensors_header.hpp>
#include <acsl/io/detail/safetensors_writer.hpp>
#include <acsl/io/memory_budget.hpp>
#include <acsl/io/named_tensors.hpp>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace acsl {
namespace detail {

inline stored_array read_array(byte_source const& source, array_place const& place) {
  stored_array array = {place.type, place.extents, std::vector<std::uint8_t>(place.last - place.first)};
  source.read(place.first, array.bytes);
  return array;
}

}  // namespace detail

/// Reads a file in the safetensors format: 8 bytes little-endian header size, a JSON header with type, shape and place
/// of every array and a map of texts, then the arrays, without holes. Arrays of the types of `element_type` and at most
/// 6 axes. `meta` has the texts; what one called "meta" has as a JSON object are members of it as well.
///
/// @param memory_limit bytes that the file may make this function allocate, checked before it does
/// @throws acsl::file_error naming file, array and reason: cut short, damaged header, another type, a shape that does
///         not fit its place, two arrays of one name, holes, overlaps, bytes behind the last array, more memory than
///         the limit
/// @source the format's specification, huggingface/safetensors; checked against its Python package
[[nodiscard]] inline checkpoint_content read_safetensors(byte_source const& source,
                                                         std::uint64_t memory_limit = memory_budget::usual_bytes) {
  memory_budget budget(memory_limit);
  auto const header = detail::read_safetensors_header(source, budget);
  budget.charge(source.size(), source.name());
  checkpoint_content result;
  result.meta = detail::metadata_from(header.metadata);
  for (auto const& place : header.arrays) result.arrays.push_back({place.name, detail::read_array(source, place)});
  return result;
}

[[nodiscard]] inline checkpoint_content read_safetensors(std::filesystem::path const& path,
                                                         std::uint64_t memory_limit = memory_budget::usual_bytes) {
  return read_safetensors(byte_source(path), memory_limit);
}

/// Writes a file in the safetensors format, whole or not at all (`atomic_file`). Members of `meta` that are no texts
/// are kept as one JSON text under the key "meta".
/// @throws acsl::file_error when the disk does not take it, or a name or a text is not UTF-8
inline void write_safetensors(std::filesystem::path const& path, checkpoint_content const& content) {
  std::vector<detail::array_to_write> arrays;
  for (auto const& [name, values] : content.arrays) arrays.push_back({name, values.type, values.extents, values.bytes});
  detail::write_safetensors(path, detail::metadata_texts(content.meta), arrays);
}

/// Named float32 arrays in the safetensors format; see `read_safetensors`.
class safetensors_file : public named_tensors {
 public:
  /// Adds an array that the caller keeps alive until `write`.
  /// @pre the name is new, and is not `__metadata__`
  void add(std::string name, tensor_view<float const> values) {
    ACSL_EXPECTS(name != "__metadata__" && names_.insert(name).second, "arrays have names of their own", name);
    auto const* const bytes = reinterpret_cast<std::uint8_t const*>(values.data());
    arrays_.push_back({std::move(name),
                       element_type::float32,
                       values.extents(),
                       {bytes, static_cast<std::size_t>(values.size()) * sizeof(float)}});
  }

  /// Writes everything, whole or not at all (`atomic_file`).
  /// @throws acsl::file_error when the disk does not take it, or a name or a text is not UTF-8
  void write(std::filesystem::path const& path) const { detail::write_safetensors(path, metadata, arrays_); }

  /// Reads a file; arrays of other types are converted to float32.
  /// @throws acsl::file_error as `read_safetensors` does
  [[nodiscard]] static safetensors_file read(std::filesystem::path const& path) {
    byte_source const source(path);
    memory_budget budget;
    auto header = detail::read_safetensors_header(source, budget);
    safetensors_file result;
    result.metadata = std::move(header.metadata);
    for (auto const& place : header.arrays)
      result.tensors().emplace(place.name, as_floats(detail::read_array(source, place)));
    return result;
  }

 private:
  std::vector<detail::array_to_write> arrays_;
  std::set<std::string> names_;
};

}  // namespace acsl
