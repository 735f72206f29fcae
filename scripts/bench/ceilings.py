#!/usr/bin/env python3
"""What a card can do at most: copies, matrix products, attention and pointwise work, by LibTorch's own kernels.

    ceilings.py --json ceilings.json                       for a GPU
    ceilings.py --device cpu --small                       every line of this script, without one

The products and attention are those of a step at the shapes of `seedscape bench`, for as many seeds as it takes by
default. Times are medians between device events around a CUDA graph of many calls, on random data, over buffers that
together exceed the cache; the most telling rows come first, and what does not fit into --budget is left out.
"""
import argparse
import json
import pathlib
import statistics
import time

import torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

from peers_problem import SHAPES

POPULATIONS = {64: 66, 128: 38, 256: 10, 512: 3, 1024: 1}  # seeds in lockstep by width
CACHE_BYTES = 100e6  # of the largest card's cache; buffers that are used in turn exceed it
DTYPES = {"bf16": torch.bfloat16, "tf32": torch.float32, "fp32": torch.float32}


class Stopwatch:
    def __init__(self, device):
        self.cuda = device == "cuda"

    def ms(self, call, sets=1):
        """Of call(i), i < sets, each set of buffers in its turn."""
        if not self.cuda:
            start = time.perf_counter()
            for i in range(sets):
                call(i)
            return 1e3 * (time.perf_counter() - start) / sets
        for i in range(sets):
            call(i)
        once = max(1e-3, self._between(lambda: [call(i) for i in range(sets)]) / sets)
        calls = sets * max(1, round(2 / once / sets))  # about two milliseconds
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            for i in range(calls):
                call(i % sets)
        graph.replay()
        return statistics.median(self._between(graph.replay) for _ in range(15)) / calls

    def _between(self, work):
        first, last = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        first.record()
        work()
        last.record()
        last.synchronize()
        return first.elapsed_time(last)


