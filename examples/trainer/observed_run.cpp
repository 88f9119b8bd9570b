// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "observed_run.hpp"

#include <CLI/CLI.hpp>
#include <acsl/backend/reference.hpp>
#include <acsl/data/collate.hpp>
#include <acsl/io/read_checkpoint.hpp>
#include <acsl/training/parameter_pattern.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "cached_annotations.hpp"
#include "command_options.hpp"
#include "data_set.hpp"
#include "inference.hpp"
#include "model_backend.hpp"
#include "scale_option.hpp"
#include "threads_option.hpp"

namespace trainer {
namespace {

namespace fs = std::filesystem;

/// The photographs as one batch, as `acsl test` would see them.
acsl::batch test_batch(observed_request const& request, acsl::pipeline_options const& pipeline) {
  std::vector<acsl::image_sample> samples;
  for (auto const& file : request.images) {
    auto const pixels = acsl::read_image(file);
    acsl::annotation_set alone;
    alone.images.push_back({.id = static_cast<std::int64_t>(samples.size()),
                            .file_name = fs::path(file).filename().string(),
                            .width = pixels.width,
                            .height = pixels.height});
    acsl::dataset const set(alone, fs::path(file).parent_path(), {.training = false});
    samples.push_back(acsl::make_sample(set, 0, pixels, pipeline, acsl::random_key{0}));
    samples.back().info.file = file;
  }
  return acsl::collate(std::move(samples));
}

/// Classes for a photograph that nobody annotated: those that a run left in its checkpoint, or as many as the
/// classifier has rows beside background's.
acsl::annotation_set classes_in(std::string const& checkpoint) {
  auto const file = acsl::read_weights(checkpoint);
  std::vector<std::string> names;
  if (auto const kept = file.metadata.find("classes"); kept != file.metadata.end()) {
    names = class_names_from(kept->second, checkpoint + ": classes");
  } else {
    for (auto const& [name, values] : file.tensors())
      if (acsl::matches(name, "bbox_head*.fc_cls.weight"))
        names.assign(static_cast<std::size_t>(std::max<acsl::index_t>(values.extents()[0] - 1, 0)), "");
  }
  acsl::annotation_set result;
  for (auto const& name : names)
    result.categories.push_back(
        {.id = static_cast<std::int64_t>(result.categories.size() + 1), .name = name, .frequency = 'f'});
  return result;
}

acsl::annotation_set annotations_for(observed_request const& request, acsl::configuration const& config) {
  auto const& d = config.data;
  fs::path const file = fs::path(d.root) / (request.train ? d.train_annotations : d.val_annotations);
  std::error_code unreadable;
  if (!request.train && !fs::exists(file, unreadable)) return classes_in(request.checkpoint);
  acsl::reference one_thread;
  return cached_annotations(one_thread, file, acsl::annotation_rules::training);
}

/// The place of a photograph in a data set, by its file's name.
acsl::index_t place_of(acsl::dataset const& set, std::string const& file) {
  auto const wanted = fs::path(file).filename().string();
  for (acsl::index_t i = 0; i < set.size(); ++i) {
    auto const name = fs::path(set[i].image.file_name).filename().string();
    if (name == wanted || name.substr(name.rfind('_') + 1) == wanted) return i;
  }
  throw acsl::file_error(file, "is no training photograph of " + set.annotation_file() + ", or none with a usable box");
}

/// The photographs with their annotated objects, not mirrored.
acsl::batch training_batch(observed_request const& request, acsl::dataset const& set,
                           acsl::pipeline_options const& pipeline) {
  std::vector<acsl::image_sample> samples;
  for (auto const& file : request.images) {
    auto const place = place_of(set, file);
    auto const pixels = acsl::read_image(file);
    auto const& record = set[place].image;
    if (pixels.width != record.width || pixels.height != record.height)
      throw acsl::file_error(file, "has another size than " + set.annotation_file() + " says of it");
    samples.push_back(acsl::make_sample(set, place, pixels, pipeline, acsl::random_key{0}));
    samples.back().info.file = file;
    if (samples.back().boxes.empty()) throw acsl::file_error(file, "has no object to train on");
  }
  return acsl::collate(std::move(samples));
}

std::string about_images(acsl::batch const& images) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (auto const& one : images.info)
    list.push_back({{"file", one.file},
                    {"original_height", one.original_height},
                    {"original_width", one.original_width},
                    {"height", one.height},
                    {"width", one.width},
                    {"padded_height", one.padded_height},
                    {"padded_width", one.padded_width},
                    {"scale", one.scale}});
  return list.dump();
}

acsl::tensor<float> copied(acsl::tensor_view<float const> values) {
  acsl::tensor<float> result(values.extents());
  std::copy(values.begin(), values.end(), result.data());
  return result;
}

/// [M, 6]: x1, y1, x2, y2, score, label.
acsl::tensor<float> rows_of(std::vector<acsl::detection> const& found) {
  acsl::tensor<float> result({static_cast<acsl::index_t>(found.size()), 6});
  float* to = result.data();
  for (auto const& [where, score, label] : found)
    for (float const value : {where.x1, where.y1, where.x2, where.y2, score, static_cast<float>(label)}) *to++ = value;
  return result;
}

}  // namespace

