#!/usr/bin/env bash
# Installs what acsl's tests, examples and programs need on Debian 12, and nothing that is already there.
# --with-checks: clang-format as well. --with-peers: what benchmarks compare with. Needs root or sudo only when something
# is missing.
set -euo pipefail

packages=(g++ cmake ninja-build pkg-config git python3 python3-pip
          libeigen3-dev libtbb-dev libfmt-dev doctest-dev libbenchmark-dev libcli11-dev
          libtomlplusplus-dev nlohmann-json3-dev libsimdjson-dev libjpeg62-turbo-dev libpng-dev libstb-dev libxxhash-dev)
for option in "$@"; do
  case $option in
    --with-checks) packages+=(clang-format) ;;
    --with-peers) packages+=(libtorch-dev python3-torch python3-torchvision libopenblas0-openmp) ;;
    *) echo "install_dependencies.sh: '$option' is neither --with-checks nor --with-peers" >&2; exit 2 ;;
  esac
done

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if ((${#missing[@]})); then
  echo "installing: ${missing[*]}"
  as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || { echo "these packages are missing, and there is no sudo to install them: ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
