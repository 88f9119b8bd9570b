// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <acsl/evaluation/robustness_file.hpp>
#include <acsl/evaluation/robustness_summary.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "commands.hpp"
#include "option_checks.hpp"
#include "robustness_test.hpp"

namespace trainer {
namespace {

struct robustness_eval_request {
  std::string file, dataset = "coco", aggregate = "benchmark";
  std::vector<std::string> tasks, metrics, prints = {"P", "mPC", "rPC"};
};

void run_robustness_eval(robustness_eval_request request) {
  if (request.dataset == "voc") {
    bool const others = !request.tasks.empty() && request.tasks != std::vector<std::string>{"bbox"};
    if (others || (!request.metrics.empty() && request.metrics != std::vector<std::string>{"AP50"}))
      throw acsl::error("results of VOC have the figure AP50 of the task bbox, and no other");
    request.metrics = {"AP50"};
  }
  auto const results = acsl::read_robustness_results(request.file);
  auto const known = results.tasks();
  for (auto const& task : request.tasks.empty() ? known : request.tasks) {
    if (std::find(known.begin(), known.end(), task) == known.end())
      throw acsl::file_error(request.file, "has no results of the task " + task);
    auto metrics = request.metrics;
    auto const in_file = results.metrics(task);
    for (auto const& metric : metrics)
      if (std::find(in_file.begin(), in_file.end(), metric) == in_file.end()) {
        std::string all;
        for (auto const& name : in_file) all += (all.empty() ? "" : ", ") + name;
        throw acsl::file_error(request.file, "has no figure " + metric + " of the task " + task + ", but " + all);
      }
    print_robustness(
        results, task, metrics.empty() ? in_file : metrics, request.prints,
        request.aggregate == "all" ? acsl::robustness_aggregate::all : acsl::robustness_aggregate::benchmark);
  }
}

}  // namespace

void add_robustness_eval(CLI::App& app, int& status) {
  auto o = std::make_shared<robustness_eval_request>();
  auto* command = app.add_subcommand(
      "robustness_eval",
      "Sum up a test of robustness: P, the figure on clean photographs; mPC, its mean over corruptions and the "
      "severities\n"
      "1 to 5; rPC = mPC / P.\n\n"
      "  acsl robustness_eval r18_results.pkl --metric AP APr APc APf\n\n"
      "FILE is what `acsl test_robustness` wrote (.pkl or .json), or the pickle of the original's tool; nothing in a "
      "pickle\n"
      "is ever run. What the file lacks is left out of means, and told.");
  command->add_option("FILE", o->file, "results")->required()->check(some_name());
  command
      ->add_option(
          "--dataset", o->dataset,
          "lvis, coco, cityscapes: all figures of the file; voc: AP50, the mean over the file's list of classes")
      ->check(CLI::IsMember({"lvis", "coco", "voc", "cityscapes"}))
      ->capture_default_str();
  command->add_option("--task", o->tasks, "bbox, segm; default: all of the file")
      ->check(CLI::IsMember({"bbox", "segm"}));
  command->add_option("--metric", o->metrics, "figures, as AP AP50 APr; default: all of the file")->check(some_name());
  command->add_option("--prints", o->prints, "columns: P, mPC, rPC; default: all")
      ->check(CLI::IsMember({"P", "mPC", "rPC"}));
  command
      ->add_option("--aggregate", o->aggregate,
                   "benchmark: the first 15 corruptions of the file take part in means; all")
      ->check(CLI::IsMember({"benchmark", "all"}))
      ->capture_default_str();
  command->callback([o, &status] {
    run_robustness_eval(*o);
    status = 0;
  });
}

}  // namespace trainer
