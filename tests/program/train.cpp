// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/io/safetensors.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>
#include <support/process.hpp>
#include <support/program.hpp>
#include <support/tiny_data_set.hpp>
#include <thread>

namespace {

namespace fs = std::filesystem;
using test::train;

std::string final_checkpoint(fs::path const& work_dir) { return test::read_text(work_dir / "latest.safetensors"); }

/// Names of the arrays in which two checkpoints differ.
std::set<std::string> differences(fs::path const& a, fs::path const& b) {
  auto const first = acsl::safetensors_file::read(a), second = acsl::safetensors_file::read(b);
  std::set<std::string> names;
  CHECK(first.tensors().size() == second.tensors().size());
  for (auto const& [name, values] : first.tensors()) {
    auto const other = second.tensors().find(name);
    if (other == second.tensors().end() || other->second.extents() != values.extents() ||
        std::memcmp(other->second.data(), values.data(), values.bytes()) != 0)
      names.insert(name);
  }
  return names;
}

TEST_CASE("the same seed gives the same bytes for one and two threads, and other bits for another seed") {
  test::tiny_data_set const set;
  for (char const* threads : {"1", "2"}) {
    auto const ran = train(set, {"--work-dir", threads, "--threads", threads});
    REQUIRE_MESSAGE(ran.status == 0, ran.errors);
    CHECK(ran.output.find("6 images, 3 classes, 3 iterations an epoch, " + std::string(threads) + " threads") !=
          std::string::npos);
  }
  CHECK(fs::file_size(set.folder / "runs/1/latest.safetensors") > 100000);
  CHECK(final_checkpoint(set.folder / "runs/1") == final_checkpoint(set.folder / "runs/2"));
  REQUIRE(train(set, {"--work-dir", "other", "--seed", "1"}).status == 0);
  auto const other =
      differences(set.folder / "runs/1/latest.safetensors", set.folder / "runs/other/latest.safetensors");
  CHECK(other.contains("backbone.conv1.weight"));
  CHECK(other.contains("bbox_head.fc_cls.weight"));
}

TEST_CASE("the same bits come out for any number of loading threads, with and without a cache") {
  test::tiny_data_set const set;
  REQUIRE(train(set, {"--work-dir", "1"}).status == 0);
  for (char const* settings : {"data.workers=0", "data.workers=3", "data.cache_mib=1"}) {
    REQUIRE(train(set, {"--work-dir", settings, "--set", settings}).status == 0);
    CHECK(differences(set.folder / "runs/1/latest.safetensors", set.folder / "runs" / settings / "latest.safetensors")
              .empty());
  }
}

TEST_CASE("the resolved configuration beside the checkpoints gives the run again") {
  test::tiny_data_set const set;
  REQUIRE(train(set, {"--work-dir", "first", "--set", "training.lr=0.005", "--set", "loss.name=sigmoid_cross_entropy",
                      "--seed", "9"})
              .status == 0);
  auto const again =
      test::run({ACSL_PROGRAM, "train", "first/config.toml", "--work-dir", "again"}, {.folder = set.folder / "runs"});
  REQUIRE_MESSAGE(again.status == 0, again.errors);
  CHECK(final_checkpoint(set.folder / "runs/first") == final_checkpoint(set.folder / "runs/again"));
  CHECK(test::read_text(set.folder / "runs/first/config.toml") ==
        test::read_text(set.folder / "runs/again/config.toml"));
}

TEST_CASE("the second stage changes the classifier and nothing else") {
  test::tiny_data_set const set;
  REQUIRE(train(set, {"--work-dir", "softmax"}).status == 0);
  auto const tuned =
      train(set, {"--work-dir", "acsl", "--load-from", "softmax/latest.safetensors", "--set",
                  "training.train_only=[\"bbox_head.fc_cls.*\"]", "--set", "loss.name=adaptive_class_suppression"});
  REQUIRE_MESSAGE(tuned.status == 0, tuned.errors);
  CHECK(tuned.output.find("arrays from softmax/latest.safetensors\n") != std::string::npos);
  CHECK(tuned.output.find("not loaded") == std::string::npos);
  auto const before = acsl::safetensors_file::read(set.folder / "runs/softmax/latest.safetensors"),
             after = acsl::safetensors_file::read(set.folder / "runs/acsl/latest.safetensors");
  std::set<std::string> changed, momentum;
  for (auto const& [name, values] : after.tensors())
    if (name.starts_with("optimizer.")) momentum.insert(name);
    else if (std::memcmp(values.data(), before.tensors().at(name).data(), values.bytes()) != 0) changed.insert(name);
  CHECK(changed == std::set<std::string>{"bbox_head.fc_cls.bias", "bbox_head.fc_cls.weight"});
  CHECK(momentum == std::set<std::string>{"optimizer.bbox_head.fc_cls.bias", "optimizer.bbox_head.fc_cls.weight"});
}

TEST_CASE("the original's choice of the classifier is its pattern, with and without losses that train nothing") {
  test::tiny_data_set const set;
  std::pair<char const*, std::vector<std::string>> const runs[] = {
      {"pattern", {"--set", "training.train_only=[\"bbox_head.fc_cls.*\"]"}},
      {"choice", {"--set", "training.selectp=1"}},
      {"quick", {"--set", "training.selectp=1", "--set", "training.frozen_losses=false"}}};
  for (auto const& [name, settings] : runs) {
    std::vector<std::string> arguments = {"--set", std::string("training.work_dir=") + name};
    arguments.insert(arguments.end(), settings.begin(), settings.end());
    auto const ran = train(set, arguments);
    REQUIRE_MESSAGE(ran.status == 0, ran.errors);
    auto const folder = set.folder / "runs" / name;
    CHECK(differences(set.folder / "runs/pattern/latest.safetensors", folder / "latest.safetensors").empty());
    auto const log = test::read_text(folder / "log.jsonl");
    CHECK((log.find("loss_rpn_cls") == std::string::npos) == (name == std::string("quick")));
    CHECK(log.find("loss_bbox") != std::string::npos);
  }
}

TEST_CASE("the learning rate is scaled the original's way or by the batch") {
  test::tiny_data_set const set;  // of batches of 2: an eighth of 16
  for (auto const& [rate, scaling] : {std::pair{"0.02", "none"}, {"0.16", "device_count"}, {"0.16", "batch_size"}}) {
    auto const ran =
        train(set, {"--work-dir", scaling, "--set", "training.max_iterations=2", "--set",
                    std::string("training.lr=") + rate, "--set", std::string("training.autoscale_lr=") + scaling});
    REQUIRE_MESSAGE(ran.status == 0, ran.errors);
    CHECK(differences(set.folder / "runs/none/latest.safetensors", set.folder / "runs" / scaling / "latest.safetensors")
              .empty());
  }
  auto const other = train(set, {"--work-dir", "other", "--set", "training.max_iterations=2", "--set",
                                 "data.batch_size=1", "--set", "training.autoscale_lr=batch_size"});
  REQUIRE_MESSAGE(other.status == 0, other.errors);
  CHECK(test::read_text(set.folder / "runs/other/log.jsonl").find("\"lr\":0.00062") != std::string::npos);
}

TEST_CASE("factors of classes are learned on a linear detector, and nothing else") {
  test::tiny_data_set const set;
  REQUIRE(train(set, {"--work-dir", "linear"}).status == 0);
  auto const tuned =
      train(set, {"--work-dir", "scaled", "--load-from", "linear/latest.safetensors", "--set",
                  "training.train_only=[\"*fc_cls.scale\"]", "--set", "box_head.classifier=scaled_weights"});
  REQUIRE_MESSAGE(tuned.status == 0, tuned.errors);
  CHECK(tuned.output.find("not in the file: bbox_head.fc_cls.scale\n") != std::string::npos);
  auto const before = acsl::safetensors_file::read(set.folder / "runs/linear/latest.safetensors"),
             after = acsl::safetensors_file::read(set.folder / "runs/scaled/latest.safetensors");
  for (auto const& [name, values] : before.tensors())
    if (!name.starts_with("optimizer."))
      CHECK_MESSAGE(std::memcmp(values.data(), after.tensors().at(name).data(), values.bytes()) == 0, name);
  auto const& scale = after.tensors().at("bbox_head.fc_cls.scale");
  auto const* factors = reinterpret_cast<float const*>(scale.data());
  CHECK(scale.bytes() == 4 * sizeof(float));
  CHECK(std::any_of(factors, factors + 4, [](float s) { return s != 1; }));
}

TEST_CASE("every classifier trains, and every correction judges, where they have a meaning") {
  test::tiny_data_set const set;
  int number = 0;
  for (std::vector<std::string> const& settings : std::vector<std::vector<std::string>>{
           {"box_head.classifier=normalised", "loss.name=seesaw"},
           {"box_head.classifier=normalised", "box_head.classifier_parameters=[\"bias=0\"]"},
           {"box_head.classifier=scaled_logits", "loss.name=focal"},
           {"test.correction=logit_adjustment"},
           {"test.correction=pc_softmax", "box_head.classifier=normalised", "loss.name=seesaw"},
           {"test.correction=norcal", "test.correction_parameters=[\"gamma=0.5\"]", "loss.name=equilibrium"},
           {"test.correction=norcal", "test.correction_mode=probabilities", "test.correction_parameters=[\"beta=0.9\"]",
            "loss.name=focal"},
           {"test.correction=tau_normalisation", "test.correction_parameters=[\"tau=0.5\"]", "loss.name=focal"},
           {"test.correction=tau_normalisation", "test.correction_mode=select",
            "test.correction_parameters=[\"tau=0.5\"]"}}) {
    std::vector<std::string> arguments = {"--work-dir", std::to_string(++number), "--validate", "--set",
                                          "training.epochs=1"};
    for (auto const& setting : settings) arguments.insert(arguments.end(), {"--set", setting});
    auto const ran = train(set, arguments);
    CHECK_MESSAGE(ran.status == 0, settings.front() << ": " << ran.errors);
    CHECK(ran.output.find("epoch 1 validation: ") != std::string::npos);
  }
}

TEST_CASE("a loss is warmed up before the first iteration, and not again when the run goes on") {
  test::tiny_data_set const set;
  auto const with = [&](std::vector<std::string> arguments) {
    for (char const* setting : {"loss.name=equilibrium", "loss.warm_up=true", "training.checkpoint_iterations=1"})
      arguments.insert(arguments.end(), {"--set", setting});
    return train(set, arguments);
  };
  auto const state = [&](char const* file) {
    return acsl::safetensors_file::read(set.folder / "runs" / file).metadata.at("state.bbox_head.loss_cls.mean_score");
  };
  auto const whole = with({"--work-dir", "whole"});
  REQUIRE_MESSAGE(whole.status == 0, whole.errors);
  CHECK(whole.output.find("warming up the loss: one pass over 3 batches\n") != std::string::npos);
  REQUIRE(with({"--work-dir", "half", "--set", "training.max_iterations=2"}).status == 0);
  auto const again = with({"--work-dir", "half", "--resume-from", "half/latest.safetensors"});
  REQUIRE_MESSAGE(again.status == 0, again.errors);
  CHECK(again.output.find("warming up") == std::string::npos);
  CHECK(differences(set.folder / "runs/half/latest.safetensors", set.folder / "runs/whole/latest.safetensors").empty());
  CHECK(state("half/latest.safetensors") == state("whole/latest.safetensors"));

  // Without learning the state of a run is the one of two passes, and that of one pass without warming up.
  std::vector<std::string> const still = {"--set", "training.lr=0",         "--set",     "training.epochs=1",
                                          "--set", "loss.name=equilibrium", "--work-dir"};
  auto const resting = [&](char const* folder, char const* warm_up) {
    auto arguments = still;
    arguments.insert(arguments.end(), {folder, "--set", std::string("loss.warm_up=") + warm_up});
    REQUIRE(train(set, arguments).status == 0);
    return state((std::string(folder) + "/latest.safetensors").c_str());
  };
  CHECK(resting("warm", "true") != resting("cold", "false"));
}

TEST_CASE("every loss of boxes trains") {
  test::tiny_data_set const set;
  int number = 0;
  for (std::vector<std::string> const& settings : std::vector<std::vector<std::string>>{
           {"box_head.regression_loss=l1"},
           {"box_head.regression_loss=balanced_l1"},
           {"box_head.regression_loss=harmonised_l1", "box_head.regression_parameters=[\"momentum=0.75\"]"},
           {"box_head.regression_loss=iou", "box_head.regression_mode=linear"},
           {"box_head.regression_loss=giou", "box_head.regression_weight=10"},
           {"box_head.regression_loss=diou"},
           {"box_head.regression_loss=ciou"},
           {"box_head.regression_loss=bounded_iou"}}) {
    auto const name = std::to_string(++number);
    std::vector<std::string> arguments = {"--work-dir", name, "--set", "training.epochs=1"};
    for (auto const& setting : settings) arguments.insert(arguments.end(), {"--set", setting});
    auto const ran = train(set, arguments);
    CHECK_MESSAGE(ran.status == 0, settings.front() << ": " << ran.errors);
    auto const state = acsl::safetensors_file::read(set.folder / "runs" / name / "latest.safetensors").metadata;
    CHECK(state.contains("state.bbox_head.loss_bbox.acc_sum") == settings.front().ends_with("harmonised_l1"));
  }
}

TEST_CASE("a loss with a state goes on with it after a stop, and a checkpoint of another loss is refused") {
  test::tiny_data_set const set;
  std::vector<std::string> const seesaw = {"--set", "loss.name=seesaw"};
  auto const with = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), seesaw.begin(), seesaw.end());
    return train(set, arguments);
  };
  auto const whole = with({"--work-dir", "whole"});
  REQUIRE_MESSAGE(whole.status == 0, whole.errors);
  REQUIRE(with({"--work-dir", "half", "--set", "training.max_iterations=4"}).status == 0);
  auto const state = [&](char const* file) {
    auto const read = acsl::safetensors_file::read(set.folder / "runs" / file);
    REQUIRE(read.metadata.contains("state.bbox_head.loss_cls.cum_samples"));
    return read.metadata.at("state.bbox_head.loss_cls.cum_samples");
  };
  CHECK(state("half/latest.safetensors") != state("whole/latest.safetensors"));
  REQUIRE(with({"--work-dir", "half", "--resume-from", "half/latest.safetensors"}).status == 0);
  CHECK(state("half/latest.safetensors") == state("whole/latest.safetensors"));
  CHECK(differences(set.folder / "runs/half/latest.safetensors", set.folder / "runs/whole/latest.safetensors").empty());

  REQUIRE(train(set, {"--work-dir", "plain", "--set", "training.max_iterations=2", "--set",
                      "loss.name=effective_class_margin"})
              .status == 0);
  auto const other = train(
      set, {"--work-dir", "plain", "--resume-from", "plain/latest.safetensors", "--set", "loss.name=equilibrium"});
  CHECK(other.status == 1);
  CHECK(other.errors.find("metadata lacks \"state.bbox_head.loss_cls.mean_score\"") != std::string::npos);
}

