#!/usr/bin/env bash
# Runs clang-tidy over the library with the compile commands of a build directory; any warning fails.
set -euo pipefail
cd "$(dirname "$0")/.."

find lib -name '*.cc' | sort |
  xargs -r -n 1 -P "$(nproc)" clang-tidy-19 -p "${1:-build/asan-ubsan}" --quiet
