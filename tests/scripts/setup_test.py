#!/usr/bin/env python3
"""scripts/setup decides what a machine lacks and what it builds; compilers and package managers are stand-ins."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from stand_ins import StandIns

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIBRARIES = ("CLI/CLI.hpp libcli11-dev CLI11", "nlohmann/json.hpp nlohmann-json3-dev nlohmann/json",
             "spdlog/spdlog.h libspdlog-dev spdlog", "yaml-cpp/yaml.h libyaml-cpp-dev yaml-cpp",
             "hwy/highway.h libhwy-dev Google Highway", "catch2/catch.hpp,catch2/catch_all.hpp catch2 Catch2")
HAS_DRIVER = os.path.exists("/proc/driver/nvidia/version")


class StandInsLeaveTheMachineAlone(unittest.TestCase):
    def test_a_stand_in_for_a_program_of_the_machine_is_not_written_through_the_link_to_it(self):
        with tempfile.TemporaryDirectory() as folder:
            theirs = pathlib.Path(folder) / "theirs"
            theirs.write_text("as it was")
            stand_ins = StandIns(pathlib.Path(folder) / "bin")
            (stand_ins.folder / "program").symlink_to(theirs)
            stand_ins.put("program", "echo ours")
            self.assertEqual(theirs.read_text(), "as it was")


class Setup(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="seedscape-setup-test-")
        self.addCleanup(folder.cleanup)
        self.place = pathlib.Path(folder.name).resolve()
        self.checkout, self.deps = self.place / "checkout", self.place / "deps"
        (self.checkout / "scripts").mkdir(parents=True)
        shutil.copy(ROOT / "scripts/setup", self.checkout / "scripts")
        shutil.copy(ROOT / "CMakePresets.json", self.checkout)
        (self.deps / "usr/include").mkdir(parents=True)
        (self.place / "torch/torch").mkdir(parents=True)
        (self.place / "torch/torch/version.py").touch()
        (self.place / "cache/seedscape").mkdir(parents=True)
        (self.place / "cache/seedscape/vega-1.8.0.js").touch()

        self.bin = StandIns(self.place / "bin")
        # Without the folder of --deps it finds no library.
        missing = "".join(f"missing {line}\n" for line in LIBRARIES)
        self.bin.put("g++", f"""case $* in
  --version) echo "g++ 12";;
  *{self.deps}/usr/include*) cat > /dev/null;;
  *' -E '*) cat > /dev/null; printf '%s' '{missing}';;
  *) cat > /dev/null;;
esac""")
        self.bin.put("cmake", 'case $1 in --version) echo "cmake version 3.31.0";; esac')
        self.bin.put("ninja", 'case $1 in -C) echo "ninja: no work to do.";; --version) echo 1.11;; esac')
        self.bin.put("python3", "exit 1")  # without pip
        self.bin.put("apt-get", "exit 100")  # no network
        self.bin.put("id", "echo 0")
        self.bin.put("ldconfig")

    def run_setup(self, *arguments, **environment):
        environment = {"SEEDSCAPE_TORCH": self.place / "torch", "CUDACXX": self.place / "no/nvcc",
                       "XDG_CACHE_HOME": self.place / "cache", "PIP_NO_INDEX": "1"} | environment
        return subprocess.run([str(self.checkout / "scripts/setup"), *map(str, arguments)], text=True, cwd=self.place,
                              env=self.bin.environment(**environment), capture_output=True)

    def configured(self):
        return [call for call in self.bin.calls("cmake") if "--preset" in call]

    def nvcc(self, version):
        return self.bin.put("nvcc", f'echo "Cuda compilation tools, release {version}, V{version}.88"')

    def driver(self):
        many = "for i in {1..5000}; do echo '	libother.so.1 (libc6,x86-64) => /usr/lib/libother.so.1'; done"
        self.bin.put("ldconfig", f'echo "	libcuda.so.1 (libc6,x86-64) => /usr/lib/libcuda.so.1"; {many}')

    def test_with_deps_tools_from_anywhere_will_do_and_no_package_manager_is_asked(self):
        done = self.run_setup("--deps", self.deps)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.bin.calls("apt-get"), [])
        self.assertIn(f"-DSEEDSCAPE_DEPS={self.deps}", self.configured()[0])
        self.assertIn("--build build/release", self.bin.calls("cmake")[-1])

    def test_without_deps_the_libraries_that_the_compiler_does_not_find_are_installed(self):
        done = self.run_setup()
        self.assertEqual(done.returncode, 100)
        self.bin.put("apt-get")
        self.assertEqual(self.run_setup().returncode, 0)
        self.assertIn("install -y --no-install-recommends libcli11-dev nlohmann-json3-dev libspdlog-dev libyaml-cpp-dev "
                      "libhwy-dev catch2", self.bin.calls("apt-get")[-1])

    def test_a_missing_tool_is_installed_by_its_package(self):
        self.bin.remove("ninja")
        self.bin.put("apt-get")
        done = self.run_setup("--deps", self.deps)
        self.assertTrue(self.bin.calls("apt-get")[-1].endswith("recommends ninja-build"), self.bin.calls("apt-get"))
        self.assertEqual(done.returncode, 2)  # the stand-in installs nothing, and there is no pip
        self.assertIn("ninja", done.stderr)

    def pip(self):
        """A python3 whose pip makes what the wheels of CMake and ninja hold."""
        self.bin.put("python3", f"""[ "$3" = install ] || exit 0
