#!/usr/bin/env python3
"""Reference numbers for modes, tests and intervals, from SciPy, diptest and scikit-learn: tests/golden/modality.json.

    python3 -m venv VENV && VENV/bin/pip install numpy scipy diptest scikit-learn && VENV/bin/python scripts/golden/modality.py
"""

import json
import platform
from pathlib import Path

import diptest
import numpy as np
import scipy
import sklearn
from scipy import optimize, stats
from scipy.stats import _resampling
from sklearn.mixture import GaussianMixture

SEED = 20250217
KDE_GRID = 201


def make_samples(rng):
    normal = rng.normal
    return {
        "unimodal": normal(0.5, 0.12, 150),
        "two_apart": np.concatenate([normal(0.2, 0.06, 90), normal(0.75, 0.08, 60)]),
        "two_close": np.concatenate([normal(0.4, 0.1, 70), normal(0.65, 0.1, 80)]),
        "three": np.concatenate([normal(0.15, 0.04, 50), normal(0.5, 0.05, 60), normal(0.85, 0.04, 40)]),
        "skewed": rng.beta(1.2, 6, 120),
        "lattice": np.concatenate([rng.binomial(91, 0.1, 60), rng.binomial(91, 0.8, 40)]) / 91,
        "coarse_lattice": rng.integers(0, 8, 80) / 7,
        "masses": np.concatenate([np.zeros(40), np.ones(25), rng.integers(1, 30, 35) / 30]),
        "few": np.array([0.1, 0.15, 0.4, 0.9]),
        "two_values": np.array([0.0, 0.0, 0.0, 1.0]),
        "equal_steps": np.arange(12) / 11,
    }


def dip_by_definition(values):
    """The least d for which some unimodal distribution function stays within d of the sample's, as a linear program for
    each place of the mode. Between data points neither function bends, so the values at the data points are enough."""
    x, counts = np.unique(values, return_counts=True)
    after = np.cumsum(counts) / len(values)
    before = after - counts / len(values)
    k = len(x)
    if k == 1:
        return 0.0
    best = 1.0
    for mode in range(k):
        # Unknowns: G just left of each x up to the mode (convex there), G at each x from the mode on (concave), d.
        left, right, d = list(range(mode + 1)), list(range(mode + 1, k + 1)), k + 1
        rows, limits = [], []

        def at_most(terms, limit):
            row = np.zeros(k + 2)
            for index, factor in terms:
                row[index] += factor
            rows.append(row)
            limits.append(limit)

        place = left + right  # unknown of each side and point
        points = list(range(mode + 1)) + list(range(mode, k))
        for unknown, i in zip(place, points):
            is_left = unknown <= mode
            if i != mode or is_left:
                at_most([(unknown, 1), (d, -1)], before[i])  # G(x-) <= F(x-) + d
            if i != mode or not is_left:
                at_most([(unknown, -1), (d, -1)], -after[i])  # G(x) >= F(x) - d
        for a, b in zip(place, place[1:]):
            at_most([(a, 1), (b, -1)], 0)
        for side, sign in ((left, 1), (right, -1)):
            at = points[: mode + 1] if sign > 0 else points[mode + 1 :]
            for j in range(len(side) - 2):
                first, second = x[at[j + 1]] - x[at[j]], x[at[j + 2]] - x[at[j + 1]]
                terms = [(side[j + 1], sign / first), (side[j], -sign / first)]
                terms += [(side[j + 2], -sign / second), (side[j + 1], sign / second)]
                at_most(terms, 0)
        cost = np.zeros(k + 2)
        cost[d] = 1
        solution = optimize.linprog(cost, np.array(rows), np.array(limits), bounds=[(0, 1)] * (k + 2), method="highs")
        assert solution.success
        best = min(best, solution.fun)
    return float(best)




def modes(values):
    grid = np.linspace(values.min(), values.max(), KDE_GRID)
    density = stats.gaussian_kde(values, bw_method="scott")(grid)
    padded = np.concatenate([[-1], density, [-1]])
    peaks = [i for i in range(KDE_GRID) if padded[i + 1] > padded[i] and padded[i + 1] > padded[i + 2]]
    valleys = [a + int(np.argmin(density[a:b])) for a, b in zip(peaks, peaks[1:])]
    ends = np.concatenate([[-np.inf], grid[valleys], [np.inf]])
    shares = [float(np.mean((values > a) & (values <= b))) for a, b in zip(ends, ends[1:])]
    if min(shares) < 0.05:
        return None  # what becomes of small peaks is a rule of ours
    result = {"peaks": [[float(grid[i]), float(density[i]), s] for i, s in zip(peaks, shares)], "antimode": None}
    if len(peaks) > 1:
        first, last = sorted(sorted(range(len(peaks)), key=lambda i: -shares[i])[:2])
        result["antimode"] = float(grid[min(valleys[first:last], key=lambda i: density[i])])
    return result


