// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <acsl/backend/cpu.hpp>
#include <acsl/data/annotation_selection.hpp>
#include <acsl/io/class_group_files.hpp>
#include <acsl/io/expect_outputs.hpp>
#include <acsl/io/make_folder.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "cached_annotations.hpp"
#include "commands.hpp"
#include "group_limits_option.hpp"
#include "option_checks.hpp"
#include "threads_option.hpp"

namespace trainer {
namespace {

struct split_request {
  std::string annotations, out;
  std::vector<std::int64_t> limits = {300};
  bool safetensors = false;
  int threads = 0;
};

void run_split(split_request const& request) {
  std::filesystem::path const folder = request.out;
  acsl::cpu const exec(request.threads);
  auto const set = cached_annotations(exec, request.annotations, acsl::annotation_rules::training);
  auto const counts = acsl::instance_counts(set);
  if (counts.empty()) throw acsl::file_error(request.annotations, "lists no category");
  auto const groups = acsl::groups_by_count(counts, request.limits, false, true);
  acsl::make_folder(folder);
  std::vector<std::filesystem::path> outputs;
  for (char const* name : {acsl::label2binlabel_file, acsl::pred_slice_file, acsl::valsplit_file})
    outputs.push_back(folder / name);
  if (request.safetensors) outputs.push_back(folder / acsl::groups_safetensors_file);
  acsl::expect_outputs(outputs, {request.annotations});
  auto const names = acsl::interval_names(request.limits);
  acsl::write_class_groups(folder, groups, names, request.safetensors);
  for (std::size_t g = 1; g < groups.slices.size(); ++g)
    std::printf("%-14s %5ld categories, columns %ld to %ld\n", names[g - 1].c_str(),
                static_cast<long>(groups.slices[g].length - 1), static_cast<long>(groups.slices[g].start),
                static_cast<long>(groups.slices[g].start + groups.slices[g].length - 1));
  for (auto const& file : outputs) std::printf("wrote %s\n", file.string().c_str());
}

}  // namespace

void add_split_bin(CLI::App& app, int& status) {
  auto o = std::make_shared<split_request>();
  auto* command = app.add_subcommand(
      "split_bin",
      "The original's tools/split_bin.py: write the groups of categories for balanced group softmax.\n\n"
      "  acsl split_bin data/lvis/lvis_v0.5_train.json --out data/lvis/2bins300             below 300 boxes, and more\n"
      "  acsl split_bin data/lvis/lvis_v0.5_train.json --out data/lvis --groups 4           10, 100, 1000\n"
      "  acsl split_bin train.json --out groups --cuts 5,50                                 any data set, any limits\n"
      "  acsl train configs/bags/gs_faster_rcnn_r50_fpn_1x_lvis_with0_bg8.toml --set loss.groups=data/lvis/2bins300\n\n"
      "Writes label2binlabel.pt and pred_slice_with0.pt (int64 tensors for torch.load) and valsplit.pkl (a map of "
      "int64\n"
      "arrays under the original's keys for pickle.load). Categories are counted by instance_count, where every "
      "category of\n"
      "the file has one, otherwise by its annotations, and named by label: 1 + position in the file, the id in LVIS.");
  command->add_option("ANNOTATIONS", o->annotations, "training annotations, LVIS or COCO layout")
      ->required()
      ->check(some_name());
  command->add_option("--out", o->out, "folder for the files; made if it is not there")->required()->check(some_name());
  add_group_limits(*command, o->limits, "300");
  command->add_flag("--safetensors", o->safetensors, "write groups.safetensors, too: both tensors in one file");
  add_threads(*command, o->threads);
  command->callback([o, &status] {
    run_split(*o);
    status = 0;
  });
}

}  // namespace trainer
