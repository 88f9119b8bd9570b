// expect-error: Weight must model acsl::weight_policy
#include <acsl/losses/sigmoid_cross_entropy.hpp>

#ifdef ACSL_CONTROL
using weight = acsl::unit_weight;
#else
class weight : public acsl::sigmoid_rules {};  // rules for rows, and no weights
#endif

acsl::sigmoid_loss<acsl::weighted_bce<weight>> const loss;
