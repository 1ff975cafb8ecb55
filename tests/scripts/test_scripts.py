"""Scripts and recipes as a user starts them."""

import dataclasses
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import cv2
import pytest
import trimesh
from absl import flags as absl_flags

from tests.processes import run
from tfgen.config import flags, registry
from tfgen.data.drawings.datasets import DATASETS
from tfgen.papers.catalog import EXPERIMENTS

ROOT = Path(__file__).parents[2]
RECIPES = [ROOT / "chairs.flags", *sorted((ROOT / "scripts" / "recipes").rglob("*.flags"))]
SPECIAL = ("flagfile", "help")  # of absl itself
_COMMAND = re.compile(r"python (?:-m )?(?:scripts/)(\w+\.py)(.*)")


def commands(text):
    """(script, arguments) of every command in a text; comments may wrap them."""
    text = re.sub(r"\\\n#?\s*", "", text)
    return [
        (script, shlex.split(line.partition(" #")[0])) for script, line in _COMMAND.findall(text)
    ]


COMMANDS = [
    (script, arguments, path)
    for path in (ROOT / "README.md", ROOT / "BUILD.md", *RECIPES, *ROOT.glob("scripts/*.py"))
    for script, arguments in commands(path.read_text())
]


def settings_of(script, arguments):
    """The settings that a command of train.py or experiment.py describes, by task."""
    values, argv = absl_flags.FlagValues(), [script, *arguments]
    flags.define(argv, values)
    absl_flags.DEFINE_bool("dry_run", False, "", flag_values=values)
    for name in (
        "model",
        "other_models",
        "out",
        "trainings",
        "judge",
        "judge_weights",
        "labelled",
        "lpips_weights",
    ):
        absl_flags.DEFINE_string(name, "", "", flag_values=values)
    _, *positional = values(argv)
    if script == "train.py":
        settings = flags.from_flags(values)
        return {settings.task: settings}
    trained = EXPERIMENTS[positional[0]].trains if positional[0] != "report" else ()
    return flags.of_tasks(trained, values)


def run_by_hand(name, *arguments, cwd=None):
    """As a user does it: in a process where nothing is imported yet."""
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / name), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
    )


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_recipes_describe_runs_that_are_possible(recipe, monkeypatch):
    monkeypatch.chdir(ROOT)  # recipes name others from there
    named = commands(recipe.read_text()) or [("train.py", [f"--flagfile={recipe}"])]
    of_tasks = settings_of(*named[0])
    assert named[0][0] == "train.py" or of_tasks
    settings = next(iter(of_tasks.values()))
    if settings.task == "inversion":  # weights are the user's file, or a run that comes before
        features = dataclasses.replace(settings.features, feature_weights="random")
        settings = dataclasses.replace(settings, features=features)
    registry.find(settings.task).task_class()(settings)  # refuses what no run could be
    if settings.task == "generator":
        assert set(settings.data.dataset.split(",")) <= set(DATASETS)


@pytest.mark.parametrize(
    ("script", "arguments", "path"),
    [each for each in COMMANDS if each[0] in ("train.py", "experiment.py")],
    ids=lambda value: value.name if isinstance(value, Path) else None,
)
def test_commands_that_are_written_down_name_only_flags_of_their_task(
    script, arguments, path, monkeypatch
):
    monkeypatch.chdir(ROOT)
    if not arguments or arguments[-1] == "--help":
        return
    assert settings_of(script, arguments) is not None, path


@pytest.mark.parametrize(
    "name",
    [
        *("train.py", "export.py", "generate.py", "render.py", "serve.py", "request.py"),
        *("experiment.py", "fit.py", "benchmark_serving.py", "benchmark.py"),
        *("invert.py", "extract.py"),
    ],
)
def test_help_tells_the_flags_without_starting_tensorflow(name):
    done = run_by_hand(name, "--help")
    assert "Traceback" not in done.stderr
    for script, arguments, path in COMMANDS:
        for text in arguments if script == name else ():
            flag = re.match(r"--(?:no)?(\w+)", text)
            assert not flag or f"{flag[1]}:" in done.stdout or flag[1] in SPECIAL, (path, text)


