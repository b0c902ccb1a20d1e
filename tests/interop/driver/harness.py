#!/usr/bin/env python3
"""Runs the working group's interop harness among clients of ours (tools/interop.sh builds both).

harness.py <job> <results directory> <runner> <configurations> <grpc_client> <suites>
           [--deep <suites>] [--random]

Every configuration runs on every suite, with handshakes private and public: among two clients, in
all the ways in which its actors can be divided between them, or in one with --random. The
configuration deep_random, a long life of a group of up to 200 members, has hundreds of actors: it
runs on the suites of --deep, among three clients, in one way.
"""
import argparse
import json
import subprocess
import sys
from pathlib import Path

from tally import Tally

DEEP = "deep_random"
TIMEOUT = 3600  # seconds, for one configuration on one suite


class Clients:
    """Processes of grpc_client, which end when their standard input does."""

    def __init__(self, program, count):
        self.processes = [
            subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(count)
        ]
        self.ports = [int(process.stdout.readline()) for process in self.processes]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.stdin.close()
        for process in self.processes:
            process.wait(timeout=30)


def run_configuration(arguments, configuration, suite, framing, deep):
    command = [arguments.runner, "-suite", str(suite), f"-{framing}", "-config", str(configuration)]
    if deep or arguments.random:
        command.append("-random")
    with Clients(arguments.grpc_client, 3 if deep else 2) as clients:
        for port in clients.ports:
            command += ["-client", f"127.0.0.1:{port}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    try:
        scripts = json.loads(done.stdout)["scripts"]
    except ValueError:
        raise RuntimeError(done.stderr.strip().splitlines()[-1:]) from None
    # The runner fails a script by its step; an error is one all the same.
    for name, runs in scripts.items():
        for run in runs:
            if run.get("error") is not None or run.get("failed_step") is not None:
                raise RuntimeError(f"{name}, step {run.get('failed_step')}: {run.get('error')}")
    expected = set(json.loads(configuration.read_text())["scripts"])
    if set(scripts) != expected or not all(scripts.values()) or done.returncode != 0:
        raise RuntimeError(f"not all scripts were run (exit status {done.returncode})")
    runs = sum(len(runs) for runs in scripts.values())
    return f"{len(scripts)} scripts, {runs} runs"


def main():
    parser = argparse.ArgumentParser()
    for name in ("job", "results", "runner"):
        parser.add_argument(name)
    parser.add_argument("configurations", type=Path)
    parser.add_argument("grpc_client")
    parser.add_argument("suites")
    parser.add_argument("--deep", default="")
    parser.add_argument("--random", action="store_true")
    arguments = parser.parse_args()
    tally = Tally(arguments.job, arguments.results)
    for configuration in sorted(arguments.configurations.glob("*.json")):
        deep = configuration.stem == DEEP
        for suite in (arguments.deep if deep else arguments.suites).split():
            for framing in ("private", "public"):
                tally.check("Conclave", configuration.stem, int(suite), framing,
                            lambda c=configuration, s=suite, f=framing, d=deep: run_configuration(
                                arguments, c, s, f, d))
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