TEST_CASE("every loss trains, detects and is judged") {
  test::tiny_data_set const set;
  for (std::string const name : {"focal",
                                 "softmax_focal",
                                 "class_balanced_softmax",
                                 "class_balanced_focal",
                                 "inverse_frequency_softmax",
                                 "equalization",
                                 "softmax_equalization",
                                 "equalization_v2",
                                 "drop",
                                 "federated",
                                 "equalized_focal",
                                 "gumbel",
                                 "effective_class_margin",
                                 "balanced_sigmoid",
                                 "harmonised_gradient",
                                 "logit_adjustment",
                                 "balanced_softmax",
                                 "vector_scaling",
                                 "class_dependent_temperatures",
                                 "label_distribution_aware_margin",
                                 "equilibrium",
                                 "seesaw",
                                 "balanced_group_softmax"}) {
    auto const ran =
        train(set, {"--work-dir", name, "--validate", "--set", "training.epochs=1", "--set", "loss.name=" + name});
    CHECK_MESSAGE(ran.status == 0, name << ": " << ran.errors);
    CHECK_MESSAGE(ran.output.find("epoch 1 validation: ") != std::string::npos, name);
    CHECK(fs::exists(set.folder / "runs" / name / "latest.safetensors"));
  }
}

/// What an uninterrupted run of the set ends with.
std::string expected_end(test::tiny_data_set const& set) {
  REQUIRE(train(set, {"--work-dir", "whole"}).status == 0);
  return final_checkpoint(set.folder / "runs/whole");
}
/// Arguments that go on with a run, or start it.
std::vector<std::string> onwards(test::tiny_data_set const& set, std::string const& work_dir) {
  std::vector<std::string> arguments = {"--work-dir", work_dir};
  if (auto const latest = work_dir + "/latest.safetensors"; fs::exists(set.folder / "runs" / latest))
    arguments.insert(arguments.end(), {"--resume-from", latest});
  return arguments;
}