MISTAKES = [
    ("train.py", ["--image_size=100"], "--image_size=100"),
    ("train.py", ["--mirror"], "--mirror=True is of no use to --task=generator: it belongs"),
    ("train.py", ["--task=sofas"], "--task=sofas is not known"),
    ("experiment.py", ["architectures", "--feature=hog"], "--feature=hog is of no use to"),
    ("train.py", ["--architecture=3s"], "--architecture=3s"),
    ("train.py", ["--dataset=sofas"], "--dataset=sofas"),
    ("train.py", ["--dataset=meshes", "--meshes=/no/such"], "--meshes=/no/such"),
    ("train.py", ["--models=1", "--azimuths=2", "--elevations=20"], "1 style"),
    ("export.py", [], "--run_dir is missing"),
    ("export.py", ["--run_dir=/no/such"], "/no/such holds no run"),
    ("generate.py", ["--model=/no/such"], "--model=/no/such is no folder"),
    ("serve.py", [], "--model_base_path is missing"),
    ("request.py", ["--out=x.jpg"], "--out=x.jpg cannot be written"),
    ("request.py", ["--server=127.0.0.1:9", "--timeout=2"], "nothing answers at 127.0.0.1:9"),
    ("request.py", ["--ca_file=/no/such"], "--ca_file=/no/such cannot be read"),
    ("experiment.py", [], "the experiment's name is missing"),
    ("experiment.py", ["sofas"], "experiment sofas does not exist"),
    ("fit.py", [], "the pictures are missing"),
    ("fit.py", ["a.png", "--model=/no/such"], "--model=/no/such is no run"),
    ("render.py", [], "--meshes or --category is missing"),
    ("render.py", ["--meshes=/no/such"], "--meshes=/no/such is no folder"),
    ("render.py", ["--category=sofas"], "--category=sofas is not known"),
    ("render.py", ["--category=chairs", "--elevations=a"], "--elevations=a is not a list"),
]


@pytest.mark.parametrize(("name", "arguments", "says"), MISTAKES)
def test_mistakes_end_with_one_sentence_and_exit_code_2(tmp_path, name, arguments, says):
    done = run(name, *arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("error:")]
    assert says in line
    assert "Traceback" not in done.stderr


# What TensorFlow itself notes on stderr when it is imported is not compared.
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("train.py", ["--task=sofas"]),
        ("export.py", ["--run_dir=/no/such"]),  # with TensorFlow
        ("generate.py", ["--model="]),
        ("serve.py", ["--unknown"]),
        ("request.py", ["--out=x.jpg"]),
        ("experiment.py", ["sofas"]),
        ("fit.py", []),
        ("render.py", ["--category=sofas"]),
        ("benchmark_serving.py", ["word"]),
        ("benchmark.py", ["--rounds=0"]),
        ("invert.py", []),
        ("extract.py", []),
    ],
)
def test_a_script_that_is_forked_says_what_it_says_when_started_by_hand(tmp_path, name, arguments):
    forked, by_hand = (each(name, *arguments, cwd=tmp_path) for each in (run, run_by_hand))
    assert forked.returncode == by_hand.returncode == 2
    assert forked.stdout == by_hand.stdout
    told = [
        [line for line in done.stderr.splitlines() if line.startswith("error:")]
        for done in (forked, by_hand)
    ]
    assert told[0] == told[1] != []
    assert "Traceback" not in forked.stderr + by_hand.stderr


def test_a_folder_of_meshes_becomes_turntables_and_the_broken_one_is_named(tmp_path):
    meshes = tmp_path / "meshes"
    meshes.mkdir()
    trimesh.creation.box((1, 2, 3)).export(meshes / "box.obj")
    trimesh.creation.icosphere(2).export(meshes / "ball.glb")
    (meshes / "broken.stl").write_bytes(b"nothing")
    common = ["--azimuths=4", "--elevations=10,30", "--image_size=48", "--samples=2"]
    out = tmp_path / "out"
    arguments = [f"--meshes={meshes}", f"--out={out}", *common]
    done = run("render.py", *arguments)
    assert done.returncode == 0, done.stderr
    assert "2 models rendered, 1 skipped" in done.stdout
    assert "broken.stl" in done.stderr
    images = sorted(path.name for path in (out / "box").glob("image_*.png"))
    assert len(images) == 8
    assert images[0] == "image_e010.0_a000.0.png"
    assert cv2.imread(str(out / "ball" / images[0])).shape == (48, 48, 3)
    assert json.loads((out / "report.json").read_text())["rendered"] == ["ball", "box"]
    assert cv2.imread(str(out / "contact_sheet.png")).std() > 5
    again = run("render.py", *arguments)
    assert "2 were there already" in again.stdout


def test_nothing_but_broken_meshes_is_an_error(tmp_path):
    (tmp_path / "broken.stl").write_bytes(b"nothing")
    done = run("render.py", f"--meshes={tmp_path}", f"--out={tmp_path / 'out'}")
    assert done.returncode == 2
    assert "none of the 1 models could be rendered" in done.stderr


@pytest.mark.parametrize("script", ["train.py", "verify.py"])
def test_who_reads_a_part_of_the_output_sees_no_traceback(script):
    command = [sys.executable, ROOT / "scripts" / script, "--help"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as process:
        process.stdout.close()  # as `head` does, only sooner
        assert process.stderr.read() == b""
    assert process.returncode == 141
