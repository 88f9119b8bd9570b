// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <acsl/data/corruptions/corruption.hpp>
#include <memory>
#include <string>

#include "commands.hpp"
#include "corruption_option.hpp"
#include "launcher_options.hpp"
#include "option_checks.hpp"
#include "robustness_test.hpp"
#include "threads_option.hpp"

namespace trainer {

void add_test_robustness(CLI::App& app, int& status) {
  auto o = std::make_shared<robustness_request>();
  auto* command = app.add_subcommand(
      "test_robustness",
      "Test a detector on corrupted photographs: the 15 common corruptions of ImageNet-C at 5 severities each, and the "
      "clean\n"
      "ones, judged by the rules of LVIS.\n\n"
      "  acsl test_robustness configs/coco128/faster_rcnn_r18_fpn.toml runs/r18/latest.safetensors --out r18.pkl \\\n"
      "      --set data.root=coco128 --corruptions noise fog --severities 0 1 3 5\n\n"
      "After every run over the split the figures so far go to r18_results.pkl (corruption -> severity -> task -> "
      "figures)\n"
      "and r18_results.json, and the run's detections to r18.pkl; `acsl robustness_eval` sums them up again. "
      "docs/robustness.md\n"
      "says what the corruptions are, and that frost is drawn.");
  command->add_option("CONFIG", o->config, "configuration file (TOML)")->required()->check(some_name());
  command->add_option("CHECKPOINT", o->checkpoint, "weights: a checkpoint of `acsl train`, or one of PyTorch (.pth)")
      ->required()
      ->check(some_name());
  command->add_option("--set", o->settings, "key=value over the file, as often as wanted")->allow_extra_args(false);
  command->add_option("--split", o->split, "val, or train: the photographs it learned from")
      ->check(CLI::IsMember({"train", "val"}));
  command->add_option("--out", o->out, "F.pkl: detections of the last run; figures go to F_results.pkl and .json")
      ->check(pickle_name());
  command
      ->add_option("--corruptions", o->corruptions,
                   "names, or benchmark (15), all (19), noise, blur, weather, digital, holdout; None: clean alone")
      ->check(CLI::IsMember(words_for_corruptions()))
      ->capture_default_str();
  command->add_option("--severities", o->severities, "0 to 5; 0: clean, judged once")
      ->check(whole_number(0, acsl::strongest_severity))
      ->capture_default_str();
  command->add_option("--eval", o->evaluations, "bbox: LVIS box AP")
      ->check(CLI::IsMember({"bbox"}))
      ->capture_default_str();
  command->add_option("--iou-thr", "the threshold of a VOC evaluation; figures here have their own, AP50 that of 0.5")
      ->check([](std::string const& text) {
        return text == "0.5" ? std::string()
                             : "only VOC's evaluation, which is not among ours, has a threshold of its own; AP50 and "
                               "AP75 are always there: " +
                                   text;
      });
  command->add_flag("--summaries", o->summaries, "print the LVIS table of every run");
  command->add_option("--workers", o->workers, "threads that load ahead; 0: what the configuration says")
      ->check(whole_number(0, 256))
      ->capture_default_str();
  command->add_option("--show", o->show, "folder for pictures of every run with what was found, in folders fog_3, …")
      ->check(some_name());
  command->add_option("--show-threshold", o->show_threshold, "score from which a detection is drawn")
      ->check(share())
      ->capture_default_str();
  command->add_option("--seed", o->seed, "of the corruptions' random numbers")
      ->check(seed_number())
      ->capture_default_str();
  command->add_flag("--resume", o->resume, "go on after what F_results.json has; without that file from the beginning");
  command->add_option("--final-prints", o->final_prints, "columns of the summary: P, mPC, rPC")
      ->check(CLI::IsMember({"P", "mPC", "rPC"}))
      ->capture_default_str();
  command->add_option("--final-prints-aggregate", o->aggregate, "benchmark: means over the first 15 corruptions; all")
      ->check(CLI::IsMember({"benchmark", "all"}))
      ->capture_default_str();
  add_launcher_options_of_tests(*command);
  add_threads(*command, o->threads);
  command->callback([o, &status] {
    if (o->out.empty() && o->show.empty())
      throw CLI::ValidationError("acsl test_robustness", "at least one of --out and --show is wanted");
    if (o->resume && o->out.empty())
      throw CLI::ValidationError("acsl test_robustness", "--resume goes on with the results beside --out");
    test_robustness(*o);
    status = 0;
  });
}

}  // namespace trainer
