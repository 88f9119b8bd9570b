// expect-error: has no member named
#include <acsl/backend/reference.hpp>
#include <acsl/nn/batch_norm.hpp>
#include <acsl/nn/group_norm.hpp>

#ifdef ACSL_CONTROL
using norm = acsl::batch_norm;
#else
using norm = acsl::group_norm;  // depends on the input, so that there is no scale to fold
#endif

acsl::tensor<float> scales(acsl::reference& exec, norm const& one) { return one.fold(exec); }