while [ "$1" != --target ]; do shift; done
mkdir -p "$2/cmake/data/bin" "$2/bin"
printf '#!{self.bin.folder}/bash\nexec {self.bin.folder}/new-cmake "$@"\n' > "$2/cmake/data/bin/cmake"
cp {self.bin.folder}/spare-ninja "$2/bin/ninja"
chmod +x "$2"/cmake/data/bin/cmake""")
        self.bin.put("new-cmake", 'case $1 in --version) echo "cmake version 3.31.10";; esac')
        self.bin.put("spare-ninja", 'case $1 in -C) echo "ninja: no work to do.";; --version) echo 1.13;; esac')

    def test_a_cmake_that_is_too_old_is_replaced_by_one_from_pypi_and_used_from_then_on(self):
        self.bin.put("cmake", 'case $1 in --version) echo "cmake version 3.22.1";; *) exit 1;; esac')
        self.pip()
        done = self.run_setup("--deps", self.deps)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("cmake 3.22.1 (3.25 or later is needed) and ninja 1.11", done.stdout)
        self.assertIn("--preset release", self.bin.calls("new-cmake --fresh")[0])
        self.assertIn("nothing to do", self.run_setup().stdout)
        self.assertEqual(len([call for call in self.bin.calls("python3") if " install " in call]), 1)

    def test_without_a_package_manager_all_that_is_missing_is_said_at_once_and_nothing_is_fetched(self):
        for name in ("apt-get", "cmake", "ninja"):
            self.bin.remove(name)
        (self.place / "cache/seedscape/vega-1.8.0.js").unlink()
        done = self.run_setup()
        self.assertEqual(done.returncode, 2)
        for name in ("CLI11", "nlohmann/json", "spdlog", "yaml-cpp", "Google Highway",
                     "Catch2 (the header catch2/catch.hpp or catch2/catch_all.hpp)"):
            self.assertIn(f"  - {name}", done.stderr)
        for way in ("CMAKE_PREFIX_PATH", "conda-forge", "scripts/setup --deps DIR"):
            self.assertIn(way, done.stderr)
        self.assertFalse([call for call in self.bin.calls("python3") if " install " in call])
        self.assertEqual(self.configured(), [])

    def test_without_a_package_manager_cmake_and_ninja_come_from_pypi(self):
        self.pip()
        for name in ("apt-get", "cmake", "ninja"):
            self.bin.remove(name)
        done = self.run_setup("--deps", self.deps)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("--preset release", self.bin.calls("new-cmake --fresh")[0])

    def test_a_compiler_that_will_not_do_is_asked_for_with_all_the_rest(self):
        self.bin.remove("apt-get")
        self.bin.put("g++", 'case $* in --version) echo "g++ 9";; *) cat > /dev/null; exit 1;; esac')
        done = self.run_setup("--deps", self.deps)
        self.assertEqual(done.returncode, 2)
        self.assertIn("g++ 11 or later", done.stderr)

    def test_another_kind_of_processor_has_its_own_build_and_cache(self):
        self.assertEqual(self.run_setup("--print-build").stdout, "build/release\n")
        self.bin.put("uname", "echo aarch64")
        self.assertEqual(self.run_setup("--print-build").stdout, "build/release-aarch64\n")
        self.pip()
        done = self.run_setup("--deps", self.deps, SEEDSCAPE_TORCH="")
        self.assertIn("-B build/release-aarch64 ", self.configured()[0])
        wanted = self.place / "cache/seedscape/torch-2.11.0-cpu-aarch64"
        self.assertIn(f"fetching --no-deps torch==2.11.0 nvidia-cuda-cupti==13.0.85 nvidia-cuda-runtime==13.0.96 into {wanted}",
                      done.stdout)

    def test_pip_is_wanted_only_where_something_must_be_fetched(self):
        (self.place / "cache/seedscape/vega-1.8.0.js").unlink()
        self.bin.put("apt-get")
        self.run_setup("--deps", self.deps)
        if subprocess.run(["/usr/bin/python3", "-m", "pip", "--version"], capture_output=True).returncode != 0:
            self.assertTrue(self.bin.calls("apt-get")[-1].endswith("recommends python3-pip"))
        (self.deps / "vega-1.8.0.js").touch()
        self.bin.log.write_text("")
        self.assertEqual(self.run_setup("--deps", self.deps).returncode, 0)
        self.assertEqual(self.bin.calls("apt-get"), [])

    @unittest.skipIf(HAS_DRIVER, "this machine has a driver")
    def test_without_a_driver_nvcc_changes_nothing(self):
        self.run_setup("--deps", self.deps, CUDACXX=self.nvcc("13.0"))
        self.assertIn("-DSEEDSCAPE_CUDA=OFF", self.configured()[0])

    def test_a_driver_and_nvcc_13_bring_the_half_for_gpus_unasked(self):
        self.driver()
        done = self.run_setup("--deps", self.deps, CUDACXX=self.nvcc("13.0"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("-DSEEDSCAPE_CUDA=ON", self.configured()[0])

    def test_another_nvcc_is_named_and_left_alone(self):
        self.driver()
        done = self.run_setup("--deps", self.deps, CUDACXX=self.nvcc("12.4"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("-DSEEDSCAPE_CUDA=OFF", self.configured()[0])
        self.assertIn(f"no nvcc 13 ({self.bin.folder}/nvcc)", done.stdout)

    def test_the_half_for_gpus_is_remembered_and_keeps_what_is_compiled(self):
        self.run_setup("--deps", self.deps)
        nvcc = self.nvcc("13.0")
        self.run_setup("--gpu-half", CUDACXX=nvcc)
        self.assertIn("-DSEEDSCAPE_CUDA=ON", self.configured()[-1])
        self.assertIn("--fresh", self.configured()[0])
        self.assertNotIn("--fresh", self.configured()[-1])
        self.assertIn("nothing to do", self.run_setup(CUDACXX=nvcc).stdout)
        self.assertIn("nothing to do", self.run_setup().stdout)  # nor does a machine without nvcc undo it

    def test_where_nvcc_is_gone_and_something_must_be_built_the_half_for_gpus_is_left_out(self):
        self.run_setup("--deps", self.deps, "--gpu-half", CUDACXX=self.nvcc("13.0"))
        self.assertIn("-DSEEDSCAPE_CUDA=ON", self.configured()[-1])
        self.bin.put("ninja", 'case $1 in -C) echo "[1/2] Building";; --version) echo 1.11;; esac')  # a source file has changed
        done = self.run_setup()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("-DSEEDSCAPE_CUDA=OFF", self.configured()[-1])
        self.assertIn("no nvcc 13", done.stdout)

    def test_a_half_for_gpus_that_was_turned_down_stays_so_until_it_is_asked_for(self):
        self.driver()
        nvcc = self.nvcc("13.0")
        self.run_setup("--deps", self.deps, "--no-gpu-half", CUDACXX=nvcc)
        self.assertIn("-DSEEDSCAPE_CUDA=OFF", self.configured()[-1])
        self.assertIn("nothing to do", self.run_setup(CUDACXX=nvcc).stdout)
        self.run_setup("--gpu-half", CUDACXX=nvcc)
        self.assertIn("-DSEEDSCAPE_CUDA=ON", self.configured()[-1])

    def test_only_the_release_build_has_a_half_for_gpus(self):
        done = self.run_setup("--preset", "dev", "--gpu-half")
        self.assertEqual(done.returncode, 2)
        self.assertIn("only the release preset", done.stderr)


if __name__ == "__main__":
    unittest.main()
