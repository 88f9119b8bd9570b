// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/checkpoint_content.hpp>
#include <acsl/io/detail/pickle_output.hpp>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace acsl::detail {

/// The pickle of a checkpoint: dictionaries, OrderedDicts of tensors, and JSON values.
class pth_pickle : public pickle_output {
 public:
  void begin_dict() {
    opcode(pickle_opcode::empty_dict);
    opcode(pickle_opcode::mark);
  }
  void begin_ordered_dict() {
    ordered_dict();
    opcode(pickle_opcode::mark);
  }
  void end_dict() { opcode(pickle_opcode::set_items); }

  void value(nlohmann::ordered_json const& json) {
    if (json.is_boolean()) {
      opcode(json.get<bool>() ? pickle_opcode::yes : pickle_opcode::no);
    } else if (json.is_number_integer()) {
      integer(json.get<std::int64_t>());
    } else if (json.is_number()) {
      real(json.get<double>());
    } else if (json.is_string()) {
      text(json.get_ref<std::string const&>());
    } else if (json.is_array()) {
      opcode(pickle_opcode::empty_list);
      opcode(pickle_opcode::mark);
      for (auto const& item : json) value(item);
      opcode(pickle_opcode::appends);
    } else if (json.is_object()) {
      begin_dict();
      for (auto const& [key, item] : json.items()) {
        text(key);
        value(item);
      }
      end_dict();
    } else {
      opcode(pickle_opcode::none);
    }
  }

  /// A tensor that covers the storage `key`.
  void tensor(stored_array const& array, std::string_view key) {
    once(rebuild_tensor, [&] { global("torch._utils", "_rebuild_tensor_v2"); });
    opcode(pickle_opcode::mark);
    opcode(pickle_opcode::mark);
    once(storage, [&] { text("storage"); });
    auto const class_place = static_cast<std::uint8_t>(first_class + static_cast<std::uint8_t>(array.type));
    once(class_place, [&] { global("torch", names_of(array.type).storage); });
    text(key);
    once(cpu, [&] { text("cpu"); });
    integer(array.extents.elements());
    opcode(pickle_opcode::tuple);
    opcode(pickle_opcode::persistent_id);
    integer(0);
    numbers([&](int axis) { return array.extents[axis]; }, array.extents.rank());
    numbers([&](int axis) { return array.extents.elements_from(axis + 1); }, array.extents.rank());
    opcode(pickle_opcode::no);  // requires_grad
    ordered_dict();             // hooks
    opcode(pickle_opcode::tuple);
    opcode(pickle_opcode::reduce);
  }

 private:
  enum memo : std::uint8_t { ordered, rebuild_tensor, storage, cpu, first_class };

  void ordered_dict() {
    once(ordered, [&] { global("collections", "OrderedDict"); });
    opcode(pickle_opcode::empty_tuple);
    opcode(pickle_opcode::reduce);
  }
  template <class Number>
  void numbers(Number const& number, int count) {
    opcode(pickle_opcode::mark);
    for (int axis = 0; axis < count; ++axis) integer(number(axis));
    opcode(pickle_opcode::tuple);
  }
};

}  // namespace acsl::detail
