// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/core/tensor.hpp>
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/detail/safetensors_header.hpp>
#include <acsl/io/file.hpp>
#include <cstring>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace acsl {

/// Named arrays in the safetensors format: 8 bytes little-endian header size, a JSON header with type, shape and place
/// of every array and a map of texts, then the arrays, without holes. Here: float32 (F32) arrays of at most 6 axes.
///
/// @source the format's specification, huggingface/safetensors; checked against its Python package
class safetensors_file {
 public:
  std::map<std::string, std::string> metadata;

  /// Adds an array that the caller keeps alive until `write`.
  /// @pre the name is new, and is not `__metadata__`
  void add(std::string name, tensor_view<float const> values) {
    ACSL_EXPECTS(name != "__metadata__" && names_.insert(name).second, "arrays have names of their own", name);
    views_.emplace_back(std::move(name), values);
  }

  /// Writes everything, whole or not at all (`atomic_file`).
  /// @throws acsl::file_error when the disk does not take it, or a name or a text is not UTF-8
  void write(std::filesystem::path const& path) const {
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!metadata.empty()) header["__metadata__"] = metadata;
    std::size_t offset = 0;
    for (auto const& [name, values] : views_) {
      std::vector<index_t> extents;
      for (int axis = 0; axis < values.rank(); ++axis) extents.push_back(values.extent(axis));
      std::size_t const end = offset + static_cast<std::size_t>(values.size()) * sizeof(float);
      header[name] = {{"dtype", "F32"}, {"shape", extents}, {"data_offsets", {offset, end}}};
      offset = end;
    }
    std::string text;
    try {
      text = header.dump();
    } catch (nlohmann::json::exception const&) {
      throw file_error(path.string(), "cannot be written: a name or a text in it is not UTF-8");
    }
    text.resize((text.size() + 7) / 8 * 8, ' ');  // arrays start at a multiple of 8
    write_file_atomically(path, [&](atomic_file& file) {
      std::uint64_t const size = text.size();
      unsigned char bytes[8];
      for (int i = 0; i < 8; ++i) bytes[i] = static_cast<unsigned char>(size >> (8 * i));
      file.write(bytes, 8);
      file.write(text);
      for (auto const& [name, values] : views_)
        file.write(values.data(), static_cast<std::size_t>(values.size()) * sizeof(float));
    });
  }

  /// Reads a file. As the specification asks, arrays fill the file without holes and without overlaps.
  /// @throws acsl::file_error naming file, array and reason: cut short, damaged header, another type, a shape that does
  ///         not fit its place, two arrays of one name, holes, overlaps, bytes behind the last array
  [[nodiscard]] static safetensors_file read(std::filesystem::path const& path) {
    auto const bytes = read_file(path);
    auto const header = detail::read_safetensors_header(bytes, path.string());
    safetensors_file result;
    result.metadata = header.metadata;
    for (auto const& [name, place] : header.arrays) {
      tensor<float> values(place.extents);
      if (!values.empty()) std::memcpy(values.data(), bytes.data() + place.first, values.bytes());
      result.tensors_.emplace(name, std::move(values));
    }
    return result;
  }

  /// Arrays that were read.
  [[nodiscard]] std::map<std::string, tensor<float>> const& tensors() const { return tensors_; }
  [[nodiscard]] std::map<std::string, tensor<float>>& tensors() { return tensors_; }

 private:
  std::vector<std::pair<std::string, tensor_view<float const>>> views_;
  std::set<std::string> names_;
  std::map<std::string, tensor<float>> tensors_;
};

}  // namespace acsl
