"""Scripts as processes of their own, forked where TensorFlow is imported already.

A server (of `multiprocessing`) has imported it once and computed nothing; what it forks costs a
tenth of a second instead of four. Arguments, folder, environment, streams, signals and exit codes
are a script's own, as if it had been started by hand: `tests/scripts/test_scripts.py` compares.
"""

import atexit
import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from pathlib import Path

SCRIPTS = Path(__file__).parents[1] / "scripts"
_IMPORTED = ("tfgen", "tfgen.runs.train", "tfgen.serving.server", "tfgen.serving.client")
_forks = multiprocessing.get_context("forkserver")


def _run(path, arguments, files, cwd, environment):
    """In the forked process."""
    for stream, file in zip((1, 2), files, strict=True):
        with file.open("ab") as opened:
            os.dup2(opened.fileno(), stream)
    os.environ.update(environment)
    os.chdir(cwd)
    sys.argv, sys.path[0] = [path, *arguments], str(SCRIPTS)
    runpy.run_path(path, run_name="__main__")


class ScriptProcess:
    """A script of `scripts/` at work, spoken to as to a `subprocess.Popen`.

    Args:
      name: of the script's file.
      arguments: of its command line.
      cwd: folder it works in; None: this process's.
      environment: variables that it has beside the server's.
      log: file for both streams; None: one each, in a folder of their own.
    """

    def __init__(self, name, *arguments, cwd=None, environment=None, log=None):
        self._folder = tempfile.TemporaryDirectory()
        self._files = (log, log) if log else [Path(self._folder.name, each) for each in "12"]
        for file in self._files:
            file.touch()
        _forks.set_forkserver_preload(list(_IMPORTED))
        given = (str(SCRIPTS / name), [str(each) for each in arguments], self._files)
        self._process = _forks.Process(
            target=_run, args=(*given, cwd or Path.cwd(), environment or {})
        )
        self._process.start()
        self.send_signal = lambda number: os.kill(self._process.pid, number)
        self.terminate = self._process.terminate
        atexit.register(self.kill)  # before `multiprocessing` waits for it

    @property
    def stdout(self):
        """What it has printed so far."""
        return self._files[0].read_text()

    @property
    def stderr(self):
        """What it has printed on stderr so far."""
        return self._files[1].read_text()

    def poll(self):
        """The exit code, negative for a signal; None: it is at work."""
        return self._process.exitcode

    def kill(self):
        """SIGKILL, if it is at work."""
        if self.poll() is None:
            self._process.kill()

    def wait(self, timeout=240):
        """The exit code; who takes longer is killed."""
        self._process.join(timeout)
        if self.poll() is None:
            self.kill()
            raise subprocess.TimeoutExpired(self._process.name, timeout, self.stdout, self.stderr)
        return self.poll()

    def ended(self):
        """What it has printed, once it has ended well."""
        assert self.wait() == 0, self.stderr[-3000:]
        return self.stdout


def run(name, *arguments, cwd=None):
    """The `subprocess.CompletedProcess` of a script of `scripts/`."""
    script = ScriptProcess(name, *arguments, cwd=cwd)
    code = script.wait()
    return subprocess.CompletedProcess([name, *arguments], code, script.stdout, script.stderr)
