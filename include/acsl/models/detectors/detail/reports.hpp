// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/batch.hpp>
#include <acsl/models/heads/anchor_losses.hpp>
#include <acsl/models/heads/proposals.hpp>
#include <acsl/models/named_loss.hpp>
#include <acsl/models/observer.hpp>
#include <string>
#include <vector>

/// What a two-stage detector tells an observer beside what its box stages tell: docs/dump.md.
namespace acsl::detail {

template <observer Observer>
void report_features(Observer const& seen, batch const& images, std::vector<tensor_view<float const>> const& stages,
                     std::vector<tensor_view<float const>> const& levels, std::vector<region_scores> const& regions) {
  report(seen, "image", images.images.view());
  report_each(seen, "backbone.c", stages, 2);
  report_each(seen, "neck.p", levels, 2);
  if (!listens(seen)) return;
  for (std::size_t i = 0; i < regions.size(); ++i) {
    report(seen, "rpn.cls." + std::to_string(i), regions[i].objectness.view());
    report(seen, "rpn.reg." + std::to_string(i), regions[i].deltas.view());
  }
}

template <observer Observer>
void report_proposals(Observer const& seen, std::vector<std::vector<proposal>>& proposals) {
  if (!listens(seen)) return;
  if constexpr (requires { seen.revise(proposals); }) seen.revise(proposals);
  report(seen, "proposals", rows_of(proposals).view());
}

template <observer Observer>
void report_annotations(Observer const& seen, batch const& images) {
  if (!listens(seen)) return;
  for (std::size_t n = 0; n < images.info.size(); ++n) {
    report(seen, "gt_boxes." + std::to_string(n), numbers_of(images.boxes[n]));
    auto const labels = numbers_of(images.labels[n]);
    report(seen, "gt_labels." + std::to_string(n), as_array(labels));
  }
}

/// Every figure under `loss.<name>`, and the total under `loss.loss`: [1] each.
template <observer Observer>
void report_losses(Observer const& seen, std::vector<named_loss> const& losses) {
  if (!listens(seen)) return;
  auto const one = [&](std::string const& name, double value) {
    auto const single = static_cast<float>(value);
    report(seen, "loss." + name, {&single, {1}});
  };
  for (auto const& loss : losses) one(loss.name, loss.value);
  one("loss", total_loss(losses));
}

}  // namespace acsl::detail
