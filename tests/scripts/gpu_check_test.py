#!/usr/bin/env python3
"""scripts/gpu-check on a packed folder that lies elsewhere, with stand-ins for the card, its tools and our programs."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from stand_ins import StandIns

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = ("seedscape", "cuda_tests", "libseedscape_train.so", "libseedscape_cuda.so")
BENCH = {"shapes": [{"name": "w64", "seeds": 66, "median_ms": 0.5, "gflops": 200000, "peak_gflops": 800000}]}
CELL = {"a": {"n": 16, "success": {"fraction": 0.5}}, "b": {"n": 16, "success": {"fraction": 0.4375}},
        "ks": {"statistic": 0.1, "p": 0.9}}
COMPARISON = {"axes": [{"cells": [CELL]}]}
RATIOS = {"rows": {}, "ratios": [{"peer": "transformers eager, bf16", "ratio": 2.5}]}
PEERS = {"shapes": {"w512": RATIOS, "w64": RATIOS}}
CEILINGS = {"rows": [{"what": "copy of 4 GiB", "precision": "", "ms": 1.5, "rate": 2800, "unit": "GB/s"}]}
PROFILE = """w512                         ms  % of step  GFLOP/s  % of peak   GB/s  % of copy
adamw and norm            0.026        0.4                      131.8        319
attention, backward       4.403       35.8     83.2         73   10.4         25
other                     0.031        0.5
product, weight gradient  1.688       13.4    122.7        107    6.5         16
step                     12.916      100.0
peaks: 800000.0 GFLOP/s (a matrix product), 2900.0 GB/s (a copy that no cache holds)"""
SEEDSCAPE = f"""
case "$*" in
  doctor) echo 'training on GPUs: libseedscape_cuda.so: a step is one CUDA graph'; echo 'GPU cuda:0: a card, 80 GB' ;;
  bench*--profile*) echo '{PROFILE}' ;;
  bench*--tune*) echo '{{"a card", 64, 4, 32}},' ;;
  bench*) echo '{json.dumps(BENCH)}' ;;
  compare*) echo '{json.dumps(COMPARISON)}' ;;
