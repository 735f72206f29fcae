"""A folder of programs for PATH: some of the machine's, and stand-ins that do what a test needs and keep a record."""
import os
import pathlib
import shutil

COREUTILS = ("bash basename cat chmod cp cut dirname env flock grep head ls mkdir mktemp mv nproc printf realpath rm sed sh "
             "sha256sum sort tail true tr uname").split()


class StandIns:
    """Nothing but what is put in can be found on PATH."""

    def __init__(self, folder):
        self.folder, self.log = pathlib.Path(folder), pathlib.Path(folder).with_suffix(".calls")
        self.folder.mkdir()
        self.log.touch()
        for name in COREUTILS:
            self.real(name)

    def real(self, name):
        (self.folder / name).symlink_to(shutil.which(name))

    def put(self, name, script="", folder=None):
        """A program that records its name and arguments, then runs the lines of shell in `script`."""
        file = (folder or self.folder) / name
        file.unlink(missing_ok=True)  # it may be a link to the machine's own
        file.write_text(f'#!{shutil.which("bash")}\nprintf "%s\\n" "{name} $*" >> {self.log}\n{script}\n')
        file.chmod(0o755)
        return file

    def remove(self, name):
        (self.folder / name).unlink()

    def calls(self, name=""):
        """The recorded lines that begin with `name`."""
        return [line for line in self.log.read_text().splitlines() if line.startswith(name)]

    def environment(self, **more):
        kept = {name: os.environ[name] for name in ("HOME", "TMPDIR") if name in os.environ}
        return kept | {"PATH": str(self.folder), "LC_ALL": "C"} | {name: str(value) for name, value in more.items()}
