#!/usr/bin/env bash
# Runs clang-tidy over the library with the compile commands of a build directory; any warning fails.
#   tidy.sh [<build directory> [all]]   with `all`, the static analyzer too, which takes four times as long
set -euo pipefail
cd "$(dirname "$0")/.."

arguments=(-p "${1:-build/release}" --quiet --extra-arg=-Wno-unknown-warning-option)
if [ "${2:-}" != all ]; then arguments+=(--checks=-clang-analyzer-*); fi
find lib -name '*.cc' | sort | xargs -r -n 2 -P "$(nproc)" clang-tidy-19 "${arguments[@]}"
