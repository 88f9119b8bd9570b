// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/boxes/roi_features.hpp>
#include <acsl/core/parameter.hpp>
#include <acsl/losses/accuracy.hpp>
#include <acsl/losses/concepts.hpp>
#include <acsl/losses/instance_reweighting.hpp>
#include <acsl/losses/smooth_l1.hpp>
#include <acsl/models/heads/box_regression.hpp>
#include <acsl/models/heads/roi_samples.hpp>
#include <acsl/models/named_loss.hpp>
#include <acsl/models/observer.hpp>
#include <acsl/nn/initialise.hpp>
#include <acsl/nn/linear.hpp>
#include <acsl/nn/relu.hpp>
#include <span>
#include <string>
#include <vector>

namespace acsl {

/// Numbers of one stage of a box head; defaults are those of Faster R-CNN (detector-spec 5, 6, 7, 8).
struct box_stage_options {
  index_t in_channels = 256;
  index_t fc_channels = 1024;
  index_t classes = 0;  ///< foreground classes
  bool class_agnostic = false;
  roi_feature_options rois;  ///< 7 x 7 bins, 2 x 2 samples, finest scale 56
  max_iou_assigner assigner{.positive = 0.5F, .negative = {0, 0.5F}, .minimum_positive = 0.5F};
  random_sampler sampler{.count = 512, .positive_fraction = 0.25, .negative_upper_bound = -1, .add_truths = true};
  delta_coder coder{.means = {0, 0, 0, 0}, .stds = {0.1F, 0.1F, 0.2F, 0.2F}};
  double loss_weight = 1;        ///< of both losses: the stage weight of a cascade
  double regression_weight = 1;  ///< of the box loss, times the other
  instance_reweighting reweighting = {};
};

/// One stage of a box head: RoI features, two shared fully connected layers, a classifier and a box regressor.
///
/// Parameters, in order (the original's, detector-spec 8.1): `fc_cls`, `fc_reg`, `shared_fcs.0`, `shared_fcs.1`, each
/// `.weight` and `.bias`. `fc_cls` has as many outputs as the loss asks for, and the parameters of its kind.
///
/// @tparam Classifier `linear`, `normalised_linear`, `scaled_linear`, or `any_classifier` to choose at run time
/// @tparam BoxLoss    `smooth_l1_element`, `generalised_iou_loss`, … (losses/box_loss.hpp), or `any_box_loss` to choose
///                    at run time
template <class Loss, class Classifier = linear, class BoxLoss = smooth_l1_element>
class box_stage {
  static_assert(classification_loss<Loss>, "acsl::box_stage: Loss must model acsl::classification_loss");
  static_assert(box_loss<BoxLoss>, "acsl::box_stage: BoxLoss must model acsl::box_loss");

 public:
  using loss_type = Loss;
  using classifier_type = Classifier;
  using box_loss_type = BoxLoss;

  struct context {
    tensor<float> features, hidden0, hidden1;  // outputs that later layers only view
    linear::context fc0, fc1, regressor;
    typename Classifier::context classifier;
    relu::context relu0, relu1;
  };
  /// Raw outputs for some regions.
  struct outputs {
    tensor<float> logits;  ///< [R, columns of the loss]
    tensor<float> deltas;  ///< [R, 4] or [R, 4·(classes + 1)]
  };

  /// @param classifier its numbers, but for its inputs and outputs
  box_stage(box_stage_options options, Loss loss, typename Classifier::options_type classifier = {},
            BoxLoss box_loss = {}, memory_resource* memory = host_heap())
      : options_(std::move(options)),
        loss_(std::move(loss)),
        box_loss_(std::move(box_loss)),
        classifier_(sized(std::move(classifier)), memory),
        regressor_({.in = options_.fc_channels, .out = options_.class_agnostic ? 4 : 4 * (options_.classes + 1)},
                   memory),
        fc0_({.in = options_.in_channels * options_.rois.output * options_.rois.output, .out = options_.fc_channels},
             memory),
        fc1_({.in = options_.fc_channels, .out = options_.fc_channels}, memory) {
    ACSL_EXPECTS(options_.classes > 0, "a box stage has at least one foreground class", options_.classes);
    auto const weights = static_cast<index_t>(options_.reweighting.label_weight.size());
    ACSL_EXPECTS(weights == 0 || weights == options_.classes + 1, "a weight for background and one for every class",
                 weights, options_.classes);
  }

