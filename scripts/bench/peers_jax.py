"""Peers on JAX: one seed's step under jit, and jit of vmap over seeds."""
import jax
import jax.numpy as jnp
import numpy as np

import peers_problem as problem
from peers_problem import Peer

VMAP_SEEDS = {"cpu": lambda shape: 8, "cuda": lambda shape: max(1, 4096 // shape.D)}  # a GPU is full with about these


def layer_norm(x, weight, bias):
    x = x - x.mean(-1, keepdims=True)
    return x * jax.lax.rsqrt(jnp.square(x).mean(-1, keepdims=True) + 1e-5) * weight + bias


def loss_function(shape, precision, attention):
    """Mean loss of a batch. In bf16 what torch's autocast rounds is rounded: products, not norms, residual and loss."""
    V, D, L, K, B, T = vars(shape).values()
    cos, sin = (jnp.asarray(x)[:, None, :] for x in problem.rotary_tables(shape))  # [T, 1, R]
    low = jnp.bfloat16 if precision == "bf16" else jnp.float32
    product_precision = {"fp32": "highest", "tf32": "tensorfloat32", "bf16": None}[precision]

    def rotate(x):  # [B, T, H, K]
        turned, passed = jnp.split(x, [cos.shape[-1]], -1)
        first, second = jnp.split(turned, 2, -1)
        return jnp.concatenate([turned * cos + jnp.concatenate([-second, first], -1) * sin, passed], -1).astype(low)

    def loss_of(w, tokens, targets):
        def linear(x, name):
            return x.astype(low) @ w[name + ".weight"].T.astype(low) + w[name + ".bias"].astype(low)

        def norm(x, name):
            return layer_norm(x, w[name + ".weight"], w[name + ".bias"])

        x = w["embed.weight"][tokens]
        for layer in range(L):
            block = f"blocks.{layer}."
            q, k, v = jnp.split(linear(norm(x, block + "norm1"), block + "qkv").reshape(B, T, D // K, 3 * K), 3, -1)
            y = jax.nn.dot_product_attention(rotate(q), rotate(k), v, is_causal=True, implementation=attention)
            up = jax.nn.gelu(linear(norm(x, block + "norm2"), block + "up"), approximate=False)
            x = x + linear(y.reshape(B, T, D), block + "out") + linear(up, block + "down")
        logits = (norm(x, "norm").astype(low) @ w["head.weight"].T.astype(low)).astype(jnp.float32)
        counts = targets != problem.IGNORED
        picked = jnp.take_along_axis(logits, jnp.where(counts, targets, 0)[..., None], -1)[..., 0]
        return jnp.where(counts, jax.nn.logsumexp(logits, -1) - picked, 0).sum() / counts.sum()

    def with_precision(*arguments):
        with jax.default_matmul_precision(product_precision):
            return loss_of(*arguments)

    return with_precision


def update_function(loss_of):
    """One AdamW step of one seed, clipped: (state, factors, tokens, targets) -> (state, loss)."""
    beta1, beta2 = problem.BETA1, problem.BETA2

    def update(state, factors, tokens, targets):
        weights, means, squares = state
        rate, correction1, correction2 = factors
        loss, gradients = jax.value_and_grad(loss_of)(weights, tokens, targets)
        norm = jnp.sqrt(sum(jnp.square(g).sum() for g in jax.tree.leaves(gradients)))
        gradients = jax.tree.map(lambda g: g * jnp.minimum(1, problem.CLIP_NORM / (norm + 1e-6)), gradients)
        means = jax.tree.map(lambda m, g: beta1 * m + (1 - beta1) * g, means, gradients)
        squares = jax.tree.map(lambda s, g: beta2 * s + (1 - beta2) * g * g, squares, gradients)
        weights = jax.tree.map(
            lambda w, m, s: w * (1 - rate * problem.WEIGHT_DECAY)
            - rate * m * correction1 / (jnp.sqrt(s) * correction2 + problem.EPSILON), weights, means, squares)
        return (weights, means, squares), loss

    return update


def make(shape, device, precision, seeds):
    """The peer that trains `seeds` seeds at once; None is one seed without a seed dimension."""
    attention = "cudnn" if device == "cuda" and precision == "bf16" else "xla"  # cuDNN has no attention in fp32
    update = update_function(loss_function(shape, precision, attention))
    if seeds:
        update = jax.vmap(update, in_axes=(0, None, 0, 0))
    update = jax.jit(update, donate_argnums=0)

    def of_seeds(make_one):
        every = [make_one(shape, seed) for seed in range(seeds or 1)]
        return jax.tree.map(lambda *x: np.stack(x), *every) if seeds else every[0]

    weights = jax.tree.map(jnp.asarray, of_seeds(problem.weights))
    state = (weights, jax.tree.map(jnp.zeros_like, weights), jax.tree.map(jnp.zeros_like, weights))
    tokens, targets = of_seeds(problem.batches)
    data = [[jnp.asarray(np.take(x, i, axis=-3), jnp.int32) for x in (tokens, targets)] for i in range(problem.BATCHES)]

    def step(i):
        nonlocal state
        state, loss = update(state, np.float32(problem.adam_factors(i)), *data[i % problem.BATCHES])
        return loss

    return Peer(step, lambda loss: np.atleast_1d(loss).tolist(), seeds or 1)


def peers(shape, device):
    """Name -> function of the precision that makes the peer."""
    backend = jax.default_backend()
    if backend != {"cpu": "cpu", "cuda": "gpu"}[device]:
        raise RuntimeError(f"JAX would run on {backend}")
    seeds = VMAP_SEEDS[device](shape)
    return {"jax jit": lambda precision: make(shape, device, precision, None),
            f"jax vmap, {seeds} seeds": lambda precision: make(shape, device, precision, seeds)}
