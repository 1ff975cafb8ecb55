"""Prepared data sets on disk: one process prepares one, others wait; damage is named."""

import json
import re
import resource
import shutil
import threading
import time

import pytest

from tests.data.lamps import Lamp, LampConfig, Lamps
from tfgen.config.data import HoldoutConfig
from tfgen.data.drawings import builder as builders
from tfgen.data.drawings import prepared
from tfgen.data.drawings.collection import collect
from tfgen.data.drawings.examples import load_examples
from tfgen.data.drawings.stream import count_trained_on
from tfgen.errors import InputError
from tfgen.locks import Lock

CONFIG = LampConfig(name="lamps", models=(Lamp("low", 12), Lamp("high", 30)))
RECORDS = "lamps-train.tfrecord-00000-of-00001"


def builder_in(root, kind=Lamps):
    return kind(config=CONFIG, data_dir=str(root))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    root = tmp_path_factory.mktemp("data")
    builders.prepare(builder_in(root))
    return root


@pytest.fixture
def data(whole, tmp_path):
    """(root, folder of the version) of a copy, to be damaged."""
    root = shutil.copytree(whole, tmp_path / "data")
    return root, root / "lamps" / "lamps" / "1.0.0"


class Undrawable(Lamps, skip_registration=True):
    """Lamps that were drawn elsewhere."""

    name = "lamps"

    def survey(self):
        raise AssertionError("somebody else prepared it")


def test_who_comes_second_waits_and_uses_the_result(whole, tmp_path, capsys):
    folder = tmp_path / "lamps" / "lamps"
    folder.mkdir(parents=True)
    lock, result = Lock(folder / prepared.LOCK_FILE), []
    second = builder_in(tmp_path, Undrawable)
    waiting = threading.Thread(target=lambda: result.append(builders.prepare(second)), daemon=True)
    waiting.start()
    time.sleep(0.5)
    assert not result
    shutil.copytree(whole / "lamps" / "lamps" / "1.0.0", folder / "1.0.0")
    lock.release()
    waiting.join(20)
    assert result[0].info.splits["train"].num_examples == 24
    assert "waiting for process" in capsys.readouterr().err
    assert [path.name for path in folder.iterdir()] == ["1.0.0"]


def test_what_a_killed_preparation_left_is_removed_and_a_living_one_s_is_not(tmp_path):
    folder = tmp_path / "lamps" / "lamps"
    unfinished = folder / "incomplete.ABC_1.0.0"
    unfinished.mkdir(parents=True)
    prepared.remove_abandoned(folder)
    assert unfinished.exists()  # it may be another host's, without a lock of ours
    dead = Lock(folder / prepared.LOCK_FILE)
    killed = dead.path.read_text().replace(f'"process": {dead._holder.process}', '"process": 1')
    dead.release()
    dead.path.write_text(killed)
    builders.prepare(builder_in(tmp_path))
    assert [path.name for path in folder.iterdir()] == ["1.0.0"]


def cut(file):
    file.write_bytes(file.read_bytes()[:-100])


def flip(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 4
    file.write_bytes(content)


def empty(file):
    file.write_bytes(b"")


def remove(file):
    file.unlink()


@pytest.mark.parametrize(
    ("name", "damage", "told"),
    [
        (RECORDS, cut, rf"{RECORDS} is damaged"),
        (RECORDS, flip, rf"{RECORDS} is damaged"),
        (RECORDS, empty, rf"{RECORDS} holds 0 of 24 records"),
        (RECORDS, remove, rf"{RECORDS} is missing"),
        ("dataset_info.json", cut, r"dataset_info\.json is damaged"),
        ("dataset_info.json", remove, r"dataset_info\.json is missing"),
        ("metadata.json", empty, r"metadata\.json is damaged"),
        ("features.json", cut, r"features\.json is damaged"),
        ("shape.labels.txt", remove, r"labels.*is missing"),
        ("shape.labels.txt", cut, r"shape\.labels\.txt is damaged|other names"),
    ],
)
def test_damage_is_named(data, name, damage, told):
    assert prepared.damage(data[1]) == ""
    damage(data[1] / name)
    assert re.search(told, prepared.damage(data[1]))


@pytest.mark.parametrize("read", [load_examples, lambda c: count_trained_on(c.members[0])])
def test_readers_refuse_flipped_records_and_name_the_file(data, read):
    collection = collect([builders.prepare(builder_in(data[0]))], HoldoutConfig())
    flip(data[1] / RECORDS)
    with pytest.raises(InputError, match=rf"data set \S+ is damaged \({RECORDS} .*: remove that"):
        read(collection)


DESCRIPTIONS = ("dataset_info.json", "metadata.json", "features.json")
OTHER_JSON = ("{}", "[]", "null", "3", '"x"', '{"a":', "[" * 100_000, "\xff")


def rewrite(text):
    return lambda file: file.write_bytes(text.encode("latin-1"))


def be_a_folder(file):
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("damage", [*map(rewrite, OTHER_JSON), be_a_folder])
@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_a_description_that_is_none_is_named(data, name, damage):
    damage(data[1] / name)
    with pytest.raises(
        InputError, match=rf"is damaged \({name} .*\): remove that folder"
    ) as caught:
        builders.prepare(builder_in(data[0]))
    assert "Error" not in str(caught.value)
    assert prepared.damage(data[1]).startswith(name)


def test_a_description_of_another_version_is_refused(data):
    file = data[1] / "dataset_info.json"
    file.write_text(file.read_text().replace("1.0.0", "1.0.1"))
    with pytest.raises(InputError, match=r"dataset_info\.json is of version 1\.0\.1, not 1\."):
        builders.prepare(builder_in(data[0]))


@pytest.mark.parametrize("splits", ['"x"', "3", '[{"name": "train"}]', "[]", '[{"nam": 1}]'])
def test_splits_that_are_none_are_refused(data, splits):
    file = data[1] / "dataset_info.json"
    facts = json.loads(file.read_text()) | {"splits": json.loads(splits)}
    file.write_text(json.dumps(facts))
    with pytest.raises(InputError, match=r"is damaged \(.*: remove that folder"):
        builders.prepare(builder_in(data[0]))


@pytest.mark.parametrize(
    ("name", "damage"),
    [(RECORDS, cut), ("dataset_info.json", cut), ("metadata.json", empty)],
)
def test_a_damaged_data_set_is_refused_before_it_is_used(data, name, damage):
    damage(data[1] / name)
    with pytest.raises(InputError, match=r"is damaged \(.*: remove that folder"):
        builders.prepare(builder_in(data[0]))
    shutil.rmtree(data[1])
    builders.prepare(builder_in(data[0]))  # the remedy
    assert prepared.damage(data[1]) == ""


def test_a_full_disk_is_told_and_nothing_stays_that_looks_whole(tmp_path):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    try:
        with pytest.raises(InputError, match=r"data_dir=\S+ cannot be written .*free some space"):
            builders.prepare(builder_in(tmp_path))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not builder_in(tmp_path).is_prepared()
    builders.prepare(builder_in(tmp_path))
    assert [path.name for path in (tmp_path / "lamps" / "lamps").iterdir()] == ["1.0.0"]
