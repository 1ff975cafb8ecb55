"""The pictures of a generator's run: views, turns, morphs, errors by view, the style embedding."""

import numpy as np
import tensorflow as tf

from tfgen.conditions.description import value_arrays
from tfgen.conditions.turntable import USUAL_VIEW
from tfgen.data.drawings.examples import concatenate
from tfgen.data.source import spread_places
from tfgen.networks.conditioning import stream_codes
from tfgen.papers.chairs.drawing import generator_drawing
from tfgen.papers.chairs.errors_by_view import errors_by_view
from tfgen.pictures import drawings
from tfgen.pictures.polar_map import polar_map
from tfgen.training import projector
from tfgen.training.gallery import Gallery

_SPLITS = {"held_out": "held-out views", "training": "training views"}


class GeneratorGallery(Gallery):
    """Draws what a generator has learned so far.

    Args:
      generator: `generator.UpConvGenerator`; its description decides which pictures there
        are; comparisons and errors by view are of turntables.
      scored: "training" and perhaps "held_out" -> `data.drawings.examples.Examples`, scored.
      held_out_azimuths: degrees, marked in the polar map.
      values: of the conditions but the style, for turns, morphs and sweeps; the usual unless given.
    """

    def __init__(self, generator, scored, held_out_azimuths=(), values=None):
        self._generator = generator
        self._description = generator.description
        self._scored = scored
        self._held_out_azimuths = held_out_azimuths
        names = self._description.names
        self._values = {n: x for n, x in USUAL_VIEW.items() if n in names} | (values or {})
        self._draw = generator_drawing(generator)

    def pictures(self, step):
        """Name -> [h, w, 3] uint8."""
        del step
        description, values = self._description, self._values
        drawing = self._draw, description
        pictures = {"comparison": self._comparison()} if self._scored else {}
        if description.style:
            count = description.style.size
            shown = spread_places(count, 4)
            pairs = list(zip(shown, np.roll(shown, -1), strict=True))[:4]
            if description.turning:
                columns = drawings.turn_columns(description, drawings.around(12))
                pictures["turn"] = drawings.grid_picture(
                    *drawing, shown, columns, values, "a full turn"
                )
            pictures["morph"] = drawings.morph_picture(*drawing, pairs, 9, values)
            if drawings.sweeps(description):
                style = description.style
                pictures["transformations"] = drawings.sweep_picture(
                    *(*drawing, 9, values | {style.name: drawings.one_hot(shown[:1], count)}),
                    title=f"transformations of {style.value_names[shown[0]]}",
                )
        if self._scored and set(USUAL_VIEW) <= set(description.names):
            errors, azimuths, elevations = errors_by_view(
                self._draw, concatenate(list(self._scored.values())), description
            )
            pictures["error_by_view"] = polar_map(
                *(1e3 * errors, azimuths, elevations, self._held_out_azimuths),
                *("error by view", "MSE x 1000"),
            )
        return pictures

    def _comparison(self):
        split = "held_out" if "held_out" in self._scored else "training"
        chosen = self._scored[split].spread(10)
        values = chosen.values(self._description)
        images, masks = drawings.view_frames(self._draw, self._description, values)
        names = [c.name for c in self._description.of_kind("angle")]
        names = names or [self._description.style.name]
        labels = [
            " / ".join(f"{values[name][i]:.0f}" for name in names) for i in range(len(chosen))
        ]
        title = f"{_SPLITS[split]}: {' / '.join(names)}"
        return drawings.comparison_picture(
            chosen.over_white(), chosen.masks, images, masks, labels, title
        )

    def finish(self, directory):
        """Writes the style embedding for TensorBoard's projector, with thumbnails."""
        description, generator = self._description, self._generator
        style = description.style
        if style is None:
            return
        layer = f"{description.style_stream}_fc2"
        embed = tf.function(lambda x: generator.activations(x)[1][layer], autograph=False)
        values = value_arrays(description, self._values | {style.name: np.arange(style.size)})
        thumbnails, _ = self._draw(values)
        projector.write_projector(
            directory.logs,
            tf.cast(embed(stream_codes(description, values)), tf.float32).numpy(),
            list(style.value_names),
            list(style.categories),
            thumbnails,
        )
