// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/detail/pickle_globals.hpp>
#include <acsl/io/detail/pickle_tensor.hpp>
#include <acsl/io/detail/pickle_value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace acsl::detail {

/// A text whose code points all lie below 256 as bytes; nothing: another text.
inline std::optional<std::string> latin1(std::string_view utf8) {
  std::string result;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    auto const c = static_cast<unsigned char>(utf8[i]);
    if (c < 0x80) {
      result += utf8[i];
    } else {
      if ((c & 0xFC) != 0xC0 || ++i == utf8.size()) return {};
      result += static_cast<char>((c & 3) << 6 | (utf8[i] & 0x3F));
    }
  }
  return result;
}

/// What an allowed function or class of a pickle gives for its arguments, and what a state does to an object.
/// `call` returns nullptr and `build` false where arguments or state are not those that NumPy and PyTorch write; the
/// reason is then in `reason`.
class pickle_calls {
 public:
  explicit pickle_calls(pickle_heap& heap) : heap_(heap) {}
  std::string reason = {};

  pickle_value* call(pickle_value const& function, pickle_value const& arguments) {
    if (!function.is(pickle_kind::global)) return refuse("calls something that is no function");
    if (!arguments.is(pickle_kind::tuple)) return refuse("calls a function with something that is no tuple");
    auto const& given = arguments.items;
    auto const kind_of = [&](std::size_t i) { return given.size() > i ? given[i]->kind : pickle_kind::none; };
    switch (static_cast<pickle_global>(function.integer)) {
      case pickle_global::ordered_dict:
      case pickle_global::dict:
        if (given.empty()) return heap_.make(pickle_kind::dict);
        return from_pairs(*given[0]);
      case pickle_global::list:
        return container(pickle_kind::list, given);
      case pickle_global::set:
        return container(pickle_kind::set, given);
      case pickle_global::tuple:
        return container(pickle_kind::tuple, given);
      case pickle_global::bytes:
        return given.empty() ? heap_.make(pickle_kind::bytes) : refuse("makes bytes of something");
      case pickle_global::encode:
        return encoded(given);
      case pickle_global::rebuild_tensor:
        return rebuilt_tensor(given, heap_, reason);
      case pickle_global::rebuild_parameter:
      case pickle_global::parameter:
        return kind_of(0) == pickle_kind::tensor ? given[0]
                                                 : refuse("makes a parameter of something other than a tensor");
      case pickle_global::opaque: {
        auto* const value = heap_.make(pickle_kind::opaque);
        value->text = function.text;
        heap_.charge(value->text.size());
        return value;
      }
      case pickle_global::numpy_reconstruct:
        if (given.size() != 3 || !is_global(*given[0], pickle_global::numpy_ndarray))
          return refuse("makes an array of a class other than numpy.ndarray");
        return heap_.make(pickle_kind::array);
      case pickle_global::numpy_scalar:
        if (kind_of(0) != pickle_kind::dtype || kind_of(1) != pickle_kind::bytes)
          return refuse("makes a NumPy scalar of something other than type and bytes");
        return array(*given[0], {}, *given[1]);
      case pickle_global::numpy_dtype:
        return dtype(given);
      case pickle_global::numpy_ndarray:
      case pickle_global::storage_type:
        break;
    }
    return refuse("calls a class that is only named in checkpoints");
  }

  /// BUILD: the attributes of PyTorch's modules and parameters say nothing about numbers and are left aside.
  bool build(pickle_value*& object, pickle_value const& state) {
    if (object->is(pickle_kind::dict) || object->is(pickle_kind::tensor)) return true;
    if (object->is(pickle_kind::dtype)) return build_dtype(*object, state);
    if (!object->is(pickle_kind::array)) return refuse("gives a state to something that has none") != nullptr;
    auto const& s = state.items;
    if (!state.is(pickle_kind::tuple) || s.size() != 5 || !s[1]->is(pickle_kind::tuple) ||
        !s[2]->is(pickle_kind::dtype) || !s[4]->is(pickle_kind::bytes))
      return refuse("an array is not made of shape, type and bytes") != nullptr;
    if (s[3]->integer != 0 && s[1]->items.size() > 1)
      return refuse("an array lies in column-major order, which is not supported") != nullptr;
    std::vector<std::int64_t> extents;
    for (auto const* item : s[1]->items) {
      if (!item->is(pickle_kind::integer)) return refuse("an extent of an array is no number") != nullptr;
      extents.push_back(item->integer);
    }
    auto* const made = array(*s[2], std::move(extents), *s[4]);
    if (made) *object = *made;  // in its place: others may refer to it already
    return made != nullptr;
  }

