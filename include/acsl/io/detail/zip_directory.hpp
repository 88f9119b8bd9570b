// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/byte_source.hpp>
#include <acsl/io/detail/crc32.hpp>
#include <acsl/io/memory_budget.hpp>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace acsl::detail {

/// A file inside a zip file, as the central directory has it.
struct zip_entry {
  std::uint64_t header = 0, bytes = 0, packed_bytes = 0;
  std::uint32_t crc = 0;
  std::uint16_t method = 0, flags = 0;
};

/// The entries of a zip file, also of one that is larger than 4 GiB (zip64). What is read of them must be stored, not
/// compressed: PyTorch stores.
/// @throws acsl::file_error for a file whose directory is missing or damaged, or that has a name twice
/// @source APPNOTE.TXT of PKWARE, sections 4.3 and 4.5
class zip_directory {
 public:
  zip_directory(byte_source const& source, memory_budget& budget) : source_(source) {
    auto const [count, first, last] = find_directory();
    budget.charge(last - first, source.name());
    std::vector<std::uint8_t> bytes(last - first);
    source_.read(first, bytes);
    data_end_ = first;
    std::size_t at = 0;
    for (std::uint64_t i = 0; i < count; ++i) at = read_entry(bytes, at, budget);
    if (at != bytes.size()) fail("its directory holds something behind the last entry");
  }

  [[nodiscard]] std::map<std::string, zip_entry> const& entries() const { return entries_; }
  [[nodiscard]] zip_entry const* find(std::string const& name) const {
    auto const found = entries_.find(name);
    return found == entries_.end() ? nullptr : &found->second;
  }

  /// Where the bytes of an entry begin. @throws acsl::file_error when they are compressed, or not where they should be
  [[nodiscard]] std::uint64_t data_of(std::string const& name, zip_entry const& entry) const {
    if (entry.flags & 1) fail("the entry " + name + " is encrypted");
    if (entry.method != 0 || entry.packed_bytes != entry.bytes)
      fail("the entry " + name + " is compressed (method " + std::to_string(entry.method) +
           "): entries must be stored, as PyTorch writes them");
    std::uint8_t header[30];
    if (entry.header > data_end_ || data_end_ - entry.header < sizeof header) misplaced(name);
    source_.read(entry.header, header);
    if (number(header, 0, 4) != 0x04034B50) misplaced(name);
    std::vector<std::uint8_t> own_name(number(header, 26, 2));
    std::uint64_t const data = entry.header + sizeof header + own_name.size() + number(header, 28, 2);
    if (data > data_end_ || entry.bytes > data_end_ - data) misplaced(name);
    source_.read(entry.header + sizeof header, own_name);
    if (std::string(own_name.begin(), own_name.end()) != name) misplaced(name);
    return data;
  }
  /// @throws acsl::file_error when bytes are not those that were written
  void expect_crc(std::string const& name, zip_entry const& entry, std::uint32_t crc) const {
    if (crc != entry.crc) fail("the entry " + name + " is damaged: its checksum is another");
  }

 private:
  struct place {
    std::uint64_t count, first, last;
  };

  [[noreturn]] void fail(std::string const& reason) const { throw file_error(source_.name(), reason); }
  [[noreturn]] void misplaced(std::string const& name) const {
    fail("the entry " + name + " is not where the directory says: the file is damaged");
  }
  static std::uint64_t number(std::span<std::uint8_t const> bytes, std::size_t at, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value |= std::uint64_t{bytes[at + i]} << 8 * i;
    return value;
  }

