#!/usr/bin/env python3
"""Tests tools/bench_report.py: what is printed and drawn for a small made-up measurement."""
import json
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[2] / "tools"


def run(name, microseconds, **counters):
    name += "/iterations:1/manual_time"
    return {"name": name, "run_name": name, "run_type": "iteration", "real_time": microseconds,
            "cpu_time": 1.0, "time_unit": "us", **counters}


BENCHMARKS = [
    run("empty_commit/suite:1/state:full/n:1000", 450, floor_seconds=300e-6, ratio_to_floor=1.5,
        cpu_seconds=440e-6, p05_seconds=430e-6, p95_seconds=500e-6, allocations=1234,
        allocated_bytes=56789, peak_bytes=2.5e6, wire_bytes=1539),
    run("empty_commit/suite:1/state:full/n:10", 220, floor_seconds=200e-6, ratio_to_floor=1.1),
    run("export_secret/suite:1/state:full/n:10", 2.5),
    run("key_package/suite:1/state:full/n:1", 110, floor_seconds=100e-6, ratio_to_floor=1.1),
]
PEERS = [
    {"peer": "openmls", "version": "0.8", "provider": "fast", "operation": "empty_commit",
     "suite": 1, "state": "full", "n": 10, "seconds": 0.00044},
    {"peer": "openmls", "version": "0.8", "provider": "fast", "operation": "empty_commit",
     "suite": 1, "state": "full", "n": 1000, "did_not_finish": True},
    {"peer": "mls-rs", "version": "0.5", "operation": "key_package", "suite": 1, "state": "blank",
     "n": 1, "seconds": 0.00055},
]


