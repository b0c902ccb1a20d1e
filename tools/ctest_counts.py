#!/usr/bin/env python3
"""Prints how many tests of a ctest run passed, failed and were skipped, from its JUnit report."""
import sys
import xml.etree.ElementTree as ElementTree

suite = ElementTree.parse(sys.argv[1]).getroot()
total, failures, skipped, disabled = (
    int(suite.get(name, 0)) for name in ("tests", "failures", "skipped", "disabled"))
if total == 0:
    sys.exit("no tests")
print(total - failures - skipped - disabled, failures, skipped + disabled)
