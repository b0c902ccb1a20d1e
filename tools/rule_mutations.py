#!/usr/bin/env python3
"""Switches off each rule of the library in turn: a test must notice.

In a build of the preset `rule-switch`, a test program leaves unchecked the rule whose id is in
CONCLAVE_RULE_OFF. For each rule the test cases that name it (tools/test_index.py) are run; if all
of them pass, the rule has survived, and nothing shows that it is there. At first they are run with
all rules in force, and must pass.

  rule_mutations.py BUILD          every rule, with the test cases that name it
  rule_mutations.py BUILD long     every rule, with all hostile and unit tests
  rule_mutations.py BUILD ID...    these rules only
  rule_mutations.py --programs     the test programs that are needed

The last line is "rule-mutations: <count> killed, <count> survived".
"""
import os
import subprocess
import sys
import tempfile
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rules import all_rules
from test_index import ROOT, cases_naming

# Rules that a build cannot leave unchecked, because there is nothing to go on with.
FIXED = {
    "6:message-of-a-group": "no other kind of message has anything for a session to read",
    "6.3.1:content-type-known": "content of an unknown type cannot be decoded",
    "12.4.3.3:decodes": "what follows a node that does not decode is no node",
    "storage:group-records-decode": "a record that does not decode leaves its fields empty",
}
SECONDS = 120  # for one run of one program

# What became of a rule: `how` is None if no test noticed.
Outcome = namedtuple("Outcome", "rule how")


def order(program):
    """Hostile tests first: they are the ones that break a rule on purpose."""
    return (program != "hostile", not program.startswith("unit_"), program)


def quoted(name):
    """A name as Catch2 reads it: in the sources, quotes in it have their backslash already."""
    return '"' + name.replace(",", "\\,") + '"'


def run(build, program, names, rule, long):
    """How a program ended that is not as it should be; or None."""
    environment = dict(os.environ)
    environment.pop("CONCLAVE_RULE_OFF", None)
    if rule is not None:
        environment["CONCLAVE_RULE_OFF"] = rule
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed:
        listed.writelines(quoted(name) + "\n" for name in sorted(names))
        listed.flush()
        command = [str(build / "tests" / program), "--abort"]
        if not long:
            command += ["--input-file", listed.name]
        try:
            ended = subprocess.run(command, cwd=ROOT, env=environment, timeout=SECONDS,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        except subprocess.TimeoutExpired:
            return f"{program} did not end", ""
    if ended.returncode == 0:
        return None
    how = f"signal {-ended.returncode}" if ended.returncode < 0 else "failed"
    return f"{program}: {how}", ended.stdout.decode(errors="replace")


def programs_for(cases, rule):
    """The names of the test cases that name a rule, by program."""
    programs = {}
    for case in cases:
        if rule is None or rule in case.rules:
            if case.rules:
                programs.setdefault(case.program, set()).add(case.name)
    return programs


def try_rule(build, cases, rule, long):
    programs = programs_for(cases, rule)
    if long:
        everything = {case.program for case in cases
                      if case.program == "hostile" or case.program.startswith("unit_")}
        programs = {program: () for program in everything}
    for program in sorted(programs, key=order):
        ended = run(build, program, programs[program], rule, long)
        if ended is not None:
            return Outcome(rule, ended[0])
    return Outcome(rule, None)


def require_sound(build, cases, workers):
    """Ends if a test case that names a rule fails while all rules are in force."""
    programs = programs_for(cases, None)

    def all_of(program):
        return run(build, program, programs[program], None, False)

    for program, ended in zip(programs, workers.map(all_of, programs)):
        if ended is not None:
            print(ended[1][-3000:])
            sys.exit(f"with all rules in force: {ended[0]}")


def main():
    rules = all_rules(ROOT)
    cases = cases_naming(rules)
    fixed = {rule.id for rule in rules if not rule.switchable}
    if fixed != FIXED.keys():
        sys.exit(f"rule_mutations.py does not say why these are, or are not, fixed: "
                 f"{sorted(fixed ^ FIXED.keys())}")
    if sys.argv[1:] == ["--programs"]:
        print("\n".join(sorted(programs_for(cases, None))))
        return 0
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    build = Path(sys.argv[1]).resolve()
    long = sys.argv[2:] == ["long"]
    wanted = set() if long else set(sys.argv[2:])
    ids = [rule.id for rule in rules if rule.switchable and (not wanted or rule.id in wanted)]
    if wanted - set(ids):
        sys.exit(f"no rules that can be switched off: {sorted(wanted - set(ids))}")

    with ThreadPoolExecutor(os.cpu_count()) as workers:
        require_sound(build, cases, workers)
        outcomes = list(workers.map(lambda rule: try_rule(build, cases, rule, long), ids))
    for outcome in outcomes:
        print(f"{'killed  ' if outcome.how else 'SURVIVED'}  {outcome.rule:44} {outcome.how or ''}")
    for rule, why in FIXED.items():
        print(f"fixed     {rule:44} {why}")
    survived = sum(outcome.how is None for outcome in outcomes)
    print(f"rule-mutations: {len(outcomes) - survived} killed, {survived} survived")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
