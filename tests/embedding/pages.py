#!/usr/bin/env python3
"""Makes programs of the code on the pages that users read, so that CI compiles and runs it.

    pages.py <page> <output>     one program of all ```cpp blocks of a page
    pages.py --cmake <page>      prints the first ```cmake block that has a find_package()
    pages.py --check             that the guide leaves nothing out, and that no block is passed over

A block with an `int main` is a program of its own, and then the page's only one. On any other page, a
block that begins with a declaration (class, struct, enum, template) or an #include stands at file
scope; the others are, in their order, the body of one main() behind docs/guide/setup.h.
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
GUIDE = ROOT / "docs" / "guide"
FENCE = re.compile(r"^```(\S*)[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
AT_FILE_SCOPE = re.compile(r"\s*(class|struct|enum|template|#include)\b|\s*#include")
COMPILED = {"cpp", "c"}
NOT_COMPILED = {"cmake", "sh", "text", "python", "json"}


class Block:
    def __init__(self, text, match):
        self.language = match.group(1)
        self.code = match.group(2)
        self.line = text.count("\n", 0, match.start()) + 2


def blocks(path):
    text = path.read_text()
    return [Block(text, match) for match in FENCE.finditer(text)]


def with_line(path, block):
    return f'#line {block.line} "{path.relative_to(ROOT).as_posix()}"\n{block.code}'


def program(path):
    """The page as one program, or nothing if it has no code."""
    cpp = [block for block in blocks(path) if block.language == "cpp"]
    if not cpp:
        return None
    if any("int main" in block.code for block in cpp):
        if len(cpp) != 1:
            sys.exit(f"{path.name}: a program of its own is the only block of its page")
        return with_line(path, cpp[0])
    declarations = [block for block in cpp if AT_FILE_SCOPE.match(block.code)]
    statements = [block for block in cpp if not AT_FILE_SCOPE.match(block.code)]
    parts = ['#include "guide/setup.h"\n']
    parts += [with_line(path, block) for block in declarations]
    parts += ["int main() {\n"]
    parts += [with_line(path, block) for block in statements]
    return "".join(parts) + "}\n"


def cmake_block(path):
    for block in blocks(path):
        if block.language == "cmake" and "find_package(" in block.code:
            return block.code
    sys.exit(f"{path.name} has no ```cmake block with a find_package()")


def enumerators(header):
    body = re.search(r"enum class ErrorKind[^{]*\{(.*?)\};", header.read_text(), re.DOTALL).group(1)
    return re.findall(r"^\s*(k\w+) =", body, re.MULTILINE)


def policy_fields(header):
    body = re.search(r"struct Policy \{(.*?)^\};", header.read_text(), re.DOTALL | re.MULTILINE)
    return re.findall(r"^  [\w:<>]+ (\w+) = ", body.group(1), re.MULTILINE)


def left_out(page, names):
    text = page.read_text()
    return [f"{page.name} says nothing of {name}" for name in names if f"`{name}`" not in text]


def dead_links(page):
    text = re.sub(FENCE, "", page.read_text())
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if not target.startswith(("http:", "https:")) and not (page.parent / target).exists():
            yield f"{page.relative_to(ROOT).as_posix()} links to {target}, which is not there"


def problems():
    include = ROOT / "include" / "conclave"
    pages = sorted(GUIDE.glob("*.md"))
    index = (GUIDE / "README.md").read_text()
    found = left_out(GUIDE / "errors.md", enumerators(include / "result.h"))
    found += left_out(GUIDE / "policies.md", policy_fields(include / "policy.h"))
    for page in pages:
        if page.name != "README.md" and f"({page.name})" not in index:
            found.append(f"the guide's README.md does not name {page.name}")
    for page in [ROOT / "README.md", *pages, *sorted((ROOT / "docs").glob("*.md"))]:
        found += dead_links(page)
    for page in [ROOT / "README.md", *pages]:
        found += [f"{page.name}:{block.line}: is a block of '{block.language}' compiled?"
                  for block in blocks(page) if block.language not in COMPILED | NOT_COMPILED]
    return found


def main():
    if sys.argv[1:] == ["--check"]:
        found = problems()
        for problem in found:
            print(problem)
        if not found:
            count = sum(block.language in COMPILED
                        for page in [ROOT / "README.md", *GUIDE.glob("*.md")] for block in blocks(page))
            print(f"pages: {count} blocks of code, all compiled")
        return 1 if found else 0
    if len(sys.argv) == 3 and sys.argv[1] == "--cmake":
        sys.stdout.write(cmake_block(Path(sys.argv[2]).resolve()))
        return 0
    if len(sys.argv) != 3:
        print(__doc__)
        return 2
    page, output = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    text = program(page)
    if text is None:
        sys.exit(f"{page.name} has no ```cpp block")
    if not output.exists() or output.read_text() != text:
        output.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