class BenchReport(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = Path(directory.name)
        self.out = self.directory / "out"

    def report(self, benchmarks, peers=None, *options):
        """Runs the program; its status, and the lines on its standard output and error."""
        results = self.directory / "results.json"
        results.write_text(benchmarks if isinstance(benchmarks, str)
                           else json.dumps({"context": {}, "benchmarks": benchmarks}))
        command = [sys.executable, TOOLS / "bench_report.py", results, "--out", self.out, *options]
        if peers is not None:
            lines = self.directory / "peers.jsonl"
            lines.write_text(peers if isinstance(peers, str) else "\n".join(map(json.dumps, peers)))
            command += ["--peers", lines]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.splitlines(), done.stderr

    def test_the_table_and_the_worst_ratio(self):
        status, lines, _ = self.report(BENCHMARKS)
        self.assertEqual(status, 0)
        rows = [line.split("  ") for line in lines]
        rows = [[cell.strip() for cell in row if cell.strip()] for row in rows]
        self.assertEqual(rows[2], ["empty_commit", "1", "full", "10", "220 µs", "220 µs to 220 µs",
                                   "200 µs", "1.10", "-", "-", "-", "-", "-"])
        self.assertEqual(rows[3], ["empty_commit", "1", "full", "1,000", "450 µs",
                                   "430 µs to 500 µs", "300 µs", "1.50", "440 µs", "1,234",
                                   "56.8 kB", "2.50 MB", "1.54 kB"])
        self.assertEqual(rows[4][:8], ["export_secret", "1", "full", "10", "2.50 µs",
                                       "2.50 µs to 2.50 µs", "-", "-"])
        self.assertEqual(
            lines[-1], "worst ratio to floor: 1.50 at empty_commit/suite:1/state:full 1000")

    def test_repetitions_are_summed_up_by_their_median(self):
        name = "join/suite:1/state:full/n:10"
        status, lines, _ = self.report([
            run(name, 300, floor_seconds=1e-4, ratio_to_floor=3),
            run(name, 100, floor_seconds=1e-4, ratio_to_floor=1),
            run(name, 200, floor_seconds=1e-4, ratio_to_floor=2)])
        self.assertEqual(status, 0)
        self.assertIn("200 µs  100 µs to 300 µs", lines[2])
        self.assertEqual(lines[-1], "worst ratio to floor: 2.00 at join/suite:1/state:full 10")

    def test_what_google_benchmark_aggregated_is_read(self):
        name = "join/suite:2/n:10"
        rows = [{**run(name, value), "run_type": "aggregate", "aggregate_name": aggregate}
                for aggregate, value in (("mean", 210), ("median", 200), ("stddev", 10))]
        status, lines, _ = self.report(rows)
        self.assertEqual(status, 0)
        self.assertIn("200 µs  190 µs to 210 µs", lines[2])

    def test_peers_stand_beside_what_they_measured(self):
        status, lines, _ = self.report(BENCHMARKS, PEERS, "--side-by-side")
        self.assertEqual(status, 0)
        rows = [line.split() for line in lines if line]
        self.assertEqual(rows[2], "empty_commit 1 full 10 220 µs 440 µs - 2.00".split())
        self.assertEqual(rows[3], "empty_commit 1 full 1,000 450 µs did not finish - -".split())
        self.assertEqual(rows[4], "key_package 1 full 1 110 µs - 550 µs 5.00".split())

    def test_what_was_stored_stands_in_columns_of_its_own(self):
        name = "durable_protect_1KiB/suite:1/state:full/n:100"
        stored = run(name, 9000, rows_written=1.0625, bytes_written=2216, deletions=8)
        status, lines, _ = self.report([stored, *BENCHMARKS])
        self.assertEqual(status, 0)
        rows = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines]
        self.assertIn(["durable_protect_1KiB", "1", "full", "100", "9.00 ms", "1.06", "2.22 kB",
                       "8"], rows)
        results = (self.out / "results.md").read_text().splitlines()
        self.assertEqual(sum("rows written" in line for line in results), 1)
        self.assertEqual(sum(line.endswith("| 1.06 | 2.22 kB | 8 |") for line in results), 1)

    def test_goals_are_held_against_what_was_measured(self):
        rows = [run("empty_commit/suite:1/state:full/n:1000", 130, ratio_to_floor=1.3),
                run("empty_commit/suite:1/state:full/n:100000", 150, ratio_to_floor=1.38),
                run("protect_1KiB/suite:1/state:full/n:10", 30, ratio_to_floor=1.36),
                run("protect_1KiB/suite:2/state:full/n:10", 30, ratio_to_floor=9.0),
                run("add_one/suite:1/state:full/n:1000", 100),
                run("add_one/suite:1/state:full/n:100000", 125),
                run("join_tree_inside/suite:1/state:full/n:100000", 1e6, ratio_to_floor=1.15,
                    bytes_per_member=500, peak_bytes_per_member=1250),
                run("join_two_threads/suite:1/state:full/n:10000", 1e6, gain_to_loop=0.89)]
        peers = [{**PEERS[0], "n": 1000, "seconds": seconds} for seconds in (0.00026, 0.00013)]
        _, lines, _ = self.report(rows, peers)
        verdicts = {}
        for line in lines:
            cells = [cell.strip() for cell in line.split("  ") if cell.strip()]
            if len(cells) == 4 and cells[3] in ("yes", "no", "-"):
                verdicts[cells[0]] = (cells[2], cells[3])
        self.assertEqual(len(verdicts), 13)
        for goal, wanted in (
                ("create a commit with a path, full tree, N ≥ 100",
                 ("1.38 (empty_commit, full, N = 100,000)", "no")),
                ("protect 1 KiB", ("1.36 (protect_1KiB, full, N = 10)", "no")),
                ("unprotect 1 KiB", ("-", "-")),
                ("join, tree inside, N ≥ 100",
                 ("1.15 (join_tree_inside, full, N = 100,000)", "yes")),
                ("add one with a Welcome, process an Add: 100,000 to 1,000",
                 ("1.25 (add_one)", "yes")),
                ("growth from 1,000 to 100,000, over the floor's", ("1.06 (empty_commit)", "no")),
                ("memory of a session of 100,000, each member", ("500 B", "yes")),
                ("most memory while joining it, over that", ("2.5", "yes")),
                ("gain of two threads on joining 10,000, over a bare loop's", ("0.89", "no")),
                ("time against every peer that finishes",
                 ("faster in 1 of 1 cases; least 1.00 times "
                  "(empty_commit, full, N = 1,000, openmls (fast))", "yes"))):
            self.assertEqual(verdicts[goal], wanted)

    def test_results_and_plots_are_written(self):
        (self.out).mkdir()
        (self.out / "old.svg").write_text("left from before")
        self.report(BENCHMARKS, PEERS)
        self.assertEqual([path.name for path in self.out.glob("*.svg")], ["empty_commit.svg"])
        drawing = ElementTree.parse(self.out / "empty_commit.svg").getroot()
        texts = [element.text for element in drawing.iter("{http://www.w3.org/2000/svg}text")]
        for wanted in ("empty commit", "full tree", "Conclave, 1.50 × floor", "floor", "10",
                       "1,000", "100 µs", "did not finish"):
            self.assertIn(wanted, texts)
        results = (self.out / "results.md").read_text()
        self.assertIn("![empty_commit](empty_commit.svg)", results)
        self.assertIn("| 1 | full | 10 | 220 µs | 220 µs to 220 µs | 200 µs | 1.10 |", results)
        self.assertIn("**worst ratio to floor: 1.50 at empty_commit/suite:1/state:full 1000**",
                      results)

    def test_a_failed_benchmark_fails_the_report(self):
        failed = {**run("join/suite:1/n:10", 0), "error_occurred": True, "error_message": "no tree"}
        status, lines, _ = self.report([*BENCHMARKS, failed])
        self.assertEqual(status, 1)
        self.assertIn("failed: join/suite:1/n:10/iterations:1/manual_time: no tree", lines)

    def test_malformed_input_is_refused(self):
        for benchmarks in (
                "", "{", "[]", "{}", '{"benchmarks": 1}', '{"benchmarks": [1]}',
                '{"benchmarks": []}', [{}], [run("join/full", 1)], [run("join/n:many", 1)],
                [run("../join/n:1", 1)], [run("join/n:1", "fast")], [run("join/n:1", -1)],
                [run("join/n:1", float("nan"))], [{**run("join/n:1", 1), "time_unit": "days"}],
                [run("join/n:1", 1, ratio_to_floor="good")]):
            with self.subTest(benchmarks=benchmarks):
                status, lines, error = self.report(benchmarks)
                self.assertEqual((status, lines), (1, []))
                self.assertIn("bench_report: ", error)
                self.assertNotIn("Traceback", error)

    def test_malformed_lines_of_peers_are_refused(self):
        good = PEERS[0]
        for peers in ("{", "1", [{**good, "peer": ""}], [{**good, "n": 0}],
                      [{**good, "seconds": None}], [{**good, "seconds": "1"}],
                      [{key: good[key] for key in good if key != "state"}]):
            with self.subTest(peers=peers):
                status, _, error = self.report(BENCHMARKS, peers)
                self.assertEqual(status, 1)
                self.assertIn("line 1", error)
                self.assertNotIn("Traceback", error)


if __name__ == "__main__":
    unittest.main()
