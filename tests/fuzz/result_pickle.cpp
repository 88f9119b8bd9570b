// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "memory_file.hpp"

#include <acsl/evaluation/result_pickle.hpp>
#include <acsl/io/detail/pickle_json.hpp>
#include <acsl/io/detail/pickle_machine.hpp>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

using namespace acsl::detail;

void expect(bool holds) {
  if (!holds) std::abort();
}

/// A pickle, read with at most 32 MiB: what Python would have is made, or it is refused by acsl::file_error.
template <class Look>
void read(acsl::byte_source const& source, Look look) {
  acsl::memory_budget budget(std::uint64_t{32} << 20);
  pickle_heap heap(budget, source.name());
  pickle_input input(source, 0, source.size());
  look(pickle_machine(input, heap, nullptr).run(), heap);
}

/// The input's bytes as detections of a few images.
std::vector<std::vector<acsl::detection>> detections_of(std::uint8_t const* data, std::size_t size, int classes) {
  std::vector<std::vector<acsl::detection>> images;
  for (std::size_t place = 0; place + 21 <= size; place += 21) {
    float values[5];
    std::memcpy(values, data + place + 1, sizeof values);
    if (images.empty() || data[place] % 4 == 0) images.emplace_back();
    images.back().push_back({{values[0], values[1], values[2], values[3]}, values[4], data[place] % classes});
  }
  return images;
}

/// The rows of one class, by their bits: numbers may be none.
void check_class(pickle_value const& array, std::vector<acsl::detection> const& detections, std::int32_t label) {
  std::vector<float> rows;
  for (auto const& [where, score, of] : detections)
    if (of == label) rows.insert(rows.end(), {where.x1, where.y1, where.x2, where.y2, score});
  expect(array.is(pickle_kind::array) && array.type == acsl::element_type::float32);
  expect(array.numbers == std::vector<std::int64_t>{static_cast<std::int64_t>(rows.size() / 5), 5});
  expect(array.text.size() == rows.size() * sizeof(float));
  expect(rows.empty() || std::memcmp(array.text.data(), rows.data(), array.text.size()) == 0);
}

}  // namespace

/// A fuzzer for pickles of results, in the form that libFuzzer calls: any bytes are read or refused, and what is
/// written of any detections reads back.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  try {
    read(acsl::byte_source({data, size}, "input"),
         [](pickle_value const& root, pickle_heap& heap) { (void)pickle_json(heap)(root).dump(); });
  } catch (acsl::file_error const&) {
  }
  constexpr int classes = 3;
  auto const images = detections_of(data, size, classes);
  static fuzz::memory_file file;
  file.assign(nullptr, 0);
  acsl::write_result_pickle(file.path(), images, classes);
  read(acsl::byte_source(file.path()), [&](pickle_value const& root, pickle_heap&) {
    expect(root.is(pickle_kind::list) && root.items.size() == images.size());
    for (std::size_t n = 0; n < images.size(); ++n) {
      auto const& lists = *root.items[n];
      expect(lists.is(pickle_kind::list) && lists.items.size() == classes);
      for (std::int32_t label = 0; label < classes; ++label)
        check_class(*lists.items[static_cast<std::size_t>(label)], images[n], label);
    }
  });
  return 0;
}
