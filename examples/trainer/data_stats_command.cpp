// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <acsl/backend/cpu.hpp>
#include <acsl/data/category_table.hpp>
#include <acsl/data/class_factor_table.hpp>
#include <acsl/data/dataset.hpp>
#include <acsl/data/long_tail_histogram.hpp>
#include <acsl/data/long_tail_svg.hpp>
#include <acsl/data/repeat_factor.hpp>
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/expect_outputs.hpp>
#include <acsl/io/json_text.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cached_annotations.hpp"
#include "commands.hpp"
#include "option_checks.hpp"
#include "printable.hpp"
#include "sampling.hpp"
#include "threads_option.hpp"

namespace trainer {
namespace {

struct stats_request {
  std::string file, out, svg;
  std::optional<double> repeat_threshold;
  acsl::index_t images = 0;
  int threads = 0;
};

/// A table of categories; nothing where the file is none. Tables are small, annotation files need not be parsed twice.
std::optional<acsl::category_table> read_table(std::string const& file) {
  constexpr std::uintmax_t largest = 16U << 20;
  std::error_code no_file;
  auto const size = std::filesystem::file_size(file, no_file);
  if (no_file || size > largest) return std::nullopt;
  auto const document = acsl::read_json(file, {"segmentation"});
  if (!acsl::is_category_table(document)) return std::nullopt;
  return acsl::read_category_table(document);
}

/// Of the classes of a table: how many images an epoch has is not known without the annotations.
void print_repeat_factors(acsl::category_table const& table, double threshold) {
  auto const images = table.images_with_objects > 0 ? table.images_with_objects : table.images;
  ACSL_EXPECTS(images > 0, "repeat factors need the number of training images, which the table does not say: --images",
               images);
  std::vector<double> factors;
  std::vector<std::int64_t> counts;
  for (auto const& c : table.categories) {
    counts.push_back(c.image_count.value_or(0));
    factors.push_back(acsl::repeat_factor(static_cast<double>(counts.back()) / static_cast<double>(images),
                                          {.threshold = threshold}));
  }
  std::printf("\nrepeat factors, threshold %g, of %s images with objects:\n%s", threshold,
              acsl::count_text(images).c_str(),
              printable(acsl::class_factor_table(table.categories, counts, factors)).c_str());
}

/// What a training run would print, and the length of an epoch for every rounding.
void print_repeat_factors(acsl::annotation_set const& set, double threshold) {
  acsl::dataset const images(set, {});
  auto const held = acsl::classes_by_image(images);
  auto const factors =
      acsl::make_repeat_factors(held, static_cast<acsl::index_t>(images.categories().size()), {.threshold = threshold});
  std::printf("\nrepeat factors, threshold %g:\n%s", threshold, factors_text(factors, images).c_str());
  std::printf("  images of an epoch: %s before", acsl::count_text(images.size()).c_str());
  for (auto const& [name, rounding] : {std::pair("ceil", acsl::repeat_rounding::ceil),
                                       {"stochastic", acsl::repeat_rounding::stochastic},
                                       {"one_plus_ceil", acsl::repeat_rounding::one_plus_ceil}}) {
    auto const list = acsl::repeat_factor_list(factors.image_repeat, rounding, 0)(0);
    std::printf(", %s %s", acsl::count_text(static_cast<acsl::index_t>(list.size())).c_str(), name);
  }
  std::printf("\n");
}

void run_stats(stats_request const& request) {
  acsl::expect_outputs({request.out, request.svg}, {request.file});
  auto table = read_table(request.file);
  acsl::annotation_set set;
  if (!table) {
    acsl::cpu const exec(request.threads);
    if (request.images > 0)
      throw acsl::file_error(request.file, "is no table: its images are counted, without --images");
    set = cached_annotations(exec, request.file, acsl::annotation_rules::training);
    table = acsl::category_table_of(set);
  } else if (request.images > 0) {
    table->images = table->images_with_objects = request.images;
  }
  std::int64_t objects = 0;
  for (auto const& c : table->categories) objects += c.instance_count.value_or(0);
  std::printf(
      "%s: %s categories, %s objects, %s images, %s with objects\n\n%s", printable(request.file).c_str(),
      acsl::count_text(static_cast<acsl::index_t>(table->categories.size())).c_str(), acsl::count_text(objects).c_str(),
      table->images > 0 ? acsl::count_text(table->images).c_str() : "an unknown number of",
      table->images_with_objects > 0 ? acsl::count_text(table->images_with_objects).c_str() : "unknown how many",
      acsl::long_tail_histogram(*table).c_str());
  if (request.repeat_threshold) {
    if (set.categories.empty()) print_repeat_factors(*table, *request.repeat_threshold);
    else print_repeat_factors(set, *request.repeat_threshold);
  }
  if (!request.out.empty())
    acsl::write_file_atomically(request.out, acsl::indented_json_text(acsl::category_table_json(*table)));
  auto const title = "The long tail of " + std::filesystem::path(request.file).filename().string();
  if (!request.svg.empty()) acsl::write_file_atomically(request.svg, acsl::long_tail_svg(*table, title));
}

}  // namespace

void add_data_stats(CLI::App& data, int& status) {
  auto request = std::make_shared<stats_request>();
  auto* command = data.add_subcommand(
      "stats",
      "Count categories: the long tail as a histogram, and the class statistics that losses read.\n\n"
      "  acsl data stats lvis_v0.5_train.json --out classes.json --svg tail.svg --repeat-threshold 0.001\n\n"
      "FILE is an annotation file, a table {\"categories\": [{\"id\", \"name\", \"image_count\", \"instance_count\", "
      "\"frequency\"}]},\n"
      "or what --out wrote. Counts are those of the file's own annotations: take a training file. Categories without\n"
      "a frequency get LVIS's letter for their number of images: up to 10 rare, up to 100 common, else frequent.");
  command->add_option("FILE", request->file, "annotation file, or table of categories")->required()->check(some_name());
  command->add_option("--out", request->out, "write the class statistics there (JSON)")->check(some_name());
  command->add_option("--svg", request->svg, "draw the long tail there (SVG)")->check(some_name());
  command
      ->add_option("--repeat-threshold", request->repeat_threshold,
                   "print the repeat factors of this sampling.threshold, and how long an epoch becomes")
      ->check(share());
  command
      ->add_option("--images", request->images, "of a table, over what it says: number of training images with objects")
      ->check(whole_number(1, INT64_MAX));
  add_threads(*command, request->threads);
  command->callback([request, &status] {
    run_stats(*request);
    status = 0;
  });
}

}  // namespace trainer
