"""Finds the style of an object that was never trained on: by gradient, through a frozen generator.

What is sought are the activations of the style's FC-2 (or z of a variational generator), and the
angles of the views where they are not given. The search starts at the mixture of known styles that
explains the views best, and may leave it, at a cost: few views say little about the sides that they
do not show. Where angles are sought, objects look alike from the front and from behind: both are
followed to the end.
"""

import dataclasses
import itertools

import keras
import numpy as np
import tensorflow as tf

from tfgen import stack
from tfgen.conditions.description import value_arrays
from tfgen.conditions.turntable import USUAL_VIEW
from tfgen.errors import InputError
from tfgen.metrics.images import over_white
from tfgen.networks.conditioning import stream_codes
from tfgen.papers.chairs.losses import half_squared_error
from tfgen.pixels import to_uint8

# Known styles that decide together from where an object is seen.
_ALIKE = 3
# Degrees between the two sides from which an object may be seen, and how alike losses are ties.
_OPPOSITE = 90.0
_TIE = 1.1


@dataclasses.dataclass(frozen=True)
class FittedStyle:
    """A style that was found.

    Attributes:
      code: [d] float32, FC-2's activations or z.
      angles: name of each angle condition -> [n] degrees of the views, given or found.
      loss: of the views together, at the end.
      ties: FittedStyles that explain them nearly as well, seen from elsewhere.
    """

    code: np.ndarray
    angles: dict
    loss: float
    ties: tuple = ()


