// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "robustness_test.hpp"

#include <acsl/data/corruptions/corrupt.hpp>
#include <acsl/evaluation/result_pickle.hpp>
#include <acsl/evaluation/robustness_file.hpp>
#include <acsl/evaluation/summary_table.hpp>
#include <acsl/io/expect_outputs.hpp>
#include <acsl/io/json_text.hpp>
#include <acsl/training/configuration_changes.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>

#include "command_options.hpp"
#include "inference.hpp"
#include "show_detections.hpp"

namespace trainer {
namespace {

constexpr char task[] = "bbox";

/// One run over the split.
struct robustness_pair {
  std::string name;  ///< of the corruption; "None": the clean photographs alone
  std::optional<acsl::corruption> what;
  int severity = 0;

  [[nodiscard]] std::string text() const { return severity == 0 ? "clean" : name + " " + std::to_string(severity); }
  [[nodiscard]] acsl::image_edit edit(std::uint64_t seed) const {
    if (severity == 0) return {};
    return [kind = *what, strength = severity, seed](acsl::image8 const& image, std::int64_t id) {
      return acsl::corrupt(image, kind, strength, acsl::random_key{seed}.with(static_cast<std::uint64_t>(id)));
    };
  }
};

/// Every pair that is asked for, once, in the order of the words and then of the severities.
std::vector<robustness_pair> pairs_of(robustness_request const& request) {
  std::vector<robustness_pair> pairs;
  auto severities = request.severities;
  std::sort(severities.begin(), severities.end());
  severities.erase(std::unique(severities.begin(), severities.end()), severities.end());
  auto const add = [&](robustness_pair const& pair) {
    for (auto const& other : pairs)
      if (other.name == pair.name && other.severity == pair.severity) return;
    pairs.push_back(pair);
  };
  for (auto const& word : request.corruptions) {
    if (word == "None") add({"None", {}, 0});
    for (auto const what : acsl::corruptions_named(word))
      for (int const severity : severities) add({std::string(acsl::name_of(what)), what, severity});
  }
  return pairs;
}

/// The files beside `out`: "r18.pkl", "r18_results.pkl", "r18_results.json".
struct output_files {
  std::string detections, pickle, json;

