// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <acsl/io/safetensors.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

/// A fuzzer for safetensors files, in the form that libFuzzer calls: any bytes are read, or refused by
/// acsl::file_error.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  constexpr std::uint64_t memory_limit = std::uint64_t{32} << 20;
  try {
    auto const content = acsl::read_safetensors(acsl::byte_source({data, size}, "input"), memory_limit);
    for (auto const& [name, values] : content.arrays)  // what is promised of every array
      if (values.bytes.size() !=
          static_cast<std::size_t>(values.extents.elements()) * acsl::names_of(values.type).bytes)
        std::abort();
    (void)content.meta.dump();
  } catch (acsl::file_error const&) {
  }
  return 0;
}