class Ceilings:
    def __init__(self, options):
        self.options, self.device, self.rows = options, options.device, []
        self.stopwatch = Stopwatch(options.device)
        self.end = time.monotonic() + options.budget
        self.scale = 64 if options.small else 1  # of batches

    def random(self, *size, precision="fp32"):
        return torch.randn(*size, device=self.device).to(DTYPES[precision])

    def buffers(self, make, bytes_each):
        """As many as exceed the cache; (buffers, how many)."""
        count = 1 if self.options.small else max(1, min(8, round(CACHE_BYTES / bytes_each + 0.5)))
        return [make() for _ in range(count)], count

    def row(self, what, precision, work, unit, call, sets=1):
        """work: bytes or floating-point operations of one call, None for the time alone."""
        if time.monotonic() > self.end:
            self.rows.append({"what": what, "precision": precision, "skipped": "no time left"})
            return
        torch.set_float32_matmul_precision("high" if precision == "tf32" else "highest")
        row = {"what": what, "precision": precision}
        try:
            row["ms"] = self.stopwatch.ms(call, sets)
            if work is not None:
                row |= {"rate": work / row["ms"] / (1e6 if unit == "GB/s" else 1e9), "unit": unit}
        except RuntimeError as error:  # out of memory, or a kernel that does not take the shape
            row["skipped"] = " ".join(str(error).split())[:200]
        self.rows.append(row)
        self.write()
        rate = f"{row['rate']:10.1f} {row['unit']}" if "rate" in row else ""
        print(f"{what:58} {precision:5} {row.get('ms', float('nan')):10.4f} ms {rate}{row.get('skipped', '')}", flush=True)

    def write(self):
        if self.options.json:
            card = torch.cuda.get_device_name() if self.device == "cuda" else "CPU"
            report = {"card": card, "torch": torch.__version__, "rows": self.rows}
            self.options.json.write_text(json.dumps(report, indent=1) + "\n")

    def copy(self):
        numbers = 2**30 // self.scale
        a, b = self.random(numbers), torch.empty(numbers, device=self.device)
        self.row("copy of 4 GiB", "", 8 * numbers, "GB/s", lambda _: b.copy_(a))

    def square_products(self, precisions):
        n = 8192 // self.scale
        for precision in precisions:
            a, b = self.random(n, n, precision=precision), self.random(n, n, precision=precision)
            c = torch.empty_like(a)
            self.row(f"product, {n} cubed", precision, 2 * n**3, "TFLOP/s", lambda _: torch.mm(a, b, out=c))

    def launch(self):
        x = self.random(1024)
        self.row("smallest kernel in a CUDA graph", "", None, "", lambda _: x.add_(1))

    def products(self, shape, precision):
        D, S, N = shape.D, POPULATIONS[shape.D], shape.B * shape.T // self.scale
        names = {"[qkv | up]": (N, D, 7 * D), "[o | down]": (N, 5 * D, D), "gradient of [qkv | up]'s input": (N, 7 * D, D),
                 "gradient of [qkv | up]'s weight": (7 * D, N, D), "gradient of [o | down]'s weight": (D, N, 5 * D)}
        for name, (rows, inner, columns) in names.items():
            numbers = S * (rows * inner + inner * columns + rows * columns)
            of_weight = "weight" in name

            def operands():
                a = self.random(S, inner, rows, precision=precision).transpose(1, 2) if of_weight else \
                    self.random(S, rows, inner, precision=precision)
                return a, self.random(S, inner, columns, precision=precision), a.new_empty(S, rows, columns)

            made, sets = self.buffers(operands, numbers * DTYPES[precision].itemsize)
            self.row(f"D {D}, S {S}: {name}", precision, 2 * S * rows * inner * columns, "TFLOP/s",
                     lambda i: torch.bmm(*made[i][:2], out=made[i][2]), sets)
            del made

    def attention(self, shape, precision, backends):
        D, S, T = shape.D, POPULATIONS[shape.D], shape.T
        rows = max(1, S * shape.B // self.scale)
        q, k, v, d = (self.random(rows, T, D // shape.K, shape.K, precision=precision).transpose(1, 2) for _ in range(4))
        for x in (q, k, v):
            x.requires_grad_()
        flops = 2 * rows * T * T * D  # causal: half of the scores
        for backend in backends:
            with sdpa_kernel(backend):
                name = f"D {D}, S {S}: attention, {backend.name.lower().removesuffix('_attention')}"
                with torch.no_grad():
                    self.row(name, precision, flops, "TFLOP/s",
                             lambda _: F.scaled_dot_product_attention(q, k, v, is_causal=True))
                self.row(name + " and gradient", precision, 3.5 * flops, "TFLOP/s", lambda _: torch.autograd.grad(
                    F.scaled_dot_product_attention(q, k, v, is_causal=True), (q, k, v), d))

    def pointwise(self, shape):
        D, N = shape.D, POPULATIONS[shape.D] * shape.B * shape.T // self.scale
        made, sets = self.buffers(lambda: self.random(N, D), N * D * 4)
        self.row(f"D {D}: layer norm", "fp32", 8 * N * D, "GB/s", lambda i: F.layer_norm(made[i], (D,)), sets)
        made, sets = self.buffers(lambda: self.random(N, 4 * D, precision="bf16"), N * 4 * D * 2)
        self.row(f"D {D}: GELU", "bf16", 16 * N * D, "GB/s", lambda i: F.gelu(made[i]), sets)

    def run(self):
        shapes = {shape.D: shape for shape in SHAPES["cuda"].values()}
        flash = [SDPBackend.FLASH_ATTENTION, SDPBackend.CUDNN_ATTENTION] if self.device == "cuda" else [SDPBackend.MATH]
        exact = [SDPBackend.EFFICIENT_ATTENTION] if self.device == "cuda" else [SDPBackend.MATH]
        self.copy()
        self.square_products(["bf16", "tf32", "fp32"] if self.device == "cuda" else ["fp32"])
        self.launch()
        for D in (64, 512):
            self.products(shapes[D], "bf16")
            self.attention(shapes[D], "bf16", flash)
            self.pointwise(shapes[D])
        for D in (512, 64):
            self.attention(shapes[D], "fp32", exact)
            self.products(shapes[D], "tf32" if self.device == "cuda" else "fp32")
        for D in (128, 256, 1024):
            self.products(shapes[D], "bf16")
            self.attention(shapes[D], "bf16", flash)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda")
    parser.add_argument("--small", action="store_true", help="batches of a 64th: to try the script")
    parser.add_argument("--budget", type=float, default=60, metavar="SECONDS")
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    Ceilings(options).run()


if __name__ == "__main__":
    main()
