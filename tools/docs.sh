#!/usr/bin/env bash
# Builds the documentation's site, of the public headers and the guide, in build/docs/html. A warning is
# a failure. Where Doxygen cannot be had, it says so and exits with 77.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v doxygen > /dev/null && ! tools/install_deps.sh docs; then
  echo "documentation is skipped: Doxygen could not be installed"
  exit 77
fi
version=$(sed -n 's/^project(conclave VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
rm -rf build/docs
mkdir -p build/docs
if ! CONCLAVE_VERSION=$version doxygen docs/doxygen/Doxyfile > build/docs.log 2>&1; then
  cat build/docs.log
  exit 1
fi
cat build/docs.log
if [ -s build/docs.log ]; then exit 1; fi
echo "documentation: $(find build/docs/html -name '*.html' | wc -l) pages, no warning"
