"""Finds the style of an object that was never trained on: by gradient, through a frozen generator.

What is sought are the activations of the style's FC-2 (or z of a variational generator). The search
starts at the mixture of known styles that explains the views best, and may leave it, at a cost: few
views say little about the sides that they do not show.
"""

import dataclasses

import keras
import numpy as np
import tensorflow as tf

from tfgen import stack
from tfgen.data.transforms import TRANSFORM_SIZE
from tfgen.data.viewpoint import viewpoint_code
from tfgen.errors import InputError
from tfgen.losses.reconstruction import half_squared_error
from tfgen.metrics.images import over_white
from tfgen.models.drawing import to_uint8

# Known styles that decide together from where an object is seen.
_ALIKE = 3


@dataclasses.dataclass(frozen=True)
class FittedStyle:
    """A style that was found.

    Attributes:
      code: [d] float32, FC-2's activations or z.
      azimuths, elevations: [n] degrees of the views, given or found.
      loss: of the views, at the end.
    """

    code: np.ndarray
    azimuths: np.ndarray
    elevations: np.ndarray
    loss: float


class StyleFitter:
    """Fits styles to views with one generator.

    Args:
      generator: `models.generator.UpConvGenerator`, float32; it is not changed.
      leave_cost: weight of the squared distance from mixtures of known styles.
      mask_weight: of the mask's squared error beside the image's.
    """

    def __init__(self, generator, leave_cost=1.0, mask_weight=1.0):
        stack.avoid_remapper()
        self._generator = generator
        self._leave_cost = leave_cost
        self._mask_weight = mask_weight
        self._layer = "latent" if generator.latent_size else "style_fc2"
        count = generator.num_styles
        inputs = {name: tf.zeros((count, size)) for name, size in generator.input_sizes.items()}
        _, seen = generator.activations(inputs | {"style": tf.eye(count)})
        self._codes = tf.cast(seen[self._layer], tf.float32)  # [styles, d]
        self._spread = float(tf.math.reduce_std(self._codes))
        self._draw = tf.function(self._outputs, reduce_retracing=True, autograph=False)

    def draw(self, code, azimuth, elevation):
        """Draws a fitted style: views [n] in degrees to (images over white, masks), uint8."""
        azimuth, elevation = (tf.constant(np.asarray(x), tf.float32) for x in (azimuth, elevation))
        codes = tf.repeat(tf.constant(code, tf.float32)[tf.newaxis], len(azimuth), axis=0)
        outputs = self._draw(codes, azimuth, elevation)
        image = over_white(outputs["image"], outputs["mask"])
        return to_uint8(image).numpy(), to_uint8(outputs["mask"]).numpy()

    def fit(self, images, masks, azimuths=None, elevations=None, steps=200, rate=0.05):
        """Finds the style of some views of one object.

        Args:
          images: [n, s, s, 3] float32 in [0, 1], the object over black.
          masks: [n, s, s, 1] float32.
          azimuths, elevations: [n] degrees; None: found too.
          steps: of Adam.
          rate: its learning rate, in the codes' spread.

        Returns:
          FittedStyle.

        Raises:
          InputError: the images are of another size than the generator's.
        """
        size = self._generator.spec.image_size
        if images.shape[1:3] != (size, size):
            raise InputError(
                f"views are {images.shape[2]}x{images.shape[1]}, the generator's {size}x{size}: "
                "resize them."
            )
        targets = tf.constant(images, tf.float32), tf.constant(masks, tf.float32)
        seek_views = azimuths is None
        if seek_views:
            azimuths, elevations = self._search_views(targets)
        azimuths, elevations = (np.asarray(x, np.float32) for x in (azimuths, elevations))
        logits = tf.Variable(self._first_logits(targets, azimuths, elevations))
        offset = tf.Variable(tf.zeros(self._codes.shape[1]))
        turn = tf.Variable(tf.zeros((2, len(azimuths))))  # in units of ten degrees
        variables = [logits, offset, turn] if seek_views else [logits, offset]
        optimizer = keras.optimizers.Adam(rate)
        optimizer.build(variables)

        @tf.function(autograph=False)
        def step():
            with tf.GradientTape() as tape:
                loss, error = self._loss(targets, logits, offset, azimuths, elevations, turn)
            gradients = tape.gradient(loss, variables)
            optimizer.apply_gradients(list(zip(gradients, variables, strict=True)))
            return error

        for _ in range(steps):
            error = step()
        turned = 10.0 * turn.numpy()
        code = self._code(logits, offset).numpy()
        return FittedStyle(code, azimuths + turned[0], elevations + turned[1], float(error))

    def _code(self, logits, offset):
        mixture = tf.linalg.matvec(self._codes, tf.nn.softmax(logits), transpose_a=True)
        return mixture + self._spread * offset

    def _outputs(self, codes, azimuth, elevation):
        count = tf.shape(codes)[0]
        inputs = {
            "style": tf.zeros((count, self._generator.num_styles)),
            "viewpoint": viewpoint_code(azimuth, elevation),
            "transform": tf.zeros((count, TRANSFORM_SIZE)),
        }
        replaced = {self._layer: codes}
        return self._generator.activations(inputs, lambda name, x: replaced.get(name, x))[0]

    def _errors(self, targets, outputs):
        image, mask = targets
        return half_squared_error(image, outputs["image"]) + self._mask_weight * (
            half_squared_error(mask, outputs["mask"])
        )

    def _loss(self, targets, logits, offset, azimuths, elevations, turn):
        codes = tf.repeat(self._code(logits, offset)[tf.newaxis], len(azimuths), axis=0)
        outputs = self._outputs(codes, azimuths + 10.0 * turn[0], elevations + 10.0 * turn[1])
        error = tf.reduce_mean(self._errors(targets, outputs))
        return error + self._leave_cost * tf.reduce_sum(tf.square(offset)), error

    def _first_logits(self, targets, azimuths, elevations):
        """Logits of the styles by how well each explains all views."""
        totals = np.zeros(len(self._codes))
        for i, (azimuth, elevation) in enumerate(zip(azimuths, elevations, strict=True)):
            totals += self._errors_of_styles([t[i : i + 1] for t in targets], azimuth, elevation)
        # The best few start with nearly all of the weight.
        return tf.constant(-(totals - totals.min()) / max(0.1 * totals.min(), 1e-6), tf.float32)

    def _errors_of_styles(self, target, azimuth, elevation):
        n = len(self._codes)
        outputs = self._draw(
            self._codes, tf.fill([n], float(azimuth)), tf.fill([n], float(elevation))
        )
        return self._errors(target, outputs).numpy()

    def _search_views(self, targets):
        """The views for which a few known styles, the same for all images, explain them best."""
        grid = [(a, e) for a in range(0, 360, 15) for e in (0, 10, 20, 30, 40)]
        errors = np.stack(
            [
                [self._errors_of_styles([t[i : i + 1] for t in targets], *view) for view in grid]
                for i in range(len(targets[0]))
            ]
        )  # [images, views, styles]
        alike = errors.min(axis=1).sum(axis=0).argsort()[:_ALIKE]
        chosen = errors[:, :, alike].mean(axis=-1).argmin(axis=1)
        azimuths, elevations = zip(*(grid[i] for i in chosen), strict=True)
        return azimuths, elevations
