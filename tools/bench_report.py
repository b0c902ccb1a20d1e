#!/usr/bin/env python3
"""Renders what conclave_bench measured: a table on the terminal, results.md, a plot per operation.

  bench_report.py <benchmark.json> --out <directory> [--environment <environment.json>]
                  [--peers <peers.jsonl>] [--side-by-side]

--side-by-side prints only what the peers measured too. The last line names the worst ratio to the
floor. Fails if the input is malformed or a benchmark failed.
"""
import argparse
import datetime
import json
import sys
from pathlib import Path

import bench_plot
from bench_goals import goals
from bench_results import BadResults, read_benchmark, read_peers

MARKS = ("square", "triangle", "diamond")
COLUMNS = ("operation", "suite", "tree", "N", "median", "5 to 95 %", "floor", "× floor", "CPU",
           "allocations", "allocated", "peak", "wire")
STORED_COLUMNS = ("rows written", "bytes written", "deletions")
GOAL_COLUMNS = ("goal (suite 1, × floor)", "bound", "measured", "met")
NOTHING = "-"


def bytes_text(count):
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size * 0.9995:
            value = count / size
            return f"{value:.{2 if value < 9.995 else 1 if value < 99.95 else 0}f} {unit}"
    return f"{count:.0f} B"


def optional(value, render):
    return NOTHING if value is None else render(value)


def cells(figure):
    """One line of the table, as COLUMNS names them."""
    case, counters = figure.case, figure.counters
    time = bench_plot.time_text
    return [case.operation, optional(case.suite, str), case.panel or NOTHING,
            optional(case.n, lambda n: f"{n:,}"), time(figure.seconds),
            f"{time(figure.low)} to {time(figure.high)}", optional(figure.floor, time),
            optional(figure.ratio, lambda ratio: f"{ratio:.2f}"),
            optional(counters.get("cpu_seconds"), time),
            optional(counters.get("allocations"), lambda count: f"{count:,.0f}"),
            *(optional(counters.get(key), bytes_text)
              for key in ("allocated_bytes", "peak_bytes", "wire_bytes"))]


def count_text(count):
    return f"{count:,.0f}" if count == int(count) else f"{count:,.2f}"


def is_stored(figure):
    return "rows_written" in figure.counters


def stored_cells(figure):
    """What one run wrote into the storage, as STORED_COLUMNS names it."""
    return [optional(figure.counters.get(key), render) for key, render in (
        ("rows_written", count_text), ("bytes_written", bytes_text), ("deletions", count_text))]


def engines(peers):
    """The names of the peers with their providers, in the order in which they measured."""
    return list(dict.fromkeys(peer.engine for peer in peers))


def of_case(case, peers):
    """What each engine took for a case, by its name."""
    return {peer.engine: peer for peer in peers if peer.matches(case)}


def peer_cell(peer):
    if peer is None:
        return NOTHING
    return "did not finish" if peer.seconds is None else bench_plot.time_text(peer.seconds)


def factor_cell(figure, measured):
    """How many times as long the fastest peer took."""
    finished = [peer.seconds for peer in measured.values() if peer.seconds is not None]
    return f"{min(finished) / figure.seconds:.2f}" if finished and figure.seconds else NOTHING


def side_by_side(figures, peers):
    """(header, rows) of the cases that a peer tried too."""
    names = engines(peers)
    rows = []
    for figure in figures:
        measured = of_case(figure.case, peers)
        if measured:
            rows.append(cells(figure)[:5] + [peer_cell(measured.get(name)) for name in names] +
                        [factor_cell(figure, measured)])
    return [*COLUMNS[:4], "conclave", *names, "fastest peer / conclave"], rows


def text_table(header, rows):
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    text_columns = {0, 2}

    def aligned(row):
        return "  ".join(cell.ljust(width) if i in text_columns else cell.rjust(width)
                         for i, (cell, width) in enumerate(zip(row, widths))).rstrip()
    return [aligned(header), "  ".join("-" * width for width in widths), *map(aligned, rows)]


def markdown_table(header, rows):
    rule = ["---" if name in ("operation", "tree", "what", "which") else "---:" for name in header]
    return ["| " + " | ".join(row) + " |" for row in [header, rule, *rows]]


def in_order(figures):
    """The figures of one operation together, and in it those of one tree, as they first ran."""
    operations = list(dict.fromkeys(figure.case.operation for figure in figures))
    others = list(dict.fromkeys(figure.case.others for figure in figures))
    return sorted(figures, key=lambda each: (
        operations.index(each.case.operation), each.case.suite or 0,
        others.index(each.case.others), each.case.n or 0))


def worst_line(figures):
    compared = [figure for figure in figures if figure.ratio is not None]
    if not compared:
        return "worst ratio to floor: nothing has a floor"
    worst = max(compared, key=lambda figure: figure.ratio)
    n = "" if worst.case.n is None else f" {worst.case.n}"
    return f"worst ratio to floor: {worst.ratio:.2f} at {worst.case.name}{n}"


def peer_series(cases, peers):
    """A line for each engine that measured at least one of the cases."""
    for i, name in enumerate(engines(peers)):
        points, unfinished = [], []
        for case in cases:
            peer = of_case(case, peers).get(name)
            if peer is not None and peer.seconds is not None:
                points.append((case.n, peer.seconds))
            elif peer is not None:
                unfinished.append(case.n)
        if points:
            yield bench_plot.Series(name, bench_plot.PEERS[i % len(bench_plot.PEERS)], points,
                                    MARKS[i % len(MARKS)], unfinished=tuple(unfinished))


