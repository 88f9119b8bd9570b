// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>
#include <string>
#include <vector>

namespace acsl {

/// Everything that a run is made of. Defaults are the original's (detector-spec 15); files under configs/ set what
/// differs. Names, defaults and meanings of all fields stand in `visit_fields`, which reading, writing and the
/// documentation share.
struct configuration {
  using numbers = std::vector<double>;
  using integers = std::vector<index_t>;
  using texts = std::vector<std::string>;

  struct {
    index_t depth = 50, width = 64, groups = 1, base_width = 64;
    std::string norm = "frozen_batch";
    index_t norm_groups = 32, frozen_stages = 1;
    bool zero_last_norm = true;
    index_t pyramid_channels = 256, pyramid_levels = 5;
    std::string pretrained;
  } model;
  struct {
    index_t channels = 256;
    numbers anchor_scales = {8}, anchor_ratios = {0.5, 1, 2};
    integers anchor_strides = {4, 8, 16, 32, 64};
    double positive_iou = 0.7, negative_iou = 0.3, minimum_positive_iou = 0.3;
    index_t samples = 256;
    double positive_fraction = 0.5, smooth_l1_beta = 1.0 / 9.0, nms_threshold = 0.7;
    index_t train_before_nms = 2000, train_after_nms = 2000, train_count = 2000;
    index_t test_before_nms = 1000, test_after_nms = 1000, test_count = 1000;
  } proposals;
  struct {
    index_t channels = 1024, roi_output = 7, roi_samples = 2;
    double finest_scale = 56;
    bool class_agnostic = false;
    std::string classifier = "linear";
    texts classifier_parameters;
    numbers iou_thresholds = {0.5}, stage_weights = {1}, stds = {0.1, 0.1, 0.2, 0.2};
    index_t samples = 512;
    double positive_fraction = 0.25;
    std::string regression_loss = "smooth_l1", regression_mode;
    texts regression_parameters;
    double smooth_l1_beta = 1, regression_weight = 1;
  } box_head;
  struct {
    std::string name = "softmax_cross_entropy";
    double threshold = 0.7;
    std::string mode;
    texts parameters;
    std::string groups;
    numbers background_fractions = {0.01, 0.1, 1};
    bool warm_up = false;
  } loss;
  struct {
    std::string name = "none";
    double beta = 0.999;
    numbers clip = {0.1, 5};
    index_t from_epoch = 0;
    bool divide_by_weights = false, boxes = false;
  } reweighting;
  struct {
    std::string root = "data/lvis", train_annotations = "lvis_v0.5_train.json", train_images = "train2017";
    std::string val_annotations = "lvis_v0.5_val.json", val_images = "val2017";
    integers long_side = {1333}, short_side = {800};
    double flip_probability = 0.5;
    numbers mean = {123.675, 116.28, 103.53}, std = {58.395, 57.12, 57.375};
    index_t batch_size = 2, workers = 2, cache_mib = 0;
    bool drop_marked_not_crowd = false;
    index_t tail_images = 0, tail_instances = 0;
  } data;
  struct {
    std::string name = "every_image";
    double threshold = 0.001;
    bool square_root = true, instance_aware = false, empty_class = false;
    std::string rounding = "ceil";
    index_t images_per_class = 1;
    bool balanced_length = false;
    double power = 0.5;
  } sampling;
  struct {
    std::string work_dir;
    index_t epochs = 12, max_iterations = 0, seed = 0;
    double lr = 0.01;
    std::string autoscale_lr = "none";
    double momentum = 0.9, weight_decay = 1e-4, clip = 35;
    index_t warmup = 500;
    double warmup_ratio = 1.0 / 3.0;
    integers steps = {8, 11};
    double gamma = 0.1;
    index_t selectp = 0;
    texts train_only;
    bool frozen_losses = true;
    std::string load_from;
    texts reinitialise;
    index_t checkpoint_epochs = 1, checkpoint_iterations = 0, log_every = 50, validate_epochs = 1;
  } training;
  struct {
    double score_threshold = 0, nms_threshold = 0.5;
    index_t max_detections = 300;
    std::string activation = "automatic";
    std::string correction = "none", correction_mode;
    texts correction_parameters;
    index_t long_side = 1333, short_side = 800;
    integers more_long_sides, more_short_sides;
    bool flip = false;
    std::string suppression = "hard";
    double soft_sigma = 0.5, soft_minimum_score = 1e-3;
    bool keep_all_stages = false;
  } test;
};

/// visit(dotted name, field, meaning) for every field of a configuration, in the order of files.
template <class Configuration, class Visitor>
void visit_fields(Configuration& c, Visitor&& visit) {
  visit("model.depth", c.model.depth, "10, 18, 34 (basic blocks), 50, 101 or 152 (bottlenecks)");
  visit("model.width", c.model.width, "channels of the stem; stage k has width * 2^k planes");
  visit("model.groups", c.model.groups, "groups of the 3x3 convolutions of bottlenecks (ResNeXt: 64)");
  visit("model.base_width", c.model.base_width, "64; ResNeXt-64x4d: 4");
  visit("model.norm", c.model.norm, "frozen_batch (statistics never change), batch, or group");
  visit("model.norm_groups", c.model.norm_groups, "groups of a group norm");
  visit("model.frozen_stages", c.model.frozen_stages,
        "-1: none, 0: the stem, k: the stem and layers 1 to k do not learn");
  visit("model.zero_last_norm", c.model.zero_last_norm,
        "residual blocks start as the identity when trained from scratch");
  visit("model.pyramid_channels", c.model.pyramid_channels, "channels of every level of the feature pyramid");
  visit("model.pyramid_levels", c.model.pyramid_levels, "levels of the pyramid, at least 4");
  visit("model.pretrained", c.model.pretrained,
        "file with ImageNet weights of the backbone, or the name of what train --pretrained gives a file for: "
        "torchvision://resnet50");
  visit("proposals.channels", c.proposals.channels, "channels of the proposal head's 3x3 convolution");
  visit("proposals.anchor_scales", c.proposals.anchor_scales, "side of the square anchors, in strides");
  visit("proposals.anchor_ratios", c.proposals.anchor_ratios, "height / width of the anchors");
  visit("proposals.anchor_strides", c.proposals.anchor_strides, "stride of every pyramid level, in pixels");
  visit("proposals.positive_iou", c.proposals.positive_iou, "an anchor with this overlap is positive");
  visit("proposals.negative_iou", c.proposals.negative_iou, "an anchor below this overlap is negative");
  visit("proposals.minimum_positive_iou", c.proposals.minimum_positive_iou,
        "an object claims its best anchors from this overlap on");
  visit("proposals.samples", c.proposals.samples, "anchors that train, per image");
  visit("proposals.positive_fraction", c.proposals.positive_fraction, "at most this share of them is positive");
  visit("proposals.smooth_l1_beta", c.proposals.smooth_l1_beta, "where the box loss turns from quadratic to linear");
  visit("proposals.nms_threshold", c.proposals.nms_threshold,
        "overlap above which the lower-scoring proposal is dropped");
  visit("proposals.train_before_nms", c.proposals.train_before_nms,
        "training: best anchors per level that become proposals");
  visit("proposals.train_after_nms", c.proposals.train_after_nms, "training: most proposals per level");
  visit("proposals.train_count", c.proposals.train_count, "training: most proposals per image");
  visit("proposals.test_before_nms", c.proposals.test_before_nms, "test: best anchors per level that become proposals");
  visit("proposals.test_after_nms", c.proposals.test_after_nms, "test: most proposals per level");
  visit("proposals.test_count", c.proposals.test_count, "test: most proposals per image");
  visit("box_head.channels", c.box_head.channels, "outputs of the two shared fully connected layers");
  visit("box_head.roi_output", c.box_head.roi_output, "bins per side of a region's features");
  visit("box_head.roi_samples", c.box_head.roi_samples, "sample points per bin and side");
  visit("box_head.finest_scale", c.box_head.finest_scale,
        "regions below twice this side (pixels) read the finest level");
  visit("box_head.class_agnostic", c.box_head.class_agnostic, "one box per region instead of one per class");
  visit(
      "box_head.classifier", c.box_head.classifier,
      "linear, normalised (seesaw, effective_class_margin), or with a factor per class: scaled_logits, scaled_weights");
  visit("box_head.classifier_parameters", c.box_head.classifier_parameters,
        "numbers of the classifier that differ from its defaults: [\"temperature=20\"] (a wrong one lists all)");
  visit("box_head.iou_thresholds", c.box_head.iou_thresholds,
        "overlap that makes a region positive, one per stage; three stages: a cascade");
  visit("box_head.stage_weights", c.box_head.stage_weights, "weight of each stage's losses");
  visit("box_head.stds", c.box_head.stds, "normalisation of box deltas, four numbers per stage");
  visit("box_head.samples", c.box_head.samples, "regions that train, per image and stage");
  visit("box_head.positive_fraction", c.box_head.positive_fraction, "at most this share of them is positive");
  visit("box_head.regression_loss", c.box_head.regression_loss,
        "loss of boxes: of their deltas smooth_l1, l1, balanced_l1, harmonised_l1; of overlap iou, giou, diou, ciou, "
        "bounded_iou");
  visit("box_head.regression_mode", c.box_head.regression_mode,
        "empty: the first. iou: logarithm, linear, square; ciou: detached_gated, detached, differentiable");
  visit("box_head.regression_parameters", c.box_head.regression_parameters,
        "numbers of that loss that differ from its defaults: [\"epsilon=1e-6\"] (a wrong one lists all)");
  visit("box_head.smooth_l1_beta", c.box_head.smooth_l1_beta, "smooth_l1: where it turns from quadratic to linear");
  visit("box_head.regression_weight", c.box_head.regression_weight,
        "weight of the box loss; losses of overlap are small beside smooth_l1");
  visit("loss.name", c.loss.name,
        "a method by its name: softmax_cross_entropy, adaptive_class_suppression, seesaw, … (a wrong name lists all)");
  visit("loss.threshold", c.loss.threshold, "adaptive class suppression: score from which a negative class is trained");
  visit("loss.mode", c.loss.mode,
        "of methods that have modes; empty: the first. adaptive_class_suppression: official (released code), paper");
  visit("loss.parameters", c.loss.parameters,
        "numbers of the method that differ from its defaults: [\"gamma=2\"] (a wrong one lists all)");
  visit("loss.groups", c.loss.groups,
        "balanced_group_softmax: files of its groups of classes, a folder that `acsl split_bin` or the original wrote; "
        "empty: below 10, 100 and 1000 boxes, and more");
  visit("loss.background_fractions", c.loss.background_fractions,
        "official mode: share of background rows that train rare, common, frequent classes");
  visit("loss.warm_up", c.loss.warm_up,
        "equilibrium: one pass over the first epoch's images fills its state before the first iteration");
  visit("reweighting.name", c.reweighting.name,
        "weights of regions by class: none, effective_number, effective_number_clipped, inverse_frequency_clipped, "
        "effective_number_background");
  visit("reweighting.beta", c.reweighting.beta, "base of the effective number; deferred re-weighting of LDAM: 0.9999");
  visit("reweighting.clip", c.reweighting.clip, "smallest and largest weight of the clipped ones");
  visit("reweighting.from_epoch", c.reweighting.from_epoch, "all weights are 1 before this epoch (from 0)");
  visit("reweighting.divide_by_weights", c.reweighting.divide_by_weights,
        "the sum of the weights divides (LDAM), instead of what the loss divides by");
  visit("reweighting.boxes", c.reweighting.boxes, "the box loss has the weights too");
  visit("data.root", c.data.root, "folder of the data set; the paths below are relative to it");
  visit("data.train_annotations", c.data.train_annotations, "LVIS or COCO JSON");
  visit("data.train_images", c.data.train_images, "folder");
  visit("data.val_annotations", c.data.val_annotations, "LVIS or COCO JSON");
  visit("data.val_images", c.data.val_images, "folder");
  visit("data.long_side", c.data.long_side,
        "training: an image fits into long x short pixels; one of the pairs is drawn");
  visit("data.short_side", c.data.short_side, "see long_side");
  visit("data.flip_probability", c.data.flip_probability, "training: images mirrored left to right");
  visit("data.mean", c.data.mean, "subtracted from R, G, B");
  visit("data.std", c.data.std, "R, G, B are divided by it");
  visit("data.batch_size", c.data.batch_size, "images per iteration");
  visit("data.workers", c.data.workers, "threads that load ahead; 0: load in between");
  visit("data.cache_mib", c.data.cache_mib, "memory for decoded images, for sets that fit");
  visit("data.drop_marked_not_crowd", c.data.drop_marked_not_crowd,
        "drop objects with iscrowd = 0, as the original does: all of COCO's; LVIS has no such key");
  visit("data.tail_images", c.data.tail_images,
        "train on objects of classes in fewer images alone (LVIS's rare classes: 11); 0: of all");
  visit("data.tail_instances", c.data.tail_instances,
        "train on objects of classes with fewer objects alone; 0: of all");
  visit("sampling.name", c.sampling.name,
        "images of an epoch: every_image, repeat_factor, class_aware, class_power or progressive");
  visit("sampling.threshold", c.sampling.threshold,
        "repeat_factor: classes in a smaller share of the images are repeated");
  visit("sampling.square_root", c.sampling.square_root,
        "repeat_factor: sqrt(threshold / frequency); false: without the root");
  visit("sampling.instance_aware", c.sampling.instance_aware,
        "repeat_factor: frequency = sqrt(share of images * share of objects)");
  visit("sampling.empty_class", c.sampling.empty_class,
        "repeat_factor: images without objects are a class of their own");
  visit("sampling.rounding", c.sampling.rounding,
        "repeat_factor: ceil, stochastic (drawn anew every epoch) or one_plus_ceil");
  visit("sampling.images_per_class", c.sampling.images_per_class, "class_aware: images in a row of a class");
  visit("sampling.balanced_length", c.sampling.balanced_length,
        "class_aware: an epoch has images of the largest class * classes, instead of all images");
  visit("sampling.power", c.sampling.power,
        "class_power: classes are drawn by (number of objects)^power; progressive goes from 1 to 0");
  visit("training.work_dir", c.training.work_dir, "where --work-dir is not given; empty: work_dirs/<name of the file>");
  visit("training.epochs", c.training.epochs, "passes over the training set");
  visit("training.max_iterations", c.training.max_iterations, "end after so many iterations; 0: all epochs");
  visit("training.seed", c.training.seed, "of every random number");
  visit("training.lr", c.training.lr, "learning rate");
  visit("training.autoscale_lr", c.training.autoscale_lr,
        "none: lr as it is; device_count: lr / 8, the original's --autoscale-lr on one device, whatever the batch; "
        "batch_size: lr * data.batch_size / 16");
  visit("training.momentum", c.training.momentum, "of stochastic gradient descent");
  visit("training.weight_decay", c.training.weight_decay, "of all parameters");
  visit("training.clip", c.training.clip, "largest norm of the gradient; 0: no limit");
  visit("training.warmup", c.training.warmup, "iterations over which the learning rate rises to its value");
  visit("training.warmup_ratio", c.training.warmup_ratio, "its share at the start");
  visit("training.steps", c.training.steps, "epochs at which it is multiplied by gamma");
  visit("training.gamma", c.training.gamma, "see steps");
  visit("training.selectp", c.training.selectp,
        "the original's choices of what learns: 0 all, or what train_only says; 1 the classifier; 2 the box head, all "
        "stages; 3 the classifiers of a cascade; 4 the box and mask heads");
  visit("training.train_only", c.training.train_only,
        "patterns of parameter names that learn, * for anything; empty: all");
  visit("training.frozen_losses", c.training.frozen_losses,
        "compute and log the proposal losses where they train nothing, as the original does");
  visit("training.load_from", c.training.load_from,
        "checkpoint whose weights the run starts with, where names and shapes fit");
  visit("training.reinitialise", c.training.reinitialise,
        "patterns of parameter names that load_from does not set: they start anew");
  visit("training.checkpoint_epochs", c.training.checkpoint_epochs, "a checkpoint after every so many epochs");
  visit("training.checkpoint_iterations", c.training.checkpoint_iterations,
        "and one for resuming after every so many iterations; 0: none");
  visit("training.log_every", c.training.log_every, "iterations between two lines of the log");
  visit("training.validate_epochs", c.training.validate_epochs, "with --validate: epochs between two evaluations");
  visit("test.score_threshold", c.test.score_threshold, "detections score above it");
  visit("test.nms_threshold", c.test.nms_threshold,
        "overlap above which the lower-scoring detection of a class is dropped");
  visit("test.max_detections", c.test.max_detections, "per image");
  visit("test.activation", c.test.activation, "automatic (as the loss says), softmax or sigmoid");
  visit("test.correction", c.test.correction,
        "of scores for the counts of classes: none, logit_adjustment, pc_softmax, norcal or tau_normalisation");
  visit("test.correction_mode", c.test.correction_mode,
        "empty: the first. norcal: normalised, probabilities, logits; tau_normalisation: all, select");
  visit("test.correction_parameters", c.test.correction_parameters,
        "numbers of the correction: [\"gamma=0.6\"] (a wrong one lists all)");
  visit("test.long_side", c.test.long_side, "an image fits into long x short pixels");
  visit("test.short_side", c.test.short_side, "see long_side");
  visit("test.more_long_sides", c.test.more_long_sides,
        "further sizes in which it is looked at; what all views say is averaged");
  visit("test.more_short_sides", c.test.more_short_sides, "see more_long_sides");
  visit("test.flip", c.test.flip, "every size is looked at mirrored, too");
  visit("test.suppression", c.test.suppression,
        "hard (above nms_threshold a neighbour is dropped), or its score decays: soft_linear, soft_gaussian");
  visit("test.soft_sigma", c.test.soft_sigma, "of soft_gaussian: exp(-overlap^2 / sigma)");
  visit("test.soft_minimum_score", c.test.soft_minimum_score, "below it a decayed detection is dropped");
  visit("test.keep_all_stages", c.test.keep_all_stages,
        "cascades: what every stage would say alone is written and judged, too");
}

}  // namespace acsl
