// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/io/byte_source.hpp>
#include <acsl/io/checkpoint_content.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace fuzz {

/// Any bytes are read by a reader of checkpoints, or refused by acsl::file_error.
/// @param read read(byte_source, memory limit in bytes) as `read_pth`
template <class Read>
void read_bytes(std::uint8_t const* data, std::size_t size, Read read) {
  constexpr std::uint64_t memory_limit = std::uint64_t{32} << 20;
  try {
    acsl::checkpoint_content const content = read(acsl::byte_source({data, size}, "input"), memory_limit);
    for (auto const& [name, values] : content.arrays)  // what is promised of every array
      if (values.bytes.size() !=
          static_cast<std::size_t>(values.extents.elements()) * acsl::names_of(values.type).bytes)
        std::abort();
    (void)content.meta.dump();
  } catch (acsl::file_error const&) {
  }
}

}  // namespace fuzz
