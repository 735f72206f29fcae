"""One shape in one process for peers.py: builds every peer, checks its losses, times them and seedscape in turn.

Takes its options as JSON. Writes what it has measured so far as a line of standard output whenever there is more, so that
nothing is lost when it is ended, and its progress to standard error.
"""
import ctypes
import gc
import importlib
import json
import math
import os
import re
import signal
import subprocess
import sys
import time

import peers_problem as problem

LOSSES = 5  # compared with the reference's
LOSS_LIMITS = {"fp32": 1e-5, "tf32": 5e-3, "bf16": 5e-2}
PEER_SECONDS = 90  # of a limited time that one peer may take to be ready; compiling can take minutes
WORTH = ("transformers eager", "torch eager, CUDA graph", "torch population", "torch compiled step, CUDA graph", "jax vmap",
         "jax jit", "torch compiled, CUDA graphs")  # the order of peers where time is limited; then the others
CHECK_SECONDS = 10  # a slow peer is compared over fewer steps, two at least
BURST = {"cpu": 1, "cuda": 10}  # steps between two looks at the clock: waiting for each would idle a GPU


class Failure(Exception):
    """A peer that cannot be timed; the message says why."""


class TimedPeer:
    def __init__(self, make, precision, burst):
        start = time.perf_counter()
        self.peer, self.burst, self.steps = make(precision), burst, 0
        self.first_losses = [self._run(1)]
        self.first_step_s = time.perf_counter() - start

    def check(self, references, limit):
        """Compares the first losses of the first and the last seed with theirs; returns the largest difference."""
        start = time.perf_counter()
        while len(self.first_losses) < LOSSES:
            if len(self.first_losses) > 1 and time.perf_counter() - start > CHECK_SECONDS:
                break
            self.first_losses.append(self._run(1))
        difference = max(abs(losses[seed] - expected) for seed in {0, self.peer.seeds - 1}
                         for losses, expected in zip(self.first_losses, references(seed)))
        if not difference <= limit:  # nan too
            raise Failure(f"broken: losses are off by {difference:.1e}, the limit is {limit:.0e}")
        return difference

    def slice(self, seconds):
        """Milliseconds per seed and step, for about `seconds`. A first step that is shorter only warms the caches."""
        elapsed, ms = self._timed(1)
        if elapsed > seconds:
            return [ms]
        start, out = time.perf_counter(), []
        while not out or time.perf_counter() - start < seconds:
            out.append(self._timed(self.burst)[1])
        return out

    def _timed(self, steps):
        start = time.perf_counter()
        self._run(steps)
        elapsed = time.perf_counter() - start
        return elapsed, 1e3 * elapsed / steps / self.peer.seeds

    def _run(self, steps):
        for _ in range(steps):
            loss = self.peer.step(self.steps)
            self.steps += 1
        return self.peer.losses(loss)


class Seedscape:
    """`seedscape bench`, one process a slice, under this process's affinity and environment."""

    def __init__(self, options, precision):
        self.command = [options["seedscape"], "bench", "--shape", options["shape"], "--trainer", options["trainer"],
                        "--precision", precision, "--device", options["device"], "--kernels", options["kernels"], "--json"]
        self.slice(0.01)

    def slice(self, seconds):
        try:
            answer = subprocess.run([*self.command, "--seconds", str(seconds)], capture_output=True, text=True)
        except OSError as error:
            raise Failure(f"{self.command[0]}: {error.strerror}") from error
        if answer.returncode != 0:
            raise Failure(f"exit {answer.returncode}: {' '.join(answer.stderr.split())}")
        return json.loads(answer.stdout)["shapes"][0]


def families(shape, device):
    """Name -> function of the precision that makes the peer, or raises."""
    def missing(error):
        def make(_):
            raise error
        return make

    out = {}
    for module, family in (("peers_torch", "torch"), ("peers_jax", "jax")):
        try:
            out |= importlib.import_module(module).peers(shape, device)
        except (ImportError, RuntimeError) as error:
            out[family] = missing(Failure(str(error)))
    return out


