#!/usr/bin/env python3
"""seedscape against what one could train the same models with: PyTorch eager and compiled, Hugging Face, JAX.

    pip install numpy torch==2.11.0 transformers==5.23.0 jax==0.10.2      (for a GPU: "jax[cuda13]==0.10.2"; needs g++)
    peers.py --shape tiny --shape demo --json tiny_demo.json

A step = forward, masked mean cross entropy, backward, clip to norm 1, AdamW with a new rate every step, on batches
made beforehand. Peers start from the same weights and batches; one whose first losses differ from those of plain eager
in fp32 is reported as broken and has no ratio. All take turns: in each round every peer and `seedscape bench` get a
slice of time, on one core and one thread (a GPU's host is not pinned). min is over all steps, median over the rounds'
medians; times are per seed and step. Compare only times of one run. With --budget there are no rounds: they hold all
peers in memory at once.
"""
import argparse
import importlib.metadata
import json
import os
import pathlib
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from peers_problem import SHAPES

HERE = pathlib.Path(__file__).resolve().parent
OVERRUN_SECONDS = 15  # of a shape's process beyond its budget, before it is ended
KEEP_MEMORY = {  # glibc gives nothing back to the system, so no step pays for page faults; huge pages
    "MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(2**34), "MALLOC_TOP_PAD_": str(2**26),
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1", "THP_MEM_ALLOC_ENABLE": "1"}


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shapes = [name for of_device in SHAPES.values() for name in of_device]
    parser.add_argument("--shape", action="append", choices=shapes, help="repeatable; default: all of the device")
    parser.add_argument("--device", choices=SHAPES, default="cpu")
    precisions = ["fp32", "tf32", "bf16"]
    parser.add_argument("--precision", action="append", choices=precisions, help="repeatable; default: fp32")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slice", type=float, default=0.5, help="seconds of each per round; at least one step")
    parser.add_argument("--budget", type=float, metavar="SECONDS",
                        help="of all shapes together: the peers one after another in the order of their worth, all slices of "
                             "one as soon as it is ready (default: no limit, and rounds)")
    parser.add_argument("--core", type=int, help="default: 0 on the CPU, not pinned for a GPU")
    parser.add_argument("--malloc", choices=["default", "tuned"], default="default", help="tuned: memory is kept")
    parser.add_argument("--peers", default="", help="regular expression on names such as 'torch compiled step, bf16'")
    parser.add_argument("--seedscape", default=HERE.parents[1] / "build/release/seedscape", help="the program")
    parser.add_argument("--trainer", default="fused", help="of seedscape")
    parser.add_argument("--kernels", default="default", help="of seedscape on a GPU: default, own or aten")
    parser.add_argument("--json", type=pathlib.Path, help="file for every timing")
    options = parser.parse_args()
    options.shape = options.shape or list(SHAPES[options.device])
    options.precision = options.precision or ["fp32"]
    if options.core is None and options.device == "cpu":
        options.core = 0
    if foreign := [name for name in options.shape if name not in SHAPES[options.device]]:
        parser.error(f"no shape of --device {options.device}: {', '.join(foreign)}")
    if options.device == "cpu" and "tf32" in options.precision:
        parser.error("a CPU has no tf32")
    return options


def worker_environment(options, cache):
    threads = {name: "1" for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS")}
    threads["TORCHINDUCTOR_COMPILE_THREADS"] = "1" if options.device == "cpu" else str(min(16, os.cpu_count() or 1))
    jax = {"JAX_PLATFORMS": options.device, "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
    if options.device == "cpu":
        jax["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    caches = {"TORCHINDUCTOR_CACHE_DIR": f"{cache}/inductor", "TRITON_CACHE_DIR": f"{cache}/triton"}
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith("MALLOC_") and name not in ("LD_PRELOAD", *KEEP_MEMORY)}
    return kept | threads | jax | caches | (KEEP_MEMORY if options.malloc == "tuned" else {})


def machine(options):
    def version(package):
        try:
            return importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            return None

    def output(*command):
        try:
            return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError) as error:
            return str(error)

    first_core = pathlib.Path("/proc/cpuinfo").read_text().split("\n\n")[0]
    cpu = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in first_core.splitlines())}
    flags = [flag for flag in cpu.get("flags", "").split() if flag.startswith(("avx", "fma", "amx"))]
    out = {"date": time.strftime("%Y-%m-%d %H:%M:%S %z"), "cpu": cpu.get("model name"), "flags": flags,
           "cores": os.cpu_count(), "load_average": os.getloadavg(), "system": platform.platform(),
           "python": platform.python_version(),
           "versions": {name: version(name) for name in ("torch", "transformers", "jax", "jaxlib", "numpy")},
           "seedscape": output(options.seedscape, "--version")}
    if options.device == "cuda":
        out["gpu"] = output("nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader")
    return out