  [[nodiscard]] box_stage_options const& options() const { return options_; }
  [[nodiscard]] Loss& loss() { return loss_; }
  [[nodiscard]] Loss const& loss() const { return loss_; }
  [[nodiscard]] Classifier const& classifier() const { return classifier_; }
  /// Deferred re-weighting looks at the epoch, which is 0 until somebody says another.
  void begin_epoch(index_t epoch) { epoch_ = epoch; }

  /// Classifier: as the loss's prior says, factors of outputs 1; regressor ~ N(0, 0.001²); shared layers Xavier
  /// uniform; biases 0.
  void initialise(random_key key) {
    auto const prior = loss_.prior();
    classifier_.for_each_parameter("", [&](std::string const& name, parameter& p) {
      if (name == "weight") initialise_normal(p, prior.weight_std, key.with(0));
      else initialise_constant(p, name == "bias" ? static_cast<float>(prior.bias) : 1.0F);
    });
    initialise_normal(regressor_.weight(), 0.001, key.with(1));
    initialise_constant(regressor_.bias(), 0);
    initialise_xavier_uniform(fc0_.weight(), key.with(2));
    initialise_constant(fc0_.bias(), 0);
    initialise_xavier_uniform(fc1_.weight(), key.with(3));
    initialise_constant(fc1_.bias(), 0);
  }

  template <class Visitor>
  void for_each_parameter(std::string const& prefix, Visitor&& visit) {
    classifier_.for_each_parameter(prefix + "fc_cls.", visit);
    regressor_.for_each_parameter(prefix + "fc_reg.", visit);
    fc0_.for_each_parameter(prefix + "shared_fcs.0.", visit);
    fc1_.for_each_parameter(prefix + "shared_fcs.1.", visit);
  }
  /// visit(name, layer, shape of its input) for every layer, for so many regions.
  template <class Visitor>
  void for_each_layer(std::string const& prefix, index_t regions, Visitor&& visit) const {
    shape const hidden = {regions, options_.fc_channels};
    visit(prefix + "shared_fcs.0", fc0_, shape{regions, fc0_.in()});
    visit(prefix + "relu0", relu_, hidden);
    visit(prefix + "shared_fcs.1", fc1_, hidden);
    visit(prefix + "relu1", relu_, hidden);
    visit(prefix + "fc_cls", classifier_, hidden);
    visit(prefix + "fc_reg", regressor_, hidden);
  }
  /// visit(name, vector<double>&) for every array of the losses' states: `loss_cls.{stage}…` and `loss_bbox.{stage}…`.
  /// @param stage "0." and so on in a cascade
  template <class Visitor>
  void for_each_state(std::string const& prefix, std::string const& stage, Visitor&& visit) {
    auto const show = [&](std::string const& part, auto& loss) {
      auto const named = [&](std::string const& name, std::vector<double>& values) {
        visit(prefix + part + "." + stage + name, values);
      };
      if constexpr (requires { loss.visit_state(named); }) loss.visit_state(named);
    };
    show("loss_cls", loss_);
    show("loss_bbox", box_loss_);
  }
  /// Whether a layer below the classifier and the regressor learns.
  [[nodiscard]] bool trunk_trainable() {
    return fc0_.weight().trainable || fc0_.bias().trainable || fc1_.weight().trainable || fc1_.bias().trainable;
  }

