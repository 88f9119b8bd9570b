// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/annotations.hpp>

namespace test {

/// What results are read for: two categories and two images, one of which has an id above 2^32. No objects.
inline acsl::annotation_set two_images() {
  acsl::annotation_set set;
  set.file = "truth.json";
  set.categories = {{7, "cat", 'r'}, {3, "dog", 'f'}};
  set.images = {{8000000000, "a.jpg", 640, 480}, {2, "b.jpg", 100, 50}};
  return set;
}

}  // namespace test
