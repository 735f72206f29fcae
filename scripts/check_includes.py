#!/usr/bin/env python3
"""Holds the module boundaries: who may include whom, where Torch and Catch2 may appear. Run from anywhere; exit 1 lists offences."""

import re
import sys
from pathlib import Path

MAY_INCLUDE = {  # besides itself
    "base": [],
    "config": ["base"],
    "tasks": ["base", "config"],
    "model": ["base", "config"],
    "eval": ["base", "config", "tasks"],
    "train": ["base", "config", "tasks", "model", "eval"],
    "store": ["base", "config"],
    "sweep": ["base", "config", "tasks", "model", "eval", "train", "store"],
    "analysis": ["base", "config", "store"],
    "report": ["base", "config", "analysis"],
    "cli": ["base", "config", "tasks", "model", "eval", "train", "store", "sweep", "analysis", "report"],
}
SUFFIXES = (".h", ".cpp", ".cu", ".cuh")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
TORCH = re.compile(r"^(torch|ATen|c10)/")


def module_of(path, root):
    """src/<module>/..., include/seedscape/<module>/..., tests/<module>/...: the module, or None (tests/support)."""
    parts = [part for part in path.relative_to(root).parts[1:] if part != "seedscape"]
    return parts[0] if parts[0] in MAY_INCLUDE else None


def private_header(name, path, root):
    """The file that a quoted include outside "seedscape/" means, or None."""
    places = (path.parent, root / "src", root / "tests")
    return next((place.joinpath(name).resolve() for place in places if place.joinpath(name).is_file()), None)


def offence(bracket, name, path, root):
    """What is wrong with one include, or None."""
    where = path.relative_to(root)
    top, module = where.parts[0], module_of(path, root)
    if name.startswith("catch2/"):
        return None if where.parts[:2] == ("tests", "support") else 'Catch2 comes through "support/test.h"'
    if TORCH.match(name):
        if top == "tests":
            return None if where.name == "torch_test.h" else 'Torch comes through "support/torch_test.h"'
        if where.parts[:2] != ("src", "train"):
            return "only src/train may use Torch"
        return "kernels take pointers, not tensors" if path.suffix in (".cu", ".cuh") else None
    if name.startswith("seedscape/"):
        other = name.split("/")[1]
        if top == "tests" or other == module or other in MAY_INCLUDE[module]:
            return None if (root / "include" / name).is_file() else "no such header"
        return f"{module} may not include {other}"
    if bracket == '"':
        header = private_header(name, path, root)
        if header is None:
            return "no such header"
        may_look_inside = where.parts[:2] == ("tests", "fuzz")
        if header.is_relative_to(root / "src") and module_of(header, root) != module and not may_look_inside:
            return f"a private header of {module_of(header, root)}"
    return None


def main():
    root = Path(__file__).resolve().parent.parent
    offences = []
    for path in sorted(p for top in ("include", "src", "tests") for p in (root / top).rglob("*.*") if p.suffix in SUFFIXES):
        text = path.read_text()
        for match in INCLUDE.finditer(text):
            problem = offence(*match.groups(), path, root)
            if problem:
                line = text.count("\n", 0, match.start(1)) + 1
                offences.append(f"{path.relative_to(root)}:{line}: {match[2]}: {problem}")
    for line in offences:
        print(line, file=sys.stderr)
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
