// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/core/parameter.hpp>
#include <acsl/io/read_checkpoint.hpp>
#include <acsl/optim/sgd.hpp>
#include <acsl/training/parameter_pattern.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace acsl {

/// Where a run stands, and what it needs to go on as if it had never stopped.
struct checkpoint_state {
  index_t epoch = 0;      ///< of the next iteration
  index_t iteration = 0;  ///< of the next iteration, in its epoch
  index_t step = 0;       ///< iterations done since the start
  std::uint64_t seed = 0;
  std::string configuration;    ///< resolved, as TOML
  std::string classes;          ///< names, and
  std::string statistics = {};  ///< what the run's loss saw of the classes; texts of the program's own
};

namespace detail {

inline constexpr char const* checkpoint_format = "acsl-checkpoint-1";

/// Numbers as a text that gives back the same bits.
inline std::string exact_text(std::vector<double> const& values) {
  std::string text;
  char digits[32];
  for (double const value : values)
    text.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr).push_back(' ');
  return text;
}
/// @return whether the text holds as many numbers as there are, and nothing else
inline bool from_exact_text(std::string const& text, std::vector<double>& values) {
  char const* at = text.data();
  char const* const end = at + text.size();
  for (double& value : values) {
    auto const [next, problem] = std::from_chars(at, end, value);
    if (problem != std::errc{} || next == end || *next != ' ') return false;
    at = next + 1;
  }
  return at == end;
}

/// visit(key of the metadata, vector<double>&) for every array that the model's losses keep; a model may have none.
template <class Model, class Visitor>
void for_each_state(Model& model, Visitor&& visit) {
  auto const named = [&](std::string const& name, std::vector<double>& values) { visit("state." + name, values); };
  if constexpr (requires { model.for_each_state("", named); }) model.for_each_state("", named);
}

}  // namespace detail

/// Writes parameters under their names, momentum buffers as `optimizer.<name>`, and the state, that of losses too, as
/// texts.
template <class Model>
void save_checkpoint(std::filesystem::path const& path, Model& model, sgd& optimizer, checkpoint_state const& state) {
  safetensors_file file;
  file.metadata = {{"format", detail::checkpoint_format},
                   {"epoch", std::to_string(state.epoch)},
                   {"iteration", std::to_string(state.iteration)},
                   {"step", std::to_string(state.step)},
                   {"seed", std::to_string(state.seed)},
                   {"configuration", state.configuration},
                   {"classes", state.classes},
                   {"statistics", state.statistics}};
  model.for_each_parameter("", [&](std::string const& name, parameter& p) { file.add(name, p.value.view()); });
  for (auto& [name, buffer] : optimizer.buffers()) file.add("optimizer." + name, buffer.view());
  detail::for_each_state(model, [&](std::string const& key, std::vector<double> const& values) {
    file.metadata[key] = detail::exact_text(values);
  });
  file.write(path);
}

/// What became of the names when weights were loaded.
struct load_report {
  std::vector<std::string> missing;     ///< of the model, absent in the file: left as they were
  std::vector<std::string> unexpected;  ///< of the file, absent in the model
  std::vector<std::string> mismatched;  ///< of another shape, left too: "name: [a] in the file, [b] in the model"
  std::vector<std::string> skipped;     ///< because a pattern says so: left as they were
  index_t loaded = 0;
};

