// expect-error: has_selection
#include <acsl/backend/clone.hpp>
#include <acsl/backend/reference.hpp>

#ifdef ACSL_CONTROL
using context = acsl::reference;
#else
struct context : private acsl::reference {  // everything but sorting and selecting
  using reference::copy, reference::copy_from_host, reference::copy_to_host, reference::fill, reference::for_each,
      reference::for_each_row, reference::gemm, reference::host_memory, reference::memory, reference::reduce,
      reference::synchronise, reference::transform_reduce, reference::convolve, reference::convolve_backward_data,
      reference::convolve_backward_weights;
};
#endif

acsl::tensor<float> zeros(context& exec) { return acsl::filled(exec, {2, 3}, 0.0F); }
