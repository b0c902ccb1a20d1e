#!/usr/bin/env python3
"""Compares what a shared build of the library shows with what it should show.

  exported_symbols.py --check LIBRARY...   fails if the libraries together show anything else
  exported_symbols.py --write LIBRARY...   writes the list anew
  exported_symbols.py --self-test          shows that a leak, a gap and an untried function are found

The list is tests/capi/exported_symbols.txt: names without parameters, which are the same for every
compiler. Of the C API it must have exactly the functions that include/conclave/c*.h declare. Each of
these is called by the tests in tests/capi, and those that may be misused by null_test.c or
sqlite_test.c with NULL.
"""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tests/capi/exported_symbols.txt"

DECLARATION = re.compile(r"^CONCLAVE_(C|EXPORT)\b[^;]*?\b(conclave_\w+)\s*\(", re.MULTILINE)


def without_comments(text):
    return re.sub(r"//[^\n]*", "", text)


def declared(headers):
    """Of each function of the C API, whether its answer must be looked at."""
    return {name: kind == "C" for text in headers
            for kind, name in DECLARATION.findall(without_comments(text))}


def short_name(demangled):
    """The name without parameters: conclave::Client::AddPsk, or vtable for conclave::SystemClock."""
    depth, name = 0, ""
    for char in demangled.removesuffix(" const"):
        if char == "(" and depth == 0 and not name.endswith("operator"):
            break
        depth += (char == "<") - (char == ">")
        name += char
    return name.removesuffix("[abi:cxx11]")


def shown(libraries):
    """The names that shared libraries define for others."""
    names = set()
    for library in libraries:
        output = subprocess.run(["nm", "-D", "-C", "--defined-only", library], check=True,
                                capture_output=True, text=True).stdout
        for line in output.splitlines():
            _, kind, name = line.split(" ", 2)
            if kind != "A":  # the name of a version
                names.add(short_name(name))
    return names


def problems_of(names, listed, functions, tried, tried_with_null):
    of_c = {name for name in names if re.fullmatch(r"conclave_\w+", name)}
    return ([f"{name} is shown, and no header declares it" for name in sorted(of_c - set(functions))]
            + [f"{name} is declared, and not shown" for name in sorted(set(functions) - of_c)]
            + [f"{name} leaks: it is not in the list" for name in sorted(names - listed)]
            + [f"{name} is in the list, and not shown" for name in sorted(listed - names)]
            + [f"{name} is called by no test" for name in sorted(functions) if name not in tried]
            + [f"{name} is not tried with NULL" for name, checked in sorted(functions.items())
               if checked and name not in tried_with_null])


def calls_in(paths):
    return {name for path in paths for name in re.findall(r"\b(conclave_\w+)\s*\(", path.read_text())}


def self_test():
    functions = declared(["CONCLAVE_C conclave_error conclave_a(int x) CONCLAVE_NOEXCEPT;\n"
                          "// CONCLAVE_C conclave_error conclave_no(int x);\n"
                          "CONCLAVE_EXPORT const\n    char* conclave_b(void) CONCLAVE_NOEXCEPT;\n"])
    assert functions == {"conclave_a": True, "conclave_b": False}, functions
    assert short_name("conclave::F(std::span<int (int)>) const") == "conclave::F"
    assert short_name("conclave::A::operator()(int)") == "conclave::A::operator()"
    good = {"conclave_a", "conclave_b", "conclave::F"}
    both, null = {"conclave_a", "conclave_b"}, {"conclave_a"}
    assert problems_of(good, good, functions, both, null) == []
    for names, listed, tried, with_null in ((good | {"std::g"}, good, both, null),
                                            (good - {"conclave::F"}, good, both, null),
                                            (good, good, {"conclave_a"}, null),
                                            (good, good, both, set())):
        assert len(problems_of(names, listed, functions, tried, with_null)) == 1
    undeclared = good | {"conclave_c"}
    assert len(problems_of(undeclared, undeclared, functions, both, null)) == 1
    hidden = good - {"conclave_b"}
    assert len(problems_of(hidden, hidden, functions, both, null)) == 1


def main():
    self_test()
    mode, libraries = sys.argv[1:2], sys.argv[2:]
    if mode == ["--self-test"]:
        print("exported_symbols self-test: leaks and gaps are found")
        return 0
    if mode not in (["--check"], ["--write"]) or not libraries:
        print(__doc__)
        return 2
    names = shown(libraries)
    if mode == ["--write"]:
        LIST.write_text("\n".join(sorted(names)) + "\n")
        return 0
    functions = declared(p.read_text() for p in sorted((ROOT / "include/conclave").glob("c*.h"))
                         if re.fullmatch(r"c(_\w+)?\.h", p.name))
    tests = ROOT / "tests/capi"
    problems = problems_of(names, set(LIST.read_text().splitlines()), functions,
                           calls_in(sorted(tests.glob("*.c"))),
                           calls_in([tests / "null_test.c", tests / "sqlite_test.c"]))
    print(*problems, sep="\n", end="\n" if problems else "")
    print(f"exported symbols: {len(functions)} functions of C, "
          f"{len(names) - len(functions)} names of C++, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
