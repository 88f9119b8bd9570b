// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/training/training_log.hpp>
#include <optional>
#include <sstream>
#include <support/file_size_limit.hpp>
#include <support/temporary_folder.hpp>

namespace {

std::vector<std::string> lines_of(std::filesystem::path const& path) {
  std::istringstream text(test::read_text(path));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

TEST_CASE("a line holds every key of docs/log-schema.md in its order") {
  test::temporary_folder const folder;
  acsl::training_log log(folder / "log.jsonl");
  acsl::log_line line;
  line.epoch = 2;
  line.iteration = 30;
  line.iterations_per_epoch = 40;
  line.lr = 0.02;
  line.seconds = 0.5;
  line.data_seconds = 0.125;
  line.gradient_norm = 3;
  line.eta_seconds = 90;
  line.memory_mib = 512;
  line.losses = {{"loss_cls", 1.5}, {"acc", 75, false}, {"loss_bbox", 0.25}};
  log.write(line);
  CHECK(test::read_text(folder / "log.jsonl") ==
        "{\"mode\":\"train\",\"epoch\":2,\"iter\":30,\"lr\":0.02,\"time\":0.5,\"data_time\":0.125,\"eta\":90.0,"
        "\"memory\":512,\"grad_norm\":3.0,\"loss_cls\":1.5,\"acc\":75.0,\"loss_bbox\":0.25,\"loss\":1.75}\n");
}

TEST_CASE("a line is on the disk as soon as it is written, and a second log appends") {
  test::temporary_folder const folder;
  auto const path = folder / "log.jsonl";
  {
    acsl::training_log log(path);
    log.write({{"mode", "start"}});
    CHECK(test::read_text(path) == "{\"mode\":\"start\"}\n");
  }
  acsl::training_log log(path);
  log.write({{"mode", "resume"}});
  CHECK(lines_of(path) == std::vector<std::string>{"{\"mode\":\"start\"}", "{\"mode\":\"resume\"}"});
}

TEST_CASE("half a line that a power cut left is cut off") {
  test::temporary_folder const folder;
  auto const path = folder / "log.jsonl";
  test::write_text(path, "{\"mode\":\"start\"}\n{\"mode\":\"tr");
  acsl::training_log log(path);
  log.write({{"mode", "resume"}});
  CHECK(lines_of(path) == std::vector<std::string>{"{\"mode\":\"start\"}", "{\"mode\":\"resume\"}"});
}

TEST_CASE("a full disk leaves whole lines") {
  test::temporary_folder const folder;
  auto const path = folder / "log.jsonl";
  acsl::training_log log(path);
  log.write({{"mode", "start"}});
  {
    test::file_size_limit const full(20);
    CHECK_THROWS_WITH_AS(log.write({{"mode", "train"}}), doctest::Contains("File too large"), acsl::file_error);
  }
  CHECK(test::read_text(path) == "{\"mode\":\"start\"}\n");
  log.write({{"mode", "resume"}});
  CHECK(lines_of(path) == std::vector<std::string>{"{\"mode\":\"start\"}", "{\"mode\":\"resume\"}"});
}

TEST_CASE("a log that holds half a line and nothing else is emptied") {
  test::temporary_folder const folder;
  auto const path = folder / "log.jsonl";
  test::write_text(path, "{\"mo");
  acsl::training_log const log(path);
  CHECK(test::read_text(path).empty());
}

TEST_CASE("two runs cannot write one log at a time") {
  test::temporary_folder const folder;
  std::optional<acsl::training_log> first(std::in_place, folder / "log.jsonl");
  CHECK_THROWS_WITH_AS(acsl::training_log(folder / "log.jsonl"), doctest::Contains("log.jsonl: another run is writing"),
                       acsl::file_error);
  first.reset();
  acsl::training_log second(folder / "log.jsonl");
  second.write({{"mode", "start"}});
}

TEST_CASE("a log that cannot be written is named") {
  test::temporary_folder const folder;
  CHECK_THROWS_WITH_AS(acsl::training_log(folder / "none/log.jsonl"),
                       doctest::Contains("none/log.jsonl: cannot write the log: No such file"), acsl::file_error);
  auto const write_full = [] { acsl::training_log("/dev/full").write({{"mode", "start"}}); };
  CHECK_THROWS_WITH_AS(write_full(), "/dev/full: cannot write the log: No space left on device", acsl::file_error);
}

}  // namespace
