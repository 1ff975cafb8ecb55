"""Names and ranges of a generator of objects, as users read them: `labels.json`, `styles.txt`."""

import dataclasses
import json

from tfgen.conditions import checks
from tfgen.conditions.turntable import description_of_labels

_KINDS = {
    "style_names": checks.texts,
    "categories": checks.texts,
    "image_size": checks.count,
    "azimuths": checks.several,
    "elevations": checks.several,
    "transform_ranges": checks.pair_table,
}


@dataclasses.dataclass(frozen=True)
class Labels:
    """Facts about a trained generator, kept in its run and as assets of its exports.

    Attributes:
      style_names, categories: one a style.
      image_size: height and width.
      azimuths, elevations: degrees, the views trained on.
      transform_ranges: name in THETA -> [lowest, highest] seen in training.
    """

    style_names: list
    categories: list
    image_size: int
    azimuths: list
    elevations: list
    transform_ranges: dict

    def to_json(self):
        """Indented JSON text."""
        return json.dumps(dataclasses.asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text):
        """The Labels that `to_json` wrote; TypeError, ValueError if it is none."""
        labels = cls(**json.loads(text))
        checks.check("the labels", vars(labels), _KINDS)
        return labels

    @classmethod
    def of_description(cls, description, image_size):
        """What a `description.Description` says of them; empty where it has no such condition."""
        angles = {each.name: list(each.values) for each in description.of_kind("angle")}
        ranges = {
            name: list(pair)
            for vector in description.of_kind("vector")
            for name, pair in zip(vector.names, vector.ranges, strict=False)
        }
        style = description.style
        return cls(
            style_names=list(style.value_names) if style else [],
            categories=list(style.categories) if style else [],
            image_size=image_size,
            azimuths=angles.get("azimuth", []),
            elevations=angles.get("elevation", []),
            transform_ranges=ranges,
        )

    @property
    def description(self):
        """The `conditions.description.Description` of a generator of turntables."""
        return description_of_labels(dataclasses.asdict(self))
