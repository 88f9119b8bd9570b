#!/usr/bin/env bash
# Small detectors of every architecture against plain PyTorch: random weights, photographs of the synthetic set (a batch
# of one, cascades of two), one dump of inference and one of training each (scripts/check_dump.py). Needs python3-torch and python3-numpy; writes below FOLDER.
# Usage: scripts/check_dumps.sh [FOLDER [PROGRAM]]
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(realpath -m "${1:-dump-check}")
acsl=$(realpath "${2:-build/release/bin/acsl}")
python=${PYTHON:-/usr/bin/python3}
mkdir -p "$out"
[[ -e $out/data/train.json ]] || "$acsl" synth --out "$out/data" --train 400 --val 2

for groups in 1 8; do
  for stages in faster cascade; do
    for loss in softmax_cross_entropy adaptive_class_suppression; do
      name=${stages}_g${groups}_$loss
      cat >"$out/$name.toml" <<TOML
[model]
depth = 50
width = 16
groups = $groups
base_width = $((groups == 1 ? 64 : 16))
pyramid_channels = 32
[proposals]
channels = 32
anchor_scales = [4]
[box_head]
channels = 64
class_agnostic = $([[ $stages == cascade ]] && echo true || echo false)
iou_thresholds = $([[ $stages == cascade ]] && echo "[0.5, 0.6, 0.7]" || echo "[0.5]")
stage_weights = $([[ $stages == cascade ]] && echo "[1, 0.5, 0.25]" || echo "[1]")
stds = [0.1, 0.1, 0.2, 0.2$([[ $stages == cascade ]] && echo ", 0.05, 0.05, 0.1, 0.1, 0.033, 0.033, 0.067, 0.067")]
[loss]
name = "$loss"
[data]
root = "$out/data"
train_annotations = "train.json"
train_images = "train"
val_annotations = "val.json"
val_images = "val"
TOML
      "$python" scripts/check_dump.py random "$out/$name.toml" "$out/$name.weights" --classes 64
      for mode in test train; do
        photographs=("$out"/data/train/*.jpg)
        [[ $stages == cascade ]] && count=2 || count=1
        options=(--scale 352,256 --out "$out/$name.$mode")
        [[ $mode == train ]] && options+=(--train --seed 7)
        echo "== $name, $mode"
        "$acsl" dump "$out/$name.toml" "$out/$name.weights" "${photographs[@]:0:count}" "${options[@]}"
        "$python" scripts/check_dump.py check "$out/$name.$mode" "$out/$name.weights" \
          --annotations "$out/data/train.json" >"$out/$name.$mode.txt" || { grep '!' "$out/$name.$mode.txt"; exit 1; }
        grep units "$out/$name.$mode.txt" || true; tail -2 "$out/$name.$mode.txt"
      done
    done
  done
done
