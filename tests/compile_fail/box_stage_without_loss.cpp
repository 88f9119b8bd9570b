// expect-error: acsl::box_stage: Loss must model acsl::classification_loss
#include <acsl/losses/softmax_cross_entropy.hpp>
#include <acsl/models/heads/box_stage.hpp>

#ifdef ACSL_CONTROL
using loss = acsl::softmax_cross_entropy;
#else
struct loss {  // knows its columns, computes nothing
  acsl::index_t columns(acsl::index_t classes) const { return classes + 1; }
};
#endif

void use(acsl::box_stage<loss>& stage) { stage.initialise(acsl::random_key{1}); }
