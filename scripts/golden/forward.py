#!/usr/bin/env python3
"""Logits, loss and gradient norms of tiny models from Hugging Face transformers: tests/golden/forward.json.

    forward.py > tests/golden/forward.json      (needs numpy, scipy, torch, transformers)

Nothing of seedscape is used: Philox4x32-10 and the inverse normal are written here once more, so the golden data hold the
initial weights to account as well as the forward pass.
"""
import json
import sys

import numpy as np
import scipy
import torch
import transformers
from scipy.stats import norm
from transformers import GPTNeoXConfig, GPTNeoXForCausalLM

# V, D, L, head width, rotary fraction, parallel residual, B, T
SHAPES = [
    dict(V=16, D=16, L=1, K=16, rotary_fraction=0.25, parallel=True, B=2, T=9),
    dict(V=17, D=32, L=3, K=8, rotary_fraction=1.0, parallel=True, B=3, T=12),
    dict(V=11, D=24, L=2, K=12, rotary_fraction=0.5, parallel=False, B=2, T=7),
]
INIT_SEED = 2**33 + 5


def philox(key, purpose, step, row, blocks):
    """Words of the stream (key; purpose, step, row), four to a block."""
    mask = np.uint64(0xFFFFFFFF)
    c = [np.full(blocks, x, np.uint64) for x in (purpose, step, row)] + [np.arange(blocks, dtype=np.uint64)]
    k0, k1 = key & 0xFFFFFFFF, key >> 32
    for _ in range(10):
        p0, p1 = np.uint64(0xD2511F53) * c[0], np.uint64(0xCD9E8D57) * c[2]
        c = [(p1 >> np.uint64(32)) ^ c[1] ^ np.uint64(k0), p1 & mask, (p0 >> np.uint64(32)) ^ c[3] ^ np.uint64(k1), p0 & mask]
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return np.stack(c, 1).reshape(-1)


def initial(name, shape, tensor_index):
    if name.endswith("layernorm.weight") or name.endswith("layer_norm.weight"):
        return torch.ones(shape)
    if name.endswith("bias"):
        return torch.zeros(shape)
    count = int(np.prod(shape))
    words = philox(INIT_SEED, 1, 0, tensor_index, (count + 3) // 4)[:count]
    return torch.from_numpy((0.02 * norm.ppf((words + 0.5) / 2**32)).astype(np.float32)).view(shape)


def build(s):
    config = GPTNeoXConfig(
        vocab_size=s["V"], hidden_size=s["D"], num_hidden_layers=s["L"], num_attention_heads=s["D"] // s["K"],
        intermediate_size=4 * s["D"], hidden_act="gelu", layer_norm_eps=1e-5, use_parallel_residual=s["parallel"],
        tie_word_embeddings=False, attention_dropout=0.0, hidden_dropout=0.0, max_position_embeddings=2048,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": s["rotary_fraction"]})
    # "eager" would round its softmax to fp32 even in fp64.
    model = GPTNeoXForCausalLM._from_config(config, attn_implementation="sdpa").float()
    names = ["gpt_neox.embed_in.weight"]
    for layer in range(s["L"]):
        for part in ("input_layernorm", "post_attention_layernorm", "attention.query_key_value", "attention.dense",
                     "mlp.dense_h_to_4h", "mlp.dense_4h_to_h"):
            names += [f"gpt_neox.layers.{layer}.{part}.weight", f"gpt_neox.layers.{layer}.{part}.bias"]
    names += ["gpt_neox.final_layer_norm.weight", "gpt_neox.final_layer_norm.bias", "embed_out.weight"]
    state = model.state_dict()
    if "lm_head.weight" in state:  # transformers 5 renamed the head
        rename = {"embed_out.weight": "lm_head.weight"}
    else:
        rename = {}
    for index, name in enumerate(names):
        own = rename.get(name, name)
        state[own] = initial(name, state[own].shape, index)
    model.load_state_dict(state)
    return model, names, rename


def case(s):
    model, names, rename = build(s)
    rng = np.random.default_rng(s["V"])
    tokens = rng.integers(0, s["V"], (s["B"], s["T"] + 1))
    mask = rng.random((s["B"], s["T"] + 1)) < 0.6
    mask[:, 0] = False
    out = {**s, "tokens": tokens.tolist(), "loss_mask": mask.astype(int).tolist()}
    inputs = torch.from_numpy(tokens)
    targets = torch.where(torch.from_numpy(mask), inputs, -100)[:, 1:]
    # 25 times the initial weights: far from linear, so that an error anywhere shows.
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(25 if parameter.dim() == 2 else 1)
    for kind, dtype in (("fp32", torch.float32), ("fp64", torch.float64)):
        model = model.to(dtype)
        model.zero_grad()
        logits = model(input_ids=inputs[:, :-1]).logits
        loss = torch.nn.functional.cross_entropy(logits.reshape(-1, s["V"]), targets.reshape(-1), ignore_index=-100)
        loss.backward()
        parameters = dict(model.named_parameters())
        out[kind] = {"loss": loss.item(), "logits": logits.flatten().tolist(),
                     "gradient_norms": {n: parameters[rename.get(n, n)].grad.norm().item() for n in names}}
    return out


def main():
    torch.set_num_threads(1)
    header = {"made_by": "scripts/golden/forward.py", "seed": INIT_SEED,
              "versions": {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__,
                           "torch": torch.__version__, "transformers": transformers.__version__},
              "weight_factor": 25, "tolerance": {"fp32": 1e-5, "fp64": 1e-10}}
    json.dump({**header, "cases": [case(s) for s in SHAPES]}, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
