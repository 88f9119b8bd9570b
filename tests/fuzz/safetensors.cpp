// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "read_bytes.hpp"

#include <acsl/io/safetensors.hpp>

/// A fuzzer for safetensors files, in the form that libFuzzer calls.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  fuzz::read_bytes(data, size, [](acsl::byte_source const& source, std::uint64_t memory_limit) {
    return acsl::read_safetensors(source, memory_limit);
  });
  return 0;
}
