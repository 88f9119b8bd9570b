// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/annotations.hpp>

namespace test {

/// One image 100 x 100 that holds an object of category 1, and another one of nothing; category 2 is known to be
/// absent.
inline acsl::annotation_set small_truth() {
  acsl::annotation_set set;
  set.categories = {{1, "cat", 'f'}, {2, "dog", 'r'}};
  set.images = {{1, "a.jpg", 100, 100, {2}, {}}, {5, "b.jpg", 100, 100, {1}, {}}};
  set.annotations = {{1, 1, 1, {10, 10, 20, 20}, 400}};
  return set;
}

}  // namespace test
