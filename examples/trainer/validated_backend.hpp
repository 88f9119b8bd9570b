// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/validation/entry_check.hpp>
#include <acsl/validation/loss_check.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace trainer {

/// What `acsl validate` asks of a backend, with logits in one precision. What stands behind it is compiled in a file of
/// the backend's own: no compiler sees two backends, and only nvcc sees the one for GPUs.
class validated_backend {
 public:
  validated_backend() = default;
  validated_backend(validated_backend const&) = delete;
  validated_backend& operator=(validated_backend const&) = delete;
  virtual ~validated_backend() = default;

  virtual acsl::loss_outcome evaluate(acsl::any_classification_loss& loss, acsl::loss_vector const& batch,
                                      acsl::loss_arguments const& arguments) = 0;
  virtual acsl::loss_check check(acsl::loss_vector one) = 0;
  /// Of an entry without labels; nothing: no check knows its kind.
  virtual std::optional<acsl::loss_check> check(acsl::json_value const& entry) = 0;
};

template <class T, acsl::backend Backend>
class validated_on final : public validated_backend {
 public:
  /// @param arguments of the backend
  template <class... Arguments>
  explicit validated_on(Arguments... arguments) : exec_(arguments...) {}

  acsl::loss_outcome evaluate(acsl::any_classification_loss& loss, acsl::loss_vector const& batch,
                              acsl::loss_arguments const& arguments) override {
    return acsl::evaluate_loss<T>(exec_, loss, batch, arguments);
  }
  acsl::loss_check check(acsl::loss_vector one) override { return acsl::check_loss_vector<T>(exec_, std::move(one)); }
  std::optional<acsl::loss_check> check(acsl::json_value const& entry) override {
    return acsl::check_entry<T>(exec_, entry);
  }

 private:
  Backend exec_;
};

/// A backend with logits in float or in double.
template <acsl::backend Backend, class... Arguments>
std::unique_ptr<validated_backend> validated(bool single, Arguments... arguments) {
  if (single) return std::make_unique<validated_on<float, Backend>>(arguments...);
  return std::make_unique<validated_on<double, Backend>>(arguments...);
}

/// By the name in the command line.
/// @param single logits in float, else in double
/// @throws acsl::error where this program was built without it, or the machine has no device for it
std::unique_ptr<validated_backend> make_validated_backend(std::string const& name, bool single, int threads);

/// Those that a file of their own defines where it is compiled: validated_thrust.cpp, validated_cuda.cu.
std::unique_ptr<validated_backend> make_validated_thrust(bool single);
std::unique_ptr<validated_backend> make_validated_cuda(bool single);

}  // namespace trainer