class Deadline:
    """The end of the time that there is for this shape."""

    def __init__(self, seconds):
        self.limited, self.end = seconds is not None, time.monotonic() + (math.inf if seconds is None else seconds)
        signal.signal(signal.SIGALRM, self._over)

    def left(self):
        return self.end - time.monotonic()

    def of_peer(self, work):
        """The result of work(), or a Failure when it takes too long."""
        if not self.limited:
            return work()
        if self.left() < 1:
            raise Failure("no time left")
        self.limit = min(PEER_SECONDS, 0.6 * self.left())  # something stays for the others
        signal.setitimer(signal.ITIMER_REAL, self.limit, 1)  # again each second: a compiler may swallow what is raised
        try:
            return work()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _over(self, *_):
        raise Failure(f"not ready after {self.limit:.0f} s")


def reason(error):
    text = " ".join(str(error).split())
    return text if isinstance(error, Failure) else f"{type(error).__name__}: {text}"[:300]


def build(options, deadline, rows, timed):
    """Fills the table's rows, keyed by name, and those of them that can be timed. In a limited time each is timed at once
    and then let go."""
    device, known = options["device"], {}
    shape = problem.SHAPES[device][options["shape"]]

    def references(seed):
        if seed not in known:
            peer = importlib.import_module("peers_torch").reference(shape, device, seed)
            known[seed] = [peer.losses(peer.step(i))[0] for i in range(LOSSES)]
        return known[seed]

    def ready(make, precision, row):
        peer = TimedPeer(make, precision, BURST[device])
        row |= {"seeds": peer.peer.seeds, "first_step_s": peer.first_step_s}
        row["loss_difference"] = peer.check(references, LOSS_LIMITS[precision])
        row["losses_compared"] = len(peer.first_losses)
        return peer

    def add(name, precision, make):
        rows[name] = row = {"precision": precision, "rounds": []}
        try:
            timed[name] = deadline.of_peer(lambda: make(row))
            while deadline.limited and len(row["rounds"]) < options["rounds"] and deadline.left() > options["slice"]:
                row["rounds"].append(timed[name].slice(options["slice"]))
        except Exception as error:  # whatever a framework raises: one row less, not the end
            row["skipped"] = reason(error)
        if deadline.limited:
            timed.pop(name, None)
            free_memory()
        tell(rows)
        state = row.get("skipped", "ready") + (f", first step {row['first_step_s']:.1f} s" if "first_step_s" in row else "")
        print(f"  {options['shape']}: {name}: {state}", file=sys.stderr, flush=True)

    for precision in options["precisions"]:
        add(f"seedscape, {precision}", precision, lambda _: Seedscape(options, precision))
        makers = families(shape, device)
        order = sorted(makers, key=worth) if deadline.limited else makers
        for family in order:
            name, make = f"{family}, {precision}", makers[family]
            if re.search(options["peers"], name):
                add(name, precision, lambda row: ready(make, precision, row))


def worth(family):
    return next((i for i, beginning in enumerate(WORTH) if family.startswith(beginning)), len(WORTH))


def free_memory():
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()


def tell(rows):
    print(json.dumps(rows), flush=True)


def main():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: ends with its parent
    options = json.loads(sys.argv[1])
    if options["core"] is not None:
        os.sched_setaffinity(0, {options["core"]})
    deadline, rows, timed = Deadline(options["budget"]), {}, {}
    build(options, deadline, rows, timed)
    names = list(timed)
    for i in range(options["rounds"] if names else 0):
        start = i * len(names) // options["rounds"]  # nobody always follows the same neighbour's cache and heat
        for name in names[start:] + names[:start]:
            if "skipped" in rows[name]:
                continue
            try:
                rows[name]["rounds"].append(timed[name].slice(options["slice"]))
            except Exception as error:
                rows[name]["skipped"] = reason(error)
        tell(rows)
        print(f"  {options['shape']}: round {i + 1} of {options['rounds']}", file=sys.stderr, flush=True)
    os._exit(0)  # all is told; frameworks that were interrupted may crash when they clean up


main()
