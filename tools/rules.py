#!/usr/bin/env python3
"""Lists the rules of the library, and which of them no test names.

A rule is a call `Rule("<id>", <kind>, ...)` or `RuleFrom("<id>", <kind>, ...)` in lib/, a row
`{"<id>", <Predicate>}` of a table of rules, or, where there is nothing to go on with (a decoder has
failed), an Error{<kind>, "<id>"}, which no build can switch off. An id is "<section>:<short-name>":
a section of RFC 9420, or `session` or `storage` for what the RFC does not speak of. Each has one
place.

  rules.py              one line for each rule: id, ErrorKind, file and line
  rules.py --check      a self-test; then fails if an id is malformed, is used in two places, or is
                        mentioned without being anyone's
  rules.py --untested   the ids that no file under tests/ names, and the count
"""
import re
import sys
import tempfile
from collections import namedtuple
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

ID = re.compile(r"(\d+(\.\d+)*|session|storage):[a-z0-9]+(-[a-z0-9]+)*")
ID_LIKE = re.compile(r'"([0-9A-Za-z.]+:[A-Za-z0-9_-]+)"')
CALL = re.compile(r'(?<![A-Za-z0-9_])(Rule|RuleFrom)\(\s*"([^"\n]*)"\s*,\s*([^,]*?)\s*,')
ROW = re.compile(r'\{\s*"([^"\n]*)"\s*,\s*([A-Z][A-Za-z0-9]*)\s*\}')
ERROR = re.compile(r'\{\s*(ErrorKind::k\w+)\s*,\s*"([^"\n ]+:[^"\n ]+)"\s*\}')
TABLE = re.compile(r"^constexpr \w*Rule k\w+\[\] = \{\n(.*?)^\};", re.MULTILINE | re.DOTALL)
# The loop that reads a table names the kind for all its rows.
TABLE_KIND = re.compile(r"Rule\(rule\.id,\s*([^,]*),")

# `switchable`: whether a build with CONCLAVE_RULE_SWITCH can leave it unchecked.
Rule = namedtuple("Rule", "id section kind file line switchable")