def run_worker(options, shape, budget, cache):
    """The rows that the shape's process has written, and what is wrong with it. It may overrun its time a little."""
    job = {"shape": shape, "precisions": options.precision, "seedscape": str(options.seedscape), "budget": budget}
    job |= {key: getattr(options, key) for key in ("device", "rounds", "slice", "core", "peers", "trainer", "kernels")}
    worker = subprocess.Popen([sys.executable, HERE / "peers_worker.py", json.dumps(job)], stdout=subprocess.PIPE,
                              env=worker_environment(options, cache), start_new_session=True, text=True)
    problem = None
    try:
        out, _ = worker.communicate(timeout=None if budget is None else max(1, budget) + OVERRUN_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(worker.pid, signal.SIGKILL)  # with the processes that compile
        out, _ = worker.communicate()
        problem = "its process did not end in time"
    if problem is None and worker.returncode != 0:
        problem = f"its process failed, exit {worker.returncode}"
    lines = [line for line in out.splitlines() if line.startswith("{") and line.endswith("}")]
    return (json.loads(lines[-1]) if lines else {}), problem


def summarize(rows, flops):
    """Adds min, median, the medians of the rounds and GFLOP/s to the rows that have timings."""
    for row in rows.values():
        if not row["rounds"]:
            continue
        rounds = [(r["min_ms"], r["median_ms"]) if isinstance(r, dict) else (min(r), statistics.median(r))
                  for r in row["rounds"]]
        row["round_medians_ms"] = [median for _, median in rounds]
        row["min_ms"] = min(least for least, _ in rounds)
        row["median_ms"] = statistics.median(row["round_medians_ms"])
        row["gflops"] = flops / row["median_ms"] / 1e6


def find_ratios(rows):
    """Per seedscape row: the fastest peer of its precision and, if that is another, the fastest of all."""
    timed = {name: row for name, row in rows.items() if "median_ms" in row}
    peers = [name for name in timed if not name.startswith("seedscape")]
    out = []
    for ours in sorted(set(timed) - set(peers)):
        same = [name for name in peers if rows[name]["precision"] == rows[ours]["precision"]]
        fastest = [min(names, key=lambda name: rows[name]["median_ms"]) for names in (same, peers) if names]
        for peer in dict.fromkeys(fastest):
            by_round = [a / b for a, b in zip(rows[peer]["round_medians_ms"], rows[ours]["round_medians_ms"])]
            out.append({"peer": peer, "seedscape": ours, "ratio": rows[peer]["median_ms"] / rows[ours]["median_ms"],
                        "rounds": [min(by_round), max(by_round)]})
    return out


def print_table(name, shape, rows, ratios):
    letters = ", ".join(f"{letter} {size}" for letter, size in vars(shape).items())
    print(f"\n{name}: {letters}; {shape.flops() / 1e9:.3f} GFLOP a step")
    width = max(map(len, rows))
    print(f"{'':{width}}  {'min ms':>9}  {'median ms':>9}  {'GFLOP/s':>8}  {'first step s':>12}  loss difference")
    for name, row in sorted(rows.items(), key=lambda item: item[1].get("median_ms", float("inf"))):
        if "median_ms" not in row:
            print(f"{name:{width}}  skipped: {row.get('skipped', 'not timed')}")
            continue
        line = f"{name:{width}}  {row['min_ms']:9.3f}  {row['median_ms']:9.3f}  {row['gflops']:8.1f}"
        if "loss_difference" in row:
            line += f"  {row['first_step_s']:12.1f}  {row['loss_difference']:.1e} over {row['losses_compared']} steps"
        print(line)
    for r in ratios:
        least, most = r["rounds"]
        print(f"{r['peer']} / {r['seedscape']} = {r['ratio']:.2f} (rounds {least:.2f} to {most:.2f})")
    sys.stdout.flush()


def main():
    options = parse()
    settings = {key: str(value) if isinstance(value, pathlib.Path) else value for key, value in vars(options).items()}
    report = {"machine": machine(options), "options": settings, "shapes": {}}
    failed = False
    end = None if options.budget is None else time.monotonic() + options.budget
    with tempfile.TemporaryDirectory(prefix="seedscape-peers-") as cache:
        for i, name in enumerate(options.shape):
            budget = None if end is None else (end - time.monotonic()) / (len(options.shape) - i)
            rows, problem = run_worker(options, name, budget, cache)
            if problem:
                print(f"\n{name}: {problem}", flush=True)
            failed |= bool(problem) and (budget is None or not rows)  # in a limited time what was measured counts
            if not rows:
                continue
            shape = SHAPES[options.device][name]
            summarize(rows, shape.flops())
            ratios = find_ratios(rows)
            print_table(name, shape, rows, ratios)
            report["shapes"][name] = {"flops": shape.flops(), "rows": rows, "ratios": ratios}
            if options.json:
                options.json.write_text(json.dumps(report, indent=1) + "\n")
    sys.exit(failed)


main()