/// Takes over what fits by name and shape (detector-spec 13.4). `num_batches_tracked`, a count that PyTorch keeps
/// beside the statistics of a norm, is of no use here and is not told.
/// @param path what messages call the file
/// @param skip patterns of names that are not taken over: those parameters start anew
/// @throws acsl::file_error when nothing fits (the file is of another model), when a number that fits is not finite,
/// for
///         a checkpoint of another version; files of other programs are fine
/// @throws acsl::error naming a pattern that no parameter's name fits
template <class Model>
load_report load_weights(named_tensors const& file, std::filesystem::path const& path, Model& model,
                         std::vector<std::string> const& skip = {}) {
  load_report report;
  if (auto const format = file.metadata.find("format"); format != file.metadata.end())
    if (format->second.starts_with("acsl-") && format->second != detail::checkpoint_format)
      throw file_error(path.string(),
                       "has the format " + format->second + "; this program reads " + detail::checkpoint_format);
  std::set<std::string> used, fitting;
  model.for_each_parameter("", [&](std::string const& name, parameter& p) {
    bool skipped = false;
    for (auto const& pattern : skip)
      if (matches(name, pattern)) {
        fitting.insert(pattern);
        skipped = true;
      }
    if (skipped) {
      used.insert(name);
      report.skipped.push_back(name);
      return;
    }
    auto const found = file.tensors().find(name);
    if (found == file.tensors().end()) {
      report.missing.push_back(name);
      return;
    }
    used.insert(name);
    if (found->second.extents() != p.extents()) {
      report.mismatched.push_back(name + ": " + found->second.extents().to_string().c_str() + " in the file, " +
                                  p.extents().to_string().c_str() + " in the model");
      return;
    }
    auto const* const values = found->second.data();
    if (!std::all_of(values, values + p.value.size(), [](float x) { return std::isfinite(x); }))
      throw file_error(path.string(), "tensor " + name, "holds a number that is not finite");
    std::copy_n(values, p.value.size(), p.value.data());
    ++report.loaded;
  });
  for (auto const& pattern : skip)
    if (!fitting.contains(pattern)) throw error("no parameter has a name that fits \"" + pattern + "\"");
  for (auto const& [name, values] : file.tensors())
    if (!used.contains(name) && !name.starts_with("optimizer.") && !name.ends_with(".num_batches_tracked"))
      report.unexpected.push_back(name);
  if (report.loaded == 0)
    throw file_error(path.string(), "no name and shape fits the model: a checkpoint of another model");
  return report;
}
template <class Model>
load_report load_weights(std::filesystem::path const& path, Model& model, std::vector<std::string> const& skip = {}) {
  return load_weights(read_weights(path), path, model, skip);
}

/// For uses where every name and shape must fit.
/// @throws acsl::file_error naming the first that does not
inline void expect_complete(load_report const& report, std::filesystem::path const& path) {
  auto const refuse = [&](std::vector<std::string> const& names, char const* why) {
    if (!names.empty())
      throw file_error(path.string(), "does not fit the model: " + std::to_string(names.size()) + " " + why +
                                          ", first " + names.front());
  };
  refuse(report.mismatched, "parameters have another shape");
  refuse(report.missing, "parameters are missing");
  refuse(report.unexpected, "parameters are unknown to the model");
}

/// Restores a run: weights, statistics, momentum, the state of losses, and where it stands. Every name and shape must
/// fit, and the model must train what the file's run trained (`train_only` before this).
/// @throws acsl::file_error naming the first that does not
template <class Model>
checkpoint_state resume_checkpoint(std::filesystem::path const& path, Model& model, sgd& optimizer) {
  auto const file = read_weights(path);
  auto const text = [&](char const* key) {
    auto const found = file.metadata.find(key);
    if (found == file.metadata.end())
      throw file_error(path.string(), std::string("metadata lacks \"") + key + "\": no checkpoint of a run");
    return found->second;
  };
  auto const number = [&](char const* key) {
    std::string const digits = text(key);
    std::uint64_t value = 0;
    auto const [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (problem != std::errc{} || end != digits.data() + digits.size() || value > std::uint64_t{INT64_MAX})
      throw file_error(path.string(), std::string("metadata \"") + key + "\" is no whole number: " + digits);
    return value;
  };
  checkpoint_state const state = {static_cast<index_t>(number("epoch")),
                                  static_cast<index_t>(number("iteration")),
                                  static_cast<index_t>(number("step")),
                                  number("seed"),
                                  text("configuration"),
                                  text("classes"),
                                  {}};  // whoever goes on counts again
  expect_complete(load_weights(file, path, model), path);
  detail::for_each_state(model, [&](std::string const& key, std::vector<double>& values) {
    if (!detail::from_exact_text(text(key.c_str()), values))
      throw file_error(path.string(), "metadata \"" + key + "\" does not hold " + std::to_string(values.size()) +
                                          " numbers: of a loss for other classes");
  });
  optimizer.buffers().clear();
  model.for_each_parameter("", [&](std::string const& name, parameter& p) {
    auto const found = file.tensors().find("optimizer." + name);
    bool const there = found != file.tensors().end(), learns = p.trainable && p.kind == role::learned;
    if (there != (learns && state.step > 0))
      throw file_error(path.string(), (there ? "holds the momentum of " : "lacks the momentum of ") + name +
                                          (there ? ", which this run does not train" : ", which this run trains"));
    if (!there) return;
    if (found->second.extents() != p.extents())
      throw file_error(path.string(), "tensor optimizer." + name, "has another shape than its parameter");
    tensor<float> buffer(p.extents());
    std::copy_n(found->second.data(), buffer.size(), buffer.data());
    optimizer.buffers().emplace(name, std::move(buffer));
  });
  return state;
}

}  // namespace acsl
