#!/usr/bin/env python3
"""Checks who includes whom, and reports the largest file and the longest function of the library.

Reads the #include lines of include/, lib/ and examples/. The layers, lowest first, and what each may
include are the table LAYERS below (docs/architecture.md explains it). `--self-test` shows that trees
which break each rule are rejected.
"""
import re
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Directory of lib/: the directories it may include besides itself.
BASE = {"base"}
RFC9420 = {"wire"} | BASE
LABELED = {"hpke", "crypto", "rfc9420"} | RFC9420
SCHEDULE = {"labeled"} | LABELED
FRAMING = {"schedule"} | SCHEDULE
GROUP = {"framing", "tree"} | FRAMING
LAYERS = {
    "base": set(),
    "wire": BASE,
    "rfc9420": RFC9420,
    "crypto": BASE,
    "hpke": {"crypto"} | BASE,
    "labeled": LABELED,
    "schedule": SCHEDULE,
    "tree": SCHEDULE,
    "framing": FRAMING,
    "group": GROUP,
    "storage": RFC9420,
    "session": {"group", "storage"} | GROUP,
    "capi": {"session"},
    "sqlite": {"storage"} | BASE,
    "providers": set(),
}
SINGLE_FILES = {"schedule": {"tree/tree_math.h"}}  # pure arithmetic, no other file of tree

# Parts of lib/ that are libraries of their own: nobody else includes them or their headers, but the
# part of the C API that goes into the same library.
OPTIONAL_HEADERS = {"providers": {"boringssl_provider.h", "x509.h"}, "sqlite": {"sqlite_storage.h"}}
OPTIONAL_C = {"capi/boringssl": {"boringssl_provider.h", "c_boringssl.h", "x509.h"},
              "capi/sqlite": {"sqlite_storage.h", "c_sqlite.h"}}
C_HEADER = re.compile(r"c(_\w+)?\.h")

# Public headers that a layer below session may include, and the lowest layers that may. Not listed:
# anything of the product's face, which only session (and capi) may see.
PUBLIC_FOR_ALL = {"bytes.h", "export.h", "result.h", "secret.h", "types.h"}
PUBLIC_LAYER = {
    "crypto_provider.h": "crypto",
    "executor.h": "crypto",
    "credential.h": "rfc9420",
    "member.h": "rfc9420",
    "policy.h": "tree",
    "commit_summary.h": "group",
    "storage.h": "storage",
    "memory_storage.h": "storage",
}

PUBLIC_STANDARD = set("""
    array atomic bit compare concepts cstddef cstdint cstdlib cstring initializer_list iterator limits
    map memory new optional span string string_view tuple type_traits utility variant vector
    """.split())
PUBLIC_C_STANDARD = {"stdbool.h", "stddef.h", "stdint.h"}
LIBRARY_STANDARD = PUBLIC_STANDARD | set("""
    algorithm cinttypes climits cstdio deque functional list numeric queue ranges set stack
    unordered_map unordered_set
    """.split())
SINGLE_STANDARD = {
    # The one file that reads a clock, and only for an application that makes a SystemClock.
    "session/system_clock.cc": {"ctime"},
    # The one file that creates a file.
    "sqlite/private_file.cc": {"cerrno", "fcntl.h", "sys/stat.h", "unistd.h"},
}
PUBLIC_NEVER = re.compile(r"std::(shared_ptr|function\b|chrono|thread|mutex)")
CRYPTO_LIBRARIES = {"openssl", "sodium", "decaf"}
CRYPTO_HEADER = re.compile(r"^(openssl/|sodium(\.h|/)|decaf(\.h|\.hxx|/))")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def includes(path):
    """(line number, header) of each #include."""
    text = path.read_text()
    for match in INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match.group(2)


def check_public_header(path):
    for line, header in includes(path):
        is_c = C_HEADER.fullmatch(path.name) is not None
        if header.startswith("conclave/"):
            name = header.removeprefix("conclave/")
            if is_c != (C_HEADER.fullmatch(name) is not None) and name != "export.h":
                yield line, f"headers of the C API and of C++ do not include each other: {header}"
            continue
        if header not in (PUBLIC_C_STANDARD if is_c else PUBLIC_STANDARD):
            yield line, f"a public header may not include <{header}>"
    for number, text in enumerate(path.read_text().splitlines(), 1):
        if PUBLIC_NEVER.search(text.split("//")[0]):
            yield number, "a public header may not use " + PUBLIC_NEVER.search(text).group(0)


