#!/usr/bin/env python3
"""Makes of a public header, or of a page, what Doxygen understands; it goes to standard output.

In a header, a block of // comments becomes the documentation of what follows, one behind code of what
stands before it, and the first of the file that of the file. Text that is indented more than the rest
of its block is code. In a page, links to files outside the site become plain text.
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ON_SITE = {"embedding.md", "stability.md"}
COMMENT = re.compile(r"^(\s*)//(?: ?)(.*)$")
TRAILING = re.compile(r'^(.*\S)\s+// (.*)$')
LIST_ITEM = re.compile(r"^ *(-|\d+\.) +")
SPECIAL = re.compile(r"[\\@<>#%]")


def escaped(text):
    """Nothing in a comment is a command, a tag or a link."""
    return SPECIAL.sub(lambda match: "\\" + match.group(0), text)


def kinds(lines):
    """Says of each line what it is: text, a list's item or what goes on with it, or code."""
    column = None  # where the text of the last list item begins
    for line in lines:
        item = LIST_ITEM.match(line)
        indent = len(line) - len(line.lstrip())
        if item:
            column = len(item.group(0))
            yield "item", line
        elif not line or (column is not None and indent >= column):
            yield "list" if column is not None else "text", line
        else:
            column = None
            yield "code" if indent >= 2 else "text", line


def block(indent, lines, opening=""):
    """A block of comment lines as one of Doxygen's."""
    fence = ("@code{.cpp}", "@endcode") if looks_like_cpp(lines) else ("@verbatim", "@endverbatim")
    out = [opening] if opening else []
    in_code = False
    for kind, line in kinds(lines):
        if (kind == "code") != in_code and line:
            out.append(fence[in_code])
            in_code = not in_code
        if kind == "item":
            mark, text = LIST_ITEM.match(line).group(1), line[LIST_ITEM.match(line).end():]
            line = f"{mark} {escaped(text)}"
        elif kind == "list":
            line = f"   {escaped(line.strip())}" if line else ""
        elif not in_code:
            line = escaped(line.strip())
        out.append(line)
    if in_code:
        out.append(fence[1])
    return [f"{indent}/// {line}".rstrip() for line in out]


def looks_like_cpp(lines):
    return any("conclave::" in line for line in lines if line.startswith("  "))


def header(text):
    out, comment, indent, first = [], [], "", True

    def flush():
        nonlocal comment, first
        if comment:
            out.extend(block(indent, comment, "@file" if first else ""))
            if first:
                out.append("")
            first = False
        comment = []

    after_trailing = None
    for line in text.splitlines():
        whole = COMMENT.match(line)
        if whole and after_trailing is not None and len(whole.group(1)) >= after_trailing:
            out.append(f"{whole.group(1)}///< {escaped(whole.group(2))}")
            continue
        after_trailing = None
        if whole:
            # A heading inside a struct is no documentation.
            if whole.group(2).startswith("-- "):
                continue
            indent = whole.group(1)
            comment.append(whole.group(2).replace("NOLINT: implicit", ""))
            continue
        flush()
        trailing = TRAILING.match(line)
        if trailing and "NOLINT" not in trailing.group(2) and not line.startswith("}"):
            out.append(f"{trailing.group(1)}  ///< {escaped(trailing.group(2))}")
            after_trailing = line.index("// ")
        else:
            out.append(line)
    flush()
    return "\n".join(out) + "\n"


def page(text, path):
    def link(match):
        label, target = match.group(1), match.group(2)
        inside = (path.parent / target.partition("#")[0]).resolve()
        on_site = inside.parent == ROOT / "docs" / "guide" and inside.suffix == ".md"
        if target.startswith("http") or on_site or inside.name in ON_SITE:
            return match.group(0)
        return label

    parts = re.split(r"(^```.*?^```$)", text, flags=re.DOTALL | re.MULTILINE)
    for i in range(0, len(parts), 2):
        parts[i] = re.sub(r"\[([^\]]+)\]\(([^)\s]+)\)", link, parts[i])
    return re.sub(r"^```(\w+)$", r"```{.\1}", "".join(parts), flags=re.MULTILINE)


def main():
    path = Path(sys.argv[1])
    text = path.read_text()
    sys.stdout.write(header(text) if path.suffix == ".h" else page(text, path.resolve()))


main()
