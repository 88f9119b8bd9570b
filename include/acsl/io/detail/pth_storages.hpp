// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/io/byte_source.hpp>
#include <acsl/io/detail/crc32.hpp>
#include <acsl/io/detail/pickle_tensor.hpp>
#include <acsl/io/detail/pickle_value.hpp>
#include <acsl/io/detail/zip_directory.hpp>
#include <acsl/io/stored_array.hpp>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace acsl::detail {

/// Where the elements of a storage lie in the file.
struct storage_place {
  std::uint64_t first = 0, bytes = 0;
  std::string name = {};                  ///< what messages call it
  std::optional<std::uint32_t> crc = {};  ///< of all its bytes, where the file says
};

/// Brings elements of storages into memory: each storage is read once for all tensors that view it, and one that a
/// single tensor covers goes straight to its array.
class storage_reader {
 public:
  storage_reader(byte_source const& source, memory_budget& budget) : source_(source), budget_(budget) {}

  /// Fills row-major arrays from the tensors of one storage. @param arrays sized already, one for each tensor
  void read(storage_place const& place, std::span<pickle_value const* const> tensors,
            std::span<stored_array* const> arrays) {
    if (tensors.size() == 1 && covers(*tensors[0], place)) return fill(place, arrays[0]->bytes);
    budget_.charge(place.bytes, source_.name());
    std::vector<std::uint8_t> whole(place.bytes);
    fill(place, whole);
    for (std::size_t i = 0; i < tensors.size(); ++i) gather(*tensors[i], whole, *arrays[i]);
    budget_.release(place.bytes);
  }

  /// The elements before a tensor's first one, from the beginning of its storage.
  static std::uint64_t offset_of(pickle_value const& tensor) {
    auto const& storage = *tensor.items[0];
    return static_cast<std::uint64_t>(tensor.integer + (storage.numbers.empty() ? 0 : storage.numbers[0]));
  }

 private:
  void fill(storage_place const& place, std::span<std::uint8_t> bytes) const {
    source_.read(place.first, bytes);
    if (place.crc && crc32(bytes) != *place.crc)
      throw file_error(source_.name(), place.name + " is damaged: its checksum is another");
  }
  static bool contiguous(pickle_value const& tensor) {
    std::size_t const rank = tensor.numbers.size() / 2;
    std::int64_t elements = 1;
    for (std::size_t axis = rank; axis-- > 0;) {
      if (tensor.numbers[axis] != 1 && tensor.numbers[rank + axis] != elements) return false;
      elements *= tensor.numbers[axis];
    }
    return true;
  }
  static bool covers(pickle_value const& tensor, storage_place const& place) {
    auto const elements = static_cast<std::uint64_t>(extents_of(tensor).elements());
    return offset_of(tensor) == 0 && elements * names_of(tensor.type).bytes == place.bytes && contiguous(tensor);
  }
  /// element (i0, i1, …) = whole[offset + Σ i_k · stride_k]
  static void gather(pickle_value const& tensor, std::span<std::uint8_t const> whole, stored_array& array) {
    if (array.bytes.empty()) return;
    std::size_t const size = names_of(tensor.type).bytes, rank = tensor.numbers.size() / 2;
    std::size_t at = offset_of(tensor) * size;
    if (contiguous(tensor)) {
      std::memcpy(array.bytes.data(), whole.data() + at, array.bytes.size());
      return;
    }
    std::int64_t index[shape::max_rank] = {};
    for (std::size_t out = 0; out < array.bytes.size(); out += size) {
      std::memcpy(array.bytes.data() + out, whole.data() + at, size);
      for (std::size_t axis = rank; axis-- > 0;) {
        auto const step = static_cast<std::size_t>(tensor.numbers[rank + axis]) * size;
        at += step;
        if (++index[axis] < tensor.numbers[axis]) break;
        at -= step * static_cast<std::size_t>(tensor.numbers[axis]);
        index[axis] = 0;
      }
    }
  }

  byte_source const& source_;
  memory_budget& budget_;
};

}  // namespace acsl::detail
