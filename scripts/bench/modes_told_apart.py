#!/usr/bin/env python3
"""How often `seedscape analyze` tells one, two and three modes apart: simulated samples of known shape, exact match over 91
test problems each, as the scales of one CSV. The verdict is one mode unless the dip test has p < 0.05; then the number of
peaks counts.

    python3 -m venv VENV && VENV/bin/pip install numpy && VENV/bin/python scripts/bench/modes_told_apart.py --seeds 64 250
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
PROBLEMS = 91


def mixture(*parts):
    """Draws from normal parts (weight, mean, deviation)."""
    weights, means, deviations = np.array(parts).T

    def draw(rng, n):
        part = rng.choice(len(parts), n, p=weights / weights.sum())
        return rng.normal(means[part], deviations[part])

    return draw


def failing(rng, n):
    """All seeds fail: most at 0, some with one or two problems right, a few with any number."""
    some = rng.choice([0, 1 / PROBLEMS, 2 / PROBLEMS], n, p=[0.65, 0.25, 0.1])
    return np.where(rng.uniform(size=n) < 0.05, rng.uniform(size=n), some)


SHAPES = {  # modes, draw
    "uniform": (1, lambda rng, n: rng.uniform(size=n)),
    "one normal group": (1, mixture((1, 0.5, 0.12))),
    "one skewed group": (1, lambda rng, n: rng.beta(1.2, 6, n)),
    "failures at 0 and just above": (1, failing),
    "two groups 3 deviations apart": (2, mixture((1, 0.35, 0.1), (1, 0.65, 0.1))),
    "two groups 4 deviations apart": (2, mixture((1, 0.3, 0.1), (1, 0.7, 0.1))),
    "70 % near 0, 30 % around 0.6": (2, mixture((0.7, -0.02, 0.04), (0.3, 0.6, 0.15))),
    "90 % near 0, 10 % around 0.6": (2, mixture((0.9, -0.02, 0.04), (0.1, 0.6, 0.15))),
    "at 0, around 0.5 and near 1": (3, mixture((1, -0.05, 0.05), (1, 0.5, 0.06), (1, 1, 0.06))),
}


def analyse(samples, program):
    """The section "modality" of every sample."""
    with tempfile.TemporaryDirectory() as folder:
        csv, out = Path(folder) / "scores.csv", Path(folder) / "analysis.json"
        # Every sample has seeds of its own, so that there are no curves to rank.
        rows = [
            f"s{s},{s * len(sample) + i},{float(right) / PROBLEMS!r}"
            for s, sample in enumerate(samples)
            for i, right in enumerate(np.round(sample * PROBLEMS))
        ]
        csv.write_text("\n".join(["scale,seed,value", *rows]) + "\n")
        subprocess.run([*program, "analyze", csv, "--axis", "scale", "-o", out], check=True)
        view = json.loads(out.read_text())["axes"][0]["views"][0]
    return [scale["modality"] for scale in view["scales"]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[64, 250], help="sizes of the samples")
    parser.add_argument("--samples", type=int, default=200, help="samples of each shape and size")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--program", nargs="+", default=[str(ROOT / "scripts" / "seedscape")])
    options = parser.parse_args()
    print(f"{options.samples} samples each, NumPy seed {options.seed}; share of them with")
    print(f"{'shape':32}{'modes':>6}{'seeds':>6}{'dip p<.05':>11}{'Silverman':>11}{'verdict 1':>11}{'2':>7}{'3+':>7}")
    for name, (modes, draw) in SHAPES.items():
        for n in options.seeds:
            rng = np.random.default_rng([options.seed, n])
            found = analyse([np.clip(draw(rng, n), 0, 1) for _ in range(options.samples)], options.program)
            dip = np.mean([m["dip"]["p"] < 0.05 for m in found])
            silverman = np.mean([m["silverman"]["p"] < 0.05 for m in found])
            verdict = np.array([max(2, len(m["modes"])) if m["dip"]["p"] < 0.05 else 1 for m in found])
            shares = [np.mean(verdict == 1), np.mean(verdict == 2), np.mean(verdict >= 3)]
            numbers = f"{dip:11.3f}{silverman:11.3f}{shares[0]:11.3f}{shares[1]:7.3f}{shares[2]:7.3f}"
            print(f"{name:32}{modes:6}{n:6}{numbers}", flush=True)


if __name__ == "__main__":
    main()
