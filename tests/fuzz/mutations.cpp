// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <acsl/core/random_key.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

// The short run of a fuzzer that is part of the tests, with any compiler: the entry point gets every file of its corpus
// and so many mutations of each, the same ones in every run. Usage: <program> MUTATIONS FILE...
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

namespace {

/// Draws from one key, number by number.
struct draws {
  acsl::random_key key;
  std::uint64_t next = 0;
  std::size_t below(std::size_t limit) { return key.below(next++, limit); }
};

/// One to four changes: of a bit, a byte, a number of 1 to 8 bytes to a telling one; bytes out, bytes in, bytes from
/// elsewhere, an end that comes early.
void mutate(std::vector<std::uint8_t>& bytes, draws& random) {
  constexpr std::uint64_t telling[] = {0,          1,          0x7F,       0x80,  0xFF,      0xFFFF,
                                       0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, ~0ULL, 1ULL << 63};
  for (std::size_t changes = 1 + random.below(4); changes > 0 && !bytes.empty(); --changes) {
    std::size_t const at = random.below(bytes.size()), other = random.below(bytes.size());
    auto const count = std::min<std::size_t>({1 + random.below(16), bytes.size() - at, bytes.size() - other});
    auto const place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    switch (random.below(7)) {
      case 0:
        bytes[at] ^= static_cast<std::uint8_t>(1U << random.below(8));
        break;
      case 1:
        bytes[at] = static_cast<std::uint8_t>(random.below(256));
        break;
      case 2: {
        auto const value = telling[random.below(std::size(telling))];
        for (std::size_t i = 0; i < std::min<std::size_t>(count, 8); ++i)
          bytes[at + i] = static_cast<std::uint8_t>(value >> 8 * i);
        break;
      }
      case 3:
        bytes.erase(place, place + static_cast<std::ptrdiff_t>(count));
        break;
      case 4:
        bytes.insert(place, count, static_cast<std::uint8_t>(random.below(256)));
        break;
      case 5:
        std::memmove(&bytes[at], &bytes[other], count);
        break;
      default:
        bytes.resize(at);
        break;
    }
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) return 2;
  std::uint64_t const mutations = std::stoull(arguments[1]);
  for (int file = 2; file < count; ++file) {
    std::ifstream stream(arguments[file], std::ios::binary);
    std::vector<std::uint8_t> const whole((std::istreambuf_iterator<char>(stream)), {});
    if (whole.empty()) return std::fprintf(stderr, "%s: nothing to read\n", arguments[file]), 1;
    LLVMFuzzerTestOneInput(whole.data(), whole.size());
    for (std::uint64_t i = 0; i < mutations; ++i) {
      auto bytes = whole;
      draws random{acsl::random_key{static_cast<std::uint64_t>(file)}.with(i)};
      mutate(bytes, random);
      LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    }
  }
  std::printf("%d files, %llu mutations of each\n", count - 2, static_cast<unsigned long long>(mutations));
  return 0;
}
