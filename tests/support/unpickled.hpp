// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/io/detail/pickle_machine.hpp>
#include <cstring>
#include <filesystem>
#include <vector>

namespace test {

/// What a pickle holds, as long as this lives.
class unpickled {
 public:
  explicit unpickled(std::filesystem::path const& path) : source_(path), heap_(budget_, path.string()) {
    acsl::detail::pickle_input input(source_, 0, source_.size());
    root_ = &acsl::detail::pickle_machine(input, heap_, nullptr).run();
    CHECK(input.left() == 0);
  }
  [[nodiscard]] acsl::detail::pickle_value const& root() const { return *root_; }
  /// The list of images that a file of results is.
  [[nodiscard]] std::vector<acsl::detail::pickle_value*> const& images() const {
    REQUIRE(root_->is(acsl::detail::pickle_kind::list));
    return root_->items;
  }

 private:
  acsl::byte_source source_;
  acsl::memory_budget budget_;
  acsl::detail::pickle_heap heap_;
  acsl::detail::pickle_value const* root_ = nullptr;
};

/// The elements of a NumPy array of a type, which T is.
template <class T>
std::vector<T> elements_of(acsl::detail::pickle_value const& array, acsl::element_type type) {
  REQUIRE(array.is(acsl::detail::pickle_kind::array));
  REQUIRE(array.type == type);
  std::vector<T> values(array.text.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), array.text.data(), array.text.size());
  return values;
}
inline std::vector<float> floats_of(acsl::detail::pickle_value const& array) {
  return elements_of<float>(array, acsl::element_type::float32);
}

}  // namespace test
