#!/usr/bin/env python3
"""CTest runs every test case of every test program, once.

usage: test_list_test.py CTEST BUILD_FOLDER PROGRAM...

Each entry of CTest's list selects test cases by a filter. An entry that selects none has been seen to count as passed.
"""
import collections
import json
import pathlib
import re
import subprocess
import sys


def output_of(*command):
    return subprocess.run([str(part) for part in command], text=True, stdout=subprocess.PIPE).stdout


def test_cases(program):
    """The names that the program lists, hidden ones left out."""
    second_generation = "--list-test-names-only" in output_of(program, "--help")
    options = ["--list-test-names-only"] if second_generation else ["--list-tests", "--verbosity", "quiet"]
    return [line.strip() for line in output_of(program, *options).splitlines() if line.strip()]


def filters(entries, program):
    """What CTest's entries for the program select; Catch2 escapes some characters by a backslash."""
    commands = [entry["command"] for entry in entries if entry.get("command", [""])[0] == str(program)]
    return [re.sub(r"\\(.)", r"\1", command[1]) for command in commands]


def main(ctest, build, *programs):
    entries = json.loads(output_of(ctest, "--test-dir", build, "--show-only=json-v1"))["tests"]
    found_fault = False
    for program in programs:
        cases = collections.Counter(test_cases(program))
        selected = collections.Counter(filters(entries, program))
        print(f"{pathlib.Path(program).name}: {sum(cases.values())} test cases, {sum(selected.values())} in CTest's list")
        for name in sorted(cases - selected):
            print(f"    not in CTest's list: {name}")
        for name in sorted(selected - cases):
            print(f"    selects no test case: {name}")
        found_fault = found_fault or cases != selected or not cases
    return 1 if found_fault else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
