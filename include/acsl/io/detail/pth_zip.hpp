// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/detail/pickle_machine.hpp>
#include <acsl/io/detail/pth_storages.hpp>
#include <acsl/io/detail/zip_directory.hpp>
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace acsl::detail {

/// The layout of PyTorch since 1.6: a zip file of `<prefix>/data.pkl`, the object, and `<prefix>/data/<key>`, the
/// storages. @source detector-spec 16.3
class pth_zip {
 public:
  pth_zip(byte_source const& source, pickle_heap& heap, pickle_storages& storages)
      : source_(source), directory_(source, heap.budget()) {
    std::string const object = "/data.pkl";
    std::string found;
    for (auto const& [name, entry] : directory_.entries()) {
      if (!name.ends_with(object)) continue;
      if (!found.empty()) throw file_error(source.name(), "holds both " + found + " and " + name);
      found = name;
    }
    if (found.empty()) throw file_error(source.name(), "is a zip file without <name>/data.pkl: not one of PyTorch's");
    prefix_ = found.substr(0, found.size() - object.size() + 1);
    expect_little_endian();
    auto const& entry = *directory_.find(found);
    std::uint64_t const first = directory_.data_of(found, entry), last = first + entry.bytes;
    directory_.expect_crc(found, entry, crc_of(first, last));
    pickle_input input(source, first, last);
    root_ = &pickle_machine(input, heap, &storages).run();
  }

  [[nodiscard]] pickle_value const& root() const { return *root_; }
  [[nodiscard]] storage_place place_of(pickle_value const& storage) const {
    std::string const name = prefix_ + "data/" + storage.text;
    auto const* const entry = directory_.find(name);
    if (!entry) throw file_error(source_.name(), "lacks the entry " + name);
    std::uint64_t const size = names_of(storage.type).bytes;
    if (entry->bytes % size != 0 || entry->bytes / size != static_cast<std::uint64_t>(storage.integer))
      throw file_error(source_.name(), "the entry " + name + " has " + std::to_string(entry->bytes) +
                                           " bytes, its tensors are part of " + std::to_string(storage.integer) +
                                           " elements of " + names_of(storage.type).name);
    return {directory_.data_of(name, *entry), entry->bytes, "the entry " + name, entry->crc};
  }

 private:
  void expect_little_endian() const {
    std::string const name = prefix_ + "byteorder";
    auto const* const entry = directory_.find(name);
    if (!entry) return;  // of PyTorch before 2.1
    std::string const little = "little";
    std::vector<std::uint8_t> text(little.size());
    if (entry->bytes == little.size()) source_.read(directory_.data_of(name, *entry), text);
    if (std::string(text.begin(), text.end()) != little)
      throw file_error(source_.name(), "was written on a machine that is not little-endian");
  }
  [[nodiscard]] std::uint32_t crc_of(std::uint64_t first, std::uint64_t last) const {
    std::vector<std::uint8_t> piece(std::min<std::uint64_t>(last - first, 1 << 16));
    std::uint32_t crc = 0;
    while (first < last) {
      piece.resize(std::min<std::uint64_t>(last - first, piece.size()));
      source_.read(first, piece);
      crc = crc32(piece, crc);
      first += piece.size();
    }
    return crc;
  }

  byte_source const& source_;
  zip_directory directory_;
  std::string prefix_;
  pickle_value const* root_ = nullptr;
};

}  // namespace acsl::detail
