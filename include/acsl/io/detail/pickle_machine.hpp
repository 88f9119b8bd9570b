// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/detail/pickle_calls.hpp>
#include <acsl/io/detail/pickle_globals.hpp>
#include <acsl/io/detail/pickle_input.hpp>
#include <acsl/io/detail/pickle_opcodes.hpp>
#include <acsl/io/detail/pickle_stack.hpp>
#include <acsl/io/detail/pickle_tensor.hpp>
#include <acsl/io/detail/pickle_value.hpp>
#include <bit>
#include <cstdint>
#include <string>
#include <utility>

namespace acsl::detail {

/// Reads one pickle: a program for a machine with a stack and a memo, here one that can only make `pickle_value`s.
/// Opcodes are those that Python 2 and 3 write for protocols 2 to 4; functions and classes those of
/// pickle_globals.hpp.
///
/// @throws acsl::file_error with the position of the opcode: another opcode or function (by name), arguments of
///         another form, a stack that is not as deep as an opcode needs, an end in the middle, too much memory
/// @source Python's pickletools; detector-spec 16.4
class pickle_machine {
 public:
  /// @param storages those that persistent ids name are added; nullptr: the file has none
  pickle_machine(pickle_input& input, pickle_heap& heap, pickle_storages* storages)
      : input_(input), heap_(heap), stack_(input, heap), calls_(heap), storages_(storages) {}

  /// @return what the pickle holds; lives as long as the heap
  pickle_value const& run() {
    for (;;) {
      stack_.begin_opcode();
      std::uint8_t const code = input_.byte();
      if (code == pickle_opcode::stop) {
        stack_.expect(stack_.size() == 1, "ends with more or less than one value");
        return *stack_.pop();
      }
      if (!constant(code) && !number(code) && !text(code) && !container(code) && !remembered(code) && !call(code))
        refuse_opcode(code);
    }
  }

 private:
  bool constant(std::uint8_t code) {
    switch (code) {
      case pickle_opcode::protocol:
        stack_.expect(input_.byte() <= 5, "a protocol above 5");
        return true;
      case pickle_opcode::frame:
        input_.little_endian(8);
        return true;  // how much to read ahead: no need
      case pickle_opcode::none:
        stack_.push(pickle_kind::none);
        return true;
      case pickle_opcode::yes:
        stack_.push(pickle_kind::boolean)->integer = 1;
        return true;
      case pickle_opcode::no:
        stack_.push(pickle_kind::boolean);
        return true;
      case pickle_opcode::mark:
        stack_.push_mark();
        return true;
      case pickle_opcode::pop:
        stack_.pop_value_or_mark();
        return true;
      case pickle_opcode::pop_mark:
        stack_.since_mark();
        return true;
      case pickle_opcode::duplicate:
        stack_.push(stack_.top());
        return true;
      default:
        return false;
    }
  }

  bool number(std::uint8_t code) {
    auto const integer = [&](std::int64_t value) { stack_.push(pickle_kind::integer)->integer = value; };
    switch (code) {
      case pickle_opcode::integer1:
        integer(static_cast<std::int64_t>(input_.little_endian(1)));
        return true;
      case pickle_opcode::integer2:
        integer(static_cast<std::int64_t>(input_.little_endian(2)));
        return true;
      case pickle_opcode::integer4:
        integer(static_cast<std::int32_t>(input_.little_endian(4)));
        return true;
      case pickle_opcode::long1:
        long_integer(input_.byte());
        return true;
      case pickle_opcode::long4:
        long_integer(input_.little_endian(4));
        return true;
      case pickle_opcode::real: {
        std::uint64_t bits = 0;
        for (int i = 0; i < 8; ++i) bits = bits << 8 | input_.byte();  // big-endian
        stack_.push(pickle_kind::real)->real = std::bit_cast<double>(bits);
        return true;
      }
      default:
        return false;
    }
  }
  /// Two's complement, little-endian. What 64 bits do not hold keeps its bytes as text.
  void long_integer(std::uint64_t count) {
    auto bytes = text_of(count);
    auto* const value = stack_.push(pickle_kind::integer);
    bool const negative = !bytes.empty() && (bytes.back() & 0x80);
    std::uint64_t bits = negative ? ~std::uint64_t{0} : 0;
    for (std::size_t i = bytes.size(); i-- > 0;) bits = bits << 8 | static_cast<unsigned char>(bytes[i]);
    value->integer = static_cast<std::int64_t>(bits);
    if (bytes.size() > 8) value->text = std::move(bytes);
  }

  bool text(std::uint8_t code) {
    auto const read = [&](pickle_kind kind, int length_bytes) {
      auto bytes = text_of(input_.little_endian(length_bytes));
      stack_.push(kind)->text = std::move(bytes);
      return true;
    };
    switch (code) {
      case pickle_opcode::string1:
        return read(pickle_kind::text, 1);  // of Python 2, in no certain encoding
      case pickle_opcode::string4:
        return read(pickle_kind::text, 4);
      case pickle_opcode::unicode1:
        return read(pickle_kind::text, 1);
      case pickle_opcode::unicode4:
        return read(pickle_kind::text, 4);
      case pickle_opcode::unicode8:
        return read(pickle_kind::text, 8);
      case pickle_opcode::bytes1:
        return read(pickle_kind::bytes, 1);
      case pickle_opcode::bytes4:
        return read(pickle_kind::bytes, 4);
      case pickle_opcode::bytes8:
        return read(pickle_kind::bytes, 8);
      default:
        return false;
    }
  }
  std::string text_of(std::uint64_t count) {
    if (count <= input_.left()) heap_.charge(count);  // otherwise the input says what is wrong
    return input_.bytes(count);
  }

