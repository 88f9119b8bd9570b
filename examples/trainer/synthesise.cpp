// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "synthesise.hpp"

#include <acsl/backend/cpu.hpp>
#include <acsl/data/annotation_reader.hpp>
#include <acsl/training/progress.hpp>
#include <algorithm>
#include <cstdio>

namespace trainer {
namespace {

void print_groups(acsl::synthetic_set const& set) {
  auto const train = acsl::count_categories(set.train), val = acsl::count_categories(set.val);
  std::printf("%-10s %10s %20s %15s %10s   %s\n", "group", "categories", "training images each", "training boxes",
              "val boxes", "for example");
  for (auto const& [letter, name] : {std::pair('f', "frequent"), {'c', "common"}, {'r', "rare"}}) {
    std::int64_t categories = 0, boxes = 0, val_boxes = 0, fewest = 0, most = 0;
    std::string example = "-";
    for (std::size_t c = 0; c < set.train.categories.size(); ++c) {
      if (set.train.categories[c].frequency != letter) continue;
      fewest = categories ? std::min(fewest, train.images[c]) : train.images[c];
      most = std::max(most, train.images[c]);
      if (categories++ == 0) example = set.train.categories[c].name;
      boxes += train.instances[c];
      val_boxes += val.instances[c];
    }
    std::string const each = categories ? std::to_string(fewest) + " to " + std::to_string(most) : "-";
    std::printf("%-10s %10ld %20s %15ld %10ld   %s\n", name, static_cast<long>(categories), each.c_str(),
                static_cast<long>(boxes), static_cast<long>(val_boxes), example.c_str());
  }
}

}  // namespace

void synthesise(std::string const& folder, acsl::synthetic_options const& options, bool force, int threads,
                std::string const& advice) {
  auto const state = acsl::look_for_synthetic(folder, options);
  if (state == acsl::synthetic_state::complete && !force) {
    std::printf("%s already holds the %s\n", folder.c_str(), acsl::describe(options).c_str());
    std::filesystem::path const root = folder;
    print_groups({acsl::load_annotations(root / "train.json"), acsl::load_annotations(root / "val.json")});
    return;
  }
  if (state == acsl::synthetic_state::other && !force)
    throw acsl::file_error(
        folder, "the folder is not empty and holds something else than the " + acsl::describe(options) + "; " + advice);
  if (state == acsl::synthetic_state::unfinished)
    std::printf("%s holds a part of the %s, or files that were changed: it is made again\n", folder.c_str(),
                acsl::describe(options).c_str());
  acsl::cpu exec(threads);
  acsl::progress progress;
  auto const set = acsl::make_synthetic(
      folder, options, exec, [&](acsl::index_t done, acsl::index_t total) { progress.count("drawing", done, total); });
  progress.finish();
  std::printf("%s holds the %s\n", folder.c_str(), acsl::describe(options).c_str());
  print_groups(set);
}

}  // namespace trainer
