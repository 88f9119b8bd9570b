// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include <CLI/CLI.hpp>
#include <acsl/backend/cpu.hpp>
#include <acsl/data/annotation_reader.hpp>
#include <acsl/data/synthetic.hpp>
#include <acsl/training/progress.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

namespace {

void print_groups(acsl::synthetic_set const& set) {
  auto const train = acsl::count_categories(set.train), val = acsl::count_categories(set.val);
  std::printf("\n%-10s %10s %20s %15s %10s   %s\n", "group", "categories", "training images each", "training boxes",
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

acsl::synthetic_set make(std::string const& folder, acsl::synthetic_options const& options, bool force, int threads) {
  auto const state = acsl::look_for_synthetic(folder, options);
  if (state == acsl::synthetic_state::complete && !force) {
    std::printf("%s already holds the %s\n", folder.c_str(), acsl::describe(options).c_str());
    std::filesystem::path const root = folder;
    return {acsl::load_annotations(root / "train.json"), acsl::load_annotations(root / "val.json")};
  }
  if (state == acsl::synthetic_state::other && !force)
    throw acsl::file_error(folder, "the folder is not empty and holds something else than the " +
                                       acsl::describe(options) +
                                       "; name another folder, or write into this one with --force");
  acsl::cpu exec(threads);
  acsl::progress progress;
  auto set = acsl::make_synthetic(
      folder, options, exec, [&](acsl::index_t done, acsl::index_t total) { progress.count("drawing", done, total); });
  progress.finish();
  std::printf("%s holds the %s\n", folder.c_str(), acsl::describe(options).c_str());
  return set;
}

}  // namespace

void trainer::add_synth(CLI::App& app, int& status) {
  struct settings {
    std::string out;
    acsl::synthetic_options options;
    int threads = 0;
    bool force = false;
  };
  auto s = std::make_shared<settings>();
  auto* command = app.add_subcommand(
      "synth",
      "Draw a data set with a long tail, for machines without photographs.\n\n"
      "  acsl synth --out synth --seed 1\n\n"
      "64 categories (\"striped red star\": shape x texture x colour) on cluttered grounds. A few categories are in\n"
      "hundreds of training images, many in fewer than ten; each rare one looks like frequent ones but for one\n"
      "attribute. DIR gets train.json, train/, val.json and val/ in the layout of LVIS, to be trained on with\n"
      "--set data.root=DIR. The same seed gives the same files.");
  command->add_option("--out", s->out, "the folder that gets the set; must be new, empty, or hold this very set")
      ->required()
      ->type_name("DIR");
  command->add_option("--seed", s->options.seed, "another seed, another set of the same kind; default: 1")
      ->check(CLI::Range(std::int64_t{0}, INT64_MAX));
  command
      ->add_option("--train", s->options.train_images,
                   "training images; default: 800; fewer than about 300 leave no category frequent")
      ->check(CLI::Range(1, 1'000'000));
  command->add_option("--val", s->options.val_images, "validation images; default: 200")
      ->check(CLI::Range(1, 1'000'000));
  command->add_option("--threads", s->threads, "threads; default: all; the files do not depend on it")
      ->check(CLI::PositiveNumber);
  command->add_flag("--force", s->force, "write into DIR whatever it holds; other files stay");
  command->callback([s, &status] {
    print_groups(make(s->out, s->options, s->force, s->threads));
    status = 0;
  });
}
