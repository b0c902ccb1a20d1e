#!/usr/bin/env python3
"""Which line of the library obeys each MUST and MUST NOT of RFC 9420, and which test shows it.

A requirement is a sentence of the RFC that says MUST. It is obeyed where the library quotes it:

    //= rfc9420#12.4
    //# By default, the `path` field of a Commit MUST be populated.

It is shown by the tests that quote it in the same way, and by those that name the rule (see
lib/base/rule.h) that stands under the quotation.

tools/rfc_coverage.json lists the requirements in the words of the RFC, and says of those that no
quotation can show what answers them: a duty of the application, or another test.

  rfc_coverage.py                  prints the coverage as Markdown
  rfc_coverage.py --check DOC      fails if DOC is not that, or a requirement is left unanswered
  rfc_coverage.py --rfc FILE ...   also checks every quotation and the list itself against the text of
                                   the RFC (rfc9420.md of github.com/mlswg/mls-protocol)
  rfc_coverage.py --rfc FILE --list    the requirements in that text
"""

import argparse
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOTES = ROOT / "tools" / "rfc_coverage.json"


def normalize(text):
    """The words of a sentence, without markup and cross references."""
    text = re.sub(r"\{\{[^}]*\}\}", " ", text)
    text = re.sub(r"\b(?:Section|Table|Figure)s? [0-9][0-9.]*[0-9]\b", " ", text)
    text = re.sub(r"<[^>]+>", "", text)
    text = re.sub(r"[`*_]", "", text)
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def display(text):
    text = re.sub(r"\s*\(?(?:see )?\{\{[^}]*\}\}\)?", " (…)", text)
    return re.sub(r"\s+", " ", text).strip()


def sections(markdown):
    """(section number, paragraph) for each paragraph of the body."""
    body = markdown.split("--- middle", 1)[-1].split("--- back", 1)[0]
    numbers, section, paragraph, fenced = [], "0", [], False
    for line in body.splitlines() + [""]:
        if line.startswith("~~~"):
            fenced = not fenced
        heading = None if fenced else re.match(r"(#+) ", line)
        bullet = not fenced and re.match(r"\s*(?:[*-]|\d+\.) ", line)
        if heading or bullet or not line.strip() or line.startswith("~~~"):
            if paragraph:
                yield section, " ".join(paragraph)
            paragraph = []
        if heading:
            depth = len(heading.group(1))
            numbers = numbers[:depth] + [0] * (depth - len(numbers))
            numbers[depth - 1] += 1
            section = ".".join(map(str, numbers))
        elif line.strip() and not fenced and not line.startswith(("~~~", "|", "{:")):
            paragraph.append(re.sub(r"^\s*(?:[*-]|\d+\.) ", "", line).strip())


def requirements(markdown):
    """(id, section, sentence) of each requirement, in order. The id is section/number."""
    found, counts = [], {}
    for section, paragraph in sections(markdown):
        if section.startswith("1.") or section == "2":
            continue
        for sentence in re.split(r"(?<=[.:])\s+(?=[A-Z\"`])", paragraph):
            if not re.search(r"\bMUST\b", sentence):
                continue
            counts[section] = counts.get(section, 0) + 1
            found.append((f"{section}/{counts[section]}", section, sentence))
    return found


def quotations(folder):
    """(file, line, section, quotation, rule) of each quotation below a folder."""
    files = sorted(p for p in (ROOT / folder).rglob("*") if p.suffix in (".h", ".cc"))
    for path in files:
        lines = path.read_text().splitlines()
        i = 0
        while i < len(lines):
            start = re.match(r"\s*//= rfc9420#([0-9.]+)", lines[i])
            if not start:
                i += 1
                continue
            first, quote = i + 1, []
            i += 1
            while i < len(lines) and (match := re.match(r"\s*//# ?(.*)", lines[i])):
                quote.append(match.group(1))
                i += 1
            below = "\n".join(lines[i : i + 14])
            rule = re.search(r'(?:Rule|RuleFrom)\(\s*"([^"]+)"|\{"([^"]+:[^"]+)",', below)
            yield (path.relative_to(ROOT), first, start.group(1), " ".join(quote),
                   rule and (rule.group(1) or rule.group(2)))


