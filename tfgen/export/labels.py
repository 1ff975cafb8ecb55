"""Names and ranges of a generator of objects, as users read them: `labels.json`, `styles.txt`."""

import dataclasses
import json

from tfgen.turntable_conditions import description_of_labels


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

    @property
    def description(self):
        """`conditions.Description` of the same."""
        return description_of_labels(dataclasses.asdict(self))

    def to_json(self):
        """Indented JSON text."""
        return json.dumps(dataclasses.asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text):
        """The Labels that `to_json` wrote."""
        return cls(**json.loads(text))

    @classmethod
    def of_description(cls, description, image_size):
        """What a `conditions.Description` says of them; empty where it has no such condition."""
        angles = {each.name: list(each.values) for each in description.of_kind("angle")}
        ranges = {}
        for vector in description.of_kind("vector"):
            ranges |= {
                name: list(pair) for name, pair in zip(vector.names, vector.ranges, strict=False)
            }
        return cls(
            style_names=list(description.style.names),
            categories=list(description.style.categories),
            image_size=image_size,
            azimuths=angles.get("azimuth", []),
            elevations=angles.get("elevation", []),
            transform_ranges=ranges,
        )