  /// An observer hears `rois`, `roi_features`, `cls_score` and `bbox_pred`, here and from `infer`.
  template <backend Backend, observer Observer = no_observer>
  outputs forward(Backend& exec, std::span<tensor_view<float const> const> levels, std::vector<roi> const& rois,
                  context& ctx, Observer const& seen = {}) {
    ctx.features = features(exec, levels, rois, seen);
    ctx.hidden0 = relu_.forward(exec, fc0_.forward(exec, ctx.features, ctx.fc0), ctx.relu0);
    ctx.hidden1 = relu_.forward(exec, fc1_.forward(exec, ctx.hidden0, ctx.fc1), ctx.relu1);
    return told(
        {classifier_.forward(exec, ctx.hidden1, ctx.classifier), regressor_.forward(exec, ctx.hidden1, ctx.regressor)},
        seen);
  }
  template <backend Backend, observer Observer = no_observer>
  outputs infer(Backend& exec, std::span<tensor_view<float const> const> levels, std::vector<roi> const& rois,
                Observer const& seen = {}) const {
    auto const hidden =
        fc1_.infer(exec, fc0_.infer(exec, features(exec, levels, rois, seen), fuse_relu::yes), fuse_relu::yes);
    return told({classifier_.infer(exec, hidden), regressor_.infer(exec, hidden)}, seen);
  }

  /// `loss_cls`, `acc` (percent, not part of the loss) and `loss_bbox` with their gradients by the outputs. The losses
  /// are multiplied by the stage's weight, boxes also by their own. An observer hears `labels`, `bbox_targets` and, of
  /// adaptive class suppression, `weight_mask`.
  template <backend Backend, observer Observer = no_observer>
  std::vector<named_loss> losses(Backend& exec, outputs const& out, roi_samples const& samples, random_key key,
                                 outputs* gradients, Observer const& seen = {}) {
    tensor_view<std::int32_t const> const labels(samples.labels.data(), {samples.size()});
    if (gradients) {
      gradients->logits = tensor<float>(out.logits.extents(), exec.memory());
      gradients->deltas = filled(exec, out.deltas.extents(), 0.0F);
    }
    loss_arguments extra;
    extra.gradient_scale = options_.loss_weight;
    auto const weights = options_.reweighting.row_weights(samples.labels, epoch_);
    options_.reweighting.apply(weights, extra);
    tell_targets(exec, out, samples, key, extra, seen);
    auto const classification = loss_.evaluate(exec, out.logits.view(), labels,
                                               gradients ? gradients->logits.view() : tensor_view<float>(), key, extra);
    double const box_weight = options_.loss_weight * options_.regression_weight;
    double const regression =
        box_regression_loss(out.deltas.view(), samples, options_.coder, options_.class_agnostic, box_loss_, box_weight,
                            gradients ? &gradients->deltas : nullptr,
                            options_.reweighting.boxes ? std::span<float const>(weights) : std::span<float const>());
    tensor<float> scores;
    return {{"loss_cls", options_.loss_weight * classification.value, true},
            {"acc", accuracy(exec, by_label(exec, out.logits, scores), labels), false},
            {"loss_bbox", box_weight * regression, true}};
  }

  /// Fills the state of a loss that can be warmed up (losses/concepts.hpp) with the outputs for some regions, as
  /// `losses` would; nothing for others.
  template <backend Backend>
  void warm_up(Backend& exec, outputs const& out, roi_samples const& samples) {
    if constexpr (warms_up<Loss>) {
      loss_arguments extra;
      auto const weights = options_.reweighting.row_weights(samples.labels, epoch_);
      options_.reweighting.apply(weights, extra);
      loss_.warm_up(exec, out.logits.view(), tensor_view<std::int32_t const>(samples.labels.data(), {samples.size()}),
                    extra);
    }
  }

  /// One column per label, background first, of which the largest in a row tells the label: the logits themselves where
  /// they are laid out so, else scores, which `storage` keeps.
  template <backend Backend>
  tensor_view<float const> by_label(Backend& exec, tensor<float> const& logits, tensor<float>& storage) const {
    if (labels_are_columns(loss_)) return logits.view();
    storage = tensor<float>({logits.extent(0), options_.classes + 1}, exec.memory());
    loss_.score(exec, logits.view(), storage.view());
    return std::as_const(storage).view();
  }