class StyleFitter:
    """Fits styles to views with one generator.

    Args:
      generator: `generator.UpConvGenerator`, float32, that knows styles; it is not changed.
      leave_cost: weight of the squared distance from mixtures of known styles.
      mask_weight: of the mask's squared error beside the image's.
    """

    def __init__(self, generator, leave_cost=0.05, mask_weight=1.0):
        stack.avoid_remapper()
        self._generator = generator
        self._description = generator.description
        self._leave_cost = leave_cost
        self._mask_weight = mask_weight
        stream, style = self._description.style_stream, self._description.style
        self._layer = "latent" if generator.latent_size else f"{stream}_fc2"
        known = value_arrays(self._description, {style.name: np.arange(style.size)})
        _, seen = generator.activations(stream_codes(self._description, known))
        self._codes = tf.cast(seen[self._layer], tf.float32)  # [styles, d]
        self._spread = float(tf.math.reduce_std(self._codes))
        self._draw = tf.function(self._outputs, reduce_retracing=True, autograph=False)

    def draw(self, code, values):
        """Draws a fitted style.

        Args:
          code: of a FittedStyle.
          values: of the other conditions, as `conditions.description.value_arrays` takes them.

        Returns:
          (images [n, s, s, 3] over white, masks [n, s, s, 1]), uint8.
        """
        values = self._others(values)
        count = len(next(iter(values.values())))
        codes = tf.repeat(tf.constant(code, tf.float32)[tf.newaxis], count, axis=0)
        outputs = self._draw(codes, {name: tf.constant(x) for name, x in values.items()})
        image = over_white(outputs["image"], outputs["mask"])
        return to_uint8(image).numpy(), to_uint8(outputs["mask"]).numpy()

    def fit(self, images, masks, values=None, steps=200, rate=0.05):
        """Finds the style of some views of one object.

        Args:
          images: [n, s, s, 3] float32 in [0, 1], the object over black.
          masks: [n, s, s, 1] float32.
          values: what is known of the views, as `description.value_arrays` takes it; angles that
            are missing are found too, other conditions are as usual.
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
        angles = self._description.of_kind("angle")
        sought = [angle for angle in angles if angle.name not in (values or {})]
        known = self._others(values or {}, len(images))
        starts = self._search(targets, known, sought) if sought else [{}]
        found = [self._descend(targets, known | start, sought, steps, rate) for start in starts]
        best, *others = sorted(found, key=lambda fitted: fitted.loss)
        ties = tuple(other for other in others if other.loss < _TIE * best.loss)
        return dataclasses.replace(best, ties=ties)

    def _descend(self, targets, known, sought, steps, rate):
        """The FittedStyle that Adam finds from the angles in `known` on."""
        logits = tf.Variable(self._first_logits(targets, known))
        offset = tf.Variable(tf.zeros(self._codes.shape[1]))
        turn = tf.Variable(tf.zeros((len(sought), len(targets[0]))))  # in units of ten degrees
        variables = [logits, offset, turn] if sought else [logits, offset]
        optimizer = keras.optimizers.Adam(rate)
        optimizer.build(variables)

        @tf.function(autograph=False)
        def step():
            with tf.GradientTape() as tape:
                turned = {a.name: known[a.name] + 10.0 * turn[i] for i, a in enumerate(sought)}
                loss, error = self._loss(targets, logits, offset, known | turned)
            gradients = tape.gradient(loss, variables)
            optimizer.apply_gradients(list(zip(gradients, variables, strict=True)))
            return error

        for _ in range(steps):
            error = step()
        for angle, by in zip(sought, turn.numpy(), strict=True):
            known[angle.name] = known[angle.name] + 10.0 * by
        code = self._code(logits, offset).numpy()
        angles = {angle.name: known[angle.name] for angle in self._description.of_kind("angle")}
        return FittedStyle(code, angles, float(error))

    def _others(self, values, count=None):
        """Values of all conditions but the style, [n, …] float32 each."""
        style = self._description.style.name
        first = {} if count is None else {style: np.zeros(count, int)}
        arrays = value_arrays(self._description, values | first)
        return {name: array for name, array in arrays.items() if name != style}

    def _code(self, logits, offset):
        mixture = tf.linalg.matvec(self._codes, tf.nn.softmax(logits), transpose_a=True)
        return mixture + self._spread * offset

    def _outputs(self, codes, values):
        style = self._description.style
        nothing = tf.zeros((tf.shape(codes)[0], style.size))
        inputs = stream_codes(self._description, {style.name: nothing, **values})
        replaced = {self._layer: codes}
        return self._generator.activations(inputs, lambda name, x: replaced.get(name, x))[0]

    def _errors(self, targets, outputs):
        image, mask = targets
        return half_squared_error(image, outputs["image"]) + self._mask_weight * (
            half_squared_error(mask, outputs["mask"])
        )

    def _loss(self, targets, logits, offset, values):
        codes = tf.repeat(self._code(logits, offset)[tf.newaxis], len(targets[0]), axis=0)
        error = tf.reduce_sum(self._errors(targets, self._outputs(codes, values)))
        return error + self._leave_cost * tf.reduce_sum(tf.square(offset)), error

    def _first_logits(self, targets, values):
        """Logits of the styles by how well each explains all views."""
        totals = np.zeros(len(self._codes))
        for i in range(len(targets[0])):
            of_view = {name: array[i] for name, array in values.items()}
            totals += self._errors_of_styles([t[i : i + 1] for t in targets], of_view)
        # The best few start with nearly all of the weight.
        return tf.constant(-(totals - totals.min()) / max(0.1 * totals.min(), 1e-6), tf.float32)

    def _errors_of_styles(self, target, values):
        """Errors of all known styles under one value of each other condition, [styles]."""
        n = len(self._codes)
        repeated = {name: np.repeat(x[np.newaxis], n, axis=0) for name, x in values.items()}
        repeated = {name: tf.constant(x, tf.float32) for name, x in repeated.items()}
        return self._errors(target, self._draw(self._codes, repeated)).numpy()

    def _search(self, targets, values, sought):
        """The angles for which a few known styles, the same for all images, explain them best.

        Returns:
          list of dicts: angle's name -> [images] degrees; the best ones, and the best of those that
          show every image from elsewhere, if the object's turn is sought.
        """
        grid = list(itertools.product(*(self._candidates(angle) for angle in sought)))
        errors = np.stack(
            [
                [
                    self._errors_of_styles(
                        [t[i : i + 1] for t in targets],
                        {name: array[i] for name, array in values.items()}
                        | {a.name: np.float32(x) for a, x in zip(sought, angles, strict=True)},
                    )
                    for angles in grid
                ]
                for i in range(len(targets[0]))
            ]
        )  # [images, angles, styles]
        alike = errors.min(axis=1).sum(axis=0).argsort()[:_ALIKE]
        errors, grid = errors[:, :, alike].mean(axis=-1), np.array(grid, np.float32)
        chosen = [grid[errors.argmin(axis=1)]]
        if self._description.turning in sought:
            turn = sought.index(self._description.turning)
            away = np.abs((grid[:, turn] - chosen[0][:, turn, None] + 180) % 360 - 180)
            chosen.append(grid[np.where(away < _OPPOSITE, np.inf, errors).argmin(axis=1)])
        return [{a.name: one[:, i] for i, a in enumerate(sought)} for one in chosen]

    def _candidates(self, angle):
        """Degrees to try: all around, or where it was trained and about the usual."""
        if angle == self._description.turning or angle.goes_round:
            return range(0, 360, 15)
        usual = USUAL_VIEW.get(angle.name, angle.usual)
        low, high = angle.span if angle.values or angle.ranges else (usual, usual)
        return np.arange(min(low, usual - 20), max(high, usual + 20) + 1, 10)
