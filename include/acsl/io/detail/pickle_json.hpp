// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/io/detail/pickle_value.hpp>
#include <acsl/io/detail/utf8.hpp>
#include <acsl/io/stored_array.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>
#include <utility>

namespace acsl::detail {

/// Values of a pickle as JSON, for what a checkpoint says about its numbers: tuples and sets become lists, bytes texts,
/// NumPy's scalars numbers and arrays lists of all elements; numbers that are not finite, tensors and objects of which
/// only the name is known become texts.
/// @throws acsl::file_error for what is nested more than 64 deep, or takes more memory than the file may
class pickle_json {
 public:
  using json = nlohmann::ordered_json;

  explicit pickle_json(pickle_heap& heap) : heap_(heap) {}

  json operator()(pickle_value const& value, int depth = 0) {
    constexpr int deepest = 64;
    if (depth > deepest) throw file_error(heap_.file(), "what it says about its numbers is nested more than 64 deep");
    heap_.charge(sizeof(json) + 2 * value.text.size());
    switch (value.kind) {
      case pickle_kind::none:
        return nullptr;
      case pickle_kind::boolean:
        return value.integer != 0;
      case pickle_kind::integer:
        return value.text.empty() ? json(value.integer) : json("an integer of more than 64 bits");
      case pickle_kind::real:
        return number(value.real);
      case pickle_kind::list:
      case pickle_kind::tuple:
      case pickle_kind::set: {
        json list = json::array();
        for (auto const* item : value.items) list.push_back((*this)(*item, depth + 1));
        return list;
      }
      case pickle_kind::dict: {
        json object = json::object();
        auto& members = object.get_ref<json::object_t&>();  // whose own search for a key is from the front
        std::map<std::string, std::size_t> places;
        for (std::size_t i = 0; i + 1 < value.items.size(); i += 2) {
          auto item = (*this)(*value.items[i + 1], depth + 1);
          auto const [place, is_new] = places.emplace(key(*value.items[i]), members.size());
          if (is_new) members.emplace_back(place->first, std::move(item));
          else (members.begin() + static_cast<std::ptrdiff_t>(place->second))->second = std::move(item);
        }
        return object;
      }
      case pickle_kind::array:
        return elements(value);
      case pickle_kind::tensor:
        return "a tensor of " + std::string(names_of(value.type).name);
      case pickle_kind::text:
      case pickle_kind::bytes:
      case pickle_kind::global:
      case pickle_kind::opaque:
      case pickle_kind::storage:
      case pickle_kind::dtype:
        break;
    }
    return as_utf8(value.text);
  }

 private:
  static std::string key(pickle_value const& value) {
    return value.is(pickle_kind::text) ? as_utf8(value.text) : std::to_string(value.integer);
  }
  template <class T>
  static json number(T value) {
    if constexpr (std::is_floating_point_v<T>) {
      if (std::isnan(value)) return "nan";
      if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    }
    return value;
  }
  json elements(pickle_value const& value) {
    heap_.charge(value.text.size() / names_of(value.type).bytes * sizeof(json));
    json list = json::array();
    stored_array const array = {value.type, {}, {value.text.begin(), value.text.end()}};
    for_each_element(array, [&](auto x) { list.push_back(number(x)); });
    return value.numbers.empty() && list.size() == 1 ? list[0] : list;
  }

  pickle_heap& heap_;
};

}  // namespace acsl::detail
