"""What stands before every HTTP answer: compressed bodies, names that are asked for, headers."""

import contextlib
import gzip
import http.client
import json
import re
import socket
import tracemalloc
import zlib

import numpy as np
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
    "list": (BODY, "gzip, deflate", 'Content-Encoding "gzip, deflate" is not known'),
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


def send(server, message, hang_up=False):
    """(status, answer) of bytes on the REST port; (0, …) where none is HTTP."""
    with socket.create_connection(("127.0.0.1", server.rest_port), timeout=30) as connection:
        connection.sendall(message)
        if hang_up:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        with contextlib.suppress(ConnectionError):
            while piece := connection.recv(1 << 16):
                answer += piece
    found = re.match(rb"HTTP/1\.[01] (\d+) ", answer)
    return int(found[1]) if found else 0, answer.partition(b"\r\n\r\n")[2].decode()


def message(*lines, body=b""):
    """A request with a body of its length; lines as bytes or str."""
    first = lines[0] if lines else "POST /v1/models/tiny:predict HTTP/1.1"
    lines = [first, f"Content-Length: {len(body)}", "Connection: close", *lines[1:]]
    if not any(line.startswith("Host") for line in lines):
        lines.append("Host: localhost")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.mark.parametrize("second", ["gzip", "deflate", "identity"])
def test_two_encodings_are_refused(server, second):
    lines = ("Content-Encoding: gzip", f"Content-Encoding: {second}")
    post = "POST /v1/models/tiny:predict HTTP/1.1"
    status, text = send(server, message(post, *lines, body=gzip.compress(BODY)))
    assert status == 400
    assert f'Content-Encoding \\"gzip, {second}\\" is not known' in text


def test_what_is_no_http_leaves_no_trace_in_the_log(server):
    hello = bytes.fromhex("16030100a5010000a10303") + bytes(range(160))
    noise = np.random.default_rng(0).integers(0, 256, (50, 300), np.uint8)
    get = b"GET /v1/models/tiny HTTP/1.1\r\nHost: localhost\r\n"
    post = b"POST /v1/models/tiny:predict HTTP/1.1\r\nHost: localhost\r\n"
    before = server.log
    for sent in (
        *(hello, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\0" * 100, b"GET /"),
        *(get + b"Content-Length: x\r\n\r\n", b"GET http://[::1/v1 HTTP/1.1\r\n\r\n"),
        *(get + b"X: " + b"a" * 9000 + b"\r\n\r\n", get + b"Host: evil\r\n\r\n"),
        *(post + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", post + b"Content-Length: 9\r\n\r\n{"),
        *(each.tobytes() + b"\r\n\r\n" for each in noise),
    ):
        assert send(server, sent, hang_up=True)[0] in (0, 400, 404)
    assert ask(server)[0] == 200
    assert server.log == before


VERSIONS = {
    "/versions/%D9%A1": "is no number",  # 1 in Arabic
    "/versions/%C2%B2": "is no number",
    "/versions/latest": "is no number",
    "/versions/-1": "is no number",
    f"/versions/{'9' * 5000}": "is too large",
    "/versions/9223372036854775808": "is too large",
}


@pytest.mark.parametrize("path", VERSIONS)
@pytest.mark.parametrize("end", ["", "/metadata", ":predict"])
def test_versions_that_are_no_numbers_are_refused_in_a_sentence(server, path, end):
    body = BODY if end == ":predict" else None
    status, _, text = ask(server, f"/v1/models/tiny{path}{end}", body)
    assert status == 400
    assert VERSIONS[path] in json.loads(text)["error"]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.2:8501", 200),
        ("[::1]", 200),
        ("evil.example", 421),
        ("\u0661\u0662\u0667.\u0660.\u0660.\u0661", 400),  # 127.0.0.1 in Arabic
        ("localhost:\u0668", 400),
        ("\uff11\uff12\uff17.0.0.1", 400),
        ("local host", 400),
        ("[::1", 400),
        ("", 400),
    ],
)
def test_hosts_that_are_asked_for(server, host, expected):
    status, text = send(server, message("GET /v1/models/tiny HTTP/1.1", f"Host: {host}"))
    assert status == expected
    assert text.isascii()


NAMES = {
    "127.0.0.1": [
        *("localhost:8501", "LOCALHOST", "127.0.0.1", "[::1]:8501", "localhost."),
        *("127.0.0.2", "127.255.255.254:8501", "::1"),
    ],
    "127.0.0.7": ["127.0.0.7", "127.0.0.1", "localhost"],
    "::1": ["[::1]", "127.0.0.1"],
    "0.0.0.0": ["any.example", "10.0.0.7:8501", ""],
}


@pytest.mark.parametrize("host", NAMES)
def test_names_that_are_allowed(host):
    assert all(Hosts(host).allow(name) for name in NAMES[host])


@pytest.mark.parametrize(
    "name",
    [
        *("evil.example", "localhost.evil.example:8501", "127.0.0.1.nip.io", "", None, "[::2]"),
        *("128.0.0.1", "[::1", "127.0.0.1:x", "127.0.0.1:\u0668", "\u0661\u0662\u0667.0.0.1"),
    ],
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
