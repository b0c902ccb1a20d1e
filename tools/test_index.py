"""The test cases under tests/, and which rules each of them names.

A test case names a rule if its body has the rule's id, or calls a function of its own file, of its
directory or of tests/support that has it. Which program a test case is in follows from its
directory, as in tests/CMakeLists.txt.

  test_index.py          one line for each test case: program, name, how many rules it names
  test_index.py --check  a self-test
"""
import re
import sys
import tempfile
from collections import namedtuple
from pathlib import Path

from rules import ID, blank_comments

ROOT = Path(__file__).resolve().parent.parent

# Of tests/, what tests a program that shows rules, and not the library that enforces them.
ELSEWHERE = {"inspector"}

TestCase = namedtuple("TestCase", "program name file rules")

CASE = re.compile(r'\b(?:TEMPLATE_LIST_)?TEST_CASE\(\s*((?:"(?:\\.|[^"\\])*"\s*)+)')
STRING = re.compile(r'"((?:\\.|[^"\\\n])*)"')
WORD = re.compile(r"[A-Za-z_]\w*")
SCOPE = re.compile(r"\b(namespace|class|struct|union|enum)\b[^()=]*$")
# What a definition has in front of its braces: the name of a function, or that of a variable.
FUNCTION = re.compile(r"([A-Za-z_]\w*)\s*\(")
VARIABLE = re.compile(r"([A-Za-z_]\w*)\s*(?:\[[^\]]*\]\s*)?=?\s*$")


def blank_strings(text):
    """The text with spaces in its strings and characters, so that their braces do not count."""
    return re.sub(r"\"(?:\\.|[^\"\\\n])*\"|(?<![0-9A-Za-z])'(?:\\.|[^'\\\n])+'",
                  lambda match: '"' + " " * (len(match.group(0)) - 2) + '"', text)


def end_of(text, opening):
    """The offset behind the brace or parenthesis that closes the one at `opening`."""
    pairs = {"{": "}", "(": ")"}
    close = pairs[text[opening]]
    depth = 0
    for at in range(opening, len(text)):
        if text[at] == text[opening]:
            depth += 1
        elif text[at] == close:
            depth -= 1
            if depth == 0:
                return at + 1
    return len(text)


def definitions_of(text):
    """Pairs of a name and its definition, of everything at namespace or class scope."""
    shape = blank_strings(text)
    found = []
    start = at = 0
    while at < len(shape):
        character = shape[at]
        if character in ";}":
            start = at + 1
        elif character == "(":
            at = end_of(shape, at)  # parameters may have braces
            continue
        elif character == "{":
            head = shape[start:at]
            if SCOPE.search(head):
                start = at + 1
            else:
                end = end_of(shape, at)
                name = FUNCTION.search(head) or VARIABLE.search(head)
                # A lambda that a variable holds begins with the variable.
                if name is not None:
                    found.append((name.group(1), text[start:end]))
                at = end
                start = end
                continue
        at += 1
    return found


def rules_in(text):
    return {word for word in STRING.findall(text) if ID.fullmatch(word)}


class Helpers:
    """What the functions of some files say and call."""

    def __init__(self):
        self.rules = {}
        self.words = {}

    def add(self, text):
        for name, body in definitions_of(text):
            if name.endswith("TEST_CASE"):
                continue
            self.rules.setdefault(name, set()).update(rules_in(body))
            self.words.setdefault(name, set()).update(WORD.findall(blank_strings(body)))

    def reached_from(self, text):
        """The rules that a text's calls lead to."""
        rules, seen = set(), set()
        waiting = set(WORD.findall(blank_strings(text)))
        while waiting:
            word = waiting.pop()
            if word in seen or word not in self.rules:
                continue
            seen.add(word)
            rules |= self.rules[word]
            waiting |= self.words[word]
        return rules


def program_of(path):
    """The program of a file, which is given relative to tests/."""
    parts = path.parts
    if parts[0] == "unit":
        return "unit_bench_floor" if parts[1] == "bench" else f"unit_{parts[1]}"
    return {"interop": "interop_tests"}.get(parts[0], parts[0])


def cases_in(text):
    """Pairs of the name and the body of each test case."""
    shape = blank_strings(text)
    for case in CASE.finditer(text):
        # An adjacent string goes on where the one before ended.
        name = "".join(STRING.findall(case.group(1)))
        opening = shape.index("{", end_of(shape, shape.index("(", case.start())))
        yield name, text[opening:end_of(shape, opening)]


def all_cases(root=ROOT):
    tests = root / "tests"
    texts = {path: blank_comments(path.read_text())
             for path in sorted(tests.rglob("*")) if path.suffix in (".cc", ".h")
             and path.relative_to(tests).parts[0] not in ELSEWHERE}
    shared = {}  # of each directory: what its test files may call
    for path, text in texts.items():
        if not path.name.endswith("_test.cc"):
            shared.setdefault(path.parent, Helpers()).add(text)
    cases = []
    for path, text in texts.items():
        own = Helpers()
        own.add(text)
        helpers = [own] + [shared[place] for place in (path.parent, tests / "support")
                           if place in shared]
        for name, body in cases_in(text):
            rules = rules_in(body)
            for each in helpers:
                rules |= each.reached_from(body)
            program = program_of(path.relative_to(tests))
            cases.append(TestCase(program, name, path.relative_to(root).as_posix(), rules))
    return cases


def cases_naming(rules):
    """All test cases, each with those of `rules` that it names."""
    ids = {rule.id for rule in rules}
    return [case._replace(rules=case.rules & ids) for case in all_cases()]


def self_test():
    files = {
        "hostile/a_test.cc": '''
namespace {
struct Bad { const char* rule; };
const Bad kBad[] = {{"7.3:from-a-table"}};
void Helper(int x) { Require("7.3:from-a-helper", '{'); }
template <class T>
void Deeper(const T& x = {}) { Helper(x); }
TEST_CASE("One, with \\"quotes\\", "
          "in two parts", "[tag]") {
  // "7.3:commented-out"
  Deeper(1); Refuse("7.3:said", "no rule");
}
TEST_CASE("Two") { for (auto& bad : kBad) { Shared(); } }
}
''',
        "hostile/shared.h": 'inline void Shared() { Say("7.3:from-a-header"); }\n',
        "unit/tree/b_test.cc": 'TEST_CASE("Three") { Shared(); Helper(2); }\n',
    }
    with tempfile.TemporaryDirectory() as directory:
        for name, text in files.items():
            path = Path(directory) / "tests" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        cases = all_cases(Path(directory))
    found = [(case.program, case.name, sorted(case.rules)) for case in cases]
    assert found == [
        ("hostile", 'One, with \\"quotes\\", in two parts', ["7.3:from-a-helper", "7.3:said"]),
        ("hostile", "Two", ["7.3:from-a-header", "7.3:from-a-table"]),
        ("unit_tree", "Three", []),
    ], found


def main():
    if sys.argv[1:] == ["--check"]:
        self_test()
        return 0
    cases = all_cases()
    for case in cases:
        print(f"{case.program:16} {case.name}  ({len(case.rules)})")
    print(f"test cases: {len(cases)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
