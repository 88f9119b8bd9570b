#!/usr/bin/env bash
# From nothing to a table: installs what is missing, builds, makes a synthetic long-tail data set, trains a softmax
# baseline, fine-tunes its classifier with the adaptive class suppression loss, evaluates both and draws detections.
# Everything lands in demo-out/ (or the folder given). Options after it go to `acsl demo`, for example --seed 3.
# Usage: scripts/demo.sh [FOLDER [OPTION...]]
set -euo pipefail
cd "$(dirname "$0")/.."
out=demo-out
if (($#)); then out=$1; shift; fi

scripts/install_dependencies.sh
cmake --preset release
cmake --build --preset release --target acsl_program
build/release/bin/acsl demo --out "$out" "$@"
