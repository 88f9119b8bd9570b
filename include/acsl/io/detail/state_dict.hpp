// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/io/checkpoint_content.hpp>
#include <acsl/io/detail/pickle_json.hpp>
#include <acsl/io/detail/pickle_value.hpp>
#include <acsl/io/detail/utf8.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace acsl::detail {

/// Name and value (a tensor, or a NumPy array) of every number of a checkpoint, in its order.
using named_values = std::vector<std::pair<std::string, pickle_value const*>>;

/// Under this key our own files have the momentum of their optimizer, by the parameters' names.
inline constexpr char const* momentum_key = "momentum_buffers";
/// And so are these arrays called in memory and in safetensors files.
inline constexpr char const* momentum_prefix = "optimizer.";

inline bool holds_numbers(pickle_value const& value) {
  return value.is(pickle_kind::tensor) || (value.is(pickle_kind::array) && !value.numbers.empty());
}
inline bool holds_tensors(pickle_value const* value) {
  if (!value || !value->is(pickle_kind::dict)) return false;
  for (std::size_t i = 1; i < value->items.size(); i += 2)
    if (holds_numbers(*value->items[i])) return true;
  return false;
}

/// The arrays of dictionaries under their names. As in Python, a name that comes again keeps its place and gets the new
/// value.
class array_names {
 public:
  explicit array_names(std::string file) : file_(std::move(file)) {}
  named_values values;

  void add(pickle_value const& dict, std::string const& prefix = "") {
    for (std::size_t i = 0; i + 1 < dict.items.size(); i += 2) {
      auto const& key = *dict.items[i];
      auto const& value = *dict.items[i + 1];
      if (!key.is(pickle_kind::text)) throw file_error(file_, "its state_dict has a key that is no text");
      std::string const name = prefix + as_utf8(key.text);
      if (!holds_numbers(value)) throw file_error(file_, "its state_dict has a value that is no tensor: " + name);
      if (auto const [place, is_new] = places_.emplace(name, values.size()); is_new) values.emplace_back(name, &value);
      else values[place->second].second = &value;
    }
  }

 private:
  std::string file_;
  std::map<std::string, std::size_t> places_;
};

/// Finds the arrays of what torch.save was given: a dictionary with `state_dict` or `model`, a state dict itself, or
/// one tensor (called "tensor"). What a dictionary has beside them becomes `meta`: the members of `meta`, and numbers
/// and texts at its top; other things (the state of an optimizer) are left out by name.
inline named_values find_arrays(pickle_value const& root, pickle_heap& heap, checkpoint_content& content) {
  if (holds_numbers(root)) return {{"tensor", &root}};
  if (!root.is(pickle_kind::dict))
    throw file_error(heap.file(), "holds no state_dict: neither a dictionary nor a tensor");
  pickle_value const* states = nullptr;
  if (auto const* value = root.find("model"); holds_tensors(value)) states = value;
  if (auto const* value = root.find("state_dict"); value && value->is(pickle_kind::dict)) states = value;
  auto const* momentum = root.find(momentum_key);
  if (!holds_tensors(momentum)) momentum = nullptr;
  auto const* meta = root.find("meta");
  if (meta && !meta->is(pickle_kind::dict)) meta = nullptr;
  array_names arrays(heap.file());
  if (states) arrays.add(*states);
  pickle_value bare = {.kind = pickle_kind::dict}, about = {.kind = pickle_kind::dict};
  for (std::size_t i = 0; i + 1 < root.items.size(); i += 2) {
    auto* const key = root.items[i];
    auto* const value = root.items[i + 1];
    if (value == states || value == momentum || value == meta) continue;
    bool const plain = value->kind <= pickle_kind::bytes || value->is(pickle_kind::array);
    if (!states && holds_numbers(*value)) bare.items.insert(bare.items.end(), {key, value});
    else if (plain) about.items.insert(about.items.end(), {key, value});
    else content.left_out.push_back(key->is(pickle_kind::text) ? as_utf8(key->text) : "a key that is no text");
  }
  arrays.add(bare);
  if (momentum) arrays.add(*momentum, momentum_prefix);
  if (meta) about.items.insert(about.items.end(), meta->items.begin(), meta->items.end());
  content.meta = pickle_json(heap)(about);
  if (arrays.values.empty() && !states) throw file_error(heap.file(), "holds no state_dict: no tensor at its top");
  return std::move(arrays.values);
}

}  // namespace acsl::detail