def critical_bandwidth(values):
    """Least bandwidth with which the Gaussian kernel density has one peak, by bisection on a fine grid."""
    grid = np.linspace(values.min(), values.max(), 2001)

    def has_one_peak(h):
        density = np.exp(-0.5 * ((grid[:, None] - values[None, :]) / h) ** 2).sum(axis=1)
        rises = np.diff(density) > 0
        return np.sum(rises[:-1] & ~rises[1:]) + (not rises[0]) + rises[-1] == 1

    low, high = 1e-3 * np.ptp(values), np.ptp(values)
    if has_one_peak(low):
        return None
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if has_one_peak(middle) else (middle, high)
    return high


def mixture(values, k):
    fit = GaussianMixture(k, n_init=4, tol=1e-9, max_iter=5000, reg_covar=1e-12, random_state=1)
    column = values[:, None]
    fit.fit(column)
    order = np.argsort(fit.means_[:, 0])
    parts = np.stack([fit.weights_, fit.means_[:, 0], np.sqrt(fit.covariances_[:, 0, 0])], axis=1)[order]
    return {"bic": fit.bic(column), "parts": parts.tolist()}


def bimodality(values):
    n = len(values)
    skewness, kurtosis = stats.skew(values, bias=False), stats.kurtosis(values, bias=False)
    return float((skewness**2 + 1) / (kurtosis + 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))))


def describe(name, values):
    return {
        "name": name,
        "values": np.sort(values).tolist(),
        "dip": diptest.dipstat(values),
        "dip_by_definition": dip_by_definition(values),
        "modes": modes(values),
        "critical_bandwidth": critical_bandwidth(values),
        "bimodality_coefficient": bimodality(values),
    }


def random_lattice_dips(rng):
    """Small samples full of ties, where implementations differ from the definition most easily."""
    cases = []
    for _ in range(60):
        points = int(rng.integers(2, 9))
        values = rng.choice(points, size=int(rng.integers(2, 25)), p=rng.dirichlet(np.full(points, 0.6))) / 8
        cases.append({"values": np.sort(values).tolist(), "dip": dip_by_definition(values)})
    return cases


def bca(rng, values, replicates):
    """SciPy's own bias correction and acceleration, applied to given replicates of the mean."""
    means = rng.choice(values, size=(replicates, len(values))).mean(axis=1)
    low, high, _ = _resampling._bca_interval((values,), np.mean, -1, 0.025, means, None, np)
    return {
        "values": values.tolist(),
        "means": means.tolist(),
        "low": float(np.percentile(means, low * 100)),
        "high": float(np.percentile(means, high * 100)),
    }


def logistic(x, successes, trials):
    """Maximum of the binomial likelihood by a general minimiser."""
    x, successes, trials = (np.asarray(v, float) for v in (x, successes, trials))

    def loss(beta):
        eta = beta[0] + beta[1] * x
        return np.sum(trials * np.logaddexp(0, eta) - successes * eta)

    best = optimize.minimize(loss, [0.0, 0.0], method="BFGS", options={"gtol": 1e-10}).x
    best = optimize.minimize(loss, best, method="Nelder-Mead", options={"xatol": 1e-12, "fatol": 1e-14}).x
    return {
        "x": x.tolist(),
        "successes": successes.tolist(),
        "trials": trials.tolist(),
        "intercept": float(best[0]),
        "slope": float(best[1]),
    }


def main():
    rng = np.random.default_rng(SEED)
    samples = make_samples(rng)
    p = [rng.uniform(size=n) ** power for n, power in ((1, 1), (5, 3), (12, 2), (12, 1))]
    p.append(np.array([0.01, 0.01, 0.04, 0.03, 1.0]))
    golden = {
        "made_by": "scripts/golden/modality.py",
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "diptest": diptest.__version__,
            "scikit-learn": sklearn.__version__,
        },
        "seed": SEED,
        "samples": [describe(name, values) for name, values in samples.items()],
        "lattice_dips": random_lattice_dips(rng),
        "mixtures": [
            {"name": name, "fits": [mixture(samples[name], k) for k in (1, 2, 3)]}
            for name in ("unimodal", "two_apart", "two_close", "three", "skewed")
        ],
        "benjamini_hochberg": [
            {"p": values.tolist(), "adjusted": stats.false_discovery_control(values).tolist()} for values in p
        ],
        "bca": [bca(rng, samples[name], 400) for name in ("skewed", "two_apart", "lattice")],
        "logistic": [
            logistic([1.0, 2.0, 3.0, 4.0], [2, 9, 30, 41], [50, 50, 50, 50]),
            logistic([5.1, 5.9, 7.4], [10, 40, 37], [80, 60, 40]),
            logistic([0.0, 1.0, 2.5, 3.0, 4.5], [40, 33, 20, 9, 1], [50, 45, 50, 31, 50]),
        ],
    }
    target = Path(__file__).resolve().parents[2] / "tests" / "golden" / "modality.json"
    parts = [f'"{key}": {json.dumps(value, allow_nan=False)}' for key, value in golden.items()]
    target.write_text("{\n" + ",\n".join(parts) + "\n}\n")


if __name__ == "__main__":
    main()
