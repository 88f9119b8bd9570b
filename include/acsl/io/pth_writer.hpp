// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/checkpoint_content.hpp>
#include <acsl/io/detail/pth_pickle.hpp>
#include <acsl/io/detail/state_dict.hpp>
#include <acsl/io/detail/zip_output.hpp>
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace acsl {
namespace detail {

/// The file around a pickle: an entry for the storage of each array, whose key is its place.
template <class BytesOf>
void write_pth_archive(std::filesystem::path const& path, std::string_view pickle, std::size_t arrays,
                       BytesOf const& bytes_of) {
  write_file_atomically(path, [&](atomic_file& file) {
    zip_output zip(file, path.string());
    zip.add("archive/data.pkl", pickle);
    zip.add("archive/byteorder", "little");
    for (std::size_t i = 0; i < arrays; ++i) zip.add("archive/data/" + std::to_string(i), bytes_of(i));
    zip.add("archive/version", "3\n");
    zip.finish();
  });
}

}  // namespace detail

/// Writes a file whose torch.load is one tensor (`label2binlabel.pt`), on the CPU, whole or not at all; `read_pth`
/// calls it "tensor".
/// @throws acsl::file_error when the disk does not take it, or for more than 4 GiB
inline void write_pth_tensor(std::filesystem::path const& path, stored_array const& values) {
  detail::pth_pickle pickle;
  pickle.tensor(values, "0");
  pickle.stop();
  detail::write_pth_archive(path, pickle.bytes(), 1, [&](std::size_t) { return std::span(values.bytes); });
}

/// Writes a checkpoint that torch.load of PyTorch 1.6 and later reads, whole or not at all: {"meta": {…}, "state_dict":
/// OrderedDict}, every tensor on the CPU, without gradient, with a storage of its own. Arrays called
/// `optimizer.<name>`, which are our momentum, lie in an OrderedDict of their own, `momentum_buffers`, where
/// `load_state_dict` does not see them; `read_pth` puts them back.
///
/// @throws acsl::file_error when the disk does not take it, a name or a text is not UTF-8, or for more than 4 GiB
/// @source detector-spec 16.3; checked with PyTorch 1.13
inline void write_pth(std::filesystem::path const& path, checkpoint_content const& content) {
  detail::pth_pickle pickle;
  auto const is_momentum = [](named_array const& array) { return array.name.starts_with(detail::momentum_prefix); };
  auto const add = [&](bool momentum) {
    pickle.begin_ordered_dict();
    for (std::size_t i = 0; i < content.arrays.size(); ++i) {
      auto const& [name, values] = content.arrays[i];
      if (is_momentum(content.arrays[i]) != momentum) continue;
      if (!detail::is_utf8(name)) throw file_error(path.string(), "cannot be written: a name in it is not UTF-8");
      pickle.text(std::string_view(name).substr(momentum ? std::string_view(detail::momentum_prefix).size() : 0));
      pickle.tensor(values, std::to_string(i));
    }
    pickle.end_dict();
  };
  pickle.begin_dict();
  pickle.text("meta");
  pickle.value(content.meta);
  pickle.text("state_dict");
  add(false);
  if (std::any_of(content.arrays.begin(), content.arrays.end(), is_momentum)) {
    pickle.text(detail::momentum_key);
    add(true);
  }
  pickle.end_dict();
  pickle.stop();
  detail::write_pth_archive(path, pickle.bytes(), content.arrays.size(),
                            [&](std::size_t i) { return std::span(content.arrays[i].values.bytes); });
}

}  // namespace acsl
