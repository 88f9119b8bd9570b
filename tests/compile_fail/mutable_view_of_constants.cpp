// expect-error: (could not convert|no viable conversion|conversion from)
#include <acsl/core/tensor_view.hpp>

#ifdef ACSL_CONTROL
acsl::tensor_view<float const> widened(acsl::tensor_view<float> x) { return x; }
#else
acsl::tensor_view<float> widened(acsl::tensor_view<float const> x) { return x; }
#endif
