"""Holds what conclave_bench measured against the goals of docs/performance.md."""
from dataclasses import dataclass

PATH_COMMITS = ("empty_commit", "remove_one", "add_one_with_path")
PROCESSED = tuple(f"process_{name}_{place}" for name in PATH_COMMITS for place in ("far", "near")
                  ) + ("process_external_join_far",)
GROWING = ("empty_commit", "remove_one", "process_empty_commit_far", "process_remove_one_far",
           "process_external_join_far")
SMALL, LARGE = 1_000, 100_000


@dataclass
class Goal:
    what: str
    bound: str
    measured: str
    met: bool | None  # None: nothing was measured

    @property
    def cells(self):
        return [self.what, self.bound, self.measured,
                "-" if self.met is None else "yes" if self.met else "no"]


class Measured:
    """The figures of suite 1, by operation, state and N."""

    def __init__(self, figures):
        self.figures = {(f.case.operation, dict(f.case.others).get("state"), f.case.n): f
                        for f in figures if f.case.suite == 1}

    def all(self, operations, state, least=0):
        return [figure for (operation, its_state, n), figure in self.figures.items()
                if operation in operations and state in (None, its_state) and (n or 0) >= least]

    def counter(self, operation, state, n, key):
        figure = self.figures.get((operation, state, n))
        return None if figure is None else figure.counters.get(key)

    def growth(self, operation, state, value):
        small, large = (self.figures.get((operation, state, n)) for n in (SMALL, LARGE))
        if small is None or large is None or not value(small) or not value(large):
            return None
        return value(large) / value(small)


def place(figure):
    return f"{figure.case.operation}, {figure.case.panel}, N = {figure.case.n:,}"


def worst_ratio(what, bound, figures):
    figures = [figure for figure in figures if figure.ratio is not None]
    if not figures:
        return Goal(what, f"at most {bound}", "-", None)
    worst = max(figures, key=lambda figure: figure.ratio)
    return Goal(what, f"at most {bound}", f"{worst.ratio:.2f} ({place(worst)})",
                round(worst.ratio, 2) <= bound)


def at_most(what, bound, value, unit=""):
    if value is None:
        return Goal(what, f"at most {bound}{unit}", "-", None)
    return Goal(what, f"at most {bound}{unit}", f"{value:.3g}{unit}", value <= bound)


def worst_growth(measured, what, bound, operations, value):
    growths = [(growth, name) for name in operations
               if (growth := measured.growth(name, "full", value)) is not None]
    if not growths:
        return Goal(what, f"at most {bound}", "-", None)
    growth, name = max(growths)
    return Goal(what, f"at most {bound}", f"{growth:.2f} ({name})", round(growth, 2) <= bound)


def against_peers(figures, peers):
    what = "time against every peer that finishes"
    factors = []
    for figure in figures:
        if not figure.seconds:
            continue
        for peer in peers:
            if peer.seconds is not None and peer.matches(figure.case):
                factors.append((peer.seconds / figure.seconds, figure, peer))
    if not factors:
        return Goal(what, "faster", "-", None)
    slower = {figure.case: None for factor, figure, _ in factors if factor < 1}
    cases = {figure.case for _, figure, _ in factors}
    factor, figure, peer = min(factors, key=lambda each: each[0])
    return Goal(what, "faster", f"faster in {len(cases) - len(slower)} of {len(cases)} cases; least "
                f"{factor:.2f} times ({place(figure)}, {peer.engine})", not slower)


def goals(figures, peers):
    measured = Measured(figures)
    memory = measured.counter("join_tree_inside", "full", LARGE, "bytes_per_member")
    peak = measured.counter("join_tree_inside", "full", LARGE, "peak_bytes_per_member")
    gain = next((f.counters["gain_to_loop"] for f in figures if "gain_to_loop" in f.counters), None)
    return [
        worst_ratio("process a commit with a path, full tree", 1.3, measured.all(PROCESSED, "full")),
        worst_ratio("create a commit with a path, full tree, N ≥ 100", 1.3,
                    measured.all(PATH_COMMITS, "full", 100)),
        worst_ratio("create a commit with a path, blank tree, N ≥ 100", 1.15,
                    measured.all(("empty_commit",), "blank", 100)),
        worst_ratio("join, tree inside, N ≥ 100", 1.15,
                    measured.all(("join_tree_inside",), None, 100)),
        worst_ratio("protect 1 KiB", 1.35, measured.all(("protect_1KiB",), "full")),
        worst_ratio("unprotect 1 KiB", 1.25, measured.all(("unprotect_1KiB",), "full")),
        worst_growth(measured, "add one with a Welcome, process an Add: 100,000 to 1,000", 1.25,
                     ("add_one", "process_add_one_far"), lambda figure: figure.seconds),
        worst_growth(measured, "growth from 1,000 to 100,000, over the floor's", 1.05, GROWING,
                     lambda figure: figure.ratio),
        worst_ratio("add 1,000, to a new or a full group; process it", 1.3,
                    measured.all(("bulk_add",), None, SMALL) +
                    measured.all(("add_1000", "process_add_1000_far"), "full", SMALL)),
        at_most("memory of a session of 100,000, each member", 600, memory, " B"),
        at_most("most memory while joining it, over that", 2.5,
                peak / memory if peak and memory else None),
        Goal("gain of two threads on joining 10,000, over a bare loop's", "at least 0.9",
             "-" if gain is None else f"{gain:.2f}", None if gain is None else gain >= 0.9),
        against_peers(figures, peers),
    ]
