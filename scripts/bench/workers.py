#!/usr/bin/env python3
"""How much faster two workers finish a sweep than one: alternating runs of the demo's depth 2, ratios of wall time.

    workers.py [--rounds 3] [--seeds 6] [--workers 2]
"""
import argparse
import pathlib
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def sweep_seconds(workers, seeds):
    with tempfile.TemporaryDirectory() as folder:
        command = [ROOT / "build/release/seedscape", "run", ROOT / "configs/demo.yaml", "--quiet", "--out", folder,
                   "--device", "cpu", "--workers", str(workers), "--set", f"seeds.count={seeds}",
                   "--set", "axes=[{key: model.depth, values: [2]}]"]
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    ratios = []
    for _ in range(arguments.rounds):
        one, many = sweep_seconds(1, arguments.seeds), sweep_seconds(arguments.workers, arguments.seeds)
        ratios.append(one / many)
        print(f"1 worker {one:.1f} s, {arguments.workers} workers {many:.1f} s: {one / many:.2f} times", flush=True)
    print(f"median: {statistics.median(ratios):.2f} times")


main()
