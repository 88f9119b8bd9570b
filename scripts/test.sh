#!/usr/bin/env bash
# Installs what is missing, builds everything and runs every test; sanitizers on the parts that matter.
# Usage: scripts/test.sh            all of it
#        scripts/test.sh STEP...    only some of: format release asan tsan, and cuda: the GPU programs alone
set -euo pipefail
cd "$(dirname "$0")/.."

started=$SECONDS
step() { printf '\n== %s\n' "$1"; shift; local t=$SECONDS; "$@"; printf -- '-- %s s\n' $((SECONDS - t)); }
wanted() { ((${#steps[@]} == 0)) || [[ " ${steps[*]} " == *" $1 "* ]]; }
steps=("$@")
export CTEST_PARALLEL_LEVEL=${CTEST_PARALLEL_LEVEL:-2}

format() {
  git ls-files '*.hpp' '*.cpp' '*.cuh' '*.cu' | xargs clang-format --dry-run --Werror
}

# The Thrust headers come with the CUDA Toolkit; without one, from the Python wheel that carries the same files.
cccl=()
find_thrust() {
  local folder
  for folder in "${CUDA_HOME:-/usr/local/cuda}/include/cccl" build/cccl/nvidia/cu13/include/cccl; do
    [[ -f $folder/thrust/version.h ]] && { cccl=(-DACSL_CCCL_INCLUDE="$(realpath "$folder")"); return; }
  done
  scripts/fetch_thrust.sh build/cccl && cccl=(-DACSL_CCCL_INCLUDE="$(realpath build/cccl/nvidia/cu13/include/cccl)") ||
    echo "skipped: the Thrust backend (no CUDA Toolkit, and its headers could not be fetched)"
}

# The GPU programs and the program's GPU checks are compiled with everything else where there is a compiler for them.
gpu=()
find_nvcc() {
  PATH=$PATH:/usr/local/cuda/bin
  if command -v nvcc; then gpu=(-DACSL_ENABLE_CUDA=ON "-DCMAKE_CUDA_ARCHITECTURES=80-real;90-real")
  else echo "skipped: the GPU test programs and the program's GPU checks (no nvcc)"
  fi
}

release() {
  cmake --preset release "${cccl[@]}" "${gpu[@]}"
  cmake --build --preset release
  ctest --preset release
}

# The programs whose memory and arithmetic is worth watching. Compiled for any processor: what differs is not checked here.
sanitized() {  # sanitized PRESET TEST-PROGRAM...
  local preset=$1
  shift
  cmake --preset "$preset" "${cccl[@]}"
  cmake --build --preset "$preset" --target "$@"
  local names
  names=$(IFS='|' && echo "$*")
  ctest --preset "$preset" -R "^(${names//./\\.})(\.[0-9])?\$"
}
asan() {
  UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 sanitized asan test.core test.backend test.backend.cpu test.nn.cpu \
    test.boxes test.boxes.cpu test.losses test.losses.cpu test.io test.fuzz.pth test.fuzz.safetensors test.fuzz.annotations_json \
    test.fuzz.results_json test.fuzz.masks test.fuzz.result_pickle test.data test.evaluation test.optim test.models test.training
}
tsan() {  # test.thread_team_race is right when the sanitizer reports it
  TSAN_OPTIONS="halt_on_error=1:suppressions=$PWD/tests/support/tsan.supp" sanitized tsan test.thread_team test.thread_team_race \
    test.backend test.backend.cpu test.data test.evaluation
}

cuda() {
  cmake --preset cuda
  cmake --build --preset cuda
  ctest --preset cuda
}

step "install what is missing" scripts/install_dependencies.sh --with-checks
wanted format && step "format" format
step "Thrust headers" find_thrust
step "CUDA compiler" find_nvcc
[[ " ${steps[*]} " == *" cuda "* ]] && step "GPU programs" cuda
wanted release && step "build and test" release
wanted asan && step "address and undefined-behaviour sanitizers" asan
wanted tsan && step "thread sanitizer" tsan
printf '\nall steps passed in %s s\n' $((SECONDS - started))
