#!/usr/bin/env python3
"""Prints as JSON where and with what a benchmark runs: machine, compiler, libraries, commit, date.

  bench_environment.py <build directory>
"""
import datetime
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {"BoringSSL": "android-libboringssl", "libsodium": "libsodium23",
            "libdecaf": "libdecaf0", "Google Benchmark": "libbenchmark1debian"}


def output(*command):
    """What a command prints, stripped; empty if it fails or is not there."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
        return done.stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def first(pattern, text):
    match = re.search(pattern, text, re.MULTILINE)
    return match.group(1).strip() if match else ""


def machine():
    cpu = Path("/proc/cpuinfo").read_text()
    memory = int(first(r"^MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text()) or 0)
    model = "{} (family {}, model {})".format(*(first(rf"^{key}\s*:\s*(.+)$", cpu) for key in (
        "model name", "cpu family", "model")))
    flags = set(first(r"^flags\s*:\s*(.+)$", cpu).split())
    known = ("aes", "vaes", "pclmulqdq", "sha_ni", "adx", "bmi2", "avx2", "avx512ifma")
    used = [name for name in known if name in flags]
    cores = len(re.findall(r"^processor\s*:", cpu, re.MULTILINE))
    return {"Processor": model, "Cores": str(cores), "Its instructions": " ".join(used),
            "Memory": f"{memory / 1024 / 1024:.0f} GiB",
            "Load before": f"{os.getloadavg()[0]:.1f}"}


def system():
    release = Path("/etc/os-release")
    name = first(r'^PRETTY_NAME="?([^"\n]+)', release.read_text()) if release.exists() else ""
    version = first(r"^(\d+\.\d+)", platform.release())
    files = output("findmnt", "--noheadings", "--output", "FSTYPE", "--target",
                   tempfile.gettempdir())
    return {"System": f"{name}, {platform.system()} {version}",
            "Temporary files on": files or "unknown"}


def compiler(build):
    cache = Path(build, "CMakeCache.txt").read_text()
    path = first(r"^CMAKE_CXX_COMPILER:\w+=(.+)$", cache)
    kind = first(r"^CMAKE_BUILD_TYPE:\w+=(.*)$", cache)
    flags = [first(rf"^CMAKE_CXX_FLAGS{suffix}:\w+=(.*)$", cache)
             for suffix in ("", f"_{kind.upper()}")]
    return {"Compiler": output(path, "--version").partition("\n")[0],
            "Build": " ".join(each for each in [kind, *flags] if each)}


def libraries():
    versions = {}
    for name, package in PACKAGES.items():
        version = output("dpkg-query", "-W", "-f=${Version}", package)
        versions[name] = f"{version} (Debian)" if version else "not Debian's"
    return versions


def commit():
    hash_ = output("git", "rev-parse", "--short=12", "HEAD") or "unknown"
    # What the report itself writes is no change of what is measured.
    changed = output("git", "status", "--porcelain", "--", ".", ":!docs/benchmarks")
    return {"Commit": f"{hash_}, with changes" if changed else hash_,
            "Date": datetime.date.today().isoformat()}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(json.dumps({**machine(), **system(), **compiler(sys.argv[1]), **libraries(), **commit()},
                     indent=2))


if __name__ == "__main__":
    main()
