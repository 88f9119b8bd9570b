// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/detail/zip_output.hpp>
#include <acsl/io/pth.hpp>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <support/temporary_folder.hpp>
#include <utility>
#include <vector>

/// Files of PyTorch put together by hand, right ones and wrong ones, as bytes.
namespace test {

/// A text of a pickle: BINUNICODE.
inline std::string pickled_text(std::string const& text) {
  std::string result = "X";
  for (int i = 0; i < 4; ++i) result += static_cast<char>(text.size() >> 8 * i);
  return result + text;
}
/// A whole number: BININT.
inline std::string pickled_number(std::uint32_t value) {
  std::string result = "J";
  for (int i = 0; i < 4; ++i) result += static_cast<char>(value >> 8 * i);
  return result;
}
/// The persistent id of a storage.
inline std::string pickled_storage(std::string const& key, std::uint32_t elements,
                                   std::string const& type = "FloatStorage", std::string const& view = "N") {
  return "(" + pickled_text("storage") + "ctorch\n" + type + "\n" + pickled_text(key) + pickled_text("cpu") +
         pickled_number(elements) + view + "tQ";
}
/// A tensor of one axis. @param numbers opcodes that push offset, tuple of extents, tuple of strides
inline std::string pickled_tensor(std::string const& storage, std::string const& numbers) {
  return "ctorch._utils\n_rebuild_tensor_v2\n(" + storage + numbers + "\x89" + "ccollections\nOrderedDict\n)RtR";
}
/// A dictionary with one member, as an object of a file.
inline std::string pickled_dict(std::string const& key, std::string const& value) {
  return "}" + pickled_text(key) + value + "s";
}

/// A legacy file. @param object opcodes that push one value
/// @param storages key and bytes, with element counts for elements of 4 bytes
inline std::string legacy_file(std::string const& object,
                               std::vector<std::pair<std::string, std::string>> const& storages = {}) {
  std::string file("\x80\2\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\2M\xe9\3.", 21);
  file += "\x80\2" + pickled_dict("little_endian", "\x88") + ".\x80\2" + object + ".\x80\2](";
  for (auto const& [key, elements] : storages) file += pickled_text(key);
  file += "e.";
  for (auto const& [key, elements] : storages) {
    for (int i = 0; i < 8; ++i) file += static_cast<char>(i < 4 ? elements.size() / 4 >> 8 * i : 0);
    file += elements;
  }
  return file;
}

/// A zip file of stored entries.
inline std::string zip_file(std::vector<std::pair<std::string, std::string>> const& entries) {
  temporary_folder const folder;
  acsl::write_file_atomically(folder / "a", [&](acsl::atomic_file& file) {
    acsl::detail::zip_output zip(file, "a");
    for (auto const& [name, content] : entries) zip.add(name, std::string_view(content));
    zip.finish();
  });
  return read_text(folder / "a");
}

inline std::span<std::uint8_t const> bytes_of(std::string const& text) {
  return {reinterpret_cast<std::uint8_t const*>(text.data()), text.size()};
}
inline acsl::checkpoint_content read_pth(std::string const& file,
                                         std::uint64_t limit = acsl::memory_budget::usual_bytes) {
  return acsl::read_pth(acsl::byte_source(bytes_of(file), "f"), limit);
}
/// What reading such a file throws, without the file's name.
inline std::string pth_refusal(std::string const& file, std::uint64_t limit = acsl::memory_budget::usual_bytes) {
  try {
    (void)read_pth(file, limit);
  } catch (acsl::file_error const& problem) {
    return std::string(problem.what()).substr(2);
  }
  return "read without complaint";
}

}  // namespace test