  bool container(std::uint8_t code) {
    switch (code) {
      case pickle_opcode::empty_tuple:
        stack_.push(pickle_kind::tuple);
        return true;
      case pickle_opcode::empty_list:
        stack_.push(pickle_kind::list);
        return true;
      case pickle_opcode::empty_dict:
        stack_.push(pickle_kind::dict);
        return true;
      case pickle_opcode::empty_set:
        stack_.push(pickle_kind::set);
        return true;
      case pickle_opcode::tuple1:
        stack_.push_tuple(stack_.last(1));
        return true;
      case pickle_opcode::tuple2:
        stack_.push_tuple(stack_.last(2));
        return true;
      case pickle_opcode::tuple3:
        stack_.push_tuple(stack_.last(3));
        return true;
      case pickle_opcode::tuple:
        stack_.push_tuple(stack_.since_mark());
        return true;
      case pickle_opcode::append:
        stack_.add(pickle_kind::list, stack_.last(1));
        return true;
      case pickle_opcode::appends:
        stack_.add(pickle_kind::list, stack_.since_mark());
        return true;
      case pickle_opcode::add_items:
        stack_.add(pickle_kind::set, stack_.since_mark());
        return true;
      case pickle_opcode::set_item:
        stack_.add(pickle_kind::dict, stack_.last(2));
        return true;
      case pickle_opcode::set_items: {
        auto const items = stack_.since_mark();
        stack_.expect(items.size() % 2 == 0, "a key without a value");
        stack_.add(pickle_kind::dict, items);
        return true;
      }
      default:
        return false;
    }
  }
  bool remembered(std::uint8_t code) {
    auto const put = [&](std::uint64_t place) {
      stack_.remember(place);
      return true;
    };
    auto const get = [&](std::uint64_t place) {
      stack_.recall(place);
      return true;
    };
    switch (code) {
      case pickle_opcode::put1:
        return put(input_.little_endian(1));
      case pickle_opcode::put4:
        return put(input_.little_endian(4));
      case pickle_opcode::memoize:
        return put(stack_.remembered());
      case pickle_opcode::get1:
        return get(input_.little_endian(1));
      case pickle_opcode::get4:
        return get(input_.little_endian(4));
      default:
        return false;
    }
  }

  bool call(std::uint8_t code) {
    switch (code) {
      case pickle_opcode::global: {
        auto const module = input_.line();
        push_global(module, input_.line());
        return true;
      }
      case pickle_opcode::stack_global: {
        auto const names = stack_.last(2);
        stack_.expect(names[0]->is(pickle_kind::text) && names[1]->is(pickle_kind::text), "a global without a name");
        push_global(names[0]->text, names[1]->text);
        return true;
      }
      case pickle_opcode::reduce:
      case pickle_opcode::new_object: {
        auto const values = stack_.last(2);
        auto* const result = calls_.call(*values[0], *values[1]);
        if (!result) stack_.fail(calls_.reason);
        stack_.push(result);
        return true;
      }
      case pickle_opcode::build: {
        auto const* const state = stack_.pop();
        if (!calls_.build(stack_.top(), *state)) stack_.fail(calls_.reason);
        return true;
      }
      case pickle_opcode::persistent_id: {
        stack_.expect(storages_ != nullptr, "names something outside the file, which is no checkpoint of PyTorch");
        auto* const storage = storage_of(*stack_.pop(), heap_, *storages_);
        stack_.expect(storage != nullptr, "names a storage in another form than PyTorch does, or twice in two ways");
        stack_.push(storage);
        return true;
      }
      default:
        return false;
    }
  }
  void push_global(std::string const& module, std::string const& name) {
    auto const allowed = find_allowed(module, name);
    if (!allowed) refuse_global(module, name);
    auto* const value = stack_.push(pickle_kind::global);
    value->integer = static_cast<std::int64_t>(allowed->what);
    value->type = allowed->type;
    value->text = module + "." + name;
    heap_.charge(value->text.size());
  }
  [[noreturn]] void refuse_global(std::string const& module, std::string const& name) const {
    if (module.starts_with("numpy.") && name == "_frombuffer")
      stack_.fail("holds arrays of pickle protocol 5, which is not read: write it with protocol=4");
    stack_.fail("asks for " + module.substr(0, 200) + "." + name.substr(0, 200) +
                ", which is no part of a checkpoint's numbers: refused; nothing of the file was run");
  }
  [[noreturn]] void refuse_opcode(std::uint8_t code) {
    if (code == pickle_opcode::instance) {  // a call in one opcode: told by what it calls
      auto const module = input_.line();
      refuse_global(module, input_.line());
    }
    stack_.fail(std::string("holds the opcode ") + refused_opcode_name(code) +
                ", which checkpoints do not have: refused; nothing of the file was run");
  }

  pickle_input& input_;
  pickle_heap& heap_;
  pickle_stack stack_;
  pickle_calls calls_;
  pickle_storages* storages_;
};

}  // namespace acsl::detail
