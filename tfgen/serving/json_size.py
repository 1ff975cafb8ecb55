"""How large a JSON text is as Python has it, counted before anything is made of it."""

import re

import numpy as np

from tfgen.serving.status import invalid_argument

_DEEPEST = 64
_STEP = 1 << 18
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')


def check(body, most_values):
    """Refuses what would take too much memory, or nests too deep.

    Args:
      body: JSON as bytes.
      most_values: that it may have. Commas inside of strings count as well.

    Raises:
      RequestError: INVALID_ARGUMENT.
    """
    values, depth = measure(body, most_values)
    if values > most_values:
        raise invalid_argument(
            f"the request's JSON has more than {most_values} values (--max_json_values): send "
            "fewer rows at once, images as b64, or ask over gRPC."
        )
    if depth > _DEEPEST:  # or strings full of brackets
        _, depth = measure(_STRING.sub(b'""', body), most_values)
    if depth > _DEEPEST:
        raise invalid_argument(
            f"the request's JSON nests more than {_DEEPEST} lists or objects: none needs so many."
        )


def measure(body, most_values):
    """(values that JSON may have, how deep they nest); a little at a time, others want to run too.

    Stops where there are more than `most_values`.
    """
    values, depth, deepest = 1, 0, 0
    codes = np.frombuffer(body, np.uint8)
    for start in range(0, len(codes), _STEP):
        part = codes[start : start + _STEP]
        opens = (part == ord("[")) | (part == ord("{"))
        closes = (part == ord("]")) | (part == ord("}"))
        levels = depth + np.cumsum(opens.astype(np.int32) - closes, dtype=np.int32)
        values += int(np.count_nonzero(opens) + np.count_nonzero(part == ord(",")))
        depth, deepest = int(levels[-1]), max(deepest, int(levels.max()))
        if values > most_values:
            break
    return values, deepest
