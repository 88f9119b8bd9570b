#!/usr/bin/env bash
# Fetches the headers of Thrust and CUB (CCCL 3, the version of CUDA 13.0) from the Python package index into a folder.
# Usage: scripts/fetch_thrust.sh FOLDER
set -euo pipefail
folder=${1:?usage: scripts/fetch_thrust.sh FOLDER}
mkdir -p "$folder"
python3 - "$folder" <<'PYTHON'
import pathlib, subprocess, sys, zipfile
folder = pathlib.Path(sys.argv[1])
subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--disable-pip-version-check",
                "--dest", folder, "nvidia-cuda-cccl==13.0.85"], check=True)
for wheel in folder.glob("nvidia_cuda_cccl*.whl"):
    zipfile.ZipFile(wheel).extractall(folder)
    wheel.unlink()
PYTHON
