// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/data/data_finding.hpp>
#include <acsl/data/image_file.hpp>
#include <acsl/data/loose_annotations.hpp>
#include <acsl/io/image_size.hpp>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace acsl {

namespace detail {

/// What is found behind the name of an image.
struct seen_image {
  bool found = false;
  image_size size;      ///< 0 x 0: see `problem`
  std::string problem;  ///< why the file has no size
};

inline seen_image look_at_image(std::vector<std::filesystem::path> const& folders, std::string const& name) {
  auto const file = find_image_file(folders, name);
  if (file.empty()) return {};
  try {
    return {true, read_image_size(file), {}};
  } catch (error const& bad) {
    return {true, {}, bad.what()};
  }
}

/// Where missing files may be: beside the folders that were searched, there is one that `coco_url` names.
inline std::string missing_files_mend(loose_annotation_set const& set, std::vector<seen_image> const& seen,
                                      std::vector<std::filesystem::path> const& folders) {
  std::map<std::string, index_t> missing;
  std::map<std::string, std::filesystem::path> there;
  std::error_code unreadable;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    auto const& image = set.images[i];
    if (seen[i].found || image.coco_path.empty()) continue;
    auto const place = image.coco_path.substr(0, image.coco_path.find('/'));
    if (missing[place]++ > 0) continue;
    for (auto const& folder : folders) {
      auto const beside = std::filesystem::absolute(folder, unreadable).lexically_normal();
      auto const parent = (beside.has_filename() ? beside : beside.parent_path()).parent_path();
      if (!find_image_file({parent / place}, image.file_name).empty()) there.emplace(place, parent / place);
    }
  }
  if (missing.empty()) return "Name every folder that holds images with --images, or fetch the files.";
  std::string text = "By coco_url they are in";
  for (auto const& [place, count] : missing)
    text += std::string(&place == &missing.begin()->first ? " " : ", ") + place + " (" + std::to_string(count) + ")";
  for (auto const& [place, folder] : there) text += "; found there: add --images " + folder.string();
  return text + (there.empty() ? ": add --images with that folder" : "") +
         "; training reads one folder, so link the files into it.";
}

}  // namespace detail

/// Looks for the file of every image and reads its header, on all of a backend's threads.
/// @param folders searched in this order
/// @param tell    tell(done, total), now and then, from any thread but one at a time; may be empty
template <has_loops Backend>
void check_image_files(Backend& exec, loose_annotation_set const& set,
                       std::vector<std::filesystem::path> const& folders, data_findings& findings,
                       std::function<void(index_t, index_t)> const& tell = {}) {
  static_assert(Backend::host_memory, "files are read on the host");
  std::vector<detail::seen_image> seen(set.images.size());
  auto const total = static_cast<index_t>(seen.size());
  std::atomic<index_t> done = 0;
  std::atomic_flag telling;
  auto* const out = seen.data();
  constexpr double cost_ns = 1e5;
  exec.for_each(
      total,
      [&, out](index_t i) {
        auto const& image = set.images[static_cast<std::size_t>(i)];
        if (image.has(lack::object) && image.has(lack::name)) out[i] = detail::look_at_image(folders, image.file_name);
        ++done;
        if (!tell || telling.test_and_set()) return;
        tell(done, total);
        telling.clear();
      },
      cost_ns);

  data_finding missing{severity::error, "missing_image_file", "images have no file in the folders",
                       detail::missing_files_mend(set, seen, folders)};
  data_finding unread{severity::error, "unreadable_image_file", "image files cannot be read",
                      "Fetch the files anew: they are damaged, or no JPEG or PNG."};
  data_finding differs{severity::error, "image_size_differs", "images have another size than their entry says",
                       "Set width and height to those of the file, or take the original files: boxes are in pixels of "
                       "the size that the entry says."};
  for (std::size_t i = 0; i < seen.size(); ++i) {
    auto const& image = set.images[i];
    if (!image.has(lack::object) || !image.has(lack::name)) continue;
    auto const text = [&](std::string const& more) {
      return "image " + std::to_string(image.id) + ", " + image.file_name + more;
    };
    auto const size_text = [](index_t width, index_t height) {
      return std::to_string(width) + " x " + std::to_string(height);
    };
    if (!seen[i].found) missing.add([&] { return text(image.coco_path.empty() ? "" : " (" + image.coco_path + ")"); });
    else if (seen[i].size == image_size{})
      unread.add([&] { return "image " + std::to_string(image.id) + ", " + seen[i].problem; });
    else if (image.has(lack::size) && seen[i].size != image_size{image.height, image.width})
      differs.add([&] {
        return text(": " + size_text(image.width, image.height) + ", the file has " +
                    size_text(seen[i].size.width, seen[i].size.height));
      });
  }
  for (auto* finding : {&missing, &unread, &differs}) findings.take(std::move(*finding));
}

}  // namespace acsl
