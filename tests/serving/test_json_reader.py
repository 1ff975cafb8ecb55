"""Large JSON is read as `json` reads it, and others run meanwhile."""

import json

import pytest

from tfgen.serving import json_reader

ROWS = [{"style": i, "pose": [i / 3, [True, None]], "name": "é{[,\\"} for i in range(3000)]
LARGE = [
    {"instances": ROWS, "signature_name": "view"},
    {"inputs": {"style": [[i, [i]] for i in range(20_000)], "x": {"b64": "ab"}}},
    [[[[[i]]]] for i in range(20_000)],
    {"instances": [], "x" * 70_000: 3},
    "x" * 70_000,
]


@pytest.mark.parametrize("value", LARGE, ids=["rows", "columns", "deep", "key", "string"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
def test_it_reads_what_json_reads(value, encoding):
    body = json.dumps(value, ensure_ascii=False, indent=1).encode(encoding)
    assert len(body) > 64 << 10
    assert json_reader.read(body) == value


@pytest.mark.parametrize("cut", [-1, -2, -70_000])
def test_what_ends_too_early_is_refused(cut):
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        json_reader.read(json.dumps(LARGE[0]).encode()[:cut])


def test_what_goes_on_after_its_end_is_refused():
    with pytest.raises(ValueError, match="Extra data"):
        json_reader.read(json.dumps(LARGE[0]).encode() + b" 3")
    with pytest.raises(ValueError, match="utf-8"):
        json_reader.read(b'"' + b"\xff" * 70_000 + b'"')
