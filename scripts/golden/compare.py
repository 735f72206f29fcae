#!/usr/bin/env python3
"""Reference numbers for the comparison of two samples, from SciPy and statsmodels: tests/golden/compare.json.

    python3 -m venv VENV && VENV/bin/pip install numpy scipy statsmodels && VENV/bin/python scripts/golden/compare.py
"""

import json
import platform
from pathlib import Path

import numpy as np
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

SEED = 20250218


def make_pairs(rng):
    bimodal = lambda n: np.where(rng.random(n) < 0.4, 0, rng.binomial(17, 0.7, n)) / 17
    return {
        "one value each": (rng.random(1), rng.random(1)),
        "one value against nine": (rng.random(1), rng.random(9)),
        "apart": (rng.random(12), 1 + rng.random(15)),
        "the same values": (np.arange(6) / 5, np.arange(6) / 5),
        "small, no common divisor": (rng.random(7), rng.random(11)),
        "equal sizes": (rng.normal(size=25), rng.normal(0.5, size=25)),
        "one size divides the other": (rng.normal(size=16), rng.normal(0.3, size=64)),
        "bimodal lattice": (bimodal(64), bimodal(64)),
        "bimodal lattice of other sizes": (bimodal(64), bimodal(96)),
        "many, slightly apart": (rng.normal(size=250), rng.normal(0.2, size=200)),
        "many, far apart": (rng.normal(size=250), rng.normal(1, size=250)),
    }


def distance(name, a, b):
    result = stats.ks_2samp(a, b, method="exact")
    return {"name": name, "a": a.tolist(), "b": b.tolist(), "statistic": float(result.statistic), "p": float(result.pvalue)}


def limit(shift):
    """Samples too large to count paths: 0, 1, ... 19999 and 9000 values 20 / 9 apart from `shift` on."""
    a, b = np.arange(20000.0), np.arange(9000.0) * 20 / 9 + shift
    statistic = float(stats.ks_2samp(a, b, method="asymp").statistic)
    p = float(stats.kstwobign.sf(statistic * np.sqrt(len(a) * len(b) / (len(a) + len(b)))))
    return {"shift": shift, "statistic": statistic, "p": p}


def difference(count_a, n_a, count_b, n_b, level):
    low, high = confint_proportions_2indep(count_a, n_a, count_b, n_b, method="newcomb", compare="diff", alpha=1 - level)
    return {"a": [count_a, n_a], "b": [count_b, n_b], "level": level, "low": float(low), "high": float(high)}


def main():
    pairs = make_pairs(np.random.default_rng(SEED))
    shares = [(9, 64, 5, 64), (36, 64, 10, 32), (1, 2, 1, 3), (0, 16, 3, 64), (250, 250, 180, 200), (0, 16, 0, 16), (5, 5, 0, 7)]
    golden = {
        "made_by": "scripts/golden/compare.py",
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__,
                     "statsmodels": statsmodels.__version__},
        "seed": SEED,
        "tolerance": 1e-9,
        "distances": [distance(name, a, b) for name, (a, b) in pairs.items()],
        "limits": [limit(shift) for shift in (0, 40, 60, 120, 220, 400, 1000)],
        "differences": [difference(*share, level) for share in shares for level in (0.95, 0.8)],
    }
    target = Path(__file__).resolve().parents[2] / "tests" / "golden" / "compare.json"
    parts = [f'"{key}": {json.dumps(value, allow_nan=False)}' for key, value in golden.items()]
    target.write_text("{\n" + ",\n".join(parts) + "\n}\n")


if __name__ == "__main__":
    main()
