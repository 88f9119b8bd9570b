// expect-error: acsl::assign: boxes lie in host memory
#include <acsl/backend/reference.hpp>
#include <acsl/boxes/assigner.hpp>

struct context : acsl::reference {
#ifndef ACSL_CONTROL
  static constexpr bool host_memory = false;
#endif
};

acsl::assignment nothing(context& exec) { return acsl::assign(exec, acsl::max_iou_assigner{}, {}, {}); }
