"""What an export says of itself: `assets/model.json`, of every kind of model."""

import dataclasses
import json
import math

import keras
import tensorflow as tf

import tfgen
from tfgen.conditions import checks
from tfgen.conditions.description import Description
from tfgen.errors import InputError, one_line
from tfgen.export.labels import Labels

MODEL_FILE = "model.json"
LABELS_FILE = "labels.json"
# Counts up when a reader of the former number could not read what is written. Exports without a
# number were made before there was one.
FORMAT = 1


@dataclasses.dataclass(frozen=True)
class Manifest:
    """Facts about an exported model. Unknown licences and terms are "".

    Attributes:
      kind: "generator", "autoencoder", "inverter", "comparator", …
      image_size: height and width, or (height, width) where they differ; None without images.
      image_range: of the network's own images; those of signatures say theirs.
      description: `description.Description` of a model that draws from conditions, or None.
      scores: name -> float, of the exported weights; None for what was not finite.
      seed: of the training, or None.
      data_licence, data_terms, weights_licence, weights_terms: of the data that was trained on,
        and of the weights, "CC BY 4.0", "research only" …
      details: what only this kind has to tell: "variational", "layers"; any JSON.
      signatures: name -> as `servable.Signature.to_dict`; filled in by `saved_model.publish`.
      stack: package -> version, that exported.
      tfgen: version of tfgen.
      format: number of the format; 0 of exports that had none.
    """

    kind: str
    image_size: object = None
    image_range: tuple = (0.0, 1.0)
    description: Description | None = None
    scores: dict = dataclasses.field(default_factory=dict)
    seed: int | None = None
    data_licence: str = ""
    data_terms: str = ""
    weights_licence: str = ""
    weights_terms: str = ""
    details: dict = dataclasses.field(default_factory=dict)
    signatures: dict = dataclasses.field(default_factory=dict)
    stack: dict = dataclasses.field(
        default_factory=lambda: {"tensorflow": tf.__version__, "keras": keras.__version__}
    )
    tfgen: str = tfgen.__version__
    format: int = FORMAT

    @classmethod
    def of_facts(cls, facts):
        """From a dict with `kind` and any other attribute; what is none is left out."""
        known = {field.name for field in dataclasses.fields(cls)}
        return cls(**{name: value for name, value in facts.items() if name in known})

    def to_json(self):
        """Indented JSON text; `details` beside all else."""
        facts = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        facts.pop("details")
        facts["scores"] = {name: _finite(score) for name, score in self.scores.items()}
        if self.description is not None:
            facts["description"] = self.description.to_dict()
        facts = {"format": self.format, **facts, **self.details}
        return json.dumps(facts, indent=1, default=float) + "\n"

    @classmethod
    def from_json(cls, text):
        """The Manifest that `to_json` wrote, or that of an export from before there was a format.

        Raises:
          InputError: it is of a format that is not known yet.
        """
        facts = json.loads(text)
        if "format" not in facts:
            unknown = {"format": 0, "stack": {}, "tfgen": ""}
            facts |= {name: value for name, value in unknown.items() if name not in facts}
        if facts["format"] > FORMAT:
            raise InputError(
                f"{MODEL_FILE} is of format {facts['format']}, and tfgen {tfgen.__version__} reads "
                f"up to {FORMAT}: take a newer tfgen."
            )
        if facts.get("description") is not None:
            facts["description"] = Description.from_dict(facts["description"])
        known = {field.name for field in dataclasses.fields(cls)}
        details = {name: facts.pop(name) for name in list(facts) if name not in known}
        manifest = cls(**facts, details=details)
        checks.check("the manifest", vars(manifest), _KINDS)
        return manifest

    @classmethod
    def of_labels(cls, labels, **facts):
        """Of a generator by its `labels.Labels`."""
        facts = {"kind": "generator", "image_size": labels.image_size, **facts}
        return cls(description=labels.description, **facts)


def _finite(score):
    """A float, or None: JSON knows no infinity."""
    return None if score is None or not math.isfinite(score) else float(score)


def _sides(value):
    """A size, or height and width."""
    return checks.count(value) or (checks.pair(value) and all(map(checks.count, value)))


def _scores(value):
    """An object of numbers."""
    return checks.table(value) and all(
        each is None or checks.number(each) for each in value.values()
    )


def _tables(value):
    """An object of objects."""
    return checks.table(value) and all(map(checks.table, value.values()))


_KINDS = {
    "kind": checks.text,
    "image_size": checks.or_none(_sides),
    "image_range": checks.pair,
    "scores": _scores,
    "seed": checks.or_none(checks.whole),
    "data_licence": checks.text,
    "data_terms": checks.text,
    "weights_licence": checks.text,
    "weights_terms": checks.text,
    "signatures": _tables,
    "stack": checks.table,
    "tfgen": checks.text,
    "format": checks.whole,
}


def read_manifest(version):
    """The Manifest of an exported version, whenever it was exported.

    Args:
      version: Path of its folder.

    Raises:
      InputError: tfgen did not export it, or a later tfgen did, or its files are damaged.
    """
    model, labels = (version / "assets" / name for name in (MODEL_FILE, LABELS_FILE))
    try:
        if model.is_file():
            return Manifest.from_json(model.read_text(encoding="utf-8"))
        if labels.is_file():
            read = Labels.from_json(labels.read_text(encoding="utf-8"))
            return Manifest.of_labels(read, format=0, stack={}, tfgen="")
    except InputError:
        raise
    except (OSError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise InputError(
            f"{version}/assets cannot be read ({one_line(error)}): export it again."
        ) from None
    raise InputError(
        f"{version} is no model that tfgen exported: it has neither assets/{MODEL_FILE} nor "
        f"assets/{LABELS_FILE}."
    )
