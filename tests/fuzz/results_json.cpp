// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "memory_file.hpp"
#include "same_outcome.hpp"

#include <acsl/backend/reference.hpp>
#include <acsl/evaluation/chunked_result_reader.hpp>
#include <support/read_outcome.hpp>
#include <support/two_images.hpp>

/// A fuzzer for files of results, boxes and masks, in the form that libFuzzer calls: read in chunks and as a whole they
/// hold the same, or are refused by acsl::file_error with the same words.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  static fuzz::memory_file file;
  static auto const truth = test::two_images();
  file.assign(data, size);
  auto const hash = fuzz::hash_of(data, size);
  auto const type = hash % 2 ? acsl::iou_type::segm : acsl::iou_type::bbox;
  acsl::reference exec;
  auto const whole = test::outcome([&] { return acsl::load_results(file.path(), truth, {.type = type}); });
  for (std::size_t const bytes : {std::size_t{1}, 1 + hash / 2 % (size + 1)})
    fuzz::expect_same(
        whole, test::outcome([&] { return acsl::load_results(exec, file.path(), truth, {.type = type}, bytes); }));
  return 0;
}
