"""Counts what the interop jobs find: a line for each check, and a file from which the matrix of
docs/interop.md is made."""
import json
import time
from pathlib import Path

from differences import known


class Tally:
    def __init__(self, job, results_dir):
        self.path = Path(results_dir) / f"{job}.json"
        self.checks = []

    def check(self, peer, scenario, suite, framing, run):
        """Runs `run`, which raises when something is wrong and returns what there is to say of
        it, or a Lacking."""
        name = f"{peer}: {scenario}, suite {suite}, {framing}"
        expected = known(peer, scenario, suite)
        start = time.monotonic()
        try:
            outcome = run()
            result = "lacking" if isinstance(outcome, Lacking) else "passed"
            if expected and result == "passed":
                outcome, result = "this was known to differ", "failed"
        except Exception as error:  # pylint: disable=broad-except
            outcome, result = f"{type(error).__name__}: {error}", "failed"
            if any(words in outcome for words in expected):
                result = "differs"
        words = {"passed": "ok     ", "failed": "FAILED ", "lacking": "lacks  ",
                 "differs": "differs"}[result]
        seconds = time.monotonic() - start
        print(f"{words} {name}{f': {outcome}' if outcome else ''} ({seconds:.1f} s)", flush=True)
        self.checks.append({"peer": peer, "scenario": scenario, "suite": suite, "framing": framing,
                            "result": result, "note": str(outcome or "")})
        return result

    def finish(self):
        """Says how many passed and failed, writes the results, and is the exit status."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(self.checks, indent=1) + "\n")
        passed = sum(check["result"] == "passed" for check in self.checks)
        failed = sum(check["result"] == "failed" for check in self.checks)
        print(f"interop: {passed} passed, {failed} failed", flush=True)
        if failed:
            return 1
        return 0 if passed else 77


class Lacking(str):
    """What a peer does not have, in its own words or ours."""
