// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <acsl/data/corruptions/corrupt.hpp>
#include <acsl/io/expect_outputs.hpp>
#include <acsl/io/read_image.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "commands.hpp"
#include "corruption_option.hpp"
#include "option_checks.hpp"

namespace trainer {
namespace {

struct corrupt_request {
  std::string image, corruption, out;
  int severity = 3;
  std::uint64_t seed = 0, image_id = 0;
};

void run_corrupt(corrupt_request const& request) {
  acsl::expect_outputs({request.out}, {request.image});
  auto const image = acsl::read_image(request.image);
  acsl::write_png(request.out, acsl::corrupt(image, acsl::corruptions_named(request.corruption).front(),
                                             request.severity, acsl::random_key{request.seed}.with(request.image_id)));
}

}  // namespace

void add_corrupt(CLI::App& app, int& status) {
  auto o = std::make_shared<corrupt_request>();
  auto* command = app.add_subcommand(
      "corrupt",
      "Show what a common corruption of ImageNet-C does to a photograph.\n\n"
      "  acsl corrupt street.jpg --corruption fog --severity 4 --out foggy.png\n\n"
      "It is what `acsl test_robustness` shows to the detector for the same seed and the image's id in the annotation\n"
      "file. docs/robustness.md has a line about each corruption.");
  command->add_option("IMAGE", o->image, "JPEG or PNG")->required()->check(some_name());
  command->add_option("--corruption", o->corruption, "one of the 19")
      ->required()
      ->check(CLI::IsMember(names_of_corruptions()));
  command->add_option("--severity", o->severity, "0 (the photograph itself) to 5")
      ->check(whole_number(0, acsl::strongest_severity))
      ->capture_default_str();
  command->add_option("--out", o->out, "PNG to be written")->required()->check([](std::string const& name) {
    return name.ends_with(".png") || name.starts_with("/dev/") ? std::string() : "ends in .png: " + name;
  });
  command->add_option("--seed", o->seed, "of the random numbers")->check(seed_number())->capture_default_str();
  command->add_option("--image-id", o->image_id, "the photograph's id, which random numbers depend on as well")
      ->check(seed_number())
      ->capture_default_str();
  command->callback([o, &status] {
    run_corrupt(*o);
    status = 0;
  });
}

}  // namespace trainer
