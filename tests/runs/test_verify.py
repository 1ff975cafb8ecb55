"""verify.py: whole or not, which file, and from which steps a run can be gone on."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests import processes
from tests.tiny_runs import settings_in
from tfgen import checksums
from tfgen.errors import InputError
from tfgen.runs.train import train
from tfgen.runs.verify import verify


@pytest.fixture(scope="module")
def finished(data_dir, tmp_path_factory):
    """A folder with a run that ended and its export, 1."""
    folder = tmp_path_factory.mktemp("finished")
    train(settings_in(folder, data_dir))
    return folder


@pytest.fixture
def folder(finished, tmp_path):
    return shutil.copytree(finished, tmp_path / "copy")


def flip(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def test_all_of_a_folder_is_whole(folder, data_dir):
    found = verify(folder)
    told = "\n".join(found.lines)
    assert found.damaged == 0
    assert found.lines[-1] == "damaged: 0 of 6"
    for part in ("flags.txt", "facts.json", "metrics.csv", "ckpt-6", "ckpt-12", "models/run/1"):
        assert f"{part}\n" in told
    assert "can be gone on from step 6, 12; its command goes on from 12" in told
    assert verify(data_dir).lines[-1] == "damaged: 0 of 1"


FILES = [
    ("run/flags.txt", "settings"),
    ("run/facts.json", "facts"),
    ("run/checkpoints/ckpt-6.index", "checkpoint"),
    ("run/checkpoints/ckpt-12.data-00000-of-00001", "checkpoint"),
    ("models/run/1/saved_model.pb", "export"),
    ("models/run/1/variables/variables.data-00000-of-00001", "export"),
    ("models/run/1/variables/variables.index", "export"),
    ("models/run/1/assets/model.json", "export"),
    ("models/run/1/assets.extra/tf_serving_warmup_requests", "export"),
]


@pytest.mark.parametrize(("name", "kind"), FILES)
@pytest.mark.parametrize("damage", [flip, lambda path: path.write_bytes(b""), Path.unlink])
def test_any_damaged_file_is_named(folder, name, kind, damage):
    damage(folder / name)
    before = sorted(folder.rglob("*"))
    found = verify(folder)
    assert found.damaged == 1
    (line,) = [line for line in found.lines if line.startswith("damaged  ")]
    assert line.startswith(f"damaged  {kind} {folder}")
    assert name.rpartition("/")[2] in line
    assert sorted(folder.rglob("*")) == before


def test_a_run_says_from_which_steps_it_can_be_gone_on(folder):
    flip(folder / "run" / "checkpoints" / "ckpt-12.index")
    assert f"{folder / 'run'}: can be gone on from step 6; its command goes on from 6" in (
        verify(folder / "run").lines
    )
    flip(folder / "run" / "checkpoints" / "ckpt-6.index")
    assert any("cannot be gone on with" in line for line in verify(folder / "run").lines)


def test_an_export_from_before_there_were_checksums(folder):
    version = folder / "models" / "run" / "1"
    (version / checksums.CHECKSUMS_FILE).unlink()
    found = verify(version)
    assert found.damaged == 0
    assert "assets are not verified" in "".join(found.lines)
    flip(version / "variables" / "variables.data-00000-of-00001")
    (version / "saved_model.pb").write_bytes(b"\xff\xff")
    assert verify(version).damaged == 2


def test_other_tools_check_an_export_too(folder):
    version = folder / "models" / "run" / "1"
    command = ["sha256sum", "--check", "--strict", checksums.CHECKSUMS_FILE]
    assert subprocess.run(command, cwd=version, stdout=subprocess.DEVNULL).returncode == 0
    flip(version / "assets" / "model.json")
    assert subprocess.run(command, cwd=version, capture_output=True).returncode == 1


def test_what_is_none_of_these_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(InputError, match=r"holds no run|is no folder"):
            verify(path)


def test_exit_codes(folder):
    whole = processes.run("verify.py", folder / "run")
    assert (whole.returncode, whole.stdout.splitlines()[-1]) == (0, "damaged: 0 of 5")
    flip(folder / "run" / "checkpoints" / "ckpt-6.index")
    damaged = processes.run("verify.py", folder / "run", folder / "models")
    assert damaged.returncode == 1
    assert "ckpt-6.index is damaged" in damaged.stdout
    assert "Traceback" not in damaged.stderr
    assert processes.run("verify.py").returncode == 2