esac"""
PASSED = "printf '%s\\n' '1.250 s: cuda kernels: one' '0.5 s: cuda trainer: two' 'All tests passed (7 assertions)'"
WRITES = "import json, sys\nopen(sys.argv[sys.argv.index('--json') + 1], 'w').write(json.dumps({}))\n"


class GpuCheck(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="seedscape gpu check ")  # a place with spaces in its name
        self.addCleanup(folder.cleanup)
        self.place = pathlib.Path(folder.name).resolve()
        self.packed, self.out = self.place / "packed", self.place / "results"
        for name in ("bin", "lib", "bench", "configs"):
            (self.packed / name).mkdir(parents=True)
        shutil.copy(ROOT / "scripts/gpu-check", self.packed)
        (self.packed / "revision").write_text("abc1234\n")
        (self.place / "site/torch/lib").mkdir(parents=True)
        (self.place / "site/nvidia/cu13/lib").mkdir(parents=True)
        (self.place / "site/torch/version.py").write_text("__version__ = '2.11.0+cu130'\n")

        self.bin = StandIns(self.place.with_name(self.place.name.replace(" ", "-") + "-bin"))
        self.addCleanup(shutil.rmtree, self.bin.folder)
        self.addCleanup(self.bin.log.unlink)
        self.bin.real("sleep")
        self.bin.put("nvidia-smi", "echo 'a card, 580.1, 81559 MiB, 1980 MHz, 2619 MHz, 700.00 W, 345 MHz, 30'")
        self.bin.put("compute-sanitizer", 'shift 6; "$@" && echo "========= ERROR SUMMARY: 0 errors"')
        self.bin.put("ldd", "echo '  libc.so.6 => /lib/libc.so.6'")
        for name in ("uname", "ldconfig", "free"):
            self.bin.put(name)
        self.program("seedscape", SEEDSCAPE)
        self.program("cuda_tests", PASSED)
        for name, answer in (("peers.py", PEERS), ("ceilings.py", CEILINGS)):
            (self.packed / "bench" / name).write_text(WRITES.format(repr(answer)))

    def program(self, name, script):
        self.bin.put(name, script, self.packed / "bin")

    def start(self, *arguments, **environment):
        environment = {"SEEDSCAPE_TORCH": self.place / "site", "OUT": self.out} | environment
        return subprocess.Popen([sys.executable, self.packed / "gpu-check", *arguments], text=True, cwd=self.place,
                                env=self.bin.environment(**environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def check(self, *arguments, **environment):
        """Exit code, output and the report."""
        process = self.start(*arguments, **environment)
        output, _ = process.communicate(timeout=120)
        file = self.out / f"{arguments[0]}.json"
        return process.returncode, output, json.loads(file.read_text()) if file.exists() else None

    @staticmethod
    def entry(report, name):
        return next(step for step in report["steps"] if step["name"] == name)

    def test_all_steps_of_both_calls_pass_and_leave_their_answers(self):
        for call, last in (("first", "peers"), ("second", "tune w64")):
            code, output, report = self.check(call)
            self.assertEqual(code, 0, output)
            self.assertIn("nothing found wrong", output)
            self.assertTrue(all(step["ok"] for step in report["steps"]))
            self.assertEqual(report["steps"][-1]["name"], last)
            self.assertEqual(report["revision"], "abc1234")
            self.assertEqual(self.entry(report, "facts")["answer"]["card"], "a card")
            self.assertEqual(self.entry(report, "tests")["answer"], {"cuda kernels: one": 1.25, "cuda trainer: two": 0.5})
            self.assertIn("=== tests: ok", (self.out / f"{call}.log").read_text())
            if call == "first":
                self.assertIn("attention, backward 35.8 %; product, weight gradient 13.4 %",
                              self.entry(report, "profile w512 bf16 own")["line"])
                self.assertEqual(self.entry(report, "peers")["answer"], PEERS)
        self.assertIn("p 0.900", self.entry(report, "GPU against CPU")["line"])
        self.assertIn("0 errors", self.entry(report, "memory errors")["line"])

    def test_the_programs_find_torch_and_the_carried_libraries(self):
        self.program("cuda_tests", 'echo "LIBRARIES $LD_LIBRARY_PATH"; ' + PASSED)
        _, _, report = self.check("first", "--only", "tests")
        self.assertIn(f"LIBRARIES {self.place}/site/torch/lib:{self.packed}/lib:{self.place}/site/nvidia/cu13/lib", self.entry(report, "tests")["output"])

    def test_a_failed_test_is_named_and_the_other_steps_go_on(self):
        dashes = "-" * 79
        self.program("cuda_tests", f"printf '%s\\n' '{dashes}' 'cuda kernels: a long name' '              of a test' "
                     f"'{dashes}' 'test cases: 2 | 1 failed'; exit 1")
        code, output, report = self.check("first")
        self.assertEqual(code, 1)
        self.assertIn("failed: tests\n", output)
        self.assertEqual(self.entry(report, "tests")["line"], "cuda kernels: a long name of a test; test cases: 2 | 1 failed")
        self.assertTrue(self.entry(report, "peers")["ok"])

    def test_skipped_tests_missing_libraries_another_torch_and_no_gpu_are_failures(self):
        self.program("cuda_tests", "echo 'warning: skipped: no GPU here'; " + PASSED)
        self.bin.put("ldd", "echo '  libcublas.so.13 => not found'")
        self.program("seedscape", SEEDSCAPE.replace("GPU cuda:0", "none"))
        (self.place / "site/torch/version.py").write_text("__version__ = '2.12.0'\n")
        _, _, report = self.check("first", "--only", "facts|libraries|doctor|tests")
        self.assertFalse(any(step["ok"] for step in report["steps"]))
        self.assertIn("torch is 2.12.0", self.entry(report, "facts")["line"])
        self.assertIn("seedscape: libcublas.so.13", self.entry(report, "libraries")["line"])
        self.assertIn("found no GPU", self.entry(report, "tests")["line"])

    def test_errors_that_memcheck_reports_and_distributions_that_differ_are_failures(self):
        self.bin.put("compute-sanitizer", 'shift 6; "$@"; echo "========= ERROR SUMMARY: 3 errors"; exit 9')
        self.program("seedscape", SEEDSCAPE.replace('"p": 0.9', '"p": 0.0001'))
        code, _, report = self.check("second", "--only", "memory|against")
        self.assertEqual(code, 1)
        self.assertIn("3 errors", self.entry(report, "memory errors")["line"])
        self.assertFalse(self.entry(report, "GPU against CPU")["ok"])
        self.assertTrue(any("--report-api-errors no" in call for call in self.bin.calls("compute-sanitizer")))

    def test_a_step_that_hangs_is_ended_with_its_children_and_what_has_no_time_left_is_skipped(self):
        self.program("cuda_tests", f"sleep 100 & echo $! > '{self.place}/child'; wait")
        start = time.monotonic()
        code, output, report = self.check("first", "--budget", "6", "--only", "tests|peers")
        self.assertLess(time.monotonic() - start, 20)
        self.assertEqual(code, 1)
        self.assertIn("skipped: no time left", self.entry(report, "peers")["line"])
        self.assertFalse(self.entry(report, "tests")["ok"])
        child = int((self.place / "child").read_text())
        self.assertFalse(self.is_running(child))

    def test_what_was_measured_stays_when_the_call_is_ended(self):
        self.program("cuda_tests", f"echo the first words; echo $$ > '{self.place}/child'; sleep 100")
        process = self.start("first")
        child = self.place / "child"
        for _ in range(200):
            if child.exists() and child.read_text():
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        self.assertEqual(process.returncode, 128 + signal.SIGTERM)
        report = json.loads((self.out / "first.json").read_text())
        self.assertEqual([step["name"] for step in report["steps"]], ["facts", "libraries", "doctor"])
        self.assertIn("the first words", (self.out / "first.log").read_text())
        self.assertFalse(self.is_running(int(child.read_text())))

    def test_what_peers_have_measured_stays_when_they_fail(self):
        (self.packed / "bench/peers.py").write_text(WRITES.format(repr({"shapes": {"w512": RATIOS}})))
        _, _, report = self.check("first", "--only", "peers")
        self.assertFalse(self.entry(report, "peers")["ok"])
        self.assertIn("w512: transformers eager, bf16 / ours 2.50; not a ratio", self.entry(report, "peers")["line"])
        self.assertEqual(self.entry(report, "peers")["answer"], {"shapes": {"w512": RATIOS}})
        (self.packed / "bench/peers.py").write_text(WRITES.format(repr(PEERS)) + "sys.exit('no more')\n")
        _, _, report = self.check("first", "--only", "peers")
        self.assertEqual(self.entry(report, "peers")["line"], "exit 1: no more")
        self.assertEqual(self.entry(report, "peers")["answer"], PEERS)

    def test_tests_that_exceed_their_limit_are_not_said_to_have_passed(self):
        self.program("cuda_tests", PASSED + "; sleep 100")
        _, _, report = self.check("first", "--only", "tests", "--budget", "4")
        self.assertTrue(self.entry(report, "tests")["line"].startswith("exceeded its limit"))

    def test_an_answer_that_is_not_as_expected_fails_its_step_alone(self):
        self.program("seedscape", SEEDSCAPE.replace('"seeds": 66', '"sheep": 66'))
        _, _, report = self.check("first", "--only", "bench|peers")
        self.assertIn("KeyError", self.entry(report, "bench w64 bf16 aten")["line"])
        self.assertTrue(self.entry(report, "peers")["ok"])

    def test_without_torch_the_first_step_says_what_to_do(self):
        _, _, report = self.check("first", "--only", "facts", SEEDSCAPE_TORCH=self.place / "nothing")
        self.assertIn("SEEDSCAPE_TORCH", self.entry(report, "facts")["line"])

    def test_outside_a_packed_folder_and_with_a_wrong_call_it_says_so(self):
        shutil.rmtree(self.packed / "bin")
        code, output, _ = self.check("first")
        self.assertEqual(code, 2)
        self.assertIn("gpu-check pack DIR", output)
        self.assertEqual(self.check("pack")[0], 2)
        self.assertEqual(self.check("third")[0], 2)

    def checkout(self):
        """A checkout that is built already, its programs those of the packed folder."""
        checkout = self.place / "checkout"
        for folder in ("scripts/bench", "configs", "build/release"):
            (checkout / folder).mkdir(parents=True)
        shutil.copy(ROOT / "scripts/gpu-check", checkout / "scripts")
        shutil.copy(ROOT / "configs/demo.yaml", checkout / "configs")
        for file in (ROOT / "scripts/bench").glob("*.py"):
            shutil.copy(self.packed / "bench" / file.name if (self.packed / "bench" / file.name).exists() else file,
                        checkout / "scripts/bench")
        for name in ("seedscape", "cuda_tests"):
            shutil.move(self.packed / "bin" / name, checkout / "build/release")
        for name in ("libseedscape_train.so", "libseedscape_cuda.so"):
            (checkout / "build/release" / name).write_text("a library\n")
        (checkout / "build/release/.setup").write_text(f"inputs=1\ntorch={self.place}/site\n")
        (self.place / "libspdlog.so.1.10.0").write_text("a library\n")
        self.bin.put("setup", "echo build/release", checkout / "scripts")
        self.bin.put("strip", '[ "$1" = -o ] && cp "$3" "$2"')
        self.bin.put("git", "echo abc1234-dirty")
        self.bin.put("ldd", f"echo '  libspdlog.so.1.10 => {self.place}/libspdlog.so.1.10 (0x1)'; "
                     "echo '  libstdc++.so.6 => /usr/lib/libstdc++.so.6 (0x2)'; echo '  libc.so.6 => /lib/libc.so.6 (0x3)'")
        (self.place / "libspdlog.so.1.10").symlink_to("libspdlog.so.1.10.0")
        return checkout

    def test_pack_takes_programs_their_libraries_and_all_that_the_steps_call(self):
        checkout = self.checkout()
        done = subprocess.run([sys.executable, checkout / "scripts/gpu-check", "pack", self.place / "to/go"], text=True,
                              env=self.bin.environment(), capture_output=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        found = {str(file.relative_to(self.place / "to/go")) for file in (self.place / "to/go").rglob("*") if file.is_file()}
        bench = ("ceilings", "peers", "peers_jax", "peers_problem", "peers_torch", "peers_worker")
        self.assertEqual(found, {"gpu-check", "revision", "configs/demo.yaml", "lib/libspdlog.so.1.10",
                                 *(f"bin/{name}" for name in PROGRAMS), *(f"bench/{name}.py" for name in bench)})
        self.assertFalse((self.place / "to/go/lib/libspdlog.so.1.10").is_symlink())
        self.assertEqual((self.place / "to/go/revision").read_text(), "abc1234-dirty\n")
        self.assertEqual(self.bin.calls("setup"), ["setup --gpu-half", "setup --print-build"])

        (checkout / "build/release/libseedscape_cuda.so").unlink()
        done = subprocess.run([sys.executable, checkout / "scripts/gpu-check", "pack", self.place / "to/go"], text=True,
                              env=self.bin.environment(), capture_output=True)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("needs nvcc 13", done.stderr)

    def test_without_a_call_it_packs_and_makes_both_calls_with_the_torch_of_the_set_up(self):
        checkout = self.checkout()
        done = subprocess.run([sys.executable, checkout / "scripts/gpu-check"], text=True, cwd=self.place,
                              env=self.bin.environment(OUT=self.out), capture_output=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stdout.count("nothing found wrong"), 2)
        for call in ("first", "second"):
            self.assertTrue(all(step["ok"] for step in json.loads((self.out / f"{call}.json").read_text())["steps"]))

    @staticmethod
    def is_running(process):
        try:
            state = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return False
        return state != "Z"


if __name__ == "__main__":
    unittest.main()
