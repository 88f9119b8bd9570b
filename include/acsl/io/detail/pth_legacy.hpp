// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/detail/pickle_machine.hpp>
#include <acsl/io/detail/pth_storages.hpp>
#include <cstdint>
#include <map>
#include <string>

namespace acsl::detail {

/// The layout of PyTorch before 1.6: five pickles (magic number, protocol version, about the system, the object, keys
/// of the storages), then for every key a count and the elements. @source detector-spec 16.2
class pth_legacy {
 public:
  pth_legacy(byte_source const& source, pickle_heap& heap, pickle_storages& storages) : source_(source) {
    pickle_input input(source, 0, source.size());
    auto const next = [&](pickle_storages* known = nullptr) -> pickle_value const& {
      return pickle_machine(input, heap, known).run();
    };
    auto const& magic = next();
    if (magic.text != std::string("\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19", 10))
      throw file_error(source.name(), "is a pickle, but not one that torch.save wrote");
    auto const& version = next();
    if (version.integer != 1001)
      throw file_error(source.name(), "has the protocol version " + std::to_string(version.integer) +
                                          " of PyTorch's files; 1001 is supported");
    auto const& system = next();
    auto const* const little = system.find("little_endian");
    if (!little || little->integer != 1) throw file_error(source.name(), "was written on a big-endian machine");
    root_ = &next(&storages);
    auto const& keys = next();
    locate(keys, storages, input.position(), heap);
  }

  [[nodiscard]] pickle_value const& root() const { return *root_; }
  [[nodiscard]] storage_place place_of(pickle_value const& storage) const {
    auto const found = places_.find(storage.text);
    if (found == places_.end()) throw file_error(source_.name(), "lacks the storage " + storage.text);
    return found->second;
  }

 private:
  /// @param at of the first storage, behind the pickles
  void locate(pickle_value const& keys, pickle_storages const& storages, std::uint64_t at, pickle_heap& heap) {
    for (auto const* key : keys.items) {
      auto const found = storages.find(key->text);
      if (!key->is(pickle_kind::text) || found == storages.end())
        throw file_error(source_.name(), "lists the storage \"" + key->text + "\", which no tensor is part of");
      std::uint8_t count[8];
      source_.read(at, count);
      std::uint64_t elements = 0;
      for (int i = 0; i < 8; ++i) elements |= std::uint64_t{count[i]} << 8 * i;
      std::string const where = "byte " + std::to_string(at), name = "the storage " + key->text;
      if (elements != static_cast<std::uint64_t>(found->second->integer))
        throw file_error(source_.name(), where, name + " has another number of elements than its tensors say");
      at += sizeof count;
      std::uint64_t const size = names_of(found->second->type).bytes;
      if (elements > (source_.size() - at) / size)
        throw file_error(source_.name(), where,
                         name + " is cut short: " + std::to_string(source_.size() - at) + " bytes are left for " +
                             std::to_string(elements) + " elements");
      heap.charge(sizeof(storage_place) + 2 * key->text.size() + 64);
      if (!places_.emplace(key->text, storage_place{at, elements * size, name}).second)
        throw file_error(source_.name(), "lists " + name + " twice");
      at += elements * size;
    }
    if (at != source_.size())
      throw file_error(source_.name(),
                       std::to_string(source_.size() - at) + " bytes behind the last storage belong to none");
  }

  byte_source const& source_;
  pickle_value const* root_ = nullptr;
  std::map<std::string, storage_place> places_;
};

}  // namespace acsl::detail
