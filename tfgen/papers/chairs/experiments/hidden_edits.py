"""Drawings with a part of FC-5 active, and with some of the last maps taken away."""

import numpy as np
import tensorflow as tf


class MiddleOfFc5:
    """Drawings of which only the middle of FC-5 is active (Figure 24).

    Args:
      trained: `trained.Trained`, a run.
      values: of the drawings, as `Trained.draw_edited` takes them.

    Attributes:
      sizes: cells along a side that may be kept: 2, 4, … all.
      whole: the drawings with all of FC-5, [n, s, s, 3] over white, uint8.
      mean_object: their mean, for each: [n, s, s, 3] float32.
    """

    def __init__(self, trained, values):
        self._trained, self._values = trained, values
        self._side = trained.generator.spec.streams[0].fc5[0]
        self.sizes = list(range(2, self._side + 1, 2))
        self.whole = self.keeping(self._side)
        average = self.whole.astype(np.float32).mean(axis=0)
        self.mean_object = np.broadcast_to(average, self.whole.shape)
        self._nothing = self._with_cells(np.zeros((self._side, self._side)))

    def keeping(self, kept):
        """Images [n, s, s, 3] uint8 of the middle kept x kept cells."""
        return self._with_cells(self._inside(kept))

    def summed(self, kept):
        """What each of these cells alone changes of the image of none, summed: float32."""
        total = self._nothing.astype(np.float32)
        for row, column in np.argwhere(self._inside(kept)):
            cells = np.zeros((self._side, self._side))
            cells[row, column] = 1
            total = total + self._with_cells(cells) - self._nothing.astype(np.float32)
        return np.clip(total, 0, 255)

    def error(self, images, kept, place):
        """How far images are from the whole: [n], 1: as far as with nothing active.

        Args:
          images: [n, s, s, 3].
          kept: cells along a side that are active, 4 or more.
          place: "inside", where all neighbours are active too, or "edge", the outermost cells.
        """
        inside = self._inside(kept - 2)
        cells = inside if place == "inside" else self._inside(kept) - inside
        times = self.whole.shape[1] // self._side
        pixels = cells.repeat(times, axis=0).repeat(times, axis=1).astype(bool)

        def squares(x):
            change = x.astype(np.float32) - self.whole
            return np.square(change[:, pixels]).mean(axis=(1, 2))

        # A style that is blank there tells nothing: one gray level keeps it from counting much.
        return np.sqrt(squares(images) / (squares(self._nothing) + 1))

    def _inside(self, kept):
        """[side, side]: 1 at the middle kept x kept cells."""
        cells = np.zeros((self._side, self._side))
        start = (self._side - kept) // 2
        cells[start : start + kept, start : start + kept] = 1
        return cells

    def _with_cells(self, cells):
        cells = tf.constant(cells[None, ..., None], tf.float32)

        def edit(name, x):
            return x * tf.cast(cells, x.dtype) if name.endswith("/fc5") else x

        return self._trained.draw_edited(self._values, edit)[0]


def last_maps(trained, values):
    """The maps before the image's output, and how long their filters are.

    Args:
      trained, values: as of `MiddleOfFc5`.

    Returns:
      (the layer's name, activations [n, h, w, channels], lengths [channels] of the output's kernels
      to the image).
    """
    stream = next(s for s in trained.generator.streams if "image" in s.spec.outputs)
    layer = f"{stream.name}/{stream.body[-1].name}"
    seen = {}

    def edit(name, x):
        if name == layer:
            seen["x"] = x.numpy()
        return x

    trained.draw_edited(values, edit)
    kernel = np.asarray(tf.convert_to_tensor(stream.head.kernel), np.float32)  # [k, k, out, in]
    start = 0
    for output, width in zip(stream.spec.outputs, stream.output_widths, strict=True):
        if output == "image":
            kernel = kernel[:, :, start : start + width]
        start += width
    return layer, seen["x"], np.sqrt(np.square(kernel).sum(axis=(0, 1, 2)))


def without(layer, channels):
    """The edit that sets channels of a layer to zero."""

    def edit(name, x):
        if name != layer:
            return x
        keep = np.ones(x.shape[-1], np.float32)
        keep[channels] = 0
        return x * tf.cast(keep, x.dtype)

    return edit
