// expect-error: required expression .*loss.score
#include <acsl/losses/softmax_cross_entropy.hpp>

#ifdef ACSL_CONTROL
using loss = acsl::softmax_cross_entropy;
#else
struct loss : private acsl::softmax_cross_entropy {  // trains, and says nothing at inference
  using softmax_loss::columns, softmax_loss::evaluate, softmax_loss::prior;
};
#endif

template <acsl::classification_loss Loss>
void train(Loss const&) {}
void use(loss const& one) { train(one); }
