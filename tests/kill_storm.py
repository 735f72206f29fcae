#!/usr/bin/env python3
"""Kills sweeps at random times, starts them again, and compares what they end with to sweeps that were left alone.

usage: tests/kill_storm.py [--program build/release/seedscape] [--kills 20] [--sweeps 2] [--seed 1]

A sweep is started and killed (SIGKILL; sometimes SIGTERM, or a second process is started beside it) until it comes to
its end; then the next one. After each kill no run that was counted as done may be missing; in the end every row of
results.csv but the time and attempt it took must be that of the undisturbed sweep. Exit 1 names what was lost, doubled or different.
"""

import argparse
import csv
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECONDS = "store.checkpoint_every=0.03"
SWEEPS = [  # what is set in smoke.yaml (or in the config named last), and options
    (["train.steps=6000", SECONDS], []),
    (["train.steps=4000", SECONDS, "eval.every=500"], ["--workers", "1"]),
    (["train.steps=5000", SECONDS, "store.weights=all", "eval.every=1000"], []),
    (["train.steps=700", SECONDS, "train.trainer=reference"], []),
    (["train.steps=6000", SECONDS, "train.learning_rate=100.0", "train.clip_norm=0.0"], []),  # some diverge
    (["train.steps=8000", SECONDS, "train.stop_score=0.9", "train.stop_every=200"], []),
    (["train.steps=3000", SECONDS, "seeds.count=6"], ["--workers", "3"]),
    (["train.steps=5000", "store.checkpoint_every=1000.0"], []),  # no checkpoint is ever due
    (["train.steps=1200", SECONDS, "seeds.count=2"], [], "tasks/parity.yaml"),
    (["train.steps=2500", SECONDS, "model.residual=sequential", "train.batch=8"], []),
]
LONGEST_WAITS = (0.05, 0.1, 0.3, 0.5)  # shares of the undisturbed time, so that some kills meet the start; but at least
START = 0.5  # seconds, or a short sweep would never come further


class Sweep:
    def __init__(self, program, folder, settings, options, config="smoke.yaml"):
        self.program, self.folder = program, folder
        self.command = [program, "run", str(ROOT / "configs" / config), "--device", "cpu", "--quiet", "--out", str(folder), *options]
        for setting in settings:
            self.command += ["--set", setting]

    def start(self):
        return subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def ended(self):
        """Runs that are counted as done or diverged."""
        if not (self.folder / "plan.json").exists():
            return 0
        answer = subprocess.run([self.program, "status", str(self.folder), "--json"], capture_output=True, text=True)
        if answer.returncode != 0:
            sys.exit(f"status after a kill: exit {answer.returncode}: {answer.stderr}")
        counts = json.loads(answer.stdout)
        return counts["done"] + counts["diverged"]

    def results(self):
        with open(self.folder / "results.csv", newline="") as file:
            return [tuple(v for k, v in row.items() if k not in ("wall_s", "attempt")) for row in csv.DictReader(file)]


def undisturbed(program, number, folder):
    sweep = Sweep(program, folder, *SWEEPS[number])
    start = time.monotonic()
    process = sweep.start()
    error = process.communicate()[1]
    if process.returncode != 0:
        sys.exit(f"an undisturbed sweep ended with {process.returncode}: {error}")
    return sweep.results(), time.monotonic() - start


def storm(program, number, folder, expected, seconds, draw, kills_left):
    """Kills one sweep until it comes to its end or no kill is left; returns the kills."""
    sweep = Sweep(program, folder, *SWEEPS[number])
    kills, ended = 0, 0
    while True:
        process = sweep.start()
        second = sweep.start() if draw.random() < 0.1 else None
        longest = max(START, draw.choice(LONGEST_WAITS) * seconds)
        wait = draw.uniform(0, longest) if kills < kills_left else None
        try:
            error = process.communicate(timeout=wait)[1]
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL if draw.random() < 0.9 else signal.SIGTERM)
            error = process.communicate()[1]
            kills += 1
        if second is not None:
            second.kill() if draw.random() < 0.5 else second.terminate()
            second.communicate()
        if process.returncode not in (0, 6, 75, -signal.SIGKILL, -signal.SIGTERM):
            sys.exit(f"sweep {number}: exit {process.returncode}: {error}")
        now = sweep.ended()
        if now < ended:
            sys.exit(f"sweep {number}: {ended} runs had ended, now {now}")
        ended = now
        if process.returncode == 0:
            break
    if sweep.results() != expected:
        sys.exit(f"sweep {number}: results differ from the undisturbed sweep's, see {folder}")
    if any((folder / "checkpoints").glob("*.safetensors")):
        sys.exit(f"sweep {number}: checkpoints are left, see {folder}")
    return kills


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build" / "release" / "seedscape"))
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--sweeps", type=int, default=2, help=f"kinds of sweep, up to {len(SWEEPS)}")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    draw = random.Random(args.seed)
    work = Path(tempfile.mkdtemp(prefix="seedscape-storm-"))
    kinds = range(min(args.sweeps, len(SWEEPS)))
    left_alone = {n: undisturbed(args.program, n, work / f"undisturbed-{n}") for n in kinds}
    kills, sweeps, values = 0, 0, 0
    while kills < args.kills:
        number = sweeps % len(left_alone)
        expected, seconds = left_alone[number]
        folder = work / f"sweep-{sweeps}"
        kills += storm(args.program, number, folder, expected, seconds, draw, args.kills - kills)
        sweeps += 1
        values += len(expected)
        shutil.rmtree(folder)
        print(f"{kills} kills, {sweeps} sweeps, {values} values as undisturbed", flush=True)
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
