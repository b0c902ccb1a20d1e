#!/usr/bin/env python3
"""Makes docs/rules.md: each rule of the library with the tests that break it, and each mistake that
others have made with the tests that show that it is not made here.

The rules come from the code (tools/rules.py), the tests from tests/ (tools/test_index.py), and the
mistakes and their answers from tools/attack_answers.json: an answer is the names of test cases, a
note that says why nothing can be tested, or both. If two programs have a test case of one name, it
is "<program>: <name>".

  rules_table.py           writes docs/rules.md
  rules_table.py --check   fails if docs/rules.md is another, a rule has no test, a mistake has no
                           answer, or an answer names a test that there is not
"""
import json
import sys
from collections import Counter
from pathlib import Path

from rules import all_rules
from test_index import ROOT, cases_naming

PAGE = ROOT / "docs" / "rules.md"
ANSWERS = ROOT / "tools" / "attack_answers.json"

# The numbers of the mistakes: published advisories, fixes without one, attacks on the protocol.
ROWS = ([f"V{i}" for i in range(1, 7)] + ["V3b"] + [f"G{i}" for i in range(1, 30)] +
        [f"P{i}" for i in range(1, 26)])

HEAD = """# Rules, and who has tried to break them

Made by `tools/rules_table.py` from the code, the tests and `tools/attack_answers.json`; do not edit.

## The rules

A rule is one check, at one place in the code, and its name is the `detail` of the error that a
message earns by breaking it: the section of RFC 9420 that asks for it (or `session`, or `storage`)
and a short name. Its tests are those in which it is broken: of the hostile tests, in which a member
with real keys signs, seals and tags what nobody should accept, if there is one, and else of others.
What a hostile test requires is more than an error: that all of the session and all of its storage
are what they were, secrets included, and that the honest conversation goes on.
`tools/test.sh rejections` counts the rules and the ways in which they are broken;
`tools/test.sh rule-mutations` switches off each rule, and requires that its tests notice.

A leaf that an Add or an Update brings is an invalid proposal, one that a commit's path brings an
invalid commit: then the error is *by place*.
"""

ATTACKS = """
## What went wrong elsewhere

Mistakes that were made in other implementations of MLS, with or without an advisory, attacks that
were published on the protocol, and what audits found: **V** stands for an advisory, **G** for a
repair that had none, **P** for an attack on the protocol; the other numbers are those of the audits
(of OpenMLS, of Discord's DAVE and of the Marmot Development Kit). Each has tests here which show
that it is not made, or a reason why it cannot be.
"""


def cell(text):
    return text.replace("\\\\", "\\").replace('\\"', '"').replace("|", "\\|")


def tests_of(rule, cases):
    """The test cases that stand for a rule in the table: hostile ones, if there are any."""
    naming = [case for case in cases if rule.id in case.rules]
    hostile = [case for case in naming if case.program == "hostile"]
    return hostile or naming


def kind(rule):
    return "by place" if rule.kind.startswith("[") else rule.kind.removeprefix("k")


def rules_part(rules, cases, problems):
    lines = ["| rule | error | in | tests |", "| --- | --- | --- | --- |"]
    for rule in rules:
        tests = tests_of(rule, cases)
        if not tests:
            problems.append(f"no test names the rule {rule.id}")
        names = "<br>".join(cell(f"{case.program}: {case.name}") for case in tests)
        lines.append(f"| `{rule.id}` | {kind(rule)} | `{rule.file.removeprefix('lib/')}` | {names} |")
    return lines


def found(name, cases):
    """The cases that an answer's name stands for."""
    program, colon, rest = name.partition(": ")
    exact = [case for case in cases if case.name == name]
    if exact or not colon:
        return exact
    return [case for case in cases if (case.program, case.name) == (program, rest)]


def attacks_part(answers, cases, problems):
    lines = ["| | where | mistake | tests here |", "| --- | --- | --- | --- |"]
    numbers = Counter(answer["row"] for answer in answers)
    for row in ROWS:
        if numbers[row] != 1:
            problems.append(f"{row} has {numbers[row]} answers")
    for answer in answers:
        row = answer["row"]
        said = []
        for name in answer.get("tests", []):
            cases_of_name = found(name, cases)
            if len(cases_of_name) != 1:
                problems.append(f"{row}: {len(cases_of_name)} test cases are called {name!r}")
            said += [cell(f"{case.program}: {case.name}") for case in cases_of_name]
        if "note" in answer:
            said.append(cell(answer["note"]))
        if not said:
            problems.append(f"{row} is not answered")
        lines.append(f"| {row} | {cell(answer['where'])} | {cell(answer['mistake'])} | "
                     f"{'<br>'.join(said)} |")
    return lines


def make(problems):
    rules = all_rules(ROOT)
    cases = cases_naming(rules)
    answers = json.loads(ANSWERS.read_text())
    broken = sum(any(case.program == "hostile" for case in tests_of(rule, cases))
                 for rule in rules)
    lines = [HEAD,
             f"There are {len(rules)} rules; {broken} of them are broken by a hostile test.", ""]
    lines += rules_part(rules, cases, problems)
    lines += [ATTACKS]
    lines += attacks_part(answers, cases, problems)
    return "\n".join(lines) + "\n"


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        print(__doc__)
        return 2
    problems = []
    page = make(problems)
    if not sys.argv[1:]:
        PAGE.write_text(page)
    elif not PAGE.exists() or PAGE.read_text() != page:
        problems.append("docs/rules.md is not what tools/rules_table.py makes")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
