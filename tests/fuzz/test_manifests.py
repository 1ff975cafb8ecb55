"""Manifests of exports with anything in them: read as what they are, or refused in a sentence."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.descriptions import LAMPS
from tfgen.conditions.turntable import THETA
from tfgen.errors import InputError
from tfgen.export.labels import Labels
from tfgen.export.manifest import Manifest, read_manifest
from tfgen.serving.viewer import description_in, page_facts

WHOLE = [
    Manifest(
        kind="generator",
        image_size=64,
        description=LAMPS,
        scores={"psnr": 20.5},
        seed=1,
        details={"layers": ["fc6"], "variational": True},
    ),
    Manifest(kind="comparator", image_size=(64, 48)),
]
EARLIER = Labels(
    ["a", "b"], ["lamp"] * 2, 64, [0.0, 120.0], [20.0], {name: [-1, 1] for name in THETA}
)
TEXTS = [each.to_json() for each in (*WHOLE, EARLIER)]

JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.sampled_from(["angle", "vector", "one-hot", "style", "", "é\n"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["name", "kind", "size", "conditions"]), inner, max_size=3),
    ),
    max_leaves=6,
)


def places(tree, at=()):
    """Ways to all that stands in JSON."""
    yield at
    inner = enumerate(tree) if isinstance(tree, list) else ()
    for key, value in tree.items() if isinstance(tree, dict) else inner:
        yield from places(value, (*at, key))


@st.composite
def changed(draw):
    """A manifest of which something is other, or missing."""
    facts = json.loads(draw(st.sampled_from(TEXTS)))
    for _ in range(draw(st.integers(1, 2))):
        *way, last = draw(st.sampled_from([at for at in places(facts) if at]))
        tree = facts
        for key in way:
            tree = tree[key]
        if draw(st.booleans()):
            tree[last] = draw(JSON)
        else:
            del tree[last]
    return json.dumps(facts).encode()


@st.composite
def damaged(draw):
    """A manifest's bytes, cut or with some changed."""
    content = bytearray(draw(st.sampled_from(TEXTS)).encode())
    if draw(st.booleans()):
        return bytes(content[: draw(st.integers(0, len(content)))])
    for _ in range(draw(st.integers(1, 3))):
        content[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
    return bytes(content)


@pytest.fixture(scope="module")
def version(tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / "1"
    (path / "assets").mkdir(parents=True)
    return path


@pytest.mark.parametrize("name", ["model.json", "labels.json"])
@given(content=st.one_of(changed(), damaged(), JSON.map(lambda x: json.dumps(x).encode())))
@example(content=b"[" * 100_000)
@example(content=b"")
def test_a_manifest_is_read_or_refused(version, name, content):
    for each in ("model.json", "labels.json"):
        (version / "assets" / each).unlink(missing_ok=True)
    (version / "assets" / name).write_bytes(content)
    try:
        manifest = read_manifest(version)
    except InputError as error:
        told = str(error)
        manifest = None
    if manifest is None:
        assert "assets" in told or "format" in told
        assert "\n" not in told
    else:
        assert Manifest.from_json(manifest.to_json()).to_json() == manifest.to_json()
    try:
        description = description_in(version / "assets")
    except (OSError, ValueError):
        return
    if description:
        json.dumps(page_facts(description))


@pytest.mark.parametrize("whole", WHOLE, ids=["generator", "comparator"])
def test_a_whole_manifest_is_read(version, whole):
    (version / "assets" / "model.json").write_text(whole.to_json(), encoding="utf-8")
    assert read_manifest(version).to_json() == whole.to_json()


def test_whole_labels_are_read(version):
    (version / "assets" / "model.json").unlink(missing_ok=True)
    (version / "assets" / "labels.json").write_text(EARLIER.to_json(), encoding="utf-8")
    assert read_manifest(version).description == EARLIER.description