def may_see_public(layer, directory, name):
    """Whether a file of the layer, in that directory of it, may include the public header."""
    if name in OPTIONAL_C.get(directory, ()):
        return True
    for part, names in (OPTIONAL_HEADERS | OPTIONAL_C).items():
        if name in names:
            return layer == part
    if C_HEADER.fullmatch(name):
        return layer == "capi"
    if layer == "providers" or name in PUBLIC_FOR_ALL:
        return True
    if layer in ("session", "capi"):
        return True
    lowest = PUBLIC_LAYER.get(name)
    return lowest is not None and (layer == lowest or lowest in LAYERS[layer])


def check_library_file(path, lib):
    layer = path.relative_to(lib).parts[0]
    if layer not in LAYERS:
        yield 1, f"lib/{layer} is not in the table of layers"
        return
    part = "/".join(path.relative_to(lib).parts[:2])
    for line, header in includes(path):
        target = header.split("/")[0]
        if header.startswith("conclave/"):
            if not may_see_public(layer, part, header.removeprefix("conclave/")):
                yield line, f"{layer} may not include {header}"
        elif target in LAYERS and "/" in header:
            if target == "providers":
                allowed = layer == "providers" and header.startswith(part + "/")
            elif layer == "capi":
                allowed = target in ("capi", "session")
            else:
                allowed = target == layer or target in LAYERS[layer] \
                    or header in SINGLE_FILES.get(layer, ())
            if not allowed:
                yield line, f"{layer} may not include {header}"
        elif header == "sqlite3.h":
            if layer != "sqlite":
                yield line, f"only lib/sqlite may include <{header}>"
        elif CRYPTO_HEADER.match(header):
            if layer != "providers" and not (layer == "sqlite" and header == "sodium.h"):
                yield line, f"only lib/providers may include <{header}>"
        elif header in SINGLE_STANDARD.get(str(path.relative_to(lib)), ()):
            continue
        elif header not in LIBRARY_STANDARD and layer != "providers":
            yield line, f"<{header}> is not on the list of headers that the library may include"
        elif layer == "providers" and header not in LIBRARY_STANDARD \
                and not (path.parent / header).exists():
            yield line, f"a provider may not include {header}"


def check_example(path):
    for line, header in includes(path):
        if "/" in header and not header.startswith("conclave/"):
            yield line, f"an example may include public headers only, not {header}"


def sources(directory):
    return sorted(p for p in directory.rglob("*") if p.suffix in (".h", ".cc", ".c"))


def check_tree(root):
    """All violations, as "path:line: message"."""
    found = []
    for path in sources(root / "include"):
        found += [(path, *v) for v in check_public_header(path)]
    for path in sources(root / "lib"):
        found += [(path, *v) for v in check_library_file(path, root / "lib")]
    for path in sources(root / "examples"):
        found += [(path, *v) for v in check_example(path)]
    return [f"{path.relative_to(root)}:{line}: {message}" for path, line, message in found]


# Comments, strings and characters: nothing in them opens or closes a block.
NOT_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)
SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")


def functions(path):
    """(lines, first line, heading) of each function body outside of other functions."""
    code = NOT_CODE.sub(lambda m: re.sub(r"[^\n]", " ", m.group(0)), path.read_text())
    code = re.sub(r"^#.*$", "", code, flags=re.MULTILINE)
    stack, start, line = [], None, 1
    for index, char in enumerate(code):
        if char == "{":
            heading = "" if start is None else code[start:index].strip()
            inside = any(kind == "function" for kind, _, _ in stack)
            parameters = re.sub(r"template\s*<[^{}]*?>\s*(?=\w)", "", heading)
            is_scope = SCOPE.search(parameters) and not parameters.endswith((")", "const", "noexcept"))
            kind = "block" if inside or is_scope or "(" not in heading else "function"
            first = 0 if start is None else code.count("\n", 0, start) + 1
            stack.append((kind, first, heading.split("(")[0].split()[-1:] or ["?"]))
            start = None
        elif char == "}":
            kind, first, name = stack.pop() if stack else ("block", 0, "")
            if kind == "function":
                yield line - first + 1, first, name[0]
            start = None
        elif char == ";":
            start = None
        elif not char.isspace() and start is None:
            start = index
        if char == "\n":
            line += 1


def report_sizes(root):
    files = sources(root / "include") + sources(root / "lib")
    if not files:
        return
    counted = [(len(p.read_text().splitlines()), p.relative_to(root)) for p in files]
    lines, path = max(counted)
    print(f"library: {sum(n for n, _ in counted)} lines in {len(counted)} files")
    print(f"largest file: {path}, {lines} lines")
    everything = [(n, p, first, name) for p in files for n, first, name in functions(p)]
    if everything:
        n, path, first, name = max(everything, key=lambda f: f[0])
        print(f"longest function: {name}, {n} lines ({path.relative_to(root)}:{first})")


