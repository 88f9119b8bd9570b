// expect-error: acsl::box_stage: BoxLoss must model acsl::box_loss
#include <acsl/losses/overlap.hpp>
#include <acsl/losses/softmax_cross_entropy.hpp>
#include <acsl/models/heads/box_stage.hpp>

#ifdef ACSL_CONTROL
using loss = acsl::generalised_iou_loss;
#else
struct loss {  // a value, and no derivative
  double operator()(double d) const { return d * d; }
};
#endif

void use(acsl::box_stage<acsl::softmax_cross_entropy, acsl::linear, loss>& stage) {
  stage.initialise(acsl::random_key{1});
}
