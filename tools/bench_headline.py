#!/usr/bin/env python3
"""Writes the headline figures of a benchmark run into README.md, between its two markers.

    bench_headline.py <results of conclave_bench, JSON> [--readme README.md]

tools/bench.sh calls it after a default run, so that every figure there is what that command printed.
"""
import argparse
import sys
from pathlib import Path

from bench_goals import Measured
from bench_plot import time_text
from bench_results import BadResults, read_benchmark

BEGIN, END = "<!-- headline: tools/bench.sh -->", "<!-- headline ends -->"
ROWS = (
    ("create an empty commit", "empty_commit"),
    ("process it, in the other half of the tree", "process_empty_commit_far"),
    ("add one, with its Welcome", "add_one"),
    ("process an Add", "process_add_one_far"),
    ("remove one", "remove_one"),
    ("process an external join", "process_external_join_far"),
    ("join, every leaf verified", "join_tree_inside"),
    ("protect 1 KiB", "protect_1KiB"),
    ("unprotect 1 KiB", "unprotect_1KiB"),
)
SIZES = (1_000, 100_000)


def cells(measured, operation):
    for n in SIZES:
        figure = measured.figures.get((operation, "full", n))
        if figure is None:
            raise BadResults(f"{operation} with {n} members was not measured")
        yield time_text(figure.seconds)
        yield f"{figure.ratio:.2f}"


def table(figures):
    measured = Measured(figures)
    lines = ["| operation | " + " | ".join(f"{n:,} members | × floor" for n in SIZES) + " |",
             "| --- |" + " ---: |" * (2 * len(SIZES))]
    for what, operation in ROWS:
        lines.append(f"| {what} | " + " | ".join(cells(measured, operation)) + " |")
    memory = measured.counter("join_tree_inside", "full", SIZES[-1], "bytes_per_member")
    if memory:
        lines += ["", f"A session of {SIZES[-1]:,} members takes {memory:.0f} bytes of heap for each."]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("results", type=Path)
    parser.add_argument("--readme", type=Path, default=Path("README.md"))
    arguments = parser.parse_args()
    text = arguments.readme.read_text()
    before, marker, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not marker or not end:
        sys.exit(f"{arguments.readme}: no place for the headline")
    try:
        figures, _ = read_benchmark(arguments.results.read_text())
        headline = table(figures)
    except BadResults as error:
        sys.exit(f"bench_headline: {error}")
    arguments.readme.write_text(f"{before}{BEGIN}\n{headline}\n{END}{after}")


if __name__ == "__main__":
    main()