  [[nodiscard]] place find_directory() const {
    constexpr std::size_t record = 22, longest_comment = 65535, locator = 20;
    std::vector<std::uint8_t> tail(std::min<std::uint64_t>(source_.size(), record + longest_comment));
    source_.read(source_.size() - tail.size(), tail);
    std::size_t at = tail.size() + 1;  // of the record, behind which its comment fills the file
    do {
      if (at-- == 0 || tail.size() < record) fail("a zip file without its directory: it is cut short or damaged");
    } while (at + record > tail.size() || number(tail, at, 4) != 0x06054B50 ||
             number(tail, at + 20, 2) != tail.size() - at - record);
    std::uint64_t const end = source_.size() - tail.size() + at;
    place result = {number(tail, at + 10, 2), number(tail, at + 16, 4), 0};
    std::uint64_t bytes = number(tail, at + 12, 4);
    bool const one_disk = number(tail, at + 4, 4) == 0 && number(tail, at + 8, 2) == result.count;
    std::uint8_t found[locator] = {};
    if (end >= locator) source_.read(end - locator, found);
    std::uint64_t limit = end;
    if (number(found, 0, 4) == 0x07064B50) {
      std::uint8_t large[56];
      limit = number(found, 8, 8);
      if (limit > end || end - limit < sizeof large) fail("its zip64 record is not where it should be: damaged");
      source_.read(limit, large);
      if (number(large, 0, 4) != 0x06064B50) fail("its zip64 record is not where it should be: damaged");
      result.count = number(large, 32, 8);
      bytes = number(large, 40, 8);
      result.first = number(large, 48, 8);
    } else if (!one_disk) {
      fail("a zip file in several parts");
    }
    if (result.first > limit || bytes > limit - result.first) fail("its directory is not where it should be: damaged");
    result.last = result.first + bytes;
    return result;
  }

  /// @return where the next one begins
  std::size_t read_entry(std::span<std::uint8_t const> bytes, std::size_t at, memory_budget& budget) {
    constexpr std::size_t record = 46;
    auto const expect_room = [&](std::size_t count) {
      if (count > bytes.size() - at) fail("its directory ends within an entry: damaged");
    };
    expect_room(record);
    if (number(bytes, at, 4) != 0x02014B50) fail("its directory is damaged");
    zip_entry entry;
    entry.flags = static_cast<std::uint16_t>(number(bytes, at + 8, 2));
    entry.method = static_cast<std::uint16_t>(number(bytes, at + 10, 2));
    entry.crc = static_cast<std::uint32_t>(number(bytes, at + 16, 4));
    entry.packed_bytes = number(bytes, at + 20, 4);
    entry.bytes = number(bytes, at + 24, 4);
    entry.header = number(bytes, at + 42, 4);
    std::size_t const name_bytes = number(bytes, at + 28, 2), extra = number(bytes, at + 30, 2),
                      comment = number(bytes, at + 32, 2);
    expect_room(record + name_bytes + extra + comment);
    auto const name = bytes.subspan(at + record, name_bytes);
    read_large_numbers(bytes.subspan(at + record + name_bytes, extra), entry);
    budget.charge(sizeof(zip_entry) + 2 * name_bytes + 64, source_.name());
    std::string text(name.begin(), name.end());
    if (!entries_.emplace(text, entry).second) fail("holds the entry " + text + " twice");
    return at + record + name_bytes + extra + comment;
  }

  /// Numbers that 32 bits do not hold are in the extra field 1 (zip64), in this order.
  void read_large_numbers(std::span<std::uint8_t const> extra, zip_entry& entry) const {
    constexpr std::uint64_t elsewhere = 0xFFFFFFFF;
    for (std::size_t at = 0; at + 4 <= extra.size();) {
      auto const id = number(extra, at, 2);
      std::size_t const bytes = number(extra, at + 2, 2);
      if (bytes > extra.size() - at - 4) return;
      if (id == 1) {
        std::size_t next = at + 4;
        for (auto* value : {&entry.bytes, &entry.packed_bytes, &entry.header}) {
          if (*value != elsewhere) continue;
          if (next + 8 > at + 4 + bytes) fail("its directory lacks a size of more than 4 GiB: damaged");
          *value = number(extra, next, 8);
          next += 8;
        }
      }
      at += 4 + bytes;
    }
  }

  byte_source const& source_;
  std::map<std::string, zip_entry> entries_;
  std::uint64_t data_end_ = 0;  // of the entries' bytes: where the directory begins
};

}  // namespace acsl::detail
