// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/io/detail/pickle_machine.hpp>
#include <cstring>
#include <filesystem>
#include <vector>

namespace test {

/// The list of images that a pickle holds, as long as this lives.
class unpickled {
 public:
  explicit unpickled(std::filesystem::path const& path) : source_(path), heap_(budget_, path.string()) {
    acsl::detail::pickle_input input(source_, 0, source_.size());
    root_ = &acsl::detail::pickle_machine(input, heap_, nullptr).run();
    CHECK(input.left() == 0);
    REQUIRE(root_->is(acsl::detail::pickle_kind::list));
  }
  [[nodiscard]] std::vector<acsl::detail::pickle_value*> const& images() const { return root_->items; }

 private:
  acsl::byte_source source_;
  acsl::memory_budget budget_;
  acsl::detail::pickle_heap heap_;
  acsl::detail::pickle_value const* root_ = nullptr;
};

/// The elements of a NumPy array of float32.
inline std::vector<float> floats_of(acsl::detail::pickle_value const& array) {
  REQUIRE(array.is(acsl::detail::pickle_kind::array));
  REQUIRE(array.type == acsl::element_type::float32);
  std::vector<float> values(array.text.size() / sizeof(float));
  if (!values.empty()) std::memcpy(values.data(), array.text.data(), array.text.size());
  return values;
}

}  // namespace test
