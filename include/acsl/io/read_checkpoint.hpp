// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/checkpoint_content.hpp>
#include <acsl/io/detail/metadata_texts.hpp>
#include <acsl/io/named_tensors.hpp>
#include <acsl/io/pth.hpp>
#include <acsl/io/safetensors.hpp>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace acsl {

namespace detail {

/// PyTorch wrote tar files before 2017.
inline void expect_no_tar(byte_source const& source) {
  std::uint8_t mark[5] = {};
  if (source.size() < 512) return;
  source.read(257, mark);
  if (std::string_view(reinterpret_cast<char const*>(mark), sizeof mark) == "ustar")
    throw file_error(source.name(), "is a tar file, as PyTorch wrote before 2017: not supported");
}

}  // namespace detail

/// Reads a checkpoint of PyTorch (`read_pth`) or a safetensors file (`read_safetensors`): which of them it is, its
/// content says, not its name.
/// @throws acsl::file_error as they do
[[nodiscard]] inline checkpoint_content read_checkpoint(std::filesystem::path const& path,
                                                        std::uint64_t memory_limit = memory_budget::usual_bytes) {
  byte_source const source(path);
  detail::expect_no_tar(source);
  return looks_like_pth(source) ? read_pth(source, memory_limit) : read_safetensors(source, memory_limit);
}

/// The same for a model: arrays as float32, of the metadata the texts. If the first name begins with `module.`, as
/// PyTorch's parallel wrappers write it, that is taken off all (detector-spec 13.4).
[[nodiscard]] inline named_tensors read_weights(std::filesystem::path const& path) {
  constexpr std::string_view wrapper = "module.";
  auto content = read_checkpoint(path);
  bool const wrapped = !content.arrays.empty() && content.arrays.front().name.starts_with(wrapper);
  named_tensors result;
  result.metadata = detail::metadata_texts(content.meta);
  for (auto& [name, values] : content.arrays) {
    if (wrapped && name.starts_with(wrapper)) name.erase(0, wrapper.size());
    result.tensors().insert_or_assign(name, as_floats(values));
    values.bytes = {};  // a large file is not in memory twice
  }
  return result;
}

}  // namespace acsl
