#!/usr/bin/env python3
"""Gradients and twenty AdamW steps of tiny models from Hugging Face transformers: tests/golden/training.json.

    training.py build/release/seedscape > tests/golden/training.json      (needs numpy, scipy, torch, transformers)

The batches are those of the program, by `sample --json`; all else is Hugging Face's and torch's. Tensors that the test
compares are here as their norm and 16 projections: projection k of x is the sum of its elements in row-major order,
element e with the sign of bit 63 of splitmix64(16 e + k), set for minus. Two tensors apart by d have projections apart
by |d| in root mean square.

The fp32 changes leave out (as 0) the key biases of the dims that do not turn: they shift all scores of a query alike, so
their gradient is zero but for rounding, which Adam blows up to 2e-3 of the bias's change between any two programs.
"""
import json
import subprocess
import sys
import tempfile

import numpy as np
import scipy
import torch
import transformers

from forward import INIT_SEED, build

DATA_SEED, STEPS, PROJECTIONS = 7, 20, 16


def count(numbers):
    return {"kind": "count", "vocabulary": numbers, "train_length": [1, 5]}, numbers + 4


def reverse_addition(base, hint_max):
    return {"kind": "reverse_addition", "base": base, "hint_max": hint_max, "train_length": [1, 3]}, base + 5 + hint_max + 1


# task and V, D, L, K, rotary fraction, residual, rows, tokens of a row
SHAPES = [
    (count(12), 16, 1, 16, 0.25, "parallel", 4, 24),
    (count(13), 32, 3, 8, 1.0, "parallel", 4, 24),
    (count(30), 48, 3, 16, 0.25, "sequential", 3, 32),
    (reverse_addition(10, 4), 24, 1, 12, 1.0, "sequential", 4, 30),
    (reverse_addition(2, 6), 32, 2, 16, 0.25, "parallel", 2, 60),
]


def make_config(shape):
    (task, _), D, L, K, fraction, residual, rows, context = shape
    return {
        "schema": 1, "name": "golden", "task": task,
        "model": {"width": D, "head_width": K, "rotary_fraction": fraction, "residual": residual},
        "axes": [{"key": "model.depth", "values": [L]}], "seeds": {"count": 1},
        "train": {"steps": STEPS, "batch": rows, "context": context, "learning_rate": 0.01, "warmup_steps": 3,
                  "weight_decay": 0.1, "clip_norm": 1.0},
        "eval": {"lengths": [3]}, "analysis": {"length": 3, "success_threshold": 0.5}}


def sample(program, config, step):
    """Tokens and targets [B, T] of one update's batch; -100 is a target that does not count."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(json.dumps(config))
        file.flush()
        command = [program, "sample", file.name, "--json", "--split", "train", "--seed", str(DATA_SEED), "--step", str(step)]
        batch = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    tokens, mask = torch.tensor(batch["tokens"]), torch.tensor(batch["loss_mask"])
    return tokens[:, :-1], torch.where(mask == 1, tokens, -100)[:, 1:], batch


def signs(size):
    with np.errstate(over="ignore"):
        z = np.arange(size * PROJECTIONS, dtype=np.uint64) + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return np.where(z >> np.uint64(63), -1.0, 1.0).reshape(size, PROJECTIONS)


def digest(tensor):
    x = tensor.detach().double().flatten().numpy()
    return {"norm": float(np.linalg.norm(x)), "projections": (x @ signs(len(x))).tolist()}


def train(shape, config, batches, dtype):
    (_, V), D, L, K, fraction, residual, _, _ = shape
    model, names, rename = build(dict(V=V, D=D, L=L, K=K, rotary_fraction=fraction, parallel=residual == "parallel"))
    model = model.to(dtype)
    parameters = {name: dict(model.named_parameters())[rename.get(name, name)] for name in names}
    initial = {name: parameter.detach().clone() for name, parameter in parameters.items()}
    settings = config["train"]
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings["learning_rate"], weight_decay=settings["weight_decay"])
    schedule = transformers.get_cosine_schedule_with_warmup(optimizer, settings["warmup_steps"], STEPS)
    out = {"losses": [], "gradient_norms": []}
    for step, (tokens, targets, _) in enumerate(batches):
        logits = model(input_ids=tokens).logits
        loss = torch.nn.functional.cross_entropy(logits.reshape(-1, V), targets.reshape(-1), ignore_index=-100)
        loss.backward()
        if step == 0:
            out["logits"] = logits.flatten().tolist()
            out["gradients"] = {name: digest(parameter.grad) for name, parameter in parameters.items()}
        out["losses"].append(loss.item())
        out["gradient_norms"].append(torch.nn.utils.clip_grad_norm_(model.parameters(), settings["clip_norm"]).item())
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    changes = {name: parameters[name].detach().double() - initial[name].double() for name in names}
    if dtype == torch.float32:
        for name in names:
            if name.endswith("query_key_value.bias"):
                changes[name].view(D // K, 3, K)[:, 1, int(K * fraction):] = 0
    out["changes"] = {name: digest(change) for name, change in changes.items()}
    return out


def case(program, shape):
    config = make_config(shape)
    batches = [sample(program, config, step) for step in range(STEPS)]
    first = batches[0][2]
    return {"config": config, "V": shape[0][1], "tokens": first["tokens"], "loss_mask": first["loss_mask"],
            "fp32": train(shape, config, batches, torch.float32), "fp64": train(shape, config, batches, torch.float64)}


def main():
    torch.set_num_threads(1)
    header = {"made_by": "scripts/golden/training.py", "init_seed": INIT_SEED, "data_seed": DATA_SEED,
              "versions": {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__,
                           "torch": torch.__version__, "transformers": transformers.__version__},
              "tolerance": {"fp32": {"output": 1e-5, "change": 1e-4}, "fp64": {"output": 1e-8, "change": 1e-8}}}
    cases = ",\n".join(json.dumps(case(sys.argv[1], shape)) for shape in SHAPES)
    print(json.dumps(header)[:-1] + ', "cases": [\n' + cases + "\n]}")


if __name__ == "__main__":
    main()
