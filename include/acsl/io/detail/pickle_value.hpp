// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/element_type.hpp>
#include <acsl/io/memory_budget.hpp>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace acsl::detail {

enum class pickle_kind : std::uint8_t {
  none,
  boolean,
  integer,
  real,
  text,
  bytes,
  list,
  tuple,
  dict,
  set,      // Python's
  global,   ///< a function or class that is allowed: see pickle_globals.hpp
  opaque,   ///< an object of which only the name is known
  dtype,    ///< NumPy's element type
  array,    ///< NumPy's array or scalar
  storage,  ///< PyTorch's block of elements, by the key under which the file has it
  tensor,   ///< PyTorch's view of a storage
};

/// What a pickle describes. Values refer to each other and may do so in circles: their heap owns them.
struct pickle_value {
  pickle_kind kind = pickle_kind::none;
  element_type type = element_type::float32;  ///< storage, its class, dtype
  std::int64_t integer = 0;  ///< boolean, integer; elements of a storage, offset of a tensor; which global
  double real = 0;
  std::string text = {};                   ///< text, bytes; name of a global, key of a storage; bytes of an array
  std::vector<pickle_value*> items = {};   ///< list, tuple, set; dict: key, value, key, value …; storage of a tensor
  std::vector<std::int64_t> numbers = {};  ///< extents of an array; of a tensor extents, then strides

  [[nodiscard]] bool is(pickle_kind what) const { return kind == what; }
  /// A dict's value; none: nullptr. As in Python, the last of a key counts.
  [[nodiscard]] pickle_value const* find(std::string_view key) const {
    if (kind != pickle_kind::dict) return nullptr;
    for (std::size_t i = items.size(); i >= 2; i -= 2)
      if (items[i - 2]->kind == pickle_kind::text && items[i - 2]->text == key) return items[i - 1];
    return nullptr;
  }
};

/// Owns the values of pickles, within the memory that a file may ask for.
class pickle_heap {
 public:
  pickle_heap(memory_budget& budget, std::string file) : budget_(budget), file_(std::move(file)) {}

  pickle_value* make(pickle_kind kind) {
    charge(sizeof(pickle_value));
    values_.push_back({.kind = kind});
    return &values_.back();
  }
  /// For what a value is going to hold beside itself.
  void charge(std::uint64_t bytes) { budget_.charge(bytes, file_); }

  [[nodiscard]] memory_budget& budget() { return budget_; }
  [[nodiscard]] std::string const& file() const { return file_; }

 private:
  memory_budget& budget_;
  std::string file_;
  std::deque<pickle_value> values_;
};

}  // namespace acsl::detail
