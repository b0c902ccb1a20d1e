#!/usr/bin/env bash
# Formats all C and C++ files in place; with --check only says which are not formatted, and fails.
set -euo pipefail
cd "$(dirname "$0")/.."

mode=(-i)
if [ "${1:-}" = --check ]; then mode=(--dry-run --Werror); fi
find include lib tests examples bench tools docs packaging -name '*.h' -o -name '*.cc' -o -name '*.c' |
  sort | xargs -r clang-format-19 "${mode[@]}"
