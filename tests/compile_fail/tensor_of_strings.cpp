// expect-error: acsl::tensor: T must be trivially copyable
#include <acsl/core/tensor.hpp>
#include <string>

#ifdef ACSL_CONTROL
using element = float;
#else
using element = std::string;
#endif

acsl::tensor<element> const one{acsl::shape{3}};
