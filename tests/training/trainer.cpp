// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/reference.hpp>
#include <acsl/training/trainer.hpp>
#include <limits>
#include <set>
#include <sstream>
#include <support/temporary_folder.hpp>
#include <support/toy_model.hpp>

namespace {

using acsl::index_t;
namespace fs = std::filesystem;

/// A run of the toy model in a folder of its own.
struct toy_run {
  test::temporary_folder folder;
  test::toy_model model;
  test::toy_source source;
  acsl::sgd optimizer;
  acsl::checkpoint_state state{.seed = 5, .configuration = "c", .classes = "a\n"};
  acsl::trainer_options options;
  std::atomic<bool> stop{false};

  toy_run() {
    options.epochs = 3;
    options.lr = {.base = 0.1, .steps = {2}, .gamma = 0.1, .warmup = 3, .warmup_ratio = 0.5};
    options.log_every = 5;
    options.work_dir = folder.path();
    options.stop = &stop;
  }
  acsl::train_outcome go() {
    acsl::reference exec;
    acsl::training_log log(folder / "log.jsonl");
    std::FILE* nowhere = std::fopen("/dev/null", "wb");
    acsl::train_outcome outcome;
    try {
      acsl::progress display(nowhere);
      outcome = acsl::train(exec, model, source, optimizer, state, options, log, display);
    } catch (...) {
      std::fclose(nowhere);
      throw;
    }
    std::fclose(nowhere);
    return outcome;
  }
  void resume(fs::path const& from) { state = acsl::resume_checkpoint(from, model, optimizer); }