  /// Adds to the gradients of this stage's parameters and, when `levels` is not empty, to those of the pyramid's
  /// levels.
  template <backend Backend>
  void backward(Backend& exec, outputs const& gradients, std::vector<roi> const& rois, context& ctx,
                std::span<tensor_view<float> const> level_gradients) {
    bool const below = !level_gradients.empty();
    bool const trunk = below || trunk_trainable();
    auto hidden = classifier_.backward(exec, gradients.logits, ctx.classifier, trunk);
    auto const other = regressor_.backward(exec, gradients.deltas, ctx.regressor, trunk);
    if (!trunk) return;
    add_into(exec, other.view(), hidden.view());
    hidden = fc1_.backward(exec, relu_.backward(exec, hidden, ctx.relu1), ctx.fc1);
    auto features = fc0_.backward(exec, relu_.backward(exec, hidden, ctx.relu0), ctx.fc0, below);
    if (!below) return;
    features.reshape(
        {static_cast<index_t>(rois.size()), options_.in_channels, options_.rois.output, options_.rois.output});
    roi_features_backward(exec, features.view(), rois_view(rois), options_.rois, level_gradients);
  }

  /// The regions for the next stage (detector-spec 10.1, 10.2): each decoded with its deltas and clipped. With
  /// class-specific regression the columns of `classes[r]` are used.
  [[nodiscard]] std::vector<box> refine(std::vector<roi> const& rois, tensor_view<float const> deltas,
                                        std::vector<std::int32_t> const& classes,
                                        std::vector<image_info> const& images) const {
    std::vector<box> result(rois.size());
    for (std::size_t r = 0; r < rois.size(); ++r) {
      auto const& image = images[static_cast<std::size_t>(rois[r].image)];
      index_t const column = options_.class_agnostic ? 0 : 4 * classes[r];
      float const* d = deltas.data() + static_cast<index_t>(r) * deltas.columns() + column;
      result[r] =
          clip(options_.coder.decode({rois[r].x1, rois[r].y1, rois[r].x2, rois[r].y2}, {d[0], d[1], d[2], d[3]}),
               image.height, image.width);
    }
    return result;
  }

 private:
  static tensor_view<roi const> rois_view(std::vector<roi> const& rois) {
    return {rois.data(), {static_cast<index_t>(rois.size())}};
  }
  template <backend Backend, observer Observer>
  tensor<float> features(Backend& exec, std::span<tensor_view<float const> const> levels, std::vector<roi> const& rois,
                         Observer const& seen) const {
    auto result = roi_features(exec, levels, rois_view(rois), options_.rois);
    detail::report(seen, "rois", detail::numbers_of(rois));
    detail::report(seen, "roi_features", result.view());
    result.reshape({static_cast<index_t>(rois.size()), fc0_.in()});
    return result;
  }
  template <observer Observer>
  static outputs told(outputs out, Observer const& seen) {
    detail::report(seen, "cls_score", out.logits.view());
    detail::report(seen, "bbox_pred", out.deltas.view());
    return out;
  }
  template <backend Backend, observer Observer>
  void tell_targets(Backend& exec, outputs const& out, roi_samples const& samples, random_key key,
                    loss_arguments const& extra, Observer const& seen) const {
    if (!listens(seen)) return;
    auto const labels = detail::numbers_of(samples.labels);
    detail::report(seen, "labels", detail::as_array(labels));
    detail::report(seen, "bbox_targets", detail::numbers_of(box_targets(samples, options_.coder)));
    tensor_view<std::int32_t const> const rows(samples.labels.data(), {samples.size()});
    if constexpr (requires { loss_.weight_mask(exec, out.logits.view(), rows, key, extra); })
      if (auto const mask = loss_.weight_mask(exec, out.logits.view(), rows, key, extra);
          mask.size() == out.logits.size())
        detail::report(seen, "weight_mask", mask.view());
  }

  [[nodiscard]] typename Classifier::options_type sized(typename Classifier::options_type classifier) const {
    classifier.in = options_.fc_channels;
    classifier.out = loss_.columns(options_.classes);
    return classifier;
  }

  box_stage_options options_;
  Loss loss_;
  BoxLoss box_loss_;
  Classifier classifier_;
  linear regressor_, fc0_, fc1_;
  relu relu_;
  index_t epoch_ = 0;
};

}  // namespace acsl
