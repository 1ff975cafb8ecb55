"""MTL, the material libraries of OBJ files."""

import dataclasses
import re

from tfgen.rendering.meshes.text import decoded

# Options of maps, and how many words follow each; -o, -s and -t take one to three numbers.
_OPTIONS = {"blendu": 1, "blendv": 1, "cc": 1, "clamp": 1, "texres": 1, "bm": 1, "boost": 1}
_OPTIONS |= {"imfchan": 1, "type": 1, "mm": 2}
_NUMBERS = ("s", "o", "t")
_OPTION = re.compile(r"-(\w+)\s+(.*)", re.DOTALL)
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


@dataclasses.dataclass(frozen=True)
class Map:
    """A picture that a material names.

    Attributes:
      name: of its file, as it is written.
      scale, offset: of texture coordinates: scale * (u, v) + offset.
      wrap: as in `Mesh.wraps`.
    """

    name: str
    scale: tuple = (1.0, 1.0)
    offset: tuple = (0.0, 0.0)
    wrap: tuple = ("repeat", "repeat")


@dataclasses.dataclass
class Material:
    """What of a material is drawn.

    Attributes:
      color: sRGB, three floats, or None.
      opacity: of the whole, in [0, 1].
      light: sent out, three floats.
      color_map, opacity_map, light_map: Map or None.
      unread: statements that would count and hold no numbers.
    """

    color: tuple | None = None
    opacity: float = 1.0
    light: tuple = (0.0, 0.0, 0.0)
    color_map: Map | None = None
    opacity_map: Map | None = None
    light_map: Map | None = None
    unread: list = dataclasses.field(default_factory=list)


_MAPS = {"map_kd": "color_map", "map_d": "opacity_map", "map_ke": "light_map"}


def read_mtl(data):
    """The materials of a library by name; what is no number in it is left out.

    Args:
      data: bytes.
    """
    materials, here, dissolved = {}, None, False
    for line in decoded(data).split("\n"):
        word, *value = line.strip().split(None, 1) or [""]
        word, value = word.lower(), value[0] if value else ""
        if word == "newmtl":
            here, dissolved = materials.setdefault(value, Material()), False
        elif here is None or not value:
            continue
        elif word in _MAPS:
            setattr(here, _MAPS[word], _map(value) or getattr(here, _MAPS[word]))
        elif word == "kd":
            here.color = _color(value) or here.color
            if not _color(value):
                here.unread.append(f"{word} {value}")
        elif word == "ke":
            here.light = _color(value) or here.light
        elif word == "d":
            here.opacity, dissolved = _share(value, here.opacity), True
            if _share(value, None) is None:
                here.unread.append(f"{word} {value}")
        elif word == "tr" and not dissolved:  # the same the other way round; `d` is surer
            here.opacity = 1 - _share(value, 1 - here.opacity)
    return materials


def _numbers(value):
    numbers = []
    for word in value.split():
        if not _NUMBER.fullmatch(word):
            break
        numbers.append(float(word))
    return numbers


def _color(value):
    """Three floats, one stands for all three; None for what is none."""
    numbers = _numbers(value)
    numbers = numbers * 3 if len(numbers) == 1 else numbers
    return tuple(numbers[:3]) if len(numbers) >= len("rgb") else None


def _share(value, otherwise):
    numbers = _numbers(value.replace("-halo", ""))
    return min(1.0, max(0.0, numbers[0])) if numbers else otherwise


def _map(value):
    """The Map of a statement: its options, then a name that may hold blanks; None without one."""
    scale, offset, wrap = [1.0, 1.0], [0.0, 0.0], "repeat"
    while (match := _OPTION.match(value)) and match[1].lower() in (*_OPTIONS, *_NUMBERS):
        option, rest = match[1].lower(), match[2]
        count = _OPTIONS.get(option)
        if count is None:
            numbers = _numbers(" ".join(rest.split()[:3]))
            count = len(numbers)
            if option == "s":
                scale[: min(2, count)] = numbers[:2]
            elif option == "o":
                offset[: min(2, count)] = numbers[:2]
        elif option == "clamp" and rest.split()[0].lower() == "on":
            wrap = "clamp"
        words = rest.split(None, count)
        value = words[count] if len(words) > count else ""
    value = value.strip()
    return Map(value, tuple(scale), tuple(offset), (wrap, wrap)) if value else None
