"""JSON to Python, a row at a time: `json`'s own reader lets nobody else run until it is done."""

import json
from json import decoder, scanner

_LEVELS = 3  # the request, its rows or columns, each of them: what is inside is read at once
_SMALL_BYTES = 64 << 10


def read(body):
    """As `json.loads` of bytes; ValueError if it is none."""
    if len(body) < _SMALL_BYTES:
        return json.loads(body)
    return _PatientDecoder().decode(str(body, json.detect_encoding(body), "surrogatepass"))


class _PatientDecoder(json.JSONDecoder):
    def __init__(self):
        super().__init__()
        for _ in range(_LEVELS):
            self.scan_once = self._around(self.scan_once)

    def _around(self, inner):
        """A scanner of lists and objects in Python, whose items `inner` scans."""
        self.parse_array = lambda start, _: decoder.JSONArray(start, inner)
        self.parse_object = lambda start, strict, _, *hooks: decoder.JSONObject(
            start, strict, inner, *hooks
        )
        return scanner.py_make_scanner(self)