# Each line breaks one rule.
BAD_TREE = {
    "include/conclave/a.h": "#include <iostream>\n",
    "include/conclave/b.h": "#include <functional>\n",
    "include/conclave/c_lib.h": "#include <openssl/evp.h>\n",
    "include/conclave/c.h": "#include <stdio.h>\n",
    "include/conclave/c_cpp.h": '#include "conclave/bytes.h"\n',
    "include/conclave/d.h": '#include "base/check.h"\n',
    "include/conclave/f.h": '#include "conclave/c.h"\n',
    "include/conclave/e.h": "std::shared_ptr<int> p;\n",
    "lib/base/up.cc": '#include "wire/reader.h"\n',
    "lib/crypto/sideways.cc": '#include "wire/reader.h"\n',
    "lib/schedule/tree.cc": '#include "tree/ratchet_tree.h"\n',
    "lib/tree/schedule.cc": '#include "schedule/psk_secret.h"\n',
    "lib/group/session.h": "#include <conclave/session.h>\n",
    "lib/group/storage.h": '#include "storage/record_key.h"\n',
    "lib/hpke/openssl.cc": "#include <openssl/hpke.h>\n",
    "lib/session/provider.cc": '#include "providers/boringssl/x.h"\n',
    "lib/session/provider.h": '#include "conclave/boringssl_provider.h"\n',
    "lib/session/sqlite.cc": '#include "sqlite/rows.h"\n',
    "lib/session/sqlite.h": '#include "conclave/sqlite_storage.h"\n',
    "lib/session/capi.cc": '#include "conclave/c.h"\n',
    "lib/capi/group.cc": '#include "group/group.h"\n',
    "lib/capi/sqlite.cc": '#include "conclave/c_sqlite.h"\n',
    "lib/capi/boringssl/sqlite.cc": '#include "conclave/c_sqlite.h"\n',
    "lib/storage/sqlite.cc": "#include <sqlite3.h>\n",
    "lib/sqlite/openssl.cc": "#include <openssl/evp.h>\n",
    "lib/sqlite/session.cc": '#include "conclave/session.h"\n',
    "lib/providers/boringssl/base.cc": '#include "base/check.h"\n',
    "lib/tree/thread.cc": "#include <thread>\n",
    "lib/session/chrono.cc": "#include <chrono>\n",
    "lib/unknown/x.cc": "\n",
    "examples/inside.cc": '#include "group/group.h"\n',
}
GOOD_TREE = {
    "include/conclave/a.h": "#include <vector>\n#include <conclave/b.h>\n",
    "include/conclave/c_a.h": '#include <stdint.h>\n#include "conclave/export.h"\n',
    "lib/capi/s.cc": '#include "conclave/c_session.h"\n#include "conclave/session.h"\n',
    "lib/capi/sqlite/s.cc": '#include "conclave/c_sqlite.h"\n#include "capi/s.h"\n',
    "lib/schedule/s.cc": '#include "tree/tree_math.h"\n#include "labeled/labeled.h"\n',
    "lib/session/s.cc": '#include "group/group.h"\n#include "conclave/session.h"\n',
    "lib/providers/boringssl/p.cc": '#include <openssl/evp.h>\n#include "conclave/types.h"\n',
    "lib/sqlite/s.cc": '#include <sqlite3.h>\n#include <sodium.h>\n#include "conclave/storage.h"\n',
    "lib/group/two.cc": "int F(int x) {\n  if (x) {\n  }\n  return 1;\n}\nstruct S {\n  int G() { return 1; }\n};\n",
}


def self_test():
    def build(tree):
        root = Path(tempfile.mkdtemp())
        for name, text in tree.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        return root

    rejected = check_tree(build(BAD_TREE))
    accepted = check_tree(build(GOOD_TREE))
    missed = [name for name in BAD_TREE if not any(v.startswith(name + ":") for v in rejected)]
    sizes = [n for n, _, _ in functions(build(GOOD_TREE) / "lib/group/two.cc")]
    if missed or accepted or sizes != [5, 1]:
        sys.exit(f"check_layers self-test failed: missed {missed}, refused {accepted}, sizes {sizes}")
    print(f"check_layers self-test: {len(BAD_TREE)} bad files rejected, good tree accepted")


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return
    violations = check_tree(ROOT)
    print(*violations, sep="\n", end="\n" if violations else "")
    report_sizes(ROOT)
    print(f"check_layers: {len(violations)} violations")
    sys.exit(1 if violations else 0)


main()
