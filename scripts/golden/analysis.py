#!/usr/bin/env python3
"""Reference numbers for the statistics of score samples, from NumPy, SciPy and POT: tests/golden/analysis.json.

    python3 -m venv VENV && VENV/bin/pip install numpy scipy pot && VENV/bin/python scripts/golden/analysis.py
"""

import json
import math
import platform
from pathlib import Path

import numpy as np
import ot
import scipy
from scipy import stats

SEED = 20250217
BINS = 20
QUANTILES = [0.0, 0.025, 0.25, 0.5, 0.9, 0.975, 1.0]
KDE_GRID = 201


def make_samples(rng):
    bimodal = np.concatenate([rng.beta(1, 12, 110), rng.beta(9, 3, 90)])
    return {
        "bimodal": bimodal,
        "bimodal_of_another_size": np.concatenate([rng.beta(1, 9, 21), rng.beta(12, 2, 52)]),
        "ties": rng.choice([0.0, 0.05, 0.15, 0.3, 0.35, 0.7, 1.0], 64, p=[0.4, 0.1, 0.05, 0.05, 0.05, 0.05, 0.3]),
        "lattice": rng.integers(0, 92, 150) / 91,
        "skewed_lattice": rng.binomial(91, 0.93, 97) / 91,
        "constant": np.full(30, 0.1),
        "two_values": np.array([0.25, 0.75]),
        "one_value": np.array([0.6]),
        "losses": rng.gamma(2.0, 1.7, 120),
        "outside_both_ends": rng.normal(0.4, 0.9, 75),
    }


def histogram(values):
    inside = values.min() >= 0 and values.max() <= 1
    edges = np.arange(BINS + 1) / BINS if inside else np.linspace(values.min(), values.max(), BINS + 1)
    counts, _ = np.histogram(values, bins=edges)
    fullest = int(np.argmax(counts))
    return {"edges": edges.tolist(), "counts": counts.tolist(), "mode": (edges[fullest] + edges[fullest + 1]) / 2}


def kde_mode(values):
    if values.min() == values.max():
        return float(values[0])
    grid = np.linspace(values.min(), values.max(), KDE_GRID)
    density = stats.gaussian_kde(values, bw_method="scott")(grid)
    best = int(np.argmax(density))
    assert np.delete(density, best).max() < density[best] * (1 - 1e-7), "the golden mode must be clear"
    return float(grid[best])


def successes(values, threshold):
    count, n = int((values >= threshold).sum()), len(values)
    interval = stats.binomtest(count, n).proportion_ci(confidence_level=0.95, method="wilson")
    return {"threshold": threshold, "count": count, "low": interval.low, "high": interval.high}


def describe(name, values):
    return {
        "name": name,
        "values": values.tolist(),
        "mean": float(values.mean()),
        "quantiles": [[q, float(np.quantile(values, q))] for q in QUANTILES],
        "histogram": histogram(values),
        "kde_mode": kde_mode(values),
        "success": [successes(values, threshold) for threshold in (0.2, 0.5)],
    }


def distances(samples):
    names = list(samples)
    return [
        {"a": a, "b": b, "w2": math.sqrt(ot.emd2_1d(samples[a], samples[b], metric="sqeuclidean"))}
        for i, a in enumerate(names)
        for b in names[i + 1 :]
    ]


def shape(y):
    y = np.asarray(y)
    improvement = float(np.sign(np.argmax(y) - np.argmin(y)) * (y.max() - y.min()))
    squares = np.diff(y) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        breakthroughness, linearity = improvement / np.sqrt([np.median(squares), np.mean(squares)])
    flat = improvement == 0
    return {
        "y": y.tolist(),
        "improvement": improvement,
        "breakthroughness": 0.0 if flat else float(breakthroughness),
        "linearity": 0.0 if flat else float(linearity),
    }


def make_curves(rng):
    steps = [np.repeat([0.0, 1.0], [k, 8 - k]) for k in (1, 4, 7)]
    lattice = [rng.integers(0, 92, m) / 91 for m in (3, 4, 5, 8)]
    rising = [np.sort(rng.uniform(size=m)) for m in (3, 6, 12)]
    special = [[0.0] * 5, [1.0, 0.0, 0.0, 0.0, 0.0], [0.1, 0.4, 0.7, 1.0], [0.9, 0.5, 0.1], [0.5, 1.0, 0.0, 1.0, 0.0]]
    return [*steps, *lattice, *rising, *special]


def json_numbers(value):
    """Infinity as text, as the program itself writes it."""
    if isinstance(value, dict):
        return {key: json_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [json_numbers(item) for item in value]
    if isinstance(value, float) and math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def main():
    rng = np.random.default_rng(SEED)
    samples = make_samples(rng)
    golden = {
        "made_by": "scripts/golden/analysis.py",
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "pot": ot.__version__,
        },
        "seed": SEED,
        "tolerance": 1e-9,
        "samples": [describe(name, values) for name, values in samples.items()],
        "distances": distances(samples),
        "curves": [shape(y) for y in make_curves(rng)],
    }
    target = Path(__file__).resolve().parents[2] / "tests" / "golden" / "analysis.json"
    parts = [f'"{key}": {json.dumps(json_numbers(value), allow_nan=False)}' for key, value in golden.items()]
    target.write_text("{\n" + ",\n".join(parts) + "\n}\n")


if __name__ == "__main__":
    main()