  [[nodiscard]] std::set<std::string> checkpoints() const {
    std::set<std::string> names;
    for (auto const& entry : fs::directory_iterator(folder.path()))
      if (auto const name = entry.path().filename().string(); name != "log.jsonl" && name != "latest.safetensors")
        names.insert(name);
    return names;
  }
  [[nodiscard]] std::string latest() const { return fs::read_symlink(folder / "latest.safetensors").string(); }
  [[nodiscard]] std::vector<nlohmann::json> log_lines() const {
    std::istringstream text(test::read_text(folder / "log.jsonl"));
    std::vector<nlohmann::json> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
  }
};

TEST_CASE("steps come in order: batches, keys, zeroed gradients, the learning rate of the place") {
  toy_run run;
  run.optimizer = acsl::sgd({.momentum = 0, .weight_decay = 0});
  run.options.clip = 0;
  run.options.epochs = 2;
  run.options.lr = {.base = 0.1, .steps = {1}, .gamma = 0.5, .warmup = 2, .warmup_ratio = 0.5};
  std::vector<index_t> images;
  std::vector<float> before;
  run.model.before_step = [&](acsl::batch const& images_of_step, acsl::random_key key) {
    index_t const step = images_of_step.info.at(0).id;
    CHECK(key ==
          acsl::random_key{5}.with(static_cast<std::uint64_t>(step / 4)).with(static_cast<std::uint64_t>(step % 4)));
    for (index_t i = 0; i < 6; ++i) CHECK(run.model.weight.gradient[i] == 0);
    images.push_back(step);
    before.push_back(run.model.weight.value[0]);
  };
  CHECK(run.go() == acsl::train_outcome::finished);
  CHECK(images == std::vector<index_t>{0, 1, 2, 3, 4, 5, 6, 7});
  before.push_back(run.model.weight.value[0]);
  float const rates[] = {0.05F, 0.075F, 0.1F, 0.1F, 0.05F, 0.05F, 0.05F, 0.05F};
  for (std::uint64_t step = 0; step < 8; ++step) {
    auto const key = acsl::random_key{5}.with(step / 4).with(step % 4).with(step).with(0);
    auto const gradient = before[step] - static_cast<float>(key.normal(0));
    CHECK(before[step + 1] == doctest::Approx(before[step] - rates[step] * gradient).epsilon(1e-5));
  }
}

TEST_CASE("the gradient is clipped by its norm over everything that learns") {
  toy_run run;
  run.optimizer = acsl::sgd({.momentum = 0, .weight_decay = 0});
  run.options.epochs = run.options.max_iterations = 1;
  run.options.clip = 0.01;
  run.options.lr = {.base = 1, .steps = {}, .gamma = 1, .warmup = 0, .warmup_ratio = 1};
  test::toy_model const start;
  run.go();
  double square = 0;
  for (index_t i = 0; i < 6; ++i)
    square += std::pow(double{run.model.weight.value[i]} - double{start.weight.value[i]}, 2);
  for (index_t i = 0; i < 3; ++i) square += std::pow(double{run.model.bias.value[i]} - double{start.bias.value[i]}, 2);
  CHECK(std::sqrt(square) == doctest::Approx(0.01).epsilon(1e-3));
  CHECK(run.log_lines().back().at("grad_norm").get<double>() > 0.5);
}

TEST_CASE("checkpoints are written after epochs and iterations as asked for, and latest is the newest") {
  toy_run run;
  SUBCASE("every epoch") {
    run.go();
    CHECK(run.checkpoints() ==
          std::set<std::string>{"epoch_1.safetensors", "epoch_2.safetensors", "epoch_3.safetensors"});
    CHECK(run.latest() == "epoch_3.safetensors");
  }
  SUBCASE("every second epoch, and the last one in any case") {
    run.options.checkpoint_epochs = 2;
    run.go();
    CHECK(run.checkpoints() == std::set<std::string>{"epoch_2.safetensors", "epoch_3.safetensors"});
  }
  SUBCASE("every third iteration, also where an epoch ends without a checkpoint of its own") {
    run.options.checkpoint_epochs = 3;
    run.options.checkpoint_iterations = 2;
    std::vector<std::string> latest;
    run.source.before_batch = [&](index_t) {
      if (fs::exists(run.folder / "latest.safetensors"))
        latest.push_back(run.latest() + " " +
                         acsl::safetensors_file::read(run.folder / "latest.safetensors").metadata.at("step"));
      else latest.push_back("none");
    };
    run.go();
    CHECK(latest == std::vector<std::string>{"resume.safetensors 0", "resume.safetensors 0", "resume.safetensors 2",
                                             "resume.safetensors 2", "resume.safetensors 4", "resume.safetensors 4",
                                             "resume.safetensors 6", "resume.safetensors 6", "resume.safetensors 8",
                                             "resume.safetensors 8", "resume.safetensors 10", "resume.safetensors 10"});
    CHECK(run.latest() == "epoch_3.safetensors");
  }
  SUBCASE("an early end inside an epoch") {
    run.options.max_iterations = 6;
    run.go();
    CHECK(run.checkpoints() == std::set<std::string>{"epoch_1.safetensors", "iteration_6.safetensors"});
    CHECK(run.latest() == "iteration_6.safetensors");
  }
  SUBCASE("an early end at the end of an epoch that is not due") {
    run.options.max_iterations = 4;
    run.options.checkpoint_epochs = 2;
    run.go();
    CHECK(run.checkpoints() == std::set<std::string>{"epoch_1.safetensors"});
  }
  SUBCASE("a limit beyond all epochs") {
    run.options.max_iterations = 1000;
    run.go();
    CHECK(run.latest() == "epoch_3.safetensors");
  }
  CHECK_FALSE(fs::exists(run.folder / "latest.safetensors.new"));
}

TEST_CASE("a run that is stopped after any iteration and resumed ends with the same bytes") {
  toy_run whole;
  whole.options.checkpoint_epochs = 3;
  REQUIRE(whole.go() == acsl::train_outcome::finished);
  auto const expected = test::read_text(whole.folder / "epoch_3.safetensors");
  for (index_t const last : {1, 2, 3, 4, 5, 8, 11}) {
    CAPTURE(last);
    toy_run first;
    first.options.checkpoint_epochs = 3;
    first.model.before_step = [&](acsl::batch const& images, acsl::random_key) {
      if (images.info.at(0).id == last - 1) first.stop = true;
    };
    CHECK(first.go() == acsl::train_outcome::interrupted);
    REQUIRE(first.latest() == "resume.safetensors");

    toy_run second;
    second.options.checkpoint_epochs = 3;
    second.resume(first.folder / "latest.safetensors");
    CHECK(second.state.step == last);
    CHECK(second.go() == acsl::train_outcome::finished);
    CHECK(test::read_text(second.folder / "epoch_3.safetensors") == expected);
  }
}

TEST_CASE("epochs of different lengths end where they end, and a stopped run goes on to the same bytes") {
  auto const prepare = [](toy_run& run) {
    run.source.per_epoch = 2;
    run.source.growth = 3;  // 2 + 5 + 8
    run.options.log_every = 1;
  };
  toy_run whole;
  prepare(whole);
  REQUIRE(whole.go() == acsl::train_outcome::finished);
  auto const expected = test::read_text(whole.folder / "epoch_3.safetensors");
  auto const lines = whole.log_lines();
  REQUIRE(lines.size() == 15);
  CHECK(lines[1].at("iter") == 2);
  CHECK(lines[2].at("epoch") == 2);
  CHECK(lines[6].at("iter") == 5);
  CHECK(lines[14].at("iter") == 8);
  CHECK(acsl::safetensors_file::read(whole.folder / "epoch_2.safetensors").metadata.at("step") == "7");
  for (index_t const last : {1, 2, 4, 7, 9}) {
    CAPTURE(last);
    toy_run first, second;
    prepare(first);
    prepare(second);
    first.model.before_step = [&](acsl::batch const& images, acsl::random_key) {
      if (images.info.at(0).id == last - 1) first.stop = true;
    };
    CHECK(first.go() == acsl::train_outcome::interrupted);
    second.resume(first.folder / "latest.safetensors");
    CHECK(second.go() == acsl::train_outcome::finished);
    CHECK(test::read_text(second.folder / "epoch_3.safetensors") == expected);
  }
}

TEST_CASE("a model that asks for it is told the epoch before its first step, and after a resume") {
  struct told_model : test::toy_model {
    std::vector<index_t> epochs;
    void begin_epoch(index_t epoch) { epochs.push_back(epoch); }
  };
  toy_run run;
  told_model model;
  acsl::reference exec;
  acsl::training_log log(run.folder / "log.jsonl");
  std::FILE* nowhere = std::fopen("/dev/null", "wb");
  {
    acsl::progress display(nowhere);
    acsl::train(exec, model, run.source, run.optimizer, run.state, run.options, log, display);
    CHECK(model.epochs == std::vector<index_t>{0, 1, 2});
    run.state.epoch = 1;
    run.state.iteration = 2;
    run.state.step = 6;
    acsl::train(exec, model, run.source, run.optimizer, run.state, run.options, log, display);
    CHECK(model.epochs == std::vector<index_t>{0, 1, 2, 1, 2});
  }
  std::fclose(nowhere);
}

TEST_CASE("a stop in the last iteration finishes the run") {
  toy_run run;
  run.model.before_step = [&](acsl::batch const& images, acsl::random_key) {
    if (images.info.at(0).id == 11) run.stop = true;
  };
  CHECK(run.go() == acsl::train_outcome::finished);
  CHECK(run.latest() == "epoch_3.safetensors");
}

TEST_CASE("a finished run is left as it is") {
  toy_run run, again;
  run.go();
  again.resume(run.folder / "latest.safetensors");
  CHECK(again.go() == acsl::train_outcome::finished);
  CHECK(again.checkpoints().empty());
  again.options.epochs = 4;  // but it can go on for longer
  CHECK(again.go() == acsl::train_outcome::finished);
  CHECK(again.checkpoints() == std::set<std::string>{"epoch_4.safetensors"});
}

TEST_CASE("log lines average over their iterations and stand at the same places after a resume") {
  toy_run run;
  std::vector<double> losses;
  run.options.log_every = 5;
  run.model.before_step = [&](acsl::batch const&, acsl::random_key) {};
  run.go();
  auto const lines = run.log_lines();
  REQUIRE(lines.size() == 3);  // after 5, 10 and 12 iterations
  CHECK(lines[0].at("epoch") == 2);
  CHECK(lines[0].at("iter") == 1);
  CHECK(lines[1].at("epoch") == 3);
  CHECK(lines[1].at("iter") == 2);
  CHECK(lines[2].at("epoch") == 3);
  CHECK(lines[2].at("iter") == 4);
  CHECK(lines[2].at("lr").get<double>() == doctest::Approx(0.01));
  CHECK(lines[2].at("eta") == 0);
  CHECK(lines[0].at("acc") == 50);
  CHECK(lines[0].at("loss") == lines[0].at("loss_toy"));

  toy_run every;  // the same run, told line by line
  every.options.log_every = 1;
  every.go();
  auto const single = every.log_lines();
  REQUIRE(single.size() == 12);
  double sum = 0;
  for (std::size_t i = 5; i < 10; ++i) sum += single[i].at("loss_toy").get<double>();
  CHECK(lines[1].at("loss_toy").get<double>() == doctest::Approx(sum / 5).epsilon(1e-12));

  toy_run first, second;
  first.stop = true;
  first.go();
  second.resume(first.folder / "latest.safetensors");
  second.go();
  auto const resumed = second.log_lines();
  REQUIRE(resumed.size() == 3);
  CHECK(resumed[0].at("iter") == 1);
  CHECK(resumed[1].at("loss_toy") == lines[1].at("loss_toy"));
}

TEST_CASE("after an epoch its checkpoint is there, and a failure then loses nothing") {
  toy_run run;
  run.options.checkpoint_epochs = 2;
  std::vector<index_t> epochs;
  SUBCASE("in order") {
    run.options.after_epoch = [&](index_t epoch) {
      epochs.push_back(epoch);
      CHECK(fs::exists(run.folder / "epoch_2.safetensors") == (epoch >= 2));
    };
    run.go();
    CHECK(epochs == std::vector<index_t>{1, 2, 3});
  }
  SUBCASE("failing") {
    run.options.after_epoch = [](index_t) { throw acsl::error("no validation"); };
    CHECK_THROWS_WITH_AS(run.go(), "no validation", acsl::error);
    CHECK(acsl::safetensors_file::read(run.folder / "latest.safetensors").metadata.at("step") == "4");
  }
}

TEST_CASE("when an image cannot be loaded, what was learned is saved before the failure is told") {
  toy_run run;
  run.source.before_batch = [](index_t number) {
    if (number == 6) throw acsl::file_error("image-6.jpg", "bad JPEG");
  };
  CHECK_THROWS_WITH_AS(run.go(), "image-6.jpg: bad JPEG", acsl::file_error);
  CHECK(run.latest() == "resume.safetensors");
  CHECK(acsl::safetensors_file::read(run.folder / "latest.safetensors").metadata.at("step") == "6");
}

TEST_CASE("a loss or a gradient that is not finite stops the run before it reaches the weights") {
  toy_run run;
  std::vector<float> before(6);
  run.model.before_step = [&](acsl::batch const& images, acsl::random_key) {
    if (images.info.at(0).id != 5) return;
    std::copy_n(run.model.weight.value.data(), 6, before.begin());
    run.model.loss_factor = run.model.loss_factor == 1 ? 1 : std::numeric_limits<double>::infinity();
    run.model.gradient_factor = run.model.gradient_factor == 1 ? 1 : std::numeric_limits<float>::quiet_NaN();
  };
  SUBCASE("the loss") {
    run.model.loss_factor = 2;
    CHECK_THROWS_WITH_AS(
        run.go(), "training stopped: loss_toy is infinite in epoch 2, iteration 2; images: image-5.jpg", acsl::error);
  }
  SUBCASE("the gradient") {
    run.model.gradient_factor = 2;
    CHECK_THROWS_WITH_AS(run.go(),
                         "training stopped: the gradient's norm is NaN in epoch 2, iteration 2; images: image-5.jpg",
                         acsl::error);
  }
  for (std::size_t i = 0; i < 6; ++i) CHECK(run.model.weight.value[static_cast<index_t>(i)] == before[i]);
  CHECK(run.checkpoints() == std::set<std::string>{"epoch_1.safetensors"});
}

TEST_CASE("a place that does not fit the data is refused") {
  toy_run run;
  run.state.epoch = 1;
  run.state.step = 4;
  run.source.per_epoch = 5;
  CHECK_THROWS_WITH_AS(
      run.go(),
      "cannot go on from epoch 2, iteration 0 after 4 iterations: that epoch has 5 after 5; the checkpoint "
      "was made with other data or another batch size",
      acsl::error);
  run.source.per_epoch = 4;
  run.state.iteration = 4;
  run.state.step = 8;
  CHECK_THROWS_WITH_AS(run.go(), doctest::Contains("cannot go on from epoch 2, iteration 4"), acsl::error);
}

TEST_CASE("options that describe no run, and data that end early, are refused") {
  toy_run run;
  run.options.checkpoint_epochs = 0;
  CHECK_THROWS_WITH_AS(run.go(), doctest::Contains("at least 1"), acsl::error);
  run.options.checkpoint_epochs = 1;
  run.source.epochs = 2;
  CHECK_THROWS_WITH_AS(run.go(), doctest::Contains("all epochs"), acsl::error);
}

TEST_CASE("a work dir that cannot be written is named before the first iteration") {
  toy_run run;
  test::write_text(run.folder / "plain", "x");
  run.options.work_dir = run.folder / "plain";
  CHECK_THROWS_WITH_AS(run.go(), doctest::Contains("plain/resume.safetensors: cannot create the file"),
                       acsl::file_error);
}

TEST_CASE("what does not learn has no gradient and no momentum") {
  toy_run run;
  run.model.weight.trainable = false;
  test::toy_model const start;
  run.go();
  for (index_t i = 0; i < 6; ++i) CHECK(run.model.weight.value[i] == start.weight.value[i]);
  CHECK(run.model.weight.gradient.empty());
  CHECK(run.model.bias.value[0] != start.bias.value[0]);
  CHECK(run.optimizer.buffers().size() == 1);
}

TEST_CASE("the iterations of a run are those of its epochs, or fewer") {
  acsl::trainer_options options;
  options.epochs = 3;
  test::toy_source source;
  source.per_epoch = 7;
  CHECK(acsl::total_iterations(options, source) == 21);
  options.max_iterations = 10;
  CHECK(acsl::total_iterations(options, source) == 10);
  options.max_iterations = 30;
  CHECK(acsl::total_iterations(options, source) == 21);
}

}  // namespace
