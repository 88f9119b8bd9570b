// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>
#include <acsl/io/detail/pickle_value.hpp>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace acsl::detail {

/// The storages that pickles of a file speak of, by key.
using pickle_storages = std::map<std::string, pickle_value*>;

/// What a persistent id of PyTorch says: ("storage", class, key, location, elements[, view]), where a view, of files
/// before 2017, is (key, offset, elements) of the part that is meant.
/// @return the storage, the same one for the same key; nullptr: the id says something else
inline pickle_value* storage_of(pickle_value const& id, pickle_heap& heap, pickle_storages& storages) {
  auto const& items = id.items;
  if (!id.is(pickle_kind::tuple) || items.size() < 5 || items.size() > 6) return nullptr;
  if (!items[0]->is(pickle_kind::text) || items[0]->text != "storage" || !items[1]->is(pickle_kind::global) ||
      !items[2]->is(pickle_kind::text) || !items[4]->is(pickle_kind::integer) || items[4]->integer < 0)
    return nullptr;
  pickle_value*& storage = storages[items[2]->text];
  if (!storage) {
    storage = heap.make(pickle_kind::storage);
    heap.charge(2 * items[2]->text.size() + 64);
    storage->text = items[2]->text;
    storage->type = items[1]->type;
    storage->integer = items[4]->integer;
  } else if (storage->type != items[1]->type || storage->integer != items[4]->integer) {
    return nullptr;
  }
  if (items.size() == 5 || items[5]->is(pickle_kind::none)) return storage;
  auto const& view = items[5]->items;
  if (!items[5]->is(pickle_kind::tuple) || view.size() != 3 || !view[1]->is(pickle_kind::integer) ||
      !view[2]->is(pickle_kind::integer))
    return nullptr;
  std::int64_t const first = view[1]->integer, count = view[2]->integer;
  if (first < 0 || count < 0 || first > storage->integer || count > storage->integer - first) return nullptr;
  auto* const part = heap.make(pickle_kind::storage);
  part->items = {storage};
  part->type = storage->type;
  part->integer = count;
  part->numbers = {first};
  heap.charge(sizeof(pickle_value*) + sizeof(std::int64_t));
  return part;
}

/// Elements of an array with these extents; nothing: an extent is negative, or they are more than can be counted in
/// bytes. That holds for the other extents of an empty array as well.
inline std::optional<std::int64_t> element_count(std::vector<std::int64_t> const& extents) {
  std::int64_t elements = 1;
  bool empty = false;
  for (auto const extent : extents) {
    if (extent < 0 || (extent > 0 && elements > std::numeric_limits<std::int64_t>::max() / 16 / extent)) return {};
    empty = empty || extent == 0;
    if (extent > 0) elements *= extent;
  }
  return empty ? 0 : elements;
}

/// A tensor from (storage, offset, size, stride, …). Its elements lie within the storage.
/// @return nullptr after writing into `reason` why there is no such tensor
inline pickle_value* rebuilt_tensor(std::vector<pickle_value*> const& arguments, pickle_heap& heap,
                                    std::string& reason) {
  auto const refuse = [&](char const* why) {
    reason = why;
    return nullptr;
  };
  if (arguments.size() < 4 || !arguments[0]->is(pickle_kind::storage) || !arguments[1]->is(pickle_kind::integer) ||
      !arguments[2]->is(pickle_kind::tuple) || !arguments[3]->is(pickle_kind::tuple))
    return refuse("a tensor is not made of storage, offset, size and stride");
  std::vector<std::int64_t> size, stride;
  for (auto [items, numbers] : {std::pair(arguments[2], &size), std::pair(arguments[3], &stride)})
    for (auto const* item : items->items) {
      if (!item->is(pickle_kind::integer) || item->integer < 0)
        return refuse("an extent or a stride of a tensor is no whole number from 0 on");
      numbers->push_back(item->integer);
    }
  if (size.size() != stride.size()) return refuse("a tensor has another number of strides than of extents");
  if (size.size() > shape::max_rank) return refuse("a tensor has more than 6 axes");
  auto const elements = element_count(size);
  if (!elements) return refuse("a tensor has more elements than can be counted");
  std::int64_t const first = arguments[1]->integer, room = arguments[0]->integer;
  if (first < 0 || first > room) return refuse("a tensor begins outside its storage");
  std::int64_t last = first;
  for (std::size_t axis = 0; *elements > 0 && axis < size.size(); ++axis) {
    if (size[axis] > 1 && stride[axis] > (room - last) / (size[axis] - 1))
      return refuse("a tensor ends behind its storage");
    last += (size[axis] - 1) * stride[axis];
  }
  if (*elements > 0 && last >= room) return refuse("a tensor ends behind its storage");
  auto* const tensor = heap.make(pickle_kind::tensor);
  heap.charge(sizeof(pickle_value*) + 2 * size.size() * sizeof(std::int64_t));
  tensor->items = {arguments[0]};
  tensor->type = arguments[0]->type;
  tensor->integer = first;
  tensor->numbers = std::move(size);
  tensor->numbers.insert(tensor->numbers.end(), stride.begin(), stride.end());
  return tensor;
}

/// Extents of a tensor.
inline shape extents_of(pickle_value const& tensor) {
  shape result;
  for (std::size_t axis = 0; axis < tensor.numbers.size() / 2; ++axis) result.push_back(tensor.numbers[axis]);
  return result;
}

}  // namespace acsl::detail