TEST_CASE("a run that is killed again and again at random moments ends with the same bytes") {
  test::tiny_data_set set;
  set.configure("epochs = 3", "epochs = 20\ncheckpoint_iterations = 2");
  auto const begin = std::chrono::steady_clock::now();
  auto const expected = expected_end(set);
  auto const whole = std::chrono::steady_clock::now() - begin;
  std::uint32_t draw = static_cast<std::uint32_t>(begin.time_since_epoch().count());
  CAPTURE(draw);
  int kills = 0, resumed = 0, rounds = 0;
  for (bool finished = false; !finished; ++rounds) {
    REQUIRE(rounds < 60);
    auto const arguments = onwards(set, "killed");
    resumed += arguments.size() > 2;
    auto running = test::start_train(set, arguments);
    draw = 1664525U * draw + 1013904223U;
    // After up to a third of a whole run, the first time as soon as there is a checkpoint; not any more after eight
    // kills, so that it comes to an end.
    for (int i = 0; rounds == 0 && i < 60000 && !fs::exists(set.folder / "runs/killed/latest.safetensors"); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (rounds > 0 && kills < 8) std::this_thread::sleep_for(whole * (draw >> 16) / 65536 / 3);
    if (kills < 8) running->send(SIGKILL);
    auto const how = running->wait();
    REQUIRE_MESSAGE((how.status == 0 || how.status == 128 + SIGKILL), how.errors);
    kills += how.status != 0;
    finished = how.status == 0;
  }
  MESSAGE("killed " << kills << " times, resumed " << resumed << " times");
  CHECK(resumed > 0);
  CHECK(final_checkpoint(set.folder / "runs/killed") == expected);
  for (auto const& entry : fs::directory_iterator(set.folder / "runs/killed"))
    CHECK_MESSAGE(entry.path().filename().string().find(".part-") == std::string::npos, entry.path().string());
}

TEST_CASE("an interrupted run says how to go on, exits with 130, and ends with the same bytes") {
  test::tiny_data_set set;
  set.configure("epochs = 3", "epochs = 12\ncheckpoint_epochs = 12");
  set.configure("log_every = 2", "log_every = 1");
  auto const expected = expected_end(set);
  for (int const number : {SIGINT, SIGTERM}) {
    auto const name = "stopped-" + std::to_string(number);
    auto running = test::start_train(set, {"--work-dir", name});
    for (int i = 0; i < 6000 && running->output().find("epoch 2") == std::string::npos; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    running->send(number);
    auto const stopped = running->wait();
    CHECK(stopped.status == 130);
    CHECK(stopped.output.find("interrupted; go on with --resume-from " + name + "/latest.safetensors\n") !=
          std::string::npos);
    CHECK(stopped.errors.find("stopping after this iteration; once more to stop at once") != std::string::npos);
    auto const rest = train(set, {"--work-dir", name, "--resume-from", name + "/latest.safetensors"});
    REQUIRE_MESSAGE(rest.status == 0, rest.errors);
    CHECK(rest.output.find("going on from epoch ") != std::string::npos);
    CHECK(final_checkpoint(set.folder / "runs" / name) == expected);
  }
}

TEST_CASE("a finished run has nothing to go on with, and says so") {
  test::tiny_data_set const set;
  REQUIRE(train(set, {"--work-dir", "a"}).status == 0);
  auto const before = final_checkpoint(set.folder / "runs/a"), log = test::read_text(set.folder / "runs/a/log.jsonl");
  auto const again = train(set, {"--work-dir", "a", "--resume-from", "a/latest.safetensors"});
  CHECK(again.status == 0);
  CHECK(again.output == "nothing to do: the run of a/latest.safetensors is finished after 9 iterations\n");
  CHECK(final_checkpoint(set.folder / "runs/a") == before);
  CHECK(test::read_text(set.folder / "runs/a/log.jsonl") == log);

  auto const longer = train(set, {"--work-dir", "a", "--resume-from", "a/latest.safetensors", "--set",
                                  "training.epochs=4", "--load-from", "b"});
  REQUIRE_MESSAGE(longer.status == 0, longer.errors);
  CHECK(longer.output.find("the run goes on with another configuration:\n  training.epochs: 3 before, 4 now\n"
                           "  training.load_from: \"\" before, \"b\" now\n") == 0);
  CHECK(fs::read_symlink(set.folder / "runs/a/latest.safetensors") == "epoch_4.safetensors");
}

TEST_CASE("a run that is validated tells figures after epochs, and learns the same bits") {
  test::tiny_data_set const set;
  auto const expected = expected_end(set);
  auto const ran = train(set, {"--work-dir", "a", "--validate"});
  REQUIRE_MESSAGE(ran.status == 0, ran.errors);
  for (char const* epoch : {"1", "2", "3"})
    CHECK(ran.output.find(std::string("epoch ") + epoch + " validation: AP ") != std::string::npos);
  CHECK(test::read_text(set.folder / "runs/a/log.jsonl").find(R"({"mode":"val","epoch":3,"AP":)") != std::string::npos);
  CHECK(final_checkpoint(set.folder / "runs/a") == expected);
}

TEST_CASE("without a work dir the configuration's name gives one") {
  test::tiny_data_set const set;
  REQUIRE(train(set, {"--set", "training.max_iterations=1"}).status == 0);
  CHECK(fs::exists(set.folder / "runs/work_dirs/tiny/iteration_1.safetensors"));
}

TEST_CASE("a run may end early, and go on from there") {
  test::tiny_data_set const set;
  auto const expected = expected_end(set);
  REQUIRE(train(set, {"--work-dir", "a", "--set", "training.max_iterations=4"}).status == 0);
  CHECK(fs::read_symlink(set.folder / "runs/a/latest.safetensors") == "iteration_4.safetensors");
  REQUIRE(train(set, {"--work-dir", "a", "--resume-from", "a/latest.safetensors"}).status == 0);
  CHECK(final_checkpoint(set.folder / "runs/a") == expected);
}

TEST_CASE("a new run in a folder of an old one moves the old one aside, whole") {
  test::tiny_data_set const set;
  auto const folder = set.folder / "runs/a";
  REQUIRE(train(set, {"--work-dir", "a"}).status == 0);
  auto const before = final_checkpoint(folder), log = test::read_text(folder / "log.jsonl");
  auto const again = train(set, {"--work-dir", "a", "--seed", "3", "--load-from", "a/latest.safetensors"});
  REQUIRE_MESSAGE(again.status == 0, again.errors);
  CHECK(again.output.find("the run that was in a is now in a/earlier_run_1\n") != std::string::npos);
  CHECK(final_checkpoint(folder / "earlier_run_1") == before);
  CHECK(test::read_text(folder / "earlier_run_1/log.jsonl") == log);
  CHECK(acsl::safetensors_file::read(folder / "latest.safetensors").metadata.at("seed") == "3");
  CHECK(fs::exists(folder / "log.jsonl"));

  fs::resize_file(set.folder / "images/3.jpg", 0);
  CHECK(train(set, {"--work-dir", "a", "--seed", "4", "--set", "training.epochs=1"}).status == 1);
  CHECK(acsl::safetensors_file::read(folder / "latest.safetensors").metadata.at("seed") == "4");
  CHECK(fs::exists(folder / "earlier_run_2/latest.safetensors"));
}

TEST_CASE("a run that is killed before its first iteration goes on to the same bytes") {
  test::tiny_data_set const set;
  auto const expected = expected_end(set);
  auto const folder = set.folder / "runs/a";
  auto const running = test::start_train(set, {"--work-dir", "a"});
  for (int i = 0; i < 20000 && !fs::exists(folder / "latest.safetensors"); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  running->send(SIGKILL);
  running->wait();
  REQUIRE(fs::exists(folder / "latest.safetensors"));
  auto const resumed = train(set, {"--work-dir", "a", "--resume-from", "a/latest.safetensors"});
  REQUIRE_MESSAGE(resumed.status == 0, resumed.errors);
  CHECK(final_checkpoint(folder) == expected);
  CHECK_FALSE(fs::exists(folder / "resume.safetensors"));  // older than the last checkpoint
}

TEST_CASE("figures that a kill prevented are made up for when the run goes on") {
  test::tiny_data_set const set;
  REQUIRE(train(set, {"--work-dir", "a"}).status == 0);  // as one killed after its last checkpoint: no line of figures
  for (char const* words : {"epoch 3 validation: AP ", ""}) {
    auto const ran = train(set, {"--work-dir", "a", "--resume-from", "a/latest.safetensors", "--validate"});
    CHECK(ran.status == 0);
    CHECK(ran.output.find("nothing to do") != std::string::npos);
    CHECK((ran.output.find("validation") != std::string::npos) == (*words != 0));
  }
}

TEST_CASE("a closed pipe does not end a run, and is told at the end") {
  test::tiny_data_set const set;
  fs::create_directory(set.folder / "runs");
  auto const ran = test::run(
      {"/bin/sh", "-c", "{ " ACSL_PROGRAM " train ../tiny.toml --work-dir a; echo $? > status; } 2> errors | true"},
      {.folder = set.folder / "runs"});
  CHECK(ran.status == 0);
  CHECK(fs::exists(set.folder / "runs/a/epoch_3.safetensors"));
  CHECK(test::read_text(set.folder / "runs/status") == "1\n");
  CHECK(test::read_text(set.folder / "runs/errors").find("cannot write to the standard output") != std::string::npos);
}

TEST_CASE("weights of a loss with background elsewhere are put in order, those of other classes are left out") {
  test::tiny_data_set set;
  REQUIRE(train(set, {"--work-dir", "first"}).status == 0);
  auto const start = [&](std::string const& work_dir, std::string const& loss) {
    auto const ran =
        train(set, {"--work-dir", work_dir, "--load-from", "first/latest.safetensors", "--set", "loss.name=" + loss,
                    "--set", "training.max_iterations=1", "--set", "training.lr=1e-30"});
    REQUIRE_MESSAGE(ran.status == 0, ran.errors);
    return ran.output;
  };
  auto const bias_of = [&](std::string const& work_dir) {
    auto const file = acsl::safetensors_file::read(set.folder / "runs" / work_dir / "latest.safetensors");
    auto const& bias = file.tensors().at("bbox_head.fc_cls.bias");
    return std::vector<float>(bias.data(), bias.data() + bias.size());
  };
  CHECK(start("last", "equilibrium").find("background in the last column") != std::string::npos);
  auto expected = bias_of("first");
  CHECK(bias_of("last") != expected);
  std::rotate(expected.begin(), expected.begin() + 1, expected.end());
  CHECK(bias_of("last") == expected);

  set.annotations["categories"][1]["name"] = "violet";
  set.save();
  auto const told = start("others", "softmax_cross_entropy");
  CHECK(told.find("classes are others (\"green\" in the place of \"violet\"); not loaded:\n"
                  "  bbox_head.fc_cls.weight\n  bbox_head.fc_cls.bias\n") != std::string::npos);
  for (float const bias : bias_of("others")) CHECK(std::abs(bias) < 1e-20F);  // as initialised
}

TEST_CASE("what a kill left half-written is cleared away, and other files are not") {
  test::tiny_data_set const set;
  fs::create_directories(set.folder / "runs/a");
  for (char const* name : {"resume.safetensors.part-x1Y2z3", "config.toml.part-aBcDeF", "notes.part-1.txt", "notes"})
    test::write_text(set.folder / "runs/a" / name, "x");
  REQUIRE(train(set, {"--work-dir", "a"}).status == 0);
  CHECK_FALSE(fs::exists(set.folder / "runs/a/resume.safetensors.part-x1Y2z3"));
  CHECK_FALSE(fs::exists(set.folder / "runs/a/config.toml.part-aBcDeF"));
  CHECK(fs::exists(set.folder / "runs/a/notes.part-1.txt"));
  CHECK(fs::exists(set.folder / "runs/a/notes"));
}

TEST_CASE("the log tells the start and what went on") {
  test::tiny_data_set const set;
  REQUIRE(train(set, {"--work-dir", "a", "--set", "training.max_iterations=4"}).status == 0);
  REQUIRE(train(set, {"--work-dir", "a", "--resume-from", "a/latest.safetensors"}).status == 0);
  std::vector<std::string> modes;
  std::istringstream lines(test::read_text(set.folder / "runs/a/log.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    auto const object = nlohmann::json::parse(line);
    modes.push_back(object.at("mode"));
    if (modes.back() == "resume") CHECK(object.dump() == R"({"epoch":2,"iter":1,"mode":"resume","step":4})");
    if (modes.back() == "train") CHECK(object.at("loss").get<double>() > 0);
  }
  CHECK(modes == std::vector<std::string>{"start", "train", "train", "resume", "train", "train", "train"});
}

TEST_CASE("a cascade trains, and tells the losses of its stages") {
  test::tiny_data_set const set;
  auto const ran = train(set, {"--work-dir", "a", "--set", "box_head.iou_thresholds=[0.5, 0.6, 0.7]", "--set",
                               "box_head.stage_weights=[1, 0.5, 0.25]", "--set",
                               "box_head.stds=[0.1, 0.1, 0.2, 0.2, 0.05, 0.05, 0.1, 0.1, 0.033, 0.033, 0.067, 0.067]"});
  REQUIRE_MESSAGE(ran.status == 0, ran.errors);
  CHECK(ran.output.find("s2.loss_bbox") != std::string::npos);
}

}  // namespace
