#!/usr/bin/env python3
"""Variance of score grids by statsmodels: two-way ANOVA for the shares, its mean squares for the components.

    variance.py > tests/golden/variance.json      (needs numpy, pandas, statsmodels)
"""

import json
import platform
import sys

import numpy as np
import pandas as pd
import statsmodels
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm

SEED = 20250218
FACTORS = {"init": "C(init)", "data": "C(data)", "interaction": "Residual"}  # one score a cell: what is left is interaction


def describe(y):
    rows, columns = y.shape
    i, j = np.meshgrid(range(rows), range(columns), indexing="ij")
    table = anova_lm(ols("y ~ C(init) + C(data)", pd.DataFrame({"y": y.ravel(), "init": i.ravel(), "data": j.ravel()})).fit())
    squares = {name: table.loc[row, "sum_sq"] for name, row in FACTORS.items()}
    mean = {name: table.loc[row, "mean_sq"] for name, row in FACTORS.items()}
    # E[MS_init] = s_interaction + columns s_init, E[MS_data] = s_interaction + rows s_data
    system = np.array([[columns, 0, 1], [0, rows, 1], [0, 0, 1]], float)
    solved = np.maximum(np.linalg.solve(system, [mean["init"], mean["data"], mean["interaction"]]), 0)
    return {"I": rows, "J": columns, "y": y.ravel().tolist(),
            "squares": {name: value / sum(squares.values()) for name, value in squares.items()},
            "components": dict(zip(FACTORS, (solved / solved.sum()).tolist()))}


def main():
    rng = np.random.default_rng(SEED)
    grids = [
        rng.random((4, 4)),
        np.add.outer(rng.normal(size=3), rng.normal(size=7)) + 0.1 * rng.normal(size=(3, 7)),
        (rng.random((8, 5)) < 0.4).astype(float),
        np.outer(np.linspace(0, 1, 6), np.ones(2)) + 0.01 * rng.normal(size=(6, 2)),
        rng.integers(0, 92, (16, 16)) / 91,
    ]
    versions = {"python": platform.python_version(), "numpy": np.__version__, "pandas": pd.__version__,
                "statsmodels": statsmodels.__version__}
    json.dump({"made_by": "scripts/golden/variance.py", "seed": SEED, "versions": versions, "tolerance": 1e-9,
               "grids": [describe(grid) for grid in grids]}, sys.stdout, indent=1)
    print()


main()
