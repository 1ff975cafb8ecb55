"""What a model refers to and was not found, or had to leave out: named, and counted at the end."""

import dataclasses

# Kind -> what is said of one model, and of several.
KINDS = {
    "texture": ("model lacks a texture", "models lack a texture"),
    "library": ("model lacks a material library", "models lack a material library"),
    "material": ("model lacks a material", "models lack a material"),
    "coordinates": ("model lacks texture coordinates", "models lack texture coordinates"),
    "faces": ("model has faces that cannot be drawn", "models have faces that cannot be drawn"),
    "data": ("model holds data that is not read", "models hold data that is not read"),
    "views": ("model is seen in some views only", "models are seen in some views only"),
}
_MOST_NAMED = 10


@dataclasses.dataclass(frozen=True)
class Remark:
    """One thing that a picture of a model does not show.

    Attributes:
      kind: key of KINDS.
      text: what, in a few words: "wood.png is not found".
    """

    kind: str
    text: str


def summary(remarks, total):
    """Sentences for the end of a run, a kind each.

    Args:
      remarks: name of a model -> list of Remark.
      total: how many models there were.

    Returns:
      List of str: "3 of 12 models lack a texture: a (wood.png is not found), b (...), c (...)."
    """
    lines = []
    for kind, (one, several) in KINDS.items():
        named = {}
        for model, its in remarks.items():
            texts = [remark.text for remark in its if remark.kind == kind]
            if texts:
                named[model] = "; ".join(dict.fromkeys(texts))
        if named:
            models = [f"{model} ({texts})" for model, texts in list(named.items())[:_MOST_NAMED]]
            more = len(named) - _MOST_NAMED
            models += [f"and {more} more"] if more > 0 else []
            said = one if total == 1 else several
            if len(named) == 1 and total > 1:
                said = one.replace("model", "models", 1)
            lines.append(f"{len(named)} of {total} {said}: {', '.join(models)}.")
    return lines


def remarks_as_json(remarks):
    """Name of a model -> list of Remark, as JSON takes it: lists of [kind, text]."""
    return {name: [[each.kind, each.text] for each in its] for name, its in remarks.items()}


def remarks_from_json(noted):
    """The reverse of `remarks_as_json`."""
    return {name: [Remark(kind, text) for kind, text in its] for name, its in noted.items()}
