// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/detail/pickle_input.hpp>
#include <acsl/io/detail/pickle_value.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace acsl::detail {

/// The stack and the memo of a pickle machine. What is not there is refused with the position of the opcode that asks.
class pickle_stack {
 public:
  pickle_stack(pickle_input& input, pickle_heap& heap) : input_(input), heap_(heap) {}

  /// An opcode begins at the input's position.
  void begin_opcode() { at_ = input_.position(); }
  [[noreturn]] void fail(std::string const& reason) const { input_.fail(at_, reason); }
  void expect(bool holds, char const* otherwise) const {
    if (!holds) fail(otherwise);
  }

  void push(pickle_value* value) {
    heap_.charge(sizeof value);
    values_.push_back(value);
  }
  pickle_value* push(pickle_kind kind) {
    push(heap_.make(kind));
    return values_.back();
  }
  void push_mark() { push(static_cast<pickle_value*>(nullptr)); }
  pickle_value*& top() {
    expect(!values_.empty() && values_.back(), "finds no value on the stack");
    return values_.back();
  }
  pickle_value* pop() {
    auto* const value = top();
    drop(1);
    return value;
  }
  void pop_value_or_mark() {
    expect(!values_.empty(), "finds no value on the stack");
    drop(1);
  }
  [[nodiscard]] std::size_t size() const { return values_.size(); }

  /// The values at the top are taken off, the lowest first.
  std::vector<pickle_value*> last(std::size_t count) {
    std::vector<pickle_value*> values(count);
    while (count > 0) values[--count] = pop();
    return values;
  }
  /// Those above the last mark, which is taken off too.
  std::vector<pickle_value*> since_mark() {
    std::size_t first = values_.size();
    while (first > 0 && values_[first - 1]) --first;
    expect(first > 0, "finds no mark on the stack");
    std::vector<pickle_value*> values(values_.begin() + static_cast<std::ptrdiff_t>(first), values_.end());
    drop(values.size() + 1);
    return values;
  }

  void push_tuple(std::vector<pickle_value*> items) {
    heap_.charge(items.size() * sizeof(pickle_value*));
    push(pickle_kind::tuple)->items = std::move(items);
  }
  /// Adds items to the container at the top.
  void add(pickle_kind kind, std::vector<pickle_value*> const& items) {
    auto* const target = top();
    expect(target->is(kind), "adds items to something that does not take them");
    heap_.charge(2 * items.size() * sizeof(pickle_value*));
    target->items.insert(target->items.end(), items.begin(), items.end());
  }

  void remember(std::uint64_t place) {
    heap_.charge(64);
    memo_[place] = top();
  }
  void recall(std::uint64_t place) {
    auto const found = memo_.find(place);
    expect(found != memo_.end(), "recalls something that was not put into the memo");
    push(found->second);
  }
  [[nodiscard]] std::size_t remembered() const { return memo_.size(); }

 private:
  void drop(std::size_t count) {
    values_.resize(values_.size() - count);
    heap_.budget().release(count * sizeof(pickle_value*));
  }

  pickle_input& input_;
  pickle_heap& heap_;
  std::vector<pickle_value*> values_;  // nullptr: a mark
  std::map<std::uint64_t, pickle_value*> memo_;
  std::uint64_t at_ = 0;
};

}  // namespace acsl::detail
