#!/usr/bin/env python3
"""The demo sweep once more with none of our code: Hugging Face's GPT-NeoX, torch's AdamW, its own data and randomness.

    train_demo.py --depth 2 --seeds 1000:1064 --workers 2 -o demo.csv     (needs numpy, pyyaml, torch, transformers)
    seedscape compare out/demo demo.csv --axis depth

Appends a row `seed,depth,length,metric,value` per seed, test length and metric; seeds that the file has are skipped.
Nothing is shared with our trainer but the values of configs/demo.yaml. Written with torch 2.11, transformers 5.23.
"""
import argparse
import multiprocessing
from pathlib import Path

import numpy as np
import torch
import yaml
from transformers import GPTNeoXConfig, GPTNeoXForCausalLM, get_cosine_schedule_with_warmup

METRICS = ("exact_match", "token_accuracy", "nll")


class Demo:
    """The values of the config that this program follows; it knows no other task, metric or model than the demo's."""

    def __init__(self, path):
        config = yaml.safe_load(Path(path).read_text())
        task, model, train = config["task"], config["model"], config["train"]
        self.numbers, self.train_length = task["vocabulary"], task["train_length"]
        self.start, self.arrow, self.end, self.padding = range(self.numbers, self.numbers + 4)
        self.width, self.heads = model["width"], model["width"] // model["head_width"]
        self.steps, self.batch, self.context = train["steps"], train["batch"], train["context"]
        self.rate, self.warmup = train["learning_rate"], train["warmup_steps"]
        self.decay, self.clip = train["weight_decay"], train["clip_norm"]
        self.test_lengths = config["eval"]["lengths"]

    def example(self, low, length):
        """Tokens of `$ low high > low ... high .`; its prompt has 4 tokens."""
        high = low + length - 1
        return [self.start, low, high, self.arrow, *range(low, high + 1), self.end]


def make_model(demo, depth):
    return GPTNeoXForCausalLM(GPTNeoXConfig(
        vocab_size=demo.numbers + 4, hidden_size=demo.width, num_hidden_layers=depth, num_attention_heads=demo.heads,
        intermediate_size=4 * demo.width, bos_token_id=demo.start, eos_token_id=demo.end, use_cache=False,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.25}))


def make_batch(demo, rng):
    """Rows full of examples. Labels are the answer and its end token; an example that the row's end cuts has none."""
    rows, label_rows = [], []
    for _ in range(demo.batch):
        row, labels = [], []
        while len(row) < demo.context:
            length = int(rng.integers(demo.train_length[0], demo.train_length[1] + 1))
            example = demo.example(int(rng.integers(demo.numbers - length + 1)), length)
            is_whole = len(row) + len(example) <= demo.context
            row += example
            labels += [-100] * 4 + example[4:] if is_whole else [-100] * len(example)
        rows.append(row[:demo.context])
        label_rows.append(labels[:demo.context])
    return torch.tensor(rows), torch.tensor(label_rows)


@torch.no_grad()
def evaluate(demo, model, length):
    """Every range of `length` numbers, each alone in its row; the numbers of the answer count, not its end token."""
    problems = torch.tensor([demo.example(low, length)[:-1] for low in range(demo.numbers - length + 1)])
    answers = problems[:, 4:]
    logits = model(input_ids=problems).logits[:, 3:-1]
    right = logits.argmax(-1) == answers
    nll = torch.nn.functional.cross_entropy(logits.reshape(-1, logits.shape[-1]), answers.reshape(-1))
    return right.all(1).double().mean().item(), right.double().mean().item(), nll.item()


def train(demo, depth, seed):
    torch.manual_seed(seed)
    model = make_model(demo, depth)
    rng = np.random.default_rng(seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=demo.rate, weight_decay=demo.decay, fused=True)
    schedule = get_cosine_schedule_with_warmup(optimizer, demo.warmup, demo.steps)
    for _ in range(demo.steps):
        tokens, labels = make_batch(demo, rng)
        model(input_ids=tokens, labels=labels).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), demo.clip)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    model.eval()
    return "".join(f"{seed},{depth},{length},{metric},{value!r}\n" for length in demo.test_lengths
                   for metric, value in zip(METRICS, evaluate(demo, model, length)))


def work(job):
    torch.set_num_threads(1)
    return train(*job)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", default=Path(__file__).resolve().parents[2] / "configs" / "demo.yaml")
    parser.add_argument("--depth", type=int, required=True)
    parser.add_argument("--seeds", required=True, help="FIRST:END, without END")
    parser.add_argument("--workers", type=int, default=1, help="processes of one thread each")
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    lines = options.output.read_text().splitlines() if options.output.exists() else []
    done = {tuple(map(int, line.split(",")[:2])) for line in lines[1:]}
    jobs = [(Demo(options.config), options.depth, seed) for seed in range(*map(int, options.seeds.split(":")))
            if (seed, options.depth) not in done]
    with open(options.output, "a") as out, multiprocessing.get_context("spawn").Pool(options.workers) as pool:
        if not lines:
            out.write("seed,depth,length,metric,value\n")
        for rows in pool.imap_unordered(work, jobs):
            out.write(rows)
            out.flush()


if __name__ == "__main__":
    main()
