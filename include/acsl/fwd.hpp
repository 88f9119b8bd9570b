// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

/// Declarations for headers that only name acsl's types. Includes nothing heavy.
namespace acsl {

using index_t = std::int64_t;
class shape;
class error;
class file_error;
class memory_resource;
class random_key;
template <class T>
class tensor_view;
template <class T>
class tensor;
struct parameter;

class reference;
class cpu;
class cuda;

struct box;
struct roi;
struct detection;
struct image_info;
struct batch;
struct named_loss;

class feature_pyramid;
class region_proposal_head;
template <class Loss, class Classifier, class BoxLoss>
class box_stage;
template <class Backbone, class Neck, class Proposals, class Stage>
class two_stage_detector;

}  // namespace acsl
