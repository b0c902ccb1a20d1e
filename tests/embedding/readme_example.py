#!/usr/bin/env python3
"""Prints the first ```cpp block of README.md, so that it is compiled and run and cannot rot."""
import re
import sys
from pathlib import Path

readme = Path(__file__).resolve().parent.parent.parent / "README.md"
block = re.search(r"^```cpp\n(.*?)^```$", readme.read_text(), re.DOTALL | re.MULTILINE)
if not block:
    sys.exit(f"{readme.name} has no ```cpp block")
sys.stdout.write(block.group(1))