  explicit output_files(std::string const& out) : detections(out) {
    if (out.empty()) return;
    std::filesystem::path const path = out;
    auto const stem = (path.parent_path() / (path.stem().string() + "_results")).string();
    pickle = stem + path.extension().string();
    json = stem + ".json";
  }
};

void expect_outputs_of(robustness_request const& request, output_files const& files, split const& images) {
  std::vector<std::filesystem::path> inputs = {request.config, request.checkpoint, images.annotations.file};
  for (acsl::index_t i = 0; i < images.images.size(); ++i) inputs.push_back(images.images.file_of(i));
  acsl::expect_outputs({files.detections, files.pickle, files.json}, inputs);
  if (!request.show.empty()) make_picture_folder(request.show, images);
}

/// What results depend on, beside corruption and severity.
nlohmann::ordered_json origin_of(robustness_request const& request, acsl::configuration config, split const& images) {
  config.data.workers = 0;  // nothing depends on it
  return {{"checkpoint", request.checkpoint},
          {"annotations", images.annotations.file},
          {"seed", request.seed},
          {"configuration", acsl::to_toml(config)}};
}

/// The results that an earlier run left.
/// @throws acsl::file_error telling how that run was another
acsl::robustness_results earlier_results(std::string const& file, nlohmann::ordered_json const& origin) {
  auto const earlier = acsl::read_json(file);
  for (auto const& [key, value] : origin.items()) {
    auto const before = earlier.at(key);
    if (key == "seed" ? before.integer() == value.get<std::int64_t>() : before.text() == value.get<std::string>())
      continue;
    if (key != "configuration")
      before.fail("of that run was " +
                  (key == "seed" ? std::to_string(before.integer()) : "\"" + before.text() + "\"") +
                  ", which --resume goes on with, not " + value.dump());
    acsl::configuration old, now;
    acsl::apply_configuration(before.text(), file, old);
    acsl::apply_configuration(value.get<std::string>(), file, now);
    std::string changes;
    for (auto const& change : acsl::configuration_changes(old, now)) changes += "\n  " + change;
    before.fail("belongs to a run with another configuration:" + changes);
  }
  return acsl::read_robustness_results(file);
}

/// Results of an earlier run are hours of work: they keep a name of their own.
void set_earlier_results_aside(output_files const& files) {
  std::error_code ignored;
  if (files.json.empty() || !std::filesystem::is_regular_file(files.json, ignored)) return;
  auto const named = [](std::filesystem::path file, int i) {
    auto const name = file.stem().string() + "_earlier_" + std::to_string(i) + file.extension().string();
    return file.replace_filename(name);
  };
  int i = 1;
  while (std::filesystem::exists(named(files.json, i)) || std::filesystem::exists(named(files.pickle, i))) ++i;
  for (std::filesystem::path const file : {files.json, files.pickle})
    if (std::filesystem::exists(file)) std::filesystem::rename(file, named(file, i));
  std::printf("the results that were in %s are now in %s; --resume would have gone on after them\n", files.json.c_str(),
              named(files.json, i).c_str());
}

void save(output_files const& files, acsl::robustness_results const& results, nlohmann::ordered_json whole) {
  if (files.json.empty()) return;
  whole["results"] = acsl::robustness_json(results);
  acsl::write_robustness_pickle(files.pickle, results);
  acsl::write_file_atomically(files.json, acsl::indented_json_text(whole));
}

acsl::named_figures figures_of(acsl::detection_evaluation const& evaluation) {
  acsl::named_figures figures;
  acsl::detail::for_each_figure(evaluation, [&](acsl::summary_figure const& figure, double value) {
    figures.emplace_back(figure.key(evaluation.options), value);
  });
  return figures;
}

/// The clean photographs are judged once: every other corruption has those figures at severity 0 as well.
void share_clean_figures(acsl::robustness_results& results, std::vector<robustness_pair> const& pairs) {
  acsl::robustness_result const* clean = nullptr;
  for (auto const& one : results.entries)
    if (one.severity == 0 && !clean) clean = &one;
  if (!clean) return;
  auto const figures = clean->figures;
  for (auto const& pair : pairs)
    if (pair.severity == 0 && !results.find(pair.name, 0, task))
      results.entries.push_back({pair.name, 0, task, figures});
}

/// In the order of the test, whatever was there first.
void sort_as_asked(acsl::robustness_results& results, std::vector<robustness_pair> const& pairs) {
  auto const place = [&](acsl::robustness_result const& one) {
    return std::find_if(pairs.begin(), pairs.end(),
                        [&](robustness_pair const& pair) {
                          return pair.name == one.corruption && pair.severity == one.severity;
                        }) -
           pairs.begin();
  };
  std::stable_sort(results.entries.begin(), results.entries.end(),
                   [&](auto const& a, auto const& b) { return place(a) < place(b); });
}

acsl::configuration tested_configuration(robustness_request const& request) {
  auto settings = request.settings;
  if (request.workers > 0) settings.push_back("data.workers=" + std::to_string(request.workers));
  settings.push_back("test.keep_all_stages=false");  // figures are those of all stages together
  return configuration_of(request.config, settings);
}

}  // namespace

void test_robustness(robustness_request const& request) {
  auto const config = tested_configuration(request);
  auto const images = load_test_split(config, true, request.split == "train");
  output_files const files(request.out);
  expect_outputs_of(request, files, images);
  acsl::require_frequencies(images.annotations);
  auto const origin = origin_of(request, config, images);
  acsl::robustness_results results;
  if (request.resume && !files.json.empty() && std::filesystem::exists(files.json))
    results = earlier_results(files.json, origin);
  auto const model = load_detector(config, request.checkpoint, images.annotations);
  acsl::cpu exec(request.threads);
  if (!request.resume) set_earlier_results_aside(files);

  auto const pairs = pairs_of(request);
  share_clean_figures(results, pairs);
  std::vector<robustness_pair> left;
  bool clean_is_known = false;
  for (auto const& pair : pairs) {
    if (results.find(pair.name, pair.severity, task) || (pair.severity == 0 && clean_is_known)) continue;
    clean_is_known = clean_is_known || pair.severity == 0;
    left.push_back(pair);
  }
  if (left.size() < pairs.size() && request.resume)
    std::printf("%zu runs over %lld images are left\n", left.size(), static_cast<long long>(images.images.size()));
  acsl::progress display;
  for (std::size_t i = 0; i < left.size(); ++i) {
    auto const& pair = left[i];
    auto const edit = pair.edit(request.seed);
    auto const found =
        detect_all(*model, exec, config, images,
                   {.after_loading = edit,
                    .name = pair.text() + ", run " + std::to_string(i + 1) + " of " + std::to_string(left.size()),
                    .images_before = static_cast<acsl::index_t>(i) * images.images.size(),
                    .images = static_cast<acsl::index_t>(left.size()) * images.images.size(),
                    .display = &display})
            .ensemble;
    auto const evaluation = evaluate(exec, found, images);
    display.finish();
    std::printf("%-22s %s\n", pair.text().c_str(), short_summary(evaluation).c_str());
    if (request.summaries)
      std::printf("Eval Bbox of %s:\n%s", pair.text().c_str(), acsl::summary_table(evaluation).c_str());
    std::fflush(stdout);
    results.entries.push_back({pair.name, pair.severity, task, figures_of(evaluation)});
    share_clean_figures(results, pairs);
    sort_as_asked(results, pairs);
    save(files, results, origin);
    if (!files.detections.empty())
      acsl::write_result_pickle(files.detections, found,
                                static_cast<acsl::index_t>(images.annotations.categories.size()));
    if (!request.show.empty())
      show_detections(std::filesystem::path(request.show) / (pair.name + "_" + std::to_string(pair.severity)), images,
                      found, static_cast<float>(request.show_threshold), edit);
  }
  print_robustness(
      results, task, results.metrics(task), request.final_prints,
      request.aggregate == "all" ? acsl::robustness_aggregate::all : acsl::robustness_aggregate::benchmark);
}

void print_robustness(acsl::robustness_results const& results, std::string const& of_task,
                      std::vector<std::string> const& metrics, std::vector<std::string> const& columns,
                      acsl::robustness_aggregate aggregate) {
  auto const summary = acsl::summarise_robustness(results, of_task, metrics, aggregate);
  auto const corruptions = acsl::averaged_corruptions(results, aggregate).size();
  std::printf("\n%s, percent, by severity:\n%s", of_task.c_str(),
              acsl::severity_table(results, of_task, metrics.front()).c_str());
  int most = 0;
  for (auto const& figure : summary) most = std::max(most, figure.averaged);
  if (most == 0) {
    std::printf("no corrupted photographs were judged: there is nothing to average\n");
    return;
  }
  std::printf("\n%s, percent, over %zu corruption%s and the severities 1 to 5:\n%s", of_task.c_str(), corruptions,
              corruptions == 1 ? "" : "s", acsl::robustness_table(summary, columns).c_str());
  if (auto const all = 5 * static_cast<int>(corruptions); most < all)
    std::printf("%d of the %d pairs of corruption and severity have no result: means are over the others\n", all - most,
                all);
}

}  // namespace trainer
