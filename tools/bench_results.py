"""Reads what conclave_bench (Google Benchmark's JSON) and the peers' drivers (JSON lines) measured.

A benchmark is called <operation>/<parameter>:<value>/..., such as
empty_commit/suite:1/state:full/n:1000.
"""
import json
import math
import re
import statistics
from dataclasses import dataclass, field

SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
COUNTERS = ("ratio_to_floor", "floor_seconds", "cpu_seconds", "p05_seconds", "p95_seconds",
            "samples", "allocations", "allocated_bytes", "peak_bytes", "wire_bytes",
            "bytes_per_member", "peak_bytes_per_member", "hashes", "macs", "gain", "gain_of_loop",
            "gain_to_loop", "rows_written", "bytes_written", "deletions")
# What Google Benchmark itself puts into names, which says how something was measured, not what.
HOW_MEASURED = {"iterations", "repeats", "min_time", "min_warmup_time", "threads"}
CLOCKS = {"real_time", "manual_time", "process_time"}

# What the peers' driver calls otherwise than conclave_bench, where it stands for several. Its
# receivers are in the other half of the tree, its Welcomes have the tree inside.
NAMES_OF_PEERS = {
    "join": "join_tree_inside",
    "process_empty_commit": "process_empty_commit_far",
    "process_add_one": "process_add_one_far",
    "process_remove_one": "process_remove_one_far",
    "process_external_join": "process_external_join_far",
    "protect_1024": "protect_1KiB",
    "unprotect_1024": "unprotect_1KiB",
}


class BadResults(Exception):
    """The input is not what the benchmark writes; the message says where and why."""


@dataclass(frozen=True)
class Case:
    """What was measured: an operation and its parameters, N among them (None if it has none)."""
    operation: str
    suite: int | None
    n: int | None
    others: tuple  # of (parameter, value): the state of the tree, the size of a message

    @property
    def panel(self):
        """The parameters that neither an axis nor a colour of a plot shows."""
        return " ".join(value if name == "state" else f"{name} {value}"
                        for name, value in self.others)

    @property
    def name(self):
        """As conclave_bench calls it, without N."""
        parts = [self.operation]
        if self.suite is not None:
            parts.append(f"suite:{self.suite}")
        return "/".join(parts + [f"{name}:{value}" for name, value in self.others])


@dataclass
class Figure:
    """The figures of one case: medians of its samples."""
    case: Case
    seconds: float
    low: float  # between which most samples lie: 5 and 95 in a hundred, or all repetitions
    high: float
    counters: dict = field(default_factory=dict)

    @property
    def floor(self):
        return self.counters.get("floor_seconds")

    @property
    def ratio(self):
        ratio = self.counters.get("ratio_to_floor")
        return self.seconds / self.floor if ratio is None and self.floor else ratio


@dataclass
class PeerFigure:
    """What another implementation took for an operation; `seconds` is None if it did not finish."""
    peer: str
    version: str
    provider: str  # of its cryptography; may be empty
    operation: str
    suite: int
    n: int
    state: str
    seconds: float | None

    @property
    def engine(self):
        return f"{self.peer} ({self.provider})" if self.provider else self.peer

    def matches(self, case):
        """Whether this measured `case`. A group of one has a tree in one state only."""
        return ((self.operation, self.suite) == (case.operation, case.suite) and
                self.n == (case.n or 1) and
                (self.n == 1 or all(value == self.state for name, value in case.others
                                    if name == "state")))


def parse_case(name):
    operation, *parts = name.split("/")
    suite, n, others = None, None, []
    for part in parts:
        key, colon, value = part.partition(":")
        if key in HOW_MEASURED or part in CLOCKS:
            continue
        if not colon or not key or not value:
            raise BadResults(f"'{name}': '{part}' is not <parameter>:<value>")
        if key in ("suite", "n") and not value.isdigit():
            raise BadResults(f"'{name}': {key} is not a number")
        if key == "suite":
            suite = int(value)
        elif key == "n":
            n = int(value)
        else:
            others.append((key, value))
    if not re.fullmatch(r"\w+", operation):
        raise BadResults(f"'{name}' does not begin with an operation")
    return Case(operation, suite, n, tuple(others))


def number(row, key, least=0.0):
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise BadResults(f"'{row.get('name')}': {key} is not a number")
    if value < least:
        raise BadResults(f"'{row.get('name')}': {key} is {value}")
    return float(value)


def read_row(row):
    """(time, counters) of one row of the JSON."""
    if row.get("time_unit") not in SECONDS:
        raise BadResults(f"'{row.get('name')}': time unit '{row.get('time_unit')}' is not known")
    counters = {key: number(row, key) for key in COUNTERS if key in row}
    return number(row, "real_time") * SECONDS[row["time_unit"]], counters


def figure_of(case, rows):
    """The Figure of one row for each repetition; if there is one, it may tell of its samples."""
    seconds, counters = zip(*map(read_row, rows))
    keys = set.intersection(*(set(each) for each in counters))
    medians = {key: statistics.median(each[key] for each in counters) for key in keys}
    return Figure(case, statistics.median(seconds), medians.pop("p05_seconds", min(seconds)),
                  medians.pop("p95_seconds", max(seconds)), medians)


def figure_of_aggregates(case, rows):
    """The Figure of rows that Google Benchmark aggregated, when it writes no others."""
    if "median" not in rows:
        raise BadResults(f"'{case.name}': there is no median")
    seconds, counters = read_row(rows["median"])
    deviation = read_row(rows["stddev"])[0] if "stddev" in rows else 0.0
    return Figure(case, seconds, max(0.0, seconds - deviation), seconds + deviation, counters)


def read_benchmark(text):
    """(figures, failures): those of each case, in the order of the file, and (name, message)."""
    try:
        rows = json.loads(text)["benchmarks"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadResults(f"not the JSON of a benchmark: {error}") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadResults("not the JSON of a benchmark: 'benchmarks' is not a list of objects")
    runs, aggregates, failures = {}, {}, []
    for row in rows:
        name = row.get("run_name", row.get("name"))
        if not isinstance(name, str):
            raise BadResults("a benchmark without a name")
        case = parse_case(name)
        if row.get("error_occurred"):
            failures.append((name, str(row.get("error_message"))))
        elif row.get("run_type") == "aggregate":
            aggregates.setdefault(case, {})[row.get("aggregate_name")] = row
        else:
            runs.setdefault(case, []).append(row)
    figures = [figure_of(case, rows) for case, rows in runs.items()]
    figures += [figure_of_aggregates(case, rows)
                for case, rows in aggregates.items() if case not in runs]
    if not figures and not failures:
        raise BadResults("nothing was measured")
    return figures, failures


def read_peer(row, place):
    if not isinstance(row, dict):
        raise BadResults(f"line {place}: not an object")
    row["name"] = f"line {place}"
    for key in ("peer", "version", "operation", "state"):
        if not isinstance(row.get(key), str) or not row[key]:
            raise BadResults(f"line {place}: '{key}' is missing")
    return PeerFigure(row["peer"], row["version"], str(row.get("provider", "")),
                      NAMES_OF_PEERS.get(row["operation"], row["operation"]),
                      int(number(row, "suite")), int(number(row, "n", least=1)), row["state"],
                      None if row.get("did_not_finish") is True else number(row, "seconds"))


def read_peers(text):
    """The figures of the peers, one object on each line."""
    figures = []
    for place, line in enumerate(text.splitlines(), 1):
        try:
            if line.strip():
                figures.append(read_peer(json.loads(line), place))
        except ValueError as error:
            raise BadResults(f"line {place}: {error}") from error
    return figures
