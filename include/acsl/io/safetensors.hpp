// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/tensor.hpp>
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/file.hpp>
#include <algorithm>
#include <cstring>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace acsl {

/// Named arrays in the safetensors format: 8 bytes little-endian header size, a JSON header with type, shape and place
/// of every array and a map of texts, then the arrays. Here: float32 (F32) arrays.
///
/// @source the format's specification, huggingface/safetensors; checked against its Python package
class safetensors_file {
 public:
  std::map<std::string, std::string> metadata;

  /// Adds an array that the caller keeps alive until `write`.
  void add(std::string name, tensor_view<float const> values) { views_.emplace_back(std::move(name), values); }

  /// Writes everything, whole or not at all (`atomic_file`).
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
    std::string text = header.dump();
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

  /// Reads a file; every array is checked to lie inside it.
  /// @throws acsl::file_error naming file, array and reason: cut short, no header, another type, places that overlap
  /// the end
  [[nodiscard]] static safetensors_file read(std::filesystem::path const& path) {
    safetensors_file result;
    auto const bytes = read_file(path);
    std::string const file = path.string();
    if (bytes.size() < 8)
      throw file_error(file, "too short for a safetensors file: " + std::to_string(bytes.size()) + " bytes");
    std::uint64_t size = 0;
    for (int i = 0; i < 8; ++i) size |= std::uint64_t{bytes[static_cast<std::size_t>(i)]} << (8 * i);
    if (size > bytes.size() - 8)
      throw file_error(file, "no safetensors file, or cut short: the header claims " + std::to_string(size) +
                                 " bytes, " + std::to_string(bytes.size() - 8) + " are left");
    auto const* begin = reinterpret_cast<char const*>(bytes.data()) + 8;
    auto const header = nlohmann::json::parse(begin, begin + size, nullptr, false);
    if (!header.is_object()) throw file_error(file, "header", "is not a JSON object");
    std::size_t const room = bytes.size() - 8 - static_cast<std::size_t>(size);
    for (auto const& [name, entry] : header.items()) {
      auto const fail = [&file, &place = name](std::string const& why) {
        throw file_error(file, "tensor " + place, why);
      };
      if (name == "__metadata__") {
        for (auto const& [key, value] : entry.items()) {
          if (!value.is_string()) fail("metadata \"" + key + "\" is not a text");
          result.metadata[key] = value.get<std::string>();
        }
        continue;
      }
      if (!entry.is_object() || !entry.contains("dtype") || !entry.contains("shape") || !entry.contains("data_offsets"))
        fail("lacks dtype, shape or data_offsets");
      if (entry["dtype"] != "F32") fail("has the type " + entry["dtype"].dump() + "; F32 is supported");
      shape extents;
      std::uint64_t elements = 1;
      if (!entry["shape"].is_array() || entry["shape"].size() > shape::max_rank)
        fail("its shape is no list of at most 6 numbers");
      for (auto const& extent : entry["shape"]) {
        if (!extent.is_number_unsigned()) fail("its shape holds something other than whole numbers");
        extents.push_back(extent.get<index_t>());
        if (extent.get<std::uint64_t>() > bytes.size()) fail("its shape is larger than the file");
        elements *= extent.get<std::uint64_t>();
        if (elements > bytes.size()) fail("its shape is larger than the file");
      }
      auto const& place = entry["data_offsets"];
      if (!place.is_array() || place.size() != 2 || !place[0].is_number_unsigned() || !place[1].is_number_unsigned())
        fail("its data_offsets are not two whole numbers");
      auto const first = place[0].get<std::uint64_t>(), last = place[1].get<std::uint64_t>();
      if (last > room || first > last)
        fail("ends at byte " + std::to_string(last) + " of " + std::to_string(room) +
             ": the file is cut short or damaged");
      if (last - first != elements * sizeof(float)) fail("its shape and its place in the file differ in size");
      tensor<float> values(extents);
      if (elements > 0) std::memcpy(values.data(), begin + size + first, last - first);
      result.tensors_.emplace(name, std::move(values));
    }
    return result;
  }

  /// Arrays that were read.
  [[nodiscard]] std::map<std::string, tensor<float>> const& tensors() const { return tensors_; }

 private:
  std::vector<std::pair<std::string, tensor_view<float const>>> views_;
  std::map<std::string, tensor<float>> tensors_;
};

}  // namespace acsl