 private:
  pickle_value* refuse(char const* why) {
    reason = why;
    return nullptr;
  }
  static bool is_global(pickle_value const& value, pickle_global what) {
    return value.is(pickle_kind::global) && value.integer == static_cast<std::int64_t>(what);
  }

  pickle_value* container(pickle_kind kind, std::vector<pickle_value*> const& given) {
    auto* const result = heap_.make(kind);
    if (given.empty()) return result;
    auto const from = given[0]->kind;
    if (from != pickle_kind::list && from != pickle_kind::tuple) return refuse("makes a container of no list");
    heap_.charge(given[0]->items.size() * sizeof(pickle_value*));
    result->items = given[0]->items;
    return result;
  }
  pickle_value* from_pairs(pickle_value const& list) {
    if (!list.is(pickle_kind::list)) return refuse("makes a dictionary of no list of pairs");
    auto* const result = heap_.make(pickle_kind::dict);
    heap_.charge(2 * list.items.size() * sizeof(pickle_value*));
    for (auto const* pair : list.items) {
      bool const two = (pair->is(pickle_kind::list) || pair->is(pickle_kind::tuple)) && pair->items.size() == 2;
      if (!two) return refuse("makes a dictionary of no list of pairs");
      result->items.insert(result->items.end(), pair->items.begin(), pair->items.end());
    }
    return result;
  }
  pickle_value* encoded(std::vector<pickle_value*> const& given) {
    if (given.size() != 2 || !given[0]->is(pickle_kind::text) || given[1]->text != "latin1")
      return refuse("encodes something other than a text in latin1");
    heap_.charge(given[0]->text.size());
    auto bytes = latin1(given[0]->text);
    if (!bytes) return refuse("encodes a text that is not latin1");
    auto* const result = heap_.make(pickle_kind::bytes);
    result->text = std::move(*bytes);
    return result;
  }
  pickle_value* dtype(std::vector<pickle_value*> const& given) {
    if (given.empty() || !given[0]->is(pickle_kind::text)) return refuse("names no NumPy type");
    auto const* const type = element_type_named(given[0]->text, &element_type_names::numpy);
    if (!type) return refuse("a NumPy type that checkpoints do not hold");
    auto* const result = heap_.make(pickle_kind::dtype);
    result->type = type->type;
    return result;
  }
  bool build_dtype(pickle_value const& object, pickle_value const& state) {
    bool const right = state.is(pickle_kind::tuple) && state.items.size() >= 2 && state.items[1]->is(pickle_kind::text);
    if (!right) return refuse("a NumPy type has a state of another form") != nullptr;
    if (state.items[1]->text == ">" && names_of(object.type).bytes > 1)
      return refuse("a NumPy type is big-endian, which is not supported") != nullptr;
    return true;
  }
  pickle_value* array(pickle_value const& type, std::vector<std::int64_t> extents, pickle_value const& bytes) {
    auto const elements = element_count(extents);
    if (!elements || static_cast<std::uint64_t>(*elements) * names_of(type.type).bytes != bytes.text.size())
      return refuse("an array has another number of bytes than its shape says");
    heap_.charge(bytes.text.size() + extents.size() * sizeof(std::int64_t));
    auto* const result = heap_.make(pickle_kind::array);
    result->type = type.type;
    result->numbers = std::move(extents);
    result->text = bytes.text;
    return result;
  }

  pickle_heap& heap_;
};

}  // namespace acsl::detail
