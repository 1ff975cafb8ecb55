"""Errors below the command line speak of arguments; whoever knows the flags names them."""

import ast
import pickle
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
import tensorflow as tf
from absl import flags as absl_flags

from tfgen.config import flags
from tfgen.errors import InputError, one_line, renamed
from tfgen.papers.chairs.tables import generator_spec
from tfgen.papers.comparators.comparator import make_comparator, parse
from tfgen.papers.comparators.opening import comparator_from

ROOT = Path(__file__).parents[1] / "tfgen"
# What reads and writes flags, or starts a script; help of a setting is a flag's help, too.
OF_FLAGS = (
    *("config/flags.py", "config/flagfiles.py", "command_line.py", "serving/other_flags.py"),
    *("benchmark/serving.py", "benchmark/mixed_serving.py", "benchmark/job.py"),
)
ALLOWED = (
    "--file_format=array_record",  # a command of TFDS
    # What a client, or who starts the server, is told of the server's flags.
    "--rest_api_timeout_in_ms",
    *("--max_rows", "--max_answer_mb", "--max_json_values", "--max_message_mb", "--allowed_hosts"),
)


def test_text_has_a_form_for_callers_and_one_for_command_lines():
    error = InputError("`image_size`=8 is less than `width`=9: give `x y` or 16.")
    assert str(error) == "image_size=8 is less than width=9: give `x y` or 16."
    assert error.for_command_line() == "--image_size=8 is less than --width=9: give `x y` or 16."
    assert str(InputError(f"`photos`=a: {error.text}")).startswith("photos=a: image_size=8 is")


def test_marks_outlive_pickling():
    with pytest.raises(InputError) as caught, renamed(path="photos"):
        raise InputError("`path`=a is no folder.")
    error = pickle.loads(pickle.dumps(caught.value))
    assert str(error) == "photos=a is no folder."
    assert error.for_command_line() == "--photos=a is no folder."


def test_arguments_are_renamed_all_at_once_and_the_cause_stays():
    cause = KeyError("b")
    with pytest.raises(InputError) as caught, renamed(a="c"), renamed(a="b", b="a", layer=None):
        raise InputError("`a`=1, `b`=2, `layer`=3, a=4.") from cause
    assert caught.value.for_command_line() == "--b=1, --c=2, 3, a=4."
    assert caught.value.__cause__ is cause


def test_other_exceptions_pass_and_what_they_quote_is_not_marked():
    with pytest.raises(KeyError), renamed(a="b"):
        raise KeyError("a")
    quoted = one_line(ValueError("Pass `name`\n or `axis`."))
    error = InputError(f"`weights`=a.h5: {quoted}")
    assert error.for_command_line() == "--weights=a.h5: Pass 'name' or 'axis'."


def test_tensorflows_names_of_graphs_and_operations_do_not_reach_the_user():
    @tf.function
    def read(path):
        return tf.io.decode_png(tf.io.read_file(path))

    for fail in (lambda: read("/no"), lambda: tf.io.decode_png(b"no png"), lambda: tf.zeros(2)[5]):
        with pytest.raises((tf.errors.OpError, ValueError)) as raised:
            fail()
        told = one_line(raised.value)
        assert told
        assert not re.search(r"\{\{|\[\[|\[Op:|function_node|name:|\n", told), told


def _strings(tree):
    """Constant texts that are no docstring and no help of a setting."""
    passed = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            passed.add(node.value)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "setting":
            passed |= set(node.args)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in passed:
            yield node.value


def test_no_message_of_the_library_names_a_flag():
    named = [
        (str(path.relative_to(ROOT)), text)
        for path in ROOT.rglob("*.py")
        for text in _strings(ast.parse(path.read_text()))
        if re.search(r"--[a-z]", text) and not any(each in text for each in ALLOWED)
    ]
    assert {path for path, _ in named} == set(OF_FLAGS), named


def test_what_readers_call_speaks_of_its_arguments():
    with pytest.raises(InputError, match=r"^architecture=x is not known: choose one of 2s-E"):
        generator_spec("x", 64)
    with pytest.raises(InputError, match=r"^comparator=conv5 is not known: give NAME:LAYER"):
        parse("conv5")
    with pytest.raises(InputError, match=r"^comparator=caffenet:conv9: layer conv9 does not exist"):
        make_comparator("caffenet:conv9", 64, "random", load=None)
    with pytest.raises(InputError, match=r"^weights is missing: give a run that trained"):
        comparator_from("caffenet:conv5", "", 64)


def _photographs(folder):
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(3):
        pixels = rng.integers(0, 256, (80, 80, 3), np.uint8)
        assert cv2.imwrite(str(folder / f"{number}.png"), pixels)


SMALL = "--run_dir={0}/run --data_dir={0}/data --export_dir= --width=0.1 --seed=1"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("--architecture=3s", "--architecture=3s is not known: choose one of"),
        ("--image_size=100", "--image_size=100 is not possible: choose 32"),
        ("--image_size=8", "--image_size=8 is too small: give at least 16"),
        ("--dataset=sofas", "--dataset=sofas is not known: choose among"),
        ("--dataset=meshes", "--dataset=meshes needs --meshes"),
        ("--dataset=meshes --meshes=/no/such", "--meshes=/no/such is no folder"),
        ("--beam_runner=NoRunner --beam_options=a", "--beam_options=a is no option"),
        ("--task=autoencoder {small} --init_from=/no/such", "--init_from=/no/such holds no run"),
        (
            "--task=inversion --feature=keras.NoNet:x --feature_weights=random",
            "--feature=keras.NoNet:x: keras.applicat",
        ),
        ("--task=inversion --feature=gist", "--feature=gist is not known: give NAME:LAYER"),
        ("--task=inversion --feature=no.npy", "--feature=no.npy cannot be read"),
        ("--task=inversion --feature=caffenet:fc6", "--feature_weights is missing"),
        ("--task=inversion --architecture=table2", "--architecture=table2 is no generator"),
        (
            "--task=autoencoder {small} --lambda_feat=1 --comparator=vgg",
            "--comparator=vgg is not known",
        ),
        (
            "--task=autoencoder {small} --comparator=caffenet:conv1",
            "--comparator_weights is missing",
        ),
        (
            "--task=autoencoder --photos={p} --image_size=72 --encoder_weights=a.npz",
            "--encoder_weights=a.npz does not exist",
        ),
        ("--task=autoencoder --photos=/no/such", "--photos=/no/such is no folder"),
        ("--task=autoencoder --photos={p} --photos_test=/x", "--photos_test=/x is no folder"),
        ("--task=comparator --photos={p} --labels=/x.csv", "--labels=/x.csv cannot be read"),
        ("--task=comparator --photos={p} --image_size=96", "give a smaller --image_size"),
    ],
)
def test_what_a_user_gave_is_refused_by_the_name_of_its_flag(arguments, says, tmp_path):
    from tfgen.runs.train import train

    _photographs(tmp_path / "photos")
    argv = ["test", *SMALL.format(tmp_path).split()]
    small = f"--photos={tmp_path / 'photos'} --image_size=16"
    argv += arguments.format(p=tmp_path / "photos", small=small).split()
    values = absl_flags.FlagValues()
    flags.define(argv, values)
    values(argv)
    with pytest.raises(InputError) as caught:
        train(flags.from_flags(values))
    told = caught.value.for_command_line()
    assert says in told
    assert "\n" not in told
