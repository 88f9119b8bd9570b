// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/byte_source.hpp>
#include <acsl/io/checkpoint_content.hpp>
#include <acsl/io/detail/pth_legacy.hpp>
#include <acsl/io/detail/pth_storages.hpp>
#include <acsl/io/detail/pth_zip.hpp>
#include <acsl/io/detail/state_dict.hpp>
#include <acsl/io/memory_budget.hpp>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace acsl {
namespace detail {

/// Brings the arrays of a layout (pth_zip, pth_legacy) into memory. What all of them take is charged before the first
/// is made.
template <class Layout>
void read_arrays(byte_source const& source, Layout const& layout, named_values const& values, memory_budget& budget,
                 checkpoint_content& content) {
  std::map<pickle_value const*, std::vector<std::size_t>> users;  // of every storage
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto const& [name, value] = values[i];
    stored_array array;
    array.type = value->type;
    if (value->is(pickle_kind::tensor)) {
      array.extents = extents_of(*value);
      auto const* const storage = value->items[0];
      users[storage->items.empty() ? storage : storage->items[0]].push_back(i);
    } else {
      if (value->numbers.size() > shape::max_rank) throw file_error(source.name(), name + " has more than 6 axes");
      for (auto const extent : value->numbers) array.extents.push_back(extent);
    }
    budget.charge(static_cast<std::uint64_t>(array.extents.elements()) * names_of(array.type).bytes + 2 * name.size() +
                      sizeof(named_array),
                  source.name());
    content.arrays.push_back({name, std::move(array)});
  }
  for (auto& [name, array] : content.arrays)
    array.bytes.resize(static_cast<std::size_t>(array.extents.elements()) * names_of(array.type).bytes);
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i].second->is(pickle_kind::array))
      content.arrays[i].values.bytes.assign(values[i].second->text.begin(), values[i].second->text.end());
  storage_reader reader(source, budget);
  for (auto const& [storage, places] : users) {
    std::vector<pickle_value const*> tensors;
    std::vector<stored_array*> arrays;
    for (auto const i : places) {
      tensors.push_back(values[i].second);
      arrays.push_back(&content.arrays[i].values);
    }
    reader.read(layout.place_of(*storage), tensors, arrays);
  }
}

template <class Layout>
checkpoint_content read_pth_as(byte_source const& source, memory_budget& budget) {
  pickle_heap heap(budget, source.name());
  pickle_storages storages;
  Layout const layout(source, heap, storages);
  checkpoint_content content;
  auto const values = find_arrays(layout.root(), heap, content);
  read_arrays(source, layout, values, budget, content);
  return content;
}

}  // namespace detail

/// Whether bytes begin as PyTorch's files do: a zip file, or a pickle. A safetensors file, which begins with a number,
/// may look like either but for the brace behind it.
inline bool looks_like_pth(byte_source const& source) {
  std::uint8_t first[9] = {};
  if (source.size() < sizeof first) return false;
  source.read(0, first);
  bool const zip = first[0] == 'P' && first[1] == 'K' && first[2] == 3 && first[3] == 4;
  bool const pickle = first[0] == 0x80 && first[1] >= 2 && first[1] <= 5;
  return (zip || pickle) && first[8] != '{';
}

/// Reads a file that PyTorch's torch.save wrote, in the layout of before 1.6 (legacy) or since (zip), without PyTorch.
/// The pickles in it are read by a machine that makes values and nothing else: no function of a file is ever called.
/// Takes the arrays of a state dict, also of one inside a checkpoint (`state_dict`, `model`), as they view their
/// storages, and what else it says as `meta`; the state of an optimizer is left out (see `left_out`).
///
///     acsl::checkpoint_content const file = acsl::read_pth("epoch_12.pth");
///
/// @param memory_limit bytes that the file may make this function allocate, checked before it does
/// @throws acsl::file_error with position and reason: a function or opcode that is not among those of checkpoints (by
///         name), cut short, damaged, compressed, big-endian, no state dict, more memory than the limit
/// @note   zip files carry checksums, which are compared; legacy files carry none
/// @source detector-spec 16; checked against files of PyTorch 1.13
[[nodiscard]] inline checkpoint_content read_pth(byte_source const& source,
                                                 std::uint64_t memory_limit = memory_budget::usual_bytes) {
  if (!looks_like_pth(source))
    throw file_error(source.name(), "is no file of PyTorch: neither a zip file nor a pickle");
  memory_budget budget(memory_limit);
  std::uint8_t first = 0;
  source.read(0, {&first, 1});
  return first == 'P' ? detail::read_pth_as<detail::pth_zip>(source, budget)
                      : detail::read_pth_as<detail::pth_legacy>(source, budget);
}
[[nodiscard]] inline checkpoint_content read_pth(std::filesystem::path const& path,
                                                 std::uint64_t memory_limit = memory_budget::usual_bytes) {
  return read_pth(byte_source(path), memory_limit);
}

}  // namespace acsl
