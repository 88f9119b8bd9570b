#!/usr/bin/env bash
# Detectors of every architecture against plain PyTorch: random weights, one dump of inference and one of training each
# (scripts/check_dump.py). Small ones on photographs of the synthetic set (a batch of one, cascades of two); with
# PHOTOGRAPHS, a folder laid out as coco128 in docs/coco128.md, the published ones at full width and depth instead, on a
# photograph at 672x416, since PyTorch computes and keeps everything in float64.
# Needs python3-torch and python3-numpy; writes below FOLDER.
# Usage: scripts/check_dumps.sh [FOLDER [PROGRAM [PHOTOGRAPHS [CONFIG...]]]]
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(realpath -m "${1:-dump-check}")
acsl=$(realpath "${2:-build/release/bin/acsl}")
python=${PYTHON:-/usr/bin/python3}
mkdir -p "$out"

# check NAME CONFIG ANNOTATIONS CLASSES OPTIONS PHOTOGRAPH...: OPTIONS is the name of an array
check() {
  local name=$1 config=$2 annotations=$3 classes=$4 weights=$out/$1.weights mode
  local -n common=$5
  shift 5
  "$python" scripts/check_dump.py random "$config" "$weights" --classes "$classes"
  for mode in test train; do
    local options=("${common[@]}" --out "$out/$name.$mode")
    [[ $mode == train ]] && options+=(--train --seed 7)
    echo "== $name, $mode"
    "$acsl" dump "$config" "$weights" "$@" "${options[@]}"
    "$python" scripts/check_dump.py check "$out/$name.$mode" "$weights" \
      --annotations "$annotations" >"$out/$name.$mode.txt" || { grep '!' "$out/$name.$mode.txt"; exit 1; }
    grep units "$out/$name.$mode.txt" || true; tail -2 "$out/$name.$mode.txt"
  done
}

if (($# > 2)); then
  data=$(realpath "$3")
  configs=("${@:4}")
  ((${#configs[@]})) || configs=(configs/{baselines,acsl}/*.toml)
  photographs=("$data"/train/*.jpg)
  classes=$("$python" -c 'import json, sys; print(len(json.load(open(sys.argv[1]))["categories"]))' "$data/train.json")
  full=(--scale 672,416 --set "data.root=$data" --set data.train_annotations=train.json --set data.train_images=train)
  for config in "${configs[@]}"; do
    name=$(basename "$config" .toml)
    check "$name" "$config" "$data/train.json" "$classes" full "${photographs[0]}"
    rm "$out/$name".{weights,test,train}  # gigabytes
  done
  exit
fi

[[ -e $out/data/train.json ]] || "$acsl" synth --out "$out/data" --train 400 --val 2
photographs=("$out"/data/train/*.jpg)
small=(--scale 352,256)
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
      [[ $stages == cascade ]] && count=2 || count=1
      check "$name" "$out/$name.toml" "$out/data/train.json" 64 small "${photographs[@]:0:count}"
    done
  done
done