recording record_run(observed_request const& request, std::string const& backend,
                     std::vector<std::vector<acsl::proposal>> const* proposals) {
  auto const config = configuration_of(request.config, request.settings);
  auto const annotations = annotations_for(request, config);
  auto const run_on = make_model_backend(backend, request.threads);
  auto pipeline = pipeline_of(config, request.train);
  pipeline.flip_probability = 0;
  pipeline.scales.resize(1);
  if (!request.scale.empty()) pipeline.scales = request.scale;
  auto const images =
      request.train
          ? training_batch(request, acsl::dataset(annotations, fs::path(config.data.root) / config.data.train_images),
                           pipeline)
          : test_batch(request, pipeline);

  recording result;
  run_observer seen;
  seen.hear = [&](std::string const& name, acsl::tensor_view<float const> values) {
    result.arrays.emplace_back(name, copied(values));
  };
  seen.replace_proposals = [&](std::vector<std::vector<acsl::proposal>>& own) {
    result.proposals = own;
    if (proposals) own = *proposals;
  };
  auto const model = load_detector(config, request.checkpoint, annotations);
  if (request.train) {
    auto const each_learned = [&](auto f) {
      model->for_each_parameter("", [&](std::string const& name, acsl::parameter& p) {
        if (p.trainable && p.kind == acsl::role::learned) f(name, p);
      });
    };
    each_learned([](std::string const&, acsl::parameter& p) {
      p.require_gradient();
      std::fill(p.gradient.view().begin(), p.gradient.view().end(), 0.0F);
    });
    auto const key = acsl::random_key{static_cast<std::uint64_t>(request.seed)}.with(0).with(0);
    run_on->train_step(*model, images, key, seen);
    each_learned([&](std::string const& name, acsl::parameter& p) {
      result.arrays.emplace_back("grad." + name, std::move(p.gradient));
    });
  } else {
    auto const found = run_on->detect(*model, images, detection_options_of(config), seen).ensemble;
    for (std::size_t n = 0; n < found.size(); ++n)
      result.arrays.emplace_back(found.size() == 1 ? "detections" : "detections." + std::to_string(n),
                                 rows_of(found[n]));
  }
  result.about = {{"format", "acsl-dump-1"},
                  {"mode", request.train ? "train" : "test"},
                  {"seed", std::to_string(request.seed)},
                  {"backend", backend},
                  {"images", about_images(images)},
                  {"configuration", acsl::to_toml(config)},
                  {"classes", class_text(class_names(annotations))}};
  return result;
}

void add_observed(CLI::App& command, observed_request& o) {
  command.add_option("CONFIG", o.config, "configuration file (TOML)")->required()->check(some_name());
  command.add_option("CHECKPOINT", o.checkpoint, "weights")->required()->check(some_name());
  command.add_option("IMAGE", o.images, "photographs of one batch, as a rule one")->required()->check(some_name());
  add_scales(command, o.scale, "the photograph fits into so many pixels; default: as the configuration says")
      ->expected(1);
  auto* train = command.add_flag("--train", o.train,
                                 "losses and gradients, with the objects that the training annotations have for IMAGE");
  command.add_option("--seed", o.seed, "of what training samples")->needs(train)->check(seed_number());
  command.add_option("--set", o.settings, "key=value over the file, as often as wanted")->allow_extra_args(false);
  add_threads(command, o.threads);
}

}  // namespace trainer
