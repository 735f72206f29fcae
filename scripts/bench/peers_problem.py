"""What every peer trains: shapes, first weights, batches and rates, as NumPy arrays that any framework can take."""
import dataclasses
import math

import numpy as np

BETA1, BETA2, EPSILON, WEIGHT_DECAY, CLIP_NORM = 0.9, 0.999, 1e-8, 0.1, 1.0
BATCHES = 4  # used in turn
IGNORED = -100  # a target that does not count


@dataclasses.dataclass(frozen=True)
class Shape:
    V: int  # tokens of the vocabulary
    D: int  # width
    L: int  # layers
    K: int  # width of a head
    B: int  # rows of a batch
    T: int  # positions of a row

    def flops(self):
        """Of a seed's step: backward is twice forward, masked scores, embedding and elementwise do not count."""
        return 6 * (12 * self.L * self.D**2 + self.V * self.D + self.L * self.T * self.D) * self.B * self.T


SHAPES = {  # as `seedscape bench` names them
    "cpu": {"tiny": Shape(44, 32, 2, 16, 8, 32),
            "demo": Shape(44, 64, 2, 32, 16, 64),
            "small": Shape(154, 64, 4, 64, 128, 256),
            "mid": Shape(154, 128, 4, 64, 32, 256),
            "wide": Shape(154, 512, 4, 64, 8, 256)},
    "cuda": {f"w{D}": Shape(154, D, 4, 64, 128, 255) for D in (64, 128, 256, 512, 1024)},
}


def weights(shape, seed):
    """First weights by name: no 0, no 1, and matrices keep the scale of their input, so that no mistake hides."""
    rng = np.random.default_rng([seed, 0])
    D = shape.D

    def normal(*size, scale=0.1, mean=0.0):
        return (mean + scale * rng.standard_normal(size)).astype(np.float32)

    def linear(name, outputs, inputs):
        return {f"{name}.weight": normal(outputs, inputs, scale=inputs**-0.5), f"{name}.bias": normal(outputs)}

    def norm(name):
        return {f"{name}.weight": normal(D, mean=1.0), f"{name}.bias": normal(D)}

    out = {"embed.weight": normal(shape.V, D, scale=1.0)}
    for layer in range(shape.L):
        block = f"blocks.{layer}."
        out |= norm(block + "norm1") | linear(block + "qkv", 3 * D, D) | linear(block + "out", D, D)
        out |= norm(block + "norm2") | linear(block + "up", 4 * D, D) | linear(block + "down", D, 4 * D)
    return out | norm("norm") | {"head.weight": normal(shape.V, D, scale=D**-0.5)}


def batches(shape, seed):
    """Tokens and targets [BATCHES, B, T] of a seed; 3 targets of 10 do not count."""
    rng = np.random.default_rng([seed, 1])
    size = (BATCHES, shape.B, shape.T)
    targets = rng.integers(shape.V, size=size)
    return rng.integers(shape.V, size=size), np.where(rng.random(size) < 0.7, targets, IGNORED)


def rotary_tables(shape):
    """Cosine and sine [T, R] of the R = K / 4 dims of a head that turn, by the rule of GPT-NeoX."""
    R = shape.K // 4
    angles = np.outer(np.arange(shape.T), 10000.0 ** (-np.arange(0, R, 2) / R))
    angles = np.concatenate([angles, angles], -1)
    return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


def rate(step):
    """A learning rate that no two steps in a row share."""
    return 1e-3 * (0.55 + 0.45 * math.cos(math.pi * step / 500))


def adam_factors(step):
    """Rate and the two corrections of Adam's moments for their start at zero, for a step written out by hand."""
    return rate(step), 1 / (1 - BETA1 ** (step + 1)), 1 / math.sqrt(1 - BETA2 ** (step + 1))


@dataclasses.dataclass
class Peer:
    """An implementation ready to train: `step(i)` starts update i, `losses` waits for its result, a loss per seed."""

    step: callable
    losses: callable
    seeds: int = 1
