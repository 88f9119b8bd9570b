// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace test {

/// What a pickle of result lists is made of.
struct pickled {
  enum kind_of { none, number, text, bytes, function, list, tuple, map, dtype, array, mark } kind = none;
  std::int64_t value = 0;                       // number
  std::string data = {};                        // text and bytes (code points below 256), name of a function
  std::vector<std::shared_ptr<pickled>> items;  // list, tuple; shape of an array; keys and values of a map
  [[nodiscard]] pickled const& at(std::size_t i) const { return *items.at(i); }
  [[nodiscard]] std::vector<float> floats() const {
    std::vector<float> values(data.size() / 4);
    for (std::size_t i = 0; i < values.size(); ++i) std::memcpy(&values[i], &data[4 * i], 4);
    return values;
  }
};

/// A plain interpreter of the opcodes that Python 3 writes for lists of NumPy arrays in protocol 2. Throws at anything
/// else.
class pickle_reader {
 public:
  explicit pickle_reader(std::span<std::uint8_t const> bytes) : bytes_(bytes) {}

  std::shared_ptr<pickled> read() {
    for (;;) switch (char const code = static_cast<char>(next()); code) {
        case '\x80':
          expect(next() == 2, "protocol");
          break;
        case '.':
          expect(stack_.size() == 1 && at_ == bytes_.size(), "end");
          return pop();
        case ']':
          push(pickled::list);
          break;
        case '}':
          push(pickled::map);
          break;
        case 'u':
          fill_map(since_mark());
          break;
        case '(':
          push(pickled::mark);
          break;
        case ')':
          push(pickled::tuple);
          break;
        case 'N':
          push(pickled::none);
          break;
        case '\x88':
          push_number(1);
          break;
        case '\x89':
          push_number(0);
          break;
        case 'K':
          push_number(next());
          break;
        case 'M':
          push_number(static_cast<std::int64_t>(little_endian(2)));
          break;
        case 'J':
          push_number(static_cast<std::int32_t>(little_endian(4)));
          break;
        case 'X':
          push_text(little_endian(4));
          break;
        case 'c':
          push_function();
          break;
        case 'q':
          memo_[next()] = stack_.back();
          break;
        case 'r':
          memo_[little_endian(4)] = stack_.back();
          break;
        case 'h':
          stack_.push_back(memo_.at(next()));
          break;
        case 'j':
          stack_.push_back(memo_.at(little_endian(4)));
          break;
        case 'a':
          append(1);
          break;
        case 'e':
          append(since_mark());
          break;
        case '\x85':
          make_tuple(1);
          break;
        case '\x86':
          make_tuple(2);
          break;
        case '\x87':
          make_tuple(3);
          break;
        case 't':
          make_tuple(since_mark());
          break;
        case 'R':
          reduce();
          break;
        case 'b':
          build();
          break;
        default:
          throw std::runtime_error("opcode " + std::to_string(static_cast<unsigned char>(code)));
      }
  }

 private:
  using pointer = std::shared_ptr<pickled>;

  static void expect(bool condition, char const* what) {
    if (!condition) throw std::runtime_error(std::string("pickle: ") + what);
  }
  std::uint8_t next() {
    expect(at_ < bytes_.size(), "cut short");
    return bytes_[at_++];
  }
  std::size_t little_endian(int count) {
    std::size_t value = 0;
    for (int i = 0; i < count; ++i) value |= static_cast<std::size_t>(next()) << 8 * i;
    return value;
  }
  pickled& push(pickled::kind_of kind) {
    stack_.push_back(std::make_shared<pickled>());
    stack_.back()->kind = kind;
    return *stack_.back();
  }
  void push_number(std::int64_t value) { push(pickled::number).value = value; }
  void push_text(std::size_t length) {
    auto& data = push(pickled::text).data;
    for (std::size_t i = 0; i < length; ++i) {
      unsigned const c = next();
      if (c < 0x80) data += static_cast<char>(c);
      else {
        expect((c & 0xFC) == 0xC0, "a code point above 255");
        data += static_cast<char>((c & 3) << 6 | (next() & 0x3F));
        ++i;
      }
    }
  }
  std::string line() {
    std::string text;
    for (char c; (c = static_cast<char>(next())) != '\n';) text += c;
    return text;
  }
  void push_function() {
    std::string const module = line();
    push(pickled::function).data = module + " " + line();
  }
  pointer pop() {
    expect(!stack_.empty(), "empty stack");
    auto top = stack_.back();
    stack_.pop_back();
    return top;
  }
  std::size_t since_mark() {
    for (std::size_t n = 0; n < stack_.size(); ++n)
      if (auto const place = stack_.end() - 1 - static_cast<std::ptrdiff_t>(n); (*place)->kind == pickled::mark) {
        stack_.erase(place);
        return n;
      }
    throw std::runtime_error("pickle: no mark");
  }
  std::vector<pointer> take(std::size_t count) {
    expect(count <= stack_.size(), "too few on the stack");
    std::vector<pointer> items(stack_.end() - static_cast<std::ptrdiff_t>(count), stack_.end());
    stack_.resize(stack_.size() - count);
    return items;
  }
  void append(std::size_t count) {
    auto const items = take(count);
    expect(stack_.back()->kind == pickled::list, "append to no list");
    stack_.back()->items.insert(stack_.back()->items.end(), items.begin(), items.end());
  }
  void fill_map(std::size_t count) {
    auto const items = take(count);
    expect(stack_.back()->kind == pickled::map && count % 2 == 0, "items of no map");
    stack_.back()->items.insert(stack_.back()->items.end(), items.begin(), items.end());
  }
  void make_tuple(std::size_t count) {
    auto items = take(count);
    push(pickled::tuple).items = std::move(items);
  }
  void reduce() {
    auto const arguments = pop(), function = pop();
    expect(function->kind == pickled::function && arguments->kind == pickled::tuple, "reduce");
    if (function->data == "_codecs encode") {
      expect(arguments->at(1).data == "latin1", "encoding");
      push(pickled::bytes).data = arguments->at(0).data;
    } else if (function->data == "__builtin__ bytes") {
      push(pickled::bytes);
    } else if (function->data == "numpy dtype") {
      expect(arguments->at(0).data == "f4", "dtype");
      push(pickled::dtype);
    } else {
      expect(function->data == "numpy.core.multiarray _reconstruct" ||
                 function->data == "numpy._core.multiarray _reconstruct",
             "function");
      expect(arguments->at(0).data == "numpy ndarray" && arguments->at(1).items.size() == 1 &&
                 arguments->at(1).at(0).value == 0 && arguments->at(2).data == "b",
             "arguments of _reconstruct");
      push(pickled::array);
    }
  }
  void build() {
    auto const state = pop();
    auto& object = *stack_.back();
    if (object.kind == pickled::dtype) {
      expect(state->items.size() == 8 && state->at(0).value == 3 && state->at(1).data == "<", "dtype state");
      return;
    }
    expect(object.kind == pickled::array && state->items.size() == 5 && state->at(0).value == 1, "array state");
    expect(state->at(2).kind == pickled::dtype && state->at(3).value == 0, "array type");
    expect(state->at(4).kind == pickled::bytes, "array bytes");
    object.items = state->at(1).items;
    object.data = state->at(4).data;
    expect(static_cast<std::size_t>(4 * object.at(0).value * object.at(1).value) == object.data.size(), "array size");
  }

  std::span<std::uint8_t const> bytes_;
  std::size_t at_ = 0;
  std::vector<pointer> stack_;
  std::map<std::size_t, pointer> memo_;
};

}  // namespace test
