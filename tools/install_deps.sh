#!/usr/bin/env bash
# Installs what building Conclave needs on Debian 12; quick and silent when all is there.
#   install_deps.sh build   compiler, build tools, libraries (the default)
#   install_deps.sh bench   the same: the benchmark is built with the rest
#   install_deps.sh check   and the formatter, clang-tidy and Valgrind
#   install_deps.sh ci      and the other compilers and checkers that CI uses
#   install_deps.sh interop gRPC, and Go where there is none: for the interop harness
#   install_deps.sh docs    Doxygen
#   install_deps.sh package what tools/package.sh makes and tries packages with
#   install_deps.sh wasm    Emscripten
#   install_deps.sh peers   OpenSSL, and Node.js where there is none: for interop peers
set -euo pipefail

packages=(ca-certificates ccache cmake g++ git ninja-build pkg-config python3
          libbenchmark-dev libcli11-dev libdecaf-dev libsodium-dev libsqlite3-dev nlohmann-json3-dev)
# Debian 12 itself has older ones; version 14 and 3 are in backports.
backports=(android-libboringssl-dev libcatch2-dev)
case "${1:-build}" in
  build | bench) ;;
  check) packages+=(clang-format-19 clang-tidy-19 valgrind) ;;
  ci)
    packages+=(clang-14 clang-19 clang-format-19 clang-tidy-19 libclang-rt-19-dev llvm-19 valgrind)
    ;;
  interop)
    packages+=(libgrpc++-dev libprotobuf-dev protobuf-compiler protobuf-compiler-grpc)
    command -v go > /dev/null || backports+=(golang-go)
    ;;
  docs) packages+=(doxygen) ;;
  package) packages+=(debootstrap dpkg-dev file libssl-dev) ;;
  wasm) packages+=(emscripten) ;;
  peers)
    packages+=(libssl-dev)
    command -v npm > /dev/null || packages+=(nodejs npm)
    ;;
  *) sed -n '2,11p' "$0"; exit 2 ;;
esac

# missing <package>...: those that are not installed, or older than backports' generation.
missing() {
  local package version
  for package in "$@"; do
    version=$(dpkg-query -W -f='${db:Status-Abbrev}${Version}' "$package" 2>/dev/null || true)
    case "$package=$version" in
      android-libboringssl-dev=ii*) dpkg --compare-versions "${version#ii }" ge 14 && continue ;;
      libcatch2-dev=ii*) dpkg --compare-versions "${version#ii }" ge 3 && continue ;;
      *=ii*) continue ;;
    esac
    echo "$package"
  done
}

mapfile -t packages < <(missing "${packages[@]}")
mapfile -t backports < <(missing "${backports[@]}")
if [ $((${#packages[@]} + ${#backports[@]})) -eq 0 ]; then exit 0; fi

if ! command -v apt-get > /dev/null; then
  echo "install_deps: no apt-get here; please install: ${packages[*]} ${backports[*]}" >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
apt() {  # apt-get, heard only if it fails
  local log
  log=$(mktemp)
  if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get -qq -o Acquire::Retries=5 "$@" > "$log" 2>&1; then
    cat "$log" >&2
    return 1
  fi
  rm "$log"
}

echo "install_deps: installing ${packages[*]} ${backports[*]}" >&2
if [ ${#backports[@]} -gt 0 ] && grep -q '^VERSION_CODENAME=bookworm' /etc/os-release; then
  targets=$(apt-get indextargets --no-release-info --format '$(RELEASE) $(REPO_URI)')
  if ! grep -q '^bookworm-backports ' <<< "$targets"; then
    # From the mirror that the machine already uses.
    mirror=$(awk '$1 == "bookworm" { print $2; exit }' <<< "$targets")
    echo "deb $mirror bookworm-backports main" |
      "${as_root[@]}" tee /etc/apt/sources.list.d/bookworm-backports.list > /dev/null
  fi
fi
apt update
if [ ${#packages[@]} -gt 0 ]; then
  apt install --no-install-recommends -y "${packages[@]}"
fi
if [ ${#backports[@]} -gt 0 ]; then
  from=()
  if grep -q '^VERSION_CODENAME=bookworm' /etc/os-release; then from=(-t bookworm-backports); fi
  apt install --no-install-recommends -y "${from[@]}" "${backports[@]}"
fi
