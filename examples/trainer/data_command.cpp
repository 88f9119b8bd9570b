// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <acsl/backend/cpu.hpp>
#include <acsl/data/data_report.hpp>
#include <acsl/data/image_file_check.hpp>
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/expect_outputs.hpp>
#include <acsl/io/json_text.hpp>
#include <acsl/training/progress.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "commands.hpp"
#include "option_checks.hpp"
#include "printable.hpp"
#include "threads_option.hpp"

namespace trainer {
namespace {

struct check_request {
  std::string annotations, json;
  std::vector<std::string> images;
  int threads = 0;
};

/// @return the exit status
int run_check(check_request const& request) {
  acsl::expect_outputs({request.json}, {request.annotations});
  acsl::cpu const exec(request.threads);
  auto const set = acsl::load_annotations_loosely(exec, request.annotations);
  auto check = acsl::check_annotations(set);
  if (!request.images.empty()) {
    acsl::progress display(stderr);
    acsl::check_image_files(
        exec, set, {request.images.begin(), request.images.end()}, check.findings,
        [&](acsl::index_t done, acsl::index_t total) { display.count("image files", done, total); });
  }
  std::printf("%s", printable(acsl::report_text(check, request.annotations)).c_str());
  if (request.images.empty()) std::printf("image files were not looked at: name their folders with --images\n");
  if (!request.json.empty())
    acsl::write_file_atomically(request.json, acsl::indented_json_text(acsl::report_json(check, request.annotations)));
  return check.findings.count(acsl::severity::error) > 0 ? 1 : 0;
}

void add_check(CLI::App& data, int& status) {
  auto request = std::make_shared<check_request>();
  auto* command = data.add_subcommand(
      "check",
      "Say what is wrong with a data set and how to mend it.\n\n"
      "  acsl data check lvis_v0.5_val.json --images train2017 --images val2017 --json report.json\n\n"
      "Reads LVIS v0.5, v1.0 and COCO files, also broken ones: ids that are there twice or name nothing, boxes and "
      "areas\n"
      "that cannot be, lists that contradict the objects, frequencies that contradict counts; with --images files "
      "that\n"
      "are missing, cannot be read or have another size. Every kind comes with its count, the first examples and a "
      "way to\n"
      "mend it. Exit status: 0 no errors (warnings and notes may be there), 1 errors, 2 wrong command line.");
  command->add_option("ANNOTATIONS", request->annotations, "annotation file")->required()->check(some_name());
  command
      ->add_option("--images", request->images,
                   "folders with the image files, searched in this order; only headers of files are read")
      ->check(CLI::ExistingDirectory)
      ->type_name("DIR");
  command->add_option("--json", request->json, "write the report there, too")->check(some_name());
  add_threads(*command, request->threads);
  command->callback([request, &status] { status = run_check(*request); });
}

}  // namespace

void add_data(CLI::App& app, int& status) {
  auto* data = app.add_subcommand("data",
                                  "Look at a data set before training on it.\n\n"
                                  "  acsl data check lvis_v0.5_train.json --images train2017\n"
                                  "  acsl data stats lvis_v0.5_train.json --repeat-threshold 0.001");
  data->require_subcommand(1);
  add_check(*data, status);
  add_data_stats(*data, status);
}

}  // namespace trainer
