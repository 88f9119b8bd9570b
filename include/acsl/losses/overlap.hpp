// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/math.hpp>
#include <acsl/losses/detail/dual.hpp>
#include <acsl/losses/smooth_l1.hpp>

/// Losses of a box as a whole: a predicted box (x1, y1, x2, y2) against its target, both in absolute corners. Each is a
/// function object `overlap_term<T> operator()(T const* prediction, T const* target) const` on four numbers each, host
/// and device; values are exact to rounding and gradients come from the same expressions (losses-spec 8).
///
/// Boxes without area overlap nothing. Disjoint boxes get no gradient from IoU and a pull from the others.
namespace acsl {

template <class T>
struct overlap_term {
  T value;
  T gradient[4];
};

namespace detail {

template <class T>
ACSL_HOST_DEVICE overlap_term<T> term_of(dual<T> const& d) {
  return {d.value, {d.by[0], d.by[1], d.by[2], d.by[3]}};
}

/// What the losses share.
template <class T>
struct box_pair {
  dual<T> x1, y1, x2, y2;      // the prediction
  dual<T> tx1, ty1, tx2, ty2;  // the target
  dual<T> width, height;       // of the prediction
  T target_width, target_height;
  dual<T> both, either;  // intersection and union

  /// @param offset what is added to every extent: 1 for corners that are pixels, 0 for corners that are points
  ACSL_HOST_DEVICE box_pair(T const* p, T const* t, T offset)
      : x1(dual<T>::variable(p[0], 0)),
        y1(dual<T>::variable(p[1], 1)),
        x2(dual<T>::variable(p[2], 2)),
        y2(dual<T>::variable(p[3], 3)),
        tx1(constant(t[0])),
        ty1(constant(t[1])),
        tx2(constant(t[2])),
        ty2(constant(t[3])),
        width(x2 - x1 + constant(offset)),
        height(y2 - y1 + constant(offset)),
        target_width(t[2] - t[0] + offset),
        target_height(t[3] - t[1] + offset) {
    auto const w = at_least(smaller(x2, tx2) - larger(x1, tx1) + constant(offset), T(0));
    auto const h = at_least(smaller(y2, ty2) - larger(y1, ty1) + constant(offset), T(0));
    both = w * h;
    either = width * height + constant(target_width * target_height) - both;
  }
  /// Sides of the smallest box around both.
  ACSL_HOST_DEVICE dual<T> around_width() const { return larger(x2, tx2) - smaller(x1, tx1); }
  ACSL_HOST_DEVICE dual<T> around_height() const { return larger(y2, ty2) - smaller(y1, ty1); }
  /// Squared distance of the centres over the squared diagonal of the box around both.
  ACSL_HOST_DEVICE dual<T> distance(T epsilon) const {
    auto const dx = tx1 + tx2 - x1 - x2, dy = ty1 + ty2 - y1 - y2, w = around_width(), h = around_height();
    return constant(T(0.25)) * (dx * dx + dy * dy) / (w * w + h * h + constant(epsilon));
  }
};

}  // namespace detail

enum class iou_form {
  logarithm,  ///< −log max(IoU, ε)
  linear,     ///< 1 − IoU
  square,     ///< 1 − IoU²
};

/// @source Yu, Jiang, Wang, Cao, Huang, ACM MM 2016
struct iou_loss {
  iou_form form = iou_form::logarithm;
  double epsilon = 1e-6;
  double offset = 0;  ///< 1: corners are pixels, as in mmdetection 1
  template <class T>
  ACSL_HOST_DEVICE overlap_term<T> operator()(T const* prediction, T const* target) const {
    auto const e = static_cast<T>(epsilon);
    detail::box_pair<T> const pair(prediction, target, static_cast<T>(offset));
    auto const iou = pair.both / detail::at_least(pair.either, e);
    auto const one = detail::constant(T(1));
    if (form == iou_form::linear) return detail::term_of(one - detail::at_least(iou, e));
    if (form == iou_form::square) {
      auto const floored = detail::at_least(iou, e);
      return detail::term_of(one - floored * floored);
    }
    return detail::term_of(detail::constant(T(0)) - log(detail::at_least(iou, e)));
  }
};

/// 1 − IoU + (E − U)/E with E the area of the smallest box around both.
/// @source Rezatofighi, Tsoi, Gwak, Sadeghian, Reid, Savarese, CVPR 2019
struct generalised_iou_loss {
  double epsilon = 1e-7;
  template <class T>
  ACSL_HOST_DEVICE overlap_term<T> operator()(T const* prediction, T const* target) const {
    auto const e = static_cast<T>(epsilon);
    detail::box_pair<T> const pair(prediction, target, 0);
    auto const either = detail::at_least(pair.either, e);
    auto const around = detail::at_least(pair.around_width() * pair.around_height(), e);
    return detail::term_of(detail::constant(T(1)) - pair.both / either + (around - either) / around);
  }
};

/// 1 − IoU + ρ²/c²: the squared distance of the centres over the squared diagonal of the box around both.
/// @source Zheng, Wang, Liu, Li, Ye, Ren, AAAI 2020
struct distance_iou_loss {
  double epsilon = 1e-7;
  template <class T>
  ACSL_HOST_DEVICE overlap_term<T> operator()(T const* prediction, T const* target) const {
    auto const e = static_cast<T>(epsilon);
    detail::box_pair<T> const pair(prediction, target, 0);
    return detail::term_of(detail::constant(T(1)) - pair.both / (pair.either + detail::constant(e)) + pair.distance(e));
  }
};

/// How the trade-off weight of `complete_iou_loss` is treated.
enum class tradeoff {
  detached_gated,  ///< constant, 0 where IoU <= 0.5; the whole clamped to [−1, 1] (the official code)
  detached,        ///< constant: v / (1 − IoU + v + ε) (detectron2)
  differentiable,  ///< v / (1 − IoU + v), with its derivative (older mmdetection)
};

/// Distance IoU plus α v, where v = 4/π² (atan(W/H) − atan(w/h))² compares the aspects.
/// @source Zheng, Wang, Liu, Li, Ye, Ren, AAAI 2020
struct complete_iou_loss {
  tradeoff weight = tradeoff::detached_gated;
  double epsilon = 1e-7;
  template <class T>
  ACSL_HOST_DEVICE overlap_term<T> operator()(T const* prediction, T const* target) const {
    auto const e = static_cast<T>(epsilon);
    auto const one = detail::constant(T(1));
    detail::box_pair<T> const pair(prediction, target, 0);
    auto const iou = pair.both / (pair.either + detail::constant(e)), distance = pair.distance(e);
    // The frameworks guard the heights of degenerate boxes with ε.
    auto const difference = detail::constant(math::atan(pair.target_width / (pair.target_height + e))) -
                            atan(pair.width / (pair.height + detail::constant(e)));
    auto const v = detail::constant(T(0.40528473456935108577551785283891)) * difference * difference;
    if (weight == tradeoff::differentiable) return detail::term_of(one - iou + distance + v * v / (one - iou + v));
    T const small = weight == tradeoff::detached ? e : T(0);
    T alpha = v.value / (1 - iou.value + v.value + small);
    if (weight == tradeoff::detached_gated && !(iou.value > T(0.5))) alpha = 0;
    auto const gain = iou - distance - detail::constant(alpha) * v;
    if (weight == tradeoff::detached_gated && (gain.value < -1 || gain.value > 1))
      return {1 - (gain.value < 0 ? T(-1) : T(1)), {0, 0, 0, 0}};
    return detail::term_of(one - gain);
  }
};

/// Smooth L1 (β) of four bounds on the loss of IoU, by centre and by size, summed:
/// 1 − max((W − 2|dx|)/(W + 2|dx| + ε), 0) and the same for y; 1 − min(W/(w + ε), w/(W + ε)) and the same for heights.
/// @source Tychsen-Smith, Petersson, CVPR 2018
struct bounded_iou_loss {
  double beta = 0.2, epsilon = 1e-3;
  template <class T>
  ACSL_HOST_DEVICE overlap_term<T> operator()(T const* prediction, T const* target) const {
    auto const e = static_cast<T>(epsilon);
    detail::box_pair<T> const pair(prediction, target, 0);
    auto const half = detail::constant(T(0.5)), one = detail::constant(T(1));
    auto const by_centre = [&](detail::dual<T> const& d, T side) {
      auto const twice = detail::magnitude(d) + detail::magnitude(d);
      auto const share = (detail::constant(side) - twice) / (detail::constant(side + e) + twice);
      return one - detail::at_least(share, T(0));
    };
    auto const by_size = [&](detail::dual<T> const& size, T side) {
      return one -
             detail::smaller(detail::constant(side) / (size + detail::constant(e)), size / detail::constant(side + e));
    };
    auto const smooth = [&](detail::dual<T> const& x) {
      auto const element = smooth_l1_element{beta}(x.value);
      return detail::dual<T>::chain(element.value, x, element.slope, x, 0);
    };
    return detail::term_of(smooth(by_centre(half * (pair.tx1 + pair.tx2 - pair.x1 - pair.x2), pair.target_width)) +
                           smooth(by_centre(half * (pair.ty1 + pair.ty2 - pair.y1 - pair.y2), pair.target_height)) +
                           smooth(by_size(pair.width, pair.target_width)) +
                           smooth(by_size(pair.height, pair.target_height)));
  }
};

}  // namespace acsl
