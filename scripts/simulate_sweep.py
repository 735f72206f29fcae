#!/usr/bin/env python3
"""A sweep of the paper's size whose truth is known: scores drawn from mixtures, stored as a result folder.

    simulate_sweep.py OUT [--seeds 250] [--curves 20] [--program build/release/seedscape]      (needs numpy)

The plan (12 cells of the count task: widths 64 to 1024 at depth 4, depths 1 to 8 at width 512; 7 test lengths) comes
from the program itself; nothing is trained. A run succeeds with the probability P of its cell; a success scores well
at length 30 and falls off with the length, the later the larger the model; a failure scores near 0 beyond what it was
trained on. Exact match lies on the lattice of its test set. Two runs of the widest cell diverge, two do not even learn
the trained lengths. --curves K adds K evaluations on the way, over which a success breaks through at a random time.
OUT/truth.json holds P; then the program analyses the folder and writes its report.
"""
import argparse
import json
import pathlib
import subprocess
import zlib

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[1]
SEED = 20250224
VOCABULARY, LENGTHS, STEPS = 150, [30, 40, 50, 60, 70, 80, 90], 1000
# By depth at width 512 P rises; by width at depth 4 it dips in the middle, as the paper's Figure 6 has it.
SUCCESS = {(64, 4): .30, (128, 4): .55, (256, 4): .40, (384, 4): .30, (512, 4): .45, (640, 4): .60, (768, 4): .72,
           (1024, 4): .85, (512, 1): .0, (512, 2): .12, (512, 6): .75, (512, 8): .92}
UNUSED = ["exact_match_eos", "token_accuracy", "nll", "min_prob", "sequence_prob", "sequence_nll", "max_token_nll"]


def on_lattice(score, length):
    sequences = VOCABULARY - length + 1
    return np.round(np.clip(score, 0, 1) * sequences) / sequences


class Log:
    """One checked log, a JSON object a line: each has its number, the CRC-32 of the line before and its own."""

    def __init__(self, folder, fingerprint):
        folder.mkdir(parents=True, exist_ok=True)
        self.file = open(folder / "simulated.jsonl", "w")
        self.count, self.crc = 0, "00000000"
        self.write({"format": "seedscape-runs", "schema": 1, "writer": "simulated", "fingerprint": fingerprint})

    def write(self, members):
        body = json.dumps({"seq": self.count, "prev": self.crc, **members}, separators=(",", ":"))[:-1]
        self.crc = f"{zlib.crc32(body.encode()):08x}"
        self.file.write(f'{body},"crc":"{self.crc}"}}\n')
        self.count += 1

    def close(self):
        self.write({"count": self.count - 1, "last": self.crc})
        self.file.close()


def final_scores(rng, width, depth, succeeds):
    """Exact match at each length."""
    reach = 55 + 4 * np.log2(width / 64) + 3 * depth + rng.normal(0, 8)
    level = rng.beta(20, 2)
    scores = {}
    for length in LENGTHS:
        if length <= 30:
            score = rng.beta(200, 1)
        elif succeeds:
            score = level / (1 + np.exp((length - reach) / 9))
        else:
            score = rng.beta(1, 12) * np.exp(-(length - 30) / 25)
        scores[length] = float(on_lattice(score, length))
    return scores


def metrics(rng, exact_match):
    """Every metric of one length, tied to its exact match."""
    token = 1 - (1 - exact_match) * 0.2
    nll = float(-np.log(token) + rng.gamma(2, 0.005))
    least = float(np.clip(0.85 * exact_match + 0.12 * rng.beta(2, 3), 0, 1))
    values = [exact_match, token, nll, least, least * 0.9, nll * 40, nll * 12]
    return {"exact_match": exact_match, **dict(zip(UNUSED, map(float, values)))}


def record(run, **changes):
    return {"run_id": run["run_id"], "seed": run["seed"], "init_seed": run["init_seed"], "data_seed": run["data_seed"],
            "status": "done", "reason": "", "step": STEPS, "attempt": 1, "train_loss": 0.01, "lengths": [],
            "weights_digest": "0" * 64, "wall_s": 0.5, "device": "simulated", **changes}


def write_cell(cell, options, runs_log, curves_log):
    width, depth = cell["model"]["width"], cell["model"]["depth"]
    for run in cell["runs"]:
        rng = np.random.default_rng([SEED, width, depth, run["seed"]])
        if width == 1024 and run["seed"] in (3, 11):
            runs_log.write(record(run, status="diverged", reason="loss is not finite", step=40, train_loss=None,
                                  weights_digest=""))
            continue
        scores = final_scores(rng, width, depth, rng.random() < SUCCESS[width, depth])
        if width == 1024 and run["seed"] in (5, 8):
            scores = {length: float(on_lattice(score * .1, length)) for length, score in scores.items()}
        lengths = [{"length": length, "scores": metrics(rng, score)} for length, score in scores.items()]
        runs_log.write(record(run, train_loss=float(rng.gamma(4, .005)), lengths=lengths))
        when = STEPS * rng.lognormal(np.log(.45), .35)
        for step in np.linspace(0, STEPS, options.curves + 1).astype(int).tolist() if options.curves else []:
            score = 0.0 if step == 0 else scores[60] / (1 + np.exp((when - step) / 40))
            at_60 = [{"length": 60, "scores": {"exact_match": float(on_lattice(score, 60))}}]
            curves_log.write(record(run, step=step, train_loss=None if step == 0 else .1, lengths=at_60))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--seeds", type=int, default=250)
    parser.add_argument("--curves", type=int, default=0, metavar="K")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/seedscape")
    options = parser.parse_args()
    # A few steps on the batch of a toy: the plan is what counts, and a run that is asked for in earnest stays apart.
    settings = ["name=simulated", f"seeds.count={options.seeds}", f"train.steps={STEPS}", "train.batch=1", "train.context=100"]
    settings += [f"eval.every={STEPS // options.curves}"] if options.curves else []
    command = [options.program.resolve(), "run", ROOT / "configs/paper/count.yaml", "--out", options.out]
    command += [word for setting in settings for word in ("--set", setting)]
    if subprocess.run([*command, "--time-limit", "0.001s"], stderr=subprocess.DEVNULL).returncode != 75:
        raise SystemExit(f"{options.program} did not lay out the plan in {options.out}")
    plan = json.loads((options.out / "plan.json").read_text())
    fingerprint = {"simulated_by": "scripts/simulate_sweep.py", "numpy": np.__version__, "seed": SEED}
    logs = Log(options.out / "runs", fingerprint), Log(options.out / "curves", fingerprint) if options.curves else None
    for cell in plan["cells"]:
        write_cell(cell, options, *logs)
    for log in filter(None, logs):
        log.close()
    truth = [{"width": width, "depth": depth, "success": p} for (width, depth), p in SUCCESS.items()]
    (options.out / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")
    raise SystemExit(subprocess.run(command).returncode)


main()
