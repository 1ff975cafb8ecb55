"""Features of a user's own: functions, files, arrays."""

import os
import pickle
import re

import numpy as np
import pytest
import tensorflow as tf

from tfgen.errors import InputError
from tfgen.features.by_name import FEATURES, find_feature
from tfgen.features.stored import stored_features

IMAGES = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3)).astype(np.uint8)


@pytest.mark.parametrize("name", FEATURES)
def test_features_have_their_shapes_eagerly_and_in_graphs(name):
    extract = find_feature(name, 32)
    images = tf.constant(IMAGES, tf.float32) / 255.0
    side = -(-32 // FEATURES[name].cell)
    assert extract.feature_shape[:2] == (side, side)
    eager, graph = extract(images), tf.function(extract)(images)
    assert graph.shape == (3, *extract.feature_shape)
    np.testing.assert_allclose(eager, graph, atol=1e-5)


def test_a_function_of_a_file_is_a_feature(tmp_path):
    (tmp_path / "mine.py").write_text(
        "def means(images):\n    return images.mean(axis=(1, 2))\n"
        "def one(images):\n    return images.mean(keepdims=True)\n"
        "def broken(images):\n    raise KeyError('so')\n"
    )
    extract = find_feature(f"{tmp_path}/mine.py:means", 32)
    images = tf.constant(IMAGES, tf.float32) / 255.0
    np.testing.assert_allclose(extract(images), IMAGES.mean(axis=(1, 2)) / 255, rtol=1e-4)
    for name, message in {
        "one": "for 2 images: give a finite row an image",
        "broken": "fails at image_size=32: KeyError: 'so'",
        "none": "has no function none",
    }.items():
        with pytest.raises(InputError, match=message):
            find_feature(f"{tmp_path}/mine.py:{name}", 32)
    with pytest.raises(InputError, match="names no file"):
        find_feature("nowhere.py:f", 32)


def test_rows_of_an_array_are_checked(tmp_path):
    path = str(tmp_path / "rows.npy")
    np.save(path, np.arange(6.0).reshape(3, 2))
    np.testing.assert_array_equal(stored_features(path, 3)[1], [2, 3])
    assert find_feature(path, 32).feature_shape == (2,)
    with pytest.raises(InputError, match="features of the photographs it was made of alone"):
        find_feature(path, 32)(IMAGES)
    with pytest.raises(InputError, match="3 rows, and there are 2 photographs"):
        stored_features(path, 2)
    np.save(path, np.array(["a"]))
    with pytest.raises(InputError, match="give one of real numbers"):
        find_feature(path, 32)
    with pytest.raises(InputError, match="cannot be read"):
        find_feature(str(tmp_path / "none.npy"), 32)


def test_arrays_that_are_none_are_refused_by_what_they_are(tmp_path):
    path = tmp_path / "rows.npy"
    rows = np.ones((5, 3), np.float32)
    rows[3, 1] = np.nan
    for content, message in (
        (rows, "rows.npy has a number that is not finite in row 3: mend or leave out"),
        (np.full((2, 3), np.inf), "not finite in row 0"),
        (np.float64([[1, 2], [3, -1e39]]), "has a number that float32 cannot hold in row 1: mend"),
        (np.ones((2, 3), complex), "of complex128 (2, 3): give one of real numbers"),
        (np.ones(4), "of float64 (4,): give numbers, a row a photograph"),
        (np.zeros((0, 3)), "of float64 (0, 3): give numbers, a row a photograph"),
        (np.zeros((3, 0)), "of float64 (3, 0): give numbers, a row a photograph"),
        (np.array([{"a": 1}], object), "cannot be read"),
        (b"", "cannot be read (it is no .npy file): give a .npy of numbers"),
        (b"<html>", "cannot be read (it is no .npy file)"),
    ):
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            np.save(path, content, allow_pickle=True)
        with pytest.raises(InputError, match=re.escape(message)) as caught:
            stored_features(str(path))
        assert str(caught.value).startswith(f"path={path} ")
    with path.open("wb") as file:
        np.savez(file, hog=rows, faces=rows)
    with pytest.raises(InputError, match=r"is an archive \(\.npz\) of hog, faces: give one array"):
        stored_features(str(path))


def test_arrays_that_are_damaged_are_refused_and_pipes_not_waited_for(tmp_path):
    path = tmp_path / "rows.npy"
    np.save(path, np.arange(12.0).reshape(3, 4))
    whole = path.read_bytes()
    pickled = pickle.dumps(np.ones((3, 4)))
    with (tmp_path / "rows.npz").open("wb") as file:
        np.savez(file, a=np.ones((3, 4)))
    archive = (tmp_path / "rows.npz").read_bytes()
    for content in (
        *(whole[:-1], whole[:50], whole[:8], whole[:6], pickled, archive[: len(archive) // 2]),
        *(
            whole.replace(b"(3, 4)", wrong)
            for wrong in (b"(3,-4)", b"(3, 4 ", b"(3, 9)", b"(9**9)")
        ),
        whole.replace(b"<f8", b"|O8"),
        whole[:8] + b"\xff\xff" + whole[10:],
        whole[:6] + b"\x09" + whole[7:],
        b"PK\3\4" + bytes(99),
    ):
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"rows.npy cannot be read \(.+\): give a .npy"):
            stored_features(str(path))
    with pytest.raises(InputError, match=r"is an archive \(\.npz\) of a: give one array"):
        find_feature(str(tmp_path / "rows.npz"), 32)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(InputError, match=r"cannot be read \(it is no regular file\)"):
        stored_features(str(path))
