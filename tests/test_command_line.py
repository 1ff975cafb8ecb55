"""Scripts tell mistakes in one sentence and exit with 2."""

import subprocess
import sys

import pytest

SCRIPT = """
from absl import flags
from tfgen import command_line, errors
flags.DEFINE_integer("n", 3, "a number", lower_bound=0)
def main(argv):
    if flags.FLAGS.n == 7:
        raise errors.InputError("`n`=7 is unlucky: give 8.")
    if flags.FLAGS.n == 6:
        raise PermissionError(13, "Permission denied", "run/flags.txt")
    if flags.FLAGS.n == 9:
        raise RuntimeError("a bug")
    print("n is", flags.FLAGS.n)
command_line.run(main)
"""


@pytest.fixture
def run(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)

    def start(*arguments):
        return subprocess.run(
            [sys.executable, script, *arguments], capture_output=True, text=True, check=False
        )

    return start


def test_a_good_start_prints_and_exits_with_0(run):
    done = run("--n=4")
    assert (done.returncode, done.stdout) == (0, "n is 4\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--n=x"], "--n=x"),
        (["--n=-2"], "--n=-2"),
        (["--unknown=4"], "unknown"),
        (["--flagfile=/no/such/file"], "/no/such/file"),
        (["word"], "'word'"),
        (["--n=7"], "--n=7 is unlucky: give 8."),
        (["--n=6"], "run/flags.txt cannot be opened (Permission denied): ask whose"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_2(run, arguments, says):
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_flagfile_that_is_no_text_is_refused(run, tmp_path):
    (tmp_path / "bad.flags").write_bytes(b"\xff\xfe\x00binary\x80")
    done = run(f"--flagfile={tmp_path / 'bad.flags'}")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_values_on_the_next_line_of_a_flagfile_belong_to_a_flag(run, tmp_path):
    path = tmp_path / "my.flags"
    path.write_text("--n\n4\n")
    assert run(f"--flagfile={path}").stdout == "n is 4\n"
    for text, says in (
        ("--n=4\n\n--nohelp\n5\n", f"error: {path} line 4: '5' is the value of no flag"),
        ("--n\n", f"error: {path} line 1: Missing value for flag --n"),
    ):
        path.write_text(text)
        done = run(f"--flagfile={path}")
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert done.stderr.startswith(says)


def test_a_bug_shows_its_traceback(run):
    done = run("--n=9")
    assert done.returncode == 1
    assert "Traceback" in done.stderr
