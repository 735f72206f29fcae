#!/usr/bin/env python3
"""A few steps of any config against Hugging Face: same first weights, same batches, torch's AdamW; then the same weights?

    check_run.py CONFIG [--set key=value]... [--steps 20] [--seed 77]      (needs torch, transformers and a built program)

Trains one seed of the config's first cell, exports its first and last weights, trains a copy of the first in transformers
on the program's own batches (`sample --json`), and prints how far weights, loss and exact match lie apart. Exit 1 if the
change of a weight tensor differs by more than 1e-4 (1e-3 for query_key_value.bias, whose key part has no gradient in
theory, so that AdamW enlarges rounding), the loss by 1e-5, or exact match at all.
"""
import argparse
import csv
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from transformers import GPTNeoXForCausalLM
from transformers.utils import logging

PROGRAM = Path(__file__).resolve().parents[2] / "build/release/seedscape"


def seedscape(*words):
    return subprocess.run([PROGRAM, *map(str, words)], check=True, stdout=subprocess.PIPE).stdout


def train_ours(options, settings, folder):
    seedscape("run", options.config, *settings, "--out", folder / "out", "--quiet")
    cell = json.loads((folder / "out/plan.json").read_text())["cells"][0]
    run_id = cell["runs"][0]["run_id"]
    for step in (0, options.steps):
        seedscape("export", folder / "out", run_id, "-o", folder / str(step), "--step", step, "--quiet")
    with open(folder / "out/results.csv") as file:
        return cell["train"], [row for row in csv.DictReader(file) if row["run_id"] == run_id]


def load(folder):
    return GPTNeoXForCausalLM.from_pretrained(folder, attn_implementation="sdpa")


def train_theirs(model, train, batches):
    optimizer = torch.optim.AdamW(model.parameters(), lr=0, weight_decay=train["weight_decay"])
    steps, warmup = train["steps"], train["warmup_steps"]
    for step, batch in enumerate(batches):
        tokens = torch.tensor(batch["tokens"])
        targets = torch.where(torch.tensor(batch["loss_mask"]) == 1, tokens, -100)[:, 1:]
        logits = model(input_ids=tokens[:, :-1]).logits
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-100)
        done = (step - warmup) / max(1, steps - warmup)
        factor = step / warmup if step < warmup else 0.5 * (1 + math.cos(math.pi * done))
        optimizer.param_groups[0]["lr"] = train["learning_rate"] * factor
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), train["clip_norm"] or math.inf)
        optimizer.step()
    return loss.item()


@torch.no_grad()
def exact_match(model, tests):
    hits = 0
    for tokens, compared in zip(tests["tokens"], tests["compare_mask"]):
        best = model(input_ids=torch.tensor([tokens])).logits[0].argmax(-1).tolist()
        hits += all(best[t - 1] == tokens[t] for t in range(1, len(tokens)) if compared[t])
    return hits / len(tests["tokens"])


def changes_apart(start, theirs, ours):
    """For each tensor |their change - our change| / |our change|."""
    apart = {}
    for name, first in start.items():
        change = (ours[name] - first).norm().item()
        apart[name] = (theirs[name] - ours[name]).norm().item() / change if change else 0.0
    return apart


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--seed", type=int, default=77)
    options = parser.parse_args()
    logging.disable_progress_bar()
    torch.set_num_threads(1)
    own = [f"train.steps={options.steps}", f"eval.every={options.steps}", "store.weights=all", "seeds.vary=both",
           "seeds.count=1", f"seeds.first={options.seed}", "eval.sequences=64", "train.decay_scope=all"]
    settings = [word for setting in [*options.set, *own] for word in ("--set", setting)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        train, rows = train_ours(options, settings, folder)
        sample = ["sample", options.config, *settings, "--json", "--seed", options.seed]
        batches = [json.loads(seedscape(*sample, "--step", step)) for step in range(options.steps)]
        tests = json.loads(seedscape(*sample, "--split", "eval"))
        theirs, ours = load(folder / "0"), load(folder / str(options.steps))
        start = {key: value.clone() for key, value in theirs.state_dict().items()}
        loss = train_theirs(theirs, train, batches)
        apart = changes_apart(start, theirs.state_dict(), ours.state_dict())
        match = exact_match(ours, tests)
    own_loss = next(float(row["value"]) for row in rows if row["metric"] == "train_loss")
    own_match = next(float(row["value"]) for row in rows
                     if row["metric"] == "exact_match" and int(row["length"] or -1) == tests["length"])
    biases = max(value for key, value in apart.items() if key.endswith("query_key_value.bias"))
    others = max(value for key, value in apart.items() if not key.endswith("query_key_value.bias"))
    print(f"change of weights apart by {others:.1e}, of query_key_value.bias by {biases:.1e}; "
          f"loss {own_loss:.7g} and {loss:.7g}; exact match {own_match:.4g} and {match:.4g}")
    agrees = others < 1e-4 and biases < 1e-3 and abs(loss / own_loss - 1) < 1e-5 and match == own_match
    sys.exit(0 if agrees else 1)


if __name__ == "__main__":
    main()
