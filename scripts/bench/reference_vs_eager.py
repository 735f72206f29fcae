#!/usr/bin/env python3
"""The reference trainer against plain eager PyTorch: same maths, one pinned core, alternating rounds, one ratio a shape.

    reference_vs_eager.py [--shapes demo,small] [--rounds 5] [--seconds 2] [--core 0] [--json FILE]

Needs Python's torch 2.11.0 (pip install torch==2.11.0 numpy, in a virtual environment) and a built build/release/seedscape.
A step = forward, masked mean cross entropy, backward, clip to norm 1, fused AdamW, on batches made beforehand. Both sides
report the median step of a round; the ratio is ours / theirs per round, and its median over rounds is what counts.
"""
import argparse
import json
import math
import os
import pathlib
import statistics
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHAPES = {  # V, D, L, head width, B, T: as `seedscape bench` names them
    "tiny": (44, 32, 2, 16, 8, 32),
    "demo": (44, 64, 2, 32, 16, 64),
    "small": (154, 64, 4, 64, 128, 256),
    "mid": (154, 128, 4, 64, 32, 256),
    "wide": (154, 512, 4, 64, 8, 256),
}
BATCHES = 4


def eager_step(shape):
    """A training step of the model in plain PyTorch, and nothing it would not need."""
    import torch
    import torch.nn as nn
    import torch.nn.functional as F

    torch.set_num_threads(1)
    torch.manual_seed(0)
    V, D, L, K, B, T = SHAPES[shape]
    H, R = D // K, K // 4
    angles = torch.outer(torch.arange(T).float(), 10000 ** (-torch.arange(0, R, 2).float() / R))
    cos, sin = torch.cat([angles, angles], -1).cos(), torch.cat([angles, angles], -1).sin()

    def rotate(x):  # [B, H, T, K]
        turned, passed = x[..., :R], x[..., R:]
        half = torch.cat([-turned[..., R // 2:], turned[..., : R // 2]], -1)
        return torch.cat([turned * cos + half * sin, passed], -1)

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm1, self.norm2 = nn.LayerNorm(D), nn.LayerNorm(D)
            self.qkv, self.out = nn.Linear(D, 3 * D), nn.Linear(D, D)
            self.up, self.down = nn.Linear(D, 4 * D), nn.Linear(4 * D, D)

        def forward(self, x):
            q, k, v = self.qkv(self.norm1(x)).view(B, T, H, 3 * K).transpose(1, 2).chunk(3, -1)
            y = F.scaled_dot_product_attention(rotate(q), rotate(k), v, is_causal=True)
            return x + self.out(y.transpose(1, 2).reshape(B, T, D)) + self.down(F.gelu(self.up(self.norm2(x))))

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(V, D)
            self.blocks = nn.ModuleList(Block() for _ in range(L))
            self.norm, self.head = nn.LayerNorm(D), nn.Linear(D, V, bias=False)
            for p in self.parameters():
                if p.dim() == 2:
                    nn.init.normal_(p, std=0.02)

        def forward(self, tokens):
            x = self.embed(tokens)
            for block in self.blocks:
                x = block(x)
            return self.head(self.norm(x))

    model = Model()
    parameters = list(model.parameters())
    optimizer = torch.optim.AdamW(parameters, lr=1e-3, weight_decay=0.1, fused=True)
    tokens = torch.randint(0, V, (BATCHES, B, T + 1))
    targets = torch.where(torch.rand(tokens.shape) < 0.7, tokens, -100)
    count = 0

    def step():
        nonlocal count
        i = count % BATCHES
        for group in optimizer.param_groups:
            group["lr"] = 1e-3 * 0.5 * (1 + math.cos(math.pi * min(count, 1000) / 1000))
        loss = F.cross_entropy(model(tokens[i, :, :-1]).view(B * T, V), targets[i, :, 1:].reshape(-1), ignore_index=-100)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        count += 1
        return loss.item()

    return step


def eager_median_ms(step, seconds):
    times, start = [], time.perf_counter()
    while not times or time.perf_counter() - start < seconds:
        before = time.perf_counter()
        step()
        times.append(time.perf_counter() - before)
    return 1e3 * statistics.median(times)


def our_median_ms(shape, seconds):
    command = [ROOT / "build/release/seedscape", "bench", "--shape", shape, "--seconds", str(seconds), "--json"]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(answer.stdout)["shapes"][0]["median_ms"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shapes", default="demo,small")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--core", type=int, default=0)
    parser.add_argument("--json", default="")
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {arguments.core})
    os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
    results = {}
    for shape in arguments.shapes.split(","):
        step = eager_step(shape)
        for _ in range(3):
            step()
        rounds = []
        for _ in range(arguments.rounds):
            rounds.append({"eager_ms": eager_median_ms(step, arguments.seconds), "ours_ms": our_median_ms(shape, arguments.seconds)})
        ratios = sorted(r["ours_ms"] / r["eager_ms"] for r in rounds)
        results[shape] = {"rounds": rounds, "ratio": statistics.median(ratios)}
        print(f"{shape}: eager {min(r['eager_ms'] for r in rounds):.2f} ms, ours {min(r['ours_ms'] for r in rounds):.2f} ms, "
              f"ours / eager {statistics.median(ratios):.3f} (rounds {ratios[0]:.3f} to {ratios[-1]:.3f})", flush=True)
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(results, indent=1) + "\n")


main()