def matches(quote, sentence):
    quote, sentence = normalize(quote), normalize(sentence)
    return quote in sentence or sentence in quote


def tests_naming(rule, tests):
    return [path for path, text in tests.items() if f'"{rule}"' in text]


def check_against(markdown, notes):
    """What is wrong with the list and with the quotations, given the text of the RFC."""
    problems, whole = [], {}
    for section, paragraph in sections(markdown):
        whole[section] = whole.get(section, "") + " " + paragraph
    wanted = {key: display(sentence) for key, _, sentence in requirements(markdown)}
    listed = {key: note["text"] for key, note in notes.items()}
    for key in sorted(wanted.keys() | listed.keys()):
        if wanted.get(key) != listed.get(key):
            problems.append(f"{NOTES.name}: {key} is not what the RFC says")
    for folder in ("include", "lib", "tests"):
        for path, line, section, quote, _ in quotations(folder):
            if normalize(quote) not in normalize(whole.get(section, "")):
                problems.append(f"{path}:{line}: not in section {section}: {quote[:70]}")
    return problems


def cover(notes):
    """Rows of (id, sentence, where, shown by, duty), and what is wrong."""
    tests = {p.relative_to(ROOT): p.read_text() for p in sorted((ROOT / "tests").rglob("*.cc"))}
    in_library = list(quotations("lib")) + list(quotations("include"))
    in_tests = list(quotations("tests"))
    problems, rows = [], []
    for key, note in notes.items():
        section, sentence = key.split("/")[0], note["text"]
        where, shown = list(note.get("where", [])), list(note.get("tests", []))
        for path in where + shown:
            if not (ROOT / path).exists():
                problems.append(f"{NOTES.name}: {key}: there is no {path}")
        for path, _, cited, quote, rule in in_library:
            if cited == section and matches(quote, sentence):
                where.append(str(path))
                shown += map(str, tests_naming(rule, tests)) if rule else []
        for path, _, cited, quote, _ in in_tests:
            if cited == section and matches(quote, sentence):
                shown.append(str(path))
        duty = note.get("duty", "")
        if not duty and not (where and shown):
            problems.append(f"{key}: {'obeyed' if where else 'not obeyed'},"
                            f" {'shown' if shown else 'not shown'}: {sentence[:90]}")
        rows.append((key, sentence, unique(where), unique(shown), duty))
    return rows, problems


def unique(items):
    return list(dict.fromkeys(items))


def render(rows):
    answered = sum(1 for _, _, where, shown, _ in rows if where and shown)
    duties = sum(1 for *_, duty in rows if duty)
    lines = [
        "# RFC 9420, requirement by requirement",
        "",
        "Generated by `tools/rfc_coverage.py`; do not edit. Each sentence of RFC 9420 that says MUST",
        "or MUST NOT, where the library obeys it, and the tests that show it. The number is that of",
        "the section and of the sentence in it.",
        "",
        f"{len(rows)} requirements: {answered} obeyed by the library and shown by a test, "
        f"{duties} with a remark instead (most are duties of the application).",
        "",
        "| requirement | text | obeyed in | shown by |",
        "| --- | --- | --- | --- |",
    ]
    for key, sentence, where, shown, duty in rows:
        place = "<br>".join(where) or duty or "**nowhere**"
        test = "<br>".join(shown) or ("" if duty else "**nothing**")
        if duty and where:
            place += f"<br>{duty}"
        lines.append(f"| {key} | {sentence.replace('|', chr(92) + '|')} | {place} | {test} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rfc", type=pathlib.Path)
    parser.add_argument("--check", type=pathlib.Path)
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args()
    if args.list:
        for key, _, sentence in requirements(args.rfc.read_text()):
            print(f"{key}\t{display(sentence)}")
        return 0
    notes = json.loads(NOTES.read_text())
    rows, problems = cover(notes)
    if args.rfc is not None:
        problems += check_against(args.rfc.read_text(), notes)
    text = render(rows)
    if args.check is None:
        sys.stdout.write(text)
    elif not args.check.exists() or args.check.read_text() != text:
        problems.append(f"{args.check}: is not what tools/rfc_coverage.py prints")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
