"""A data set whose drawings are described by other things than a turntable's: all that it takes."""

import dataclasses
import functools

import numpy as np
import tensorflow_datasets as tfds

from tfgen.conditions.description import Condition
from tfgen.data.drawings.builder import DrawingBuilder
from tfgen.pictures.image_grid import encode_png
from tfgen.rendering.turntable import Frames

COLOURS = {"red": (220, 60, 40), "blue": (40, 80, 220)}
LIGHTS = (-30.0, 0.0, 30.0)
POSES = ((0.0, 0.0), (0.5, 0.2))


@dataclasses.dataclass(frozen=True)
class Lamp:
    name: str
    height: int
    category: str = "lamps"


@dataclasses.dataclass(eq=False, repr=False)
class LampConfig(tfds.core.BuilderConfig):
    models: tuple = ()
    processes: int = 1


class Lamps(DrawingBuilder, skip_registration=True):
    """Boxes of a height and a colour, lit from a side, that lean."""

    style = "shape"
    streams = {"look": ("shape", "colour")}  # noqa: RUF012

    @property
    def image_size(self):
        return 64

    def further_conditions(self):
        return (
            Condition("colour", "one-hot", len(COLOURS), names=tuple(COLOURS)),
            Condition("light", "angle", values=LIGHTS, ranges=((-30.0, 30.0),), unit="degrees"),
            Condition("pose", "vector", 2, names=("lean", "bend"), ranges=((0, 0.5), (0, 0.2))),
        )

    def views(self):
        return [
            {"colour": colour, "light": light, "pose": np.float32(pose)}
            for colour in range(len(COLOURS))
            for light in LIGHTS
            for pose in POSES
        ]

    def task(self):
        return functools.partial(draw_lamp, views=self.views())


def draw_lamp(lamp, views):
    """Frames of a lamp."""
    images, masks = [], []
    for view in views:
        mask = np.zeros((64, 64, 1), np.uint8)
        left = int(20 + 20 * view["pose"][0])
        mask[54 - lamp.height : 54, left : left + 16 + int(20 * view["pose"][1])] = 255
        colour = np.array(list(COLOURS.values())[view["colour"]]) * (1 + view["light"] / 100)
        image = np.where(mask > 0, np.clip(colour, 0, 255), 255).astype(np.uint8)
        images.append(encode_png(image))
        masks.append(encode_png(mask))
    return Frames(lamp.name, images, masks)


def lamps(config):
    """The builder that `--dataset=lamps` names: its row in DATASETS."""
    models = tuple(Lamp(f"lamp{i}", 12 + 10 * i) for i in range(config.models))
    builder_config = LampConfig(name=f"lamps_{config.models}", models=models)
    return Lamps(config=builder_config, data_dir=config.data_dir)
