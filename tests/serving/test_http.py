"""What stands before every HTTP answer: compressed bodies, names that are asked for, headers."""

import gzip
import http.client
import json
import tracemalloc
import zlib

import pytest
from aiohttp import web

from tfgen.serving.http_body import unpack
from tfgen.serving.http_guard import Hosts
from tfgen.serving.status import RequestError

BODY = json.dumps(
    {"signature_name": "view", "instances": [{"style": 3, "azimuth": 30, "elevation": 20}]}
).encode()
MIB = 1 << 20


def bare(content):
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(content) + stream.flush()


ENCODED = {
    "gzip": (gzip.compress(BODY), "gzip"),
    "x-gzip": (gzip.compress(BODY), "x-gzip"),
    "deflate": (zlib.compress(BODY), "deflate"),
    "bare deflate": (bare(BODY), "deflate"),
    "two members": (gzip.compress(BODY[:9]) + gzip.compress(BODY[9:]), "gzip"),
}


@pytest.mark.parametrize("name", ENCODED)
def test_compressed_bodies_are_unpacked(name):
    assert unpack(*ENCODED[name], MIB) == BODY


BROKEN = {
    "noise": (b"no gzip", "gzip", "is not what Content-Encoding says: gzip"),
    "empty": (b"", "gzip", "is not what"),
    "cut": (gzip.compress(BODY)[:-9], "gzip", "is not what"),
    "checksum": (gzip.compress(BODY)[:-8] + b"\0" * 8, "gzip", "is not what"),
    "rest": (gzip.compress(BODY) + b"rest", "gzip", "is not what"),
    "many members": (gzip.compress(b"") * 1000, "gzip", "is not what"),
    "deflate": (BODY, "deflate", "is not what Content-Encoding says: deflate"),
    "unknown": (BODY, "br", 'Content-Encoding "br" is not known'),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_does_not_unpack_is_refused(name):
    body, encoding, expected = BROKEN[name]
    with pytest.raises(RequestError, match=expected):
        unpack(body, encoding, MIB)


def test_a_bomb_is_cut_off():
    bomb = gzip.compress(b"\0" * (100 * MIB))
    tracemalloc.start()
    try:
        with pytest.raises(web.HTTPRequestEntityTooLarge):
            unpack(bomb, "gzip", 2 * MIB)
        assert tracemalloc.get_traced_memory()[1] < 10 * MIB
    finally:
        tracemalloc.stop()


def ask(server, path="/v1/models/tiny:predict", body=BODY, **headers):
    """(status, headers, text); `__` stands for `-`."""
    connection = http.client.HTTPConnection("127.0.0.1", server.rest_port, timeout=30)
    try:
        headers = {name.replace("__", "-"): value for name, value in headers.items()}
        connection.request("POST" if body else "GET", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def test_the_server_takes_compressed_bodies_and_survives_others(server):
    assert ask(server, body=gzip.compress(BODY), Content__Encoding="gzip")[0] == 200
    for encoding in ("gzip", "deflate"):
        status, _, text = ask(server, Content__Encoding=encoding)
        assert status == 400
        assert "is not what Content-Encoding says" in json.loads(text)["error"]
    bomb = gzip.compress(b"\0" * (20 * MIB))
    status, _, text = ask(server, body=bomb, Content__Encoding="gzip")
    assert status == 413
    assert "at most 2 MiB (--max_message_mb)" in json.loads(text)["error"]


NAMES = {
    "127.0.0.1": ["localhost:8501", "LOCALHOST", "127.0.0.1", "[::1]:8501", "localhost."],
    "::1": ["[::1]"],
    "0.0.0.0": ["any.example", "10.0.0.7:8501", ""],
}


@pytest.mark.parametrize("host", NAMES)
def test_names_that_are_allowed(host):
    assert all(Hosts(host).allow(name) for name in NAMES[host])


@pytest.mark.parametrize(
    "name", ["evil.example", "localhost.evil.example:8501", "127.0.0.1.nip.io", "", None, "[::2]"]
)
def test_names_that_are_not(name):
    assert not Hosts("127.0.0.1").allow(name)
    assert not Hosts("0.0.0.0", ["draw.example"]).allow(name)


def test_names_are_told_by_a_flag():
    hosts = Hosts("0.0.0.0", ["draw.example", "10.0.0.7"])
    assert hosts.allow("Draw.Example:80")
    assert hosts.allow("10.0.0.7:8501")
    assert not hosts.allow("localhost")
    assert Hosts("127.0.0.1", ["*"]).any


@pytest.mark.parametrize("path", ["/v1/models/tiny", "/", "/viewer/models", "/nope"])
def test_a_name_of_somebody_elses_reaches_nothing(server, path):
    status, headers, text = ask(server, path, None, Host="evil.example:8501")
    assert status == 421
    assert json.loads(text)["error"].startswith('Host "evil.example:8501" is not served here')
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/v1/models/tiny", "/", "/viewer/viewer.js", "/nope"])
def test_browsers_are_told_what_not_to_do(server, path):
    _, headers, _ = ask(server, path, None)
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