def blank_comments(text):
    """The text with comments as spaces, so that offsets and lines stay."""
    def blank(match):
        if match.group(0).startswith('"'):
            return match.group(0)
        return re.sub(r"[^\n]", " ", match.group(0))
    return re.sub(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', blank, text, flags=re.DOTALL)


def kind_of(argument):
    """The name of the ErrorKind; or, if it depends on the place, the variable's in brackets."""
    found = re.fullmatch(r"ErrorKind::(k\w+)", argument)
    return found.group(1) if found else f"[{argument}]"


def rules_of(path, name):
    text = blank_comments(path.read_text())
    found = []

    def add(rule_id, kind, offset, switchable=True):
        line = text.count("\n", 0, offset) + 1
        found.append(Rule(rule_id, rule_id.partition(":")[0], kind, name, line, switchable))

    for match in CALL.finditer(text):
        add(match.group(2), kind_of(match.group(3)), match.start(2))
    for match in ERROR.finditer(text):
        add(match.group(2), kind_of(match.group(1)), match.start(2), switchable=False)
    table_kind = TABLE_KIND.search(text)
    for table in TABLE.finditer(text):
        for row in ROW.finditer(table.group(1)):
            kind = kind_of(table_kind.group(1)) if table_kind else "?"
            add(row.group(1), kind, table.start(1) + row.start(1))
    return found


def mentions_of(path):
    return {match.group(1) for match in ID_LIKE.finditer(blank_comments(path.read_text()))}


def sources(root):
    lib = root / "lib"
    paths = sorted(p for p in lib.rglob("*") if p.suffix in (".h", ".cc"))
    return [p for p in paths if p.relative_to(lib).as_posix() != "base/rule.h"]


def section_key(rule):
    parts = [int(part) for part in rule.section.split(".")] if rule.section[0].isdigit() else [99]
    return parts, rule.id


def all_rules(root):
    rules = [rule for path in sources(root)
             for rule in rules_of(path, path.relative_to(root).as_posix())]
    return sorted(rules, key=section_key)


def problems_of(root):
    rules = all_rules(root)
    problems = []
    places = {}
    for rule in rules:
        if not ID.fullmatch(rule.id):
            problems.append(f"{rule.file}:{rule.line}: malformed id {rule.id}")
        places.setdefault(rule.id, []).append(f"{rule.file}:{rule.line}")
    for rule_id, where in places.items():
        if len(where) > 1:
            problems.append(f"{rule_id} is used in {len(where)} places: {', '.join(where)}")
    for path in sources(root):
        for mention in sorted(mentions_of(path) - places.keys()):
            problems.append(f"{path.relative_to(root).as_posix()}: no rule has the id {mention}")
    return problems


def untested(root):
    named = set()
    for path in (root / "tests").rglob("*"):
        if path.suffix in (".h", ".cc"):
            named |= mentions_of(path)
    return [rule for rule in all_rules(root) if rule.id not in named]


def self_test():
    good = '''
Result<void> Check(bool a) {
  // Rule("1:commented-out", ErrorKind::kMalformed, a)
  CONCLAVE_RETURN_IF_ERROR(
      Rule("7.3:one", ErrorKind::kInvalidCommit, a));
  return RuleFrom("session:two", kind, Judge(a));
}
constexpr ListRule kRules[] = {
    {"12.2:three", Three},
};
bool All() { return Rule(rule.id, ErrorKind::kInvalidProposal, rule.holds()); }
const char* Why() { return "12.2:three"; }
Error Bad() { return {ErrorKind::kMalformed, "2.1:four"}; }
Error Other() { return {ErrorKind::kMalformed, "no rule: a sentence"}; }
'''
    expected = [("2.1:four", "kMalformed", 13), ("7.3:one", "kInvalidCommit", 5),
                ("12.2:three", "kInvalidProposal", 9), ("session:two", "[kind]", 6)]
    broken = {
        "used in 2 places": 'Rule("7.3:one", ErrorKind::kMalformed, true);',
        "malformed id": 'Rule("7.3:Not_An_Id", ErrorKind::kMalformed, true);',
        "no rule has the id": 'const char* why = "9.9:nowhere";',
    }
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        (root / "lib").mkdir()
        (root / "tests").mkdir()
        (root / "lib" / "good.cc").write_text(good)
        (root / "tests" / "a_test.cc").write_text('ExpectRule("7.3:one");  // "12.2:three"\n')
        listed = [(rule.id, rule.kind, rule.line) for rule in all_rules(root)]
        assert listed == expected, listed
        fixed = [rule.id for rule in all_rules(root) if not rule.switchable]
        assert fixed == ["2.1:four"], fixed
        assert problems_of(root) == [], problems_of(root)
        assert [rule.id for rule in untested(root)] == ["2.1:four", "12.2:three", "session:two"]
        for complaint, code in broken.items():
            (root / "lib" / "bad.cc").write_text(code)
            problems = problems_of(root)
            assert len(problems) == 1 and complaint in problems[0], (complaint, problems)


def main():
    if sys.argv[1:] == ["--check"]:
        self_test()
        problems = problems_of(ROOT)
        for problem in problems:
            print(problem)
        if not problems:
            print(f"rules: {len(all_rules(ROOT))}, each in one place")
        return 1 if problems else 0
    if sys.argv[1:] == ["--untested"]:
        missing = untested(ROOT)
        for rule in missing:
            print(f"{rule.id:48} {rule.kind:20} {rule.file}:{rule.line}")
        print(f"rules: {len(all_rules(ROOT))}, of which {len(missing)} are named by no test")
        return 0
    if sys.argv[1:]:
        print(__doc__)
        return 2
    rules = all_rules(ROOT)
    for rule in rules:
        print(f"{rule.id:48} {rule.kind:20} {rule.file}:{rule.line}")
    print(f"rules: {len(rules)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
