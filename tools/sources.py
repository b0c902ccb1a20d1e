#!/usr/bin/env python3
"""Writes the lists of the library's sources, gen/sources.cmake and gen/sources.json, from the tree.

With --check it writes nothing and fails if the lists are not true to the tree.
"""
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = "# Written by tools/sources.py from the tree; run it after adding or removing a file.\n"


def tree():
    """The lists by name: the public headers, then each directory of lib/ that has sources."""
    lists = {"public_headers": sorted((ROOT / "include/conclave").glob("*.h"))}
    for source in sorted((ROOT / "lib").rglob("*.cc")):
        lists.setdefault("_".join(source.parent.relative_to(ROOT / "lib").parts), []).append(source)
    return {name: [str(p.relative_to(ROOT)) for p in paths] for name, paths in lists.items()}


def as_cmake(lists):
    text = HEADER
    for name, paths in lists.items():
        text += f"\nset(CONCLAVE_{name.upper()}\n" + "".join(f"    {p}\n" for p in paths) + ")\n"
    return text


def main():
    lists = tree()
    wanted = {
        ROOT / "gen/sources.cmake": as_cmake(lists),
        ROOT / "gen/sources.json": json.dumps(lists, indent=2) + "\n",
    }
    if "--check" in sys.argv:
        stale = [p.name for p, text in wanted.items() if not p.exists() or p.read_text() != text]
        if stale:
            sys.exit(f"sources: {', '.join(stale)} not true to the tree; run tools/sources.py")
        print("sources: gen/ is true to the tree")
        return
    for path, text in wanted.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


main()