def panel(title, figures, peers):
    figures = sorted(figures, key=lambda figure: figure.case.n)
    ours = [(figure.case.n, figure.seconds) for figure in figures]
    floor = [(figure.case.n, figure.floor) for figure in figures if figure.floor]
    ratio = figures[-1].ratio
    label = "Conclave" if ratio is None else f"Conclave, {ratio:.2f} × floor"
    series = [bench_plot.Series("Conclave", bench_plot.OURS, ours, label=label)]
    if floor:
        series.append(bench_plot.Series("floor", bench_plot.FLOOR, floor, "none", dashed=True))
    return bench_plot.Panel(title, series + list(peer_series([f.case for f in figures], peers)))


def plot(operation, figures, peers, subtitle):
    """The SVG of an operation in the first suite; None if no line can be drawn."""
    figures = [figure for figure in figures
               if figure.case.operation == operation and figure.case.n and figure.seconds > 0]
    suites = sorted({figure.case.suite or 0 for figure in figures})
    panels = {}
    for figure in figures:
        if (figure.case.suite or 0) == suites[0]:
            panels.setdefault(figure.case.panel, []).append(figure)
    if not any(len(group) > 1 for group in panels.values()):
        return None
    suite = f"cipher suite {suites[0]}, " if suites[0] else ""
    return bench_plot.draw(operation.replace("_", " "), suite + subtitle,
                           [panel(f"{title} tree" if title else "", group, peers)
                            for title, group in panels.items()])


def markdown(figures, failures, peers, environment, plotted):
    lines = ["# Benchmark results", "",
             "Made by `tools/bench.sh`; do not edit. [performance.md](../performance.md) says what",
             "is measured and what the floor is.", "",
             f"**{worst_line(figures)}**", ""]
    if environment:
        lines += [*markdown_table(["what", "which"], map(list, environment.items())), ""]
    held = [goal.cells for goal in goals(figures, peers)]
    lines += ["## The goals", "", *markdown_table(GOAL_COLUMNS, held), ""]
    if failures:
        lines += ["These failed:", ""]
        lines += [*(f"- `{name}`: {message}" for name, message in failures), ""]
    names = engines(peers)
    for operation in dict.fromkeys(figure.case.operation for figure in figures):
        group = [figure for figure in figures if figure.case.operation == operation]
        lines += [f"## {operation}", ""]
        if operation in plotted:
            lines += [f"![{operation}]({operation}.svg)", ""]
        header, rows = [*COLUMNS[1:]], [cells(figure)[1:] for figure in group]
        if any(is_stored(figure) for figure in group):
            header += STORED_COLUMNS
            rows = [row + stored_cells(figure) for row, figure in zip(rows, group)]
        if any(of_case(figure.case, peers) for figure in group):
            header += names
            rows = [row + [peer_cell(of_case(figure.case, peers).get(name)) for name in names]
                    for row, figure in zip(rows, group)]
        lines += [*markdown_table(header, rows), ""]
    return "\n".join(lines)


def write(out, figures, failures, peers, environment):
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.svg"):
        old.unlink()
    subtitle = ", ".join(filter(None, ["one thread", environment.get("Date")]))
    plotted = set()
    for operation in dict.fromkeys(figure.case.operation for figure in figures):
        drawn = plot(operation, figures, peers, subtitle)
        if drawn:
            plotted.add(operation)
            (out / f"{operation}.svg").write_text(drawn, encoding="utf-8")
    (out / "results.md").write_text(markdown(figures, failures, peers, environment, plotted),
                                    encoding="utf-8")


def read(path, reader):
    try:
        return reader(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadResults(f"{path}: {error}") from error
    except BadResults as error:
        raise BadResults(f"{path}: {error}") from None


def report(arguments):
    figures, failures = read(arguments.results, read_benchmark)
    figures = in_order(figures)
    peers = read(arguments.peers, read_peers) if arguments.peers else []
    environment = read(arguments.environment, json.loads) if arguments.environment else {}
    for peer in peers:
        environment[peer.engine] = peer.version
    if peers:
        measured = datetime.date.fromtimestamp(Path(arguments.peers).stat().st_mtime)
        environment["Peers measured"] = measured.isoformat()
    write(Path(arguments.out), figures, failures, peers, environment)
    header, rows = side_by_side(figures, peers)
    if not arguments.side_by_side:
        print("\n".join(text_table(COLUMNS, [cells(figure) for figure in figures])))
    if rows:
        print("\n".join([""] + text_table(header, rows)))
    stored = [cells(figure)[:5] + stored_cells(figure) for figure in figures if is_stored(figure)]
    if stored and not arguments.side_by_side:
        print("\n".join([""] + text_table([*COLUMNS[:5], *STORED_COLUMNS], stored)))
    held = [goal.cells for goal in goals(figures, peers)]
    print("\n".join([""] + text_table(GOAL_COLUMNS, held)))
    for name, message in failures:
        print(f"failed: {name}: {message}")
    print(worst_line(figures))
    return 1 if failures else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results")
    parser.add_argument("--out", required=True)
    parser.add_argument("--environment")
    parser.add_argument("--peers")
    parser.add_argument("--side-by-side", action="store_true")
    try:
        sys.exit(report(parser.parse_args()))
    except BadResults as error:
        sys.exit(f"bench_report: {error}")


if __name__ == "__main__":
    main()
