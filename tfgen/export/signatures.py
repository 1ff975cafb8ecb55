"""The signatures of an exported generator: named inputs and outputs, batched in dimension 0.

| signature       | inputs                                  | outputs             |
|-----------------|-----------------------------------------|---------------------|
| serving_default | style, azimuth, elevation, transform    | image, mask         |
| view            | style, azimuth, elevation               | image, mask         |
| morph           | weights, azimuth, elevation, transform  | image, mask         |
| png             | style, azimuth, elevation, transform    | png_bytes           |
| morph_png       | weights, azimuth, elevation, transform  | png_bytes           |
| sample          | latent, azimuth, elevation, transform   | image, mask         |
| sample_png      | latent, azimuth, elevation, transform   | png_bytes           |
| posterior       | style                                   | mean, log_variance  |

The last three are those of a `models.variational.VariationalGenerator`; elsewhere its code is the
posterior's mean.

style: int64; weights: float32, one a style (any number of them may be non-zero); azimuth and
elevation: float32, degrees; transform: float32, theta of `data.transforms.THETA`, zeros for none.
latent: float32, z; drawn from a standard normal distribution it is a new object. image: uint8 RGB
over white; mask: uint8; png_bytes: a PNG with the mask as alpha.
"""

import numpy as np
import tensorflow as tf

from tfgen import stack
from tfgen.data.transforms import TRANSFORM_SIZE
from tfgen.models import drawing


class Servable(tf.Module):
    """What is saved: the generator's variables, its labels as assets, and the signatures.

    A module that tracked the Keras model itself would, under Keras 3, save copies of the variables:
    Python could load that, TensorFlow Serving could not. So the variables are tracked here, and the
    network is reached through a closure.

    Args:
      generator: `models.generator.UpConvGenerator`.
      assets: paths of files to save along.
    """

    def __init__(self, generator, assets=()):
        super().__init__()
        self._generator = lambda: generator
        self.model_variables = [stack.raw_variable(v) for v in generator.variables]
        self.assets = [tf.saved_model.Asset(str(path)) for path in assets]
        self.num_styles = generator.num_styles
        self.image_size = generator.spec.image_size
        self.latent_size = generator.latent_size

    def signatures(self):
        """Signature name -> concrete function."""
        style = [tf.TensorSpec([None], tf.int64, "style")]
        weights = [tf.TensorSpec([None, self.num_styles], tf.float32, "weights")]
        view = [tf.TensorSpec([None], tf.float32, name) for name in ("azimuth", "elevation")]
        transform = [tf.TensorSpec([None, TRANSFORM_SIZE], tf.float32, "transform")]

        @_signature(style + view + transform)
        def draw(style, azimuth, elevation, transform):
            return self._image(self._one_hot(style), azimuth, elevation, transform)

        @_signature(style + view)
        def draw_view(style, azimuth, elevation):
            nothing = tf.zeros((tf.shape(style)[0], TRANSFORM_SIZE))
            return self._image(self._one_hot(style), azimuth, elevation, nothing)

        @_signature(weights + view + transform)
        def morph(weights, azimuth, elevation, transform):
            return self._image(_finite(weights, "weights"), azimuth, elevation, transform)

        @_signature(style + view + transform)
        def png(style, azimuth, elevation, transform):
            return self._png(self._one_hot(style), azimuth, elevation, transform)

        @_signature(weights + view + transform)
        def morph_png(weights, azimuth, elevation, transform):
            return self._png(_finite(weights, "weights"), azimuth, elevation, transform)

        functions = {
            "serving_default": draw,
            "view": draw_view,
            "morph": morph,
            "png": png,
            "morph_png": morph_png,
        }
        if self.latent_size:
            functions |= self._of_latent(style, view, transform)
        return {name: function.get_concrete_function() for name, function in functions.items()}

    def warm_up_inputs(self):
        """Signature name -> input name -> function of a batch size to an array."""
        view = {key: lambda b: np.zeros(b, np.float32) for key in ("azimuth", "elevation")}
        style = {"style": lambda b: np.zeros(b, np.int64)}
        styles = self.num_styles
        weights = {"weights": lambda b: np.full((b, styles), 1 / styles, np.float32)}
        theta = {"transform": lambda b: np.zeros((b, TRANSFORM_SIZE), np.float32)}
        inputs = {
            "serving_default": style | view | theta,
            "view": style | view,
            "morph": weights | view | theta,
            "png": style | view | theta,
            "morph_png": weights | view | theta,
        }
        if self.latent_size:
            latent = {"latent": lambda b: np.zeros((b, self.latent_size), np.float32)}
            inputs["sample"] = inputs["sample_png"] = latent | view | theta
        return inputs

    def _of_latent(self, style, view, transform):
        """Signatures that give or take the Gaussian code."""
        latent = [tf.TensorSpec([None, self.latent_size], tf.float32, "latent")]

        @_signature(latent + view + transform)
        def sample(latent, azimuth, elevation, transform):
            code = _finite(latent, "latent")
            return self._image(code, azimuth, elevation, transform, of="latent")

        @_signature(latent + view + transform)
        def sample_png(latent, azimuth, elevation, transform):
            code = _finite(latent, "latent")
            return self._png(code, azimuth, elevation, transform, of="latent")

        @_signature(style)
        def posterior(style):
            mean, log_variance = self._generator().infer(self._one_hot(style))
            return {"mean": mean, "log_variance": log_variance}

        return {"sample": sample, "sample_png": sample_png, "posterior": posterior}

    def _one_hot(self, style):
        known = tf.logical_and(style >= 0, style < self.num_styles)
        message = f"style does not exist: give 0 to {self.num_styles - 1}."
        check = tf.debugging.Assert(tf.reduce_all(known), [message, "Received:", style])
        with tf.control_dependencies([check]):
            return tf.one_hot(tf.identity(style), self.num_styles)

    def _values(self, code, azimuth, elevation, transform, of):
        return {
            of: code,
            "azimuth": _finite(azimuth, "azimuth"),
            "elevation": _finite(elevation, "elevation"),
            "transform": _finite(transform, "transform"),
        }

    def _image(self, *views, of="style"):
        drawn = drawing.draw(self._generator(), self._values(*views, of))
        size = self.image_size  # static, so that the signature's metadata tells the shapes
        return {
            "image": tf.ensure_shape(drawn["image"], (None, size, size, 3)),
            "mask": tf.ensure_shape(drawn["mask"], (None, size, size, 1)),
        }

    def _png(self, *views, of="style"):
        pictures = drawing.draw_with_alpha(self._generator(), self._values(*views, of))
        encoded = tf.map_fn(tf.io.encode_png, pictures, fn_output_signature=tf.string)
        return {"png_bytes": encoded}


def _signature(spec):
    """Makes a method a served function; autograph would walk through all of Keras for nothing."""
    return tf.function(input_signature=spec, autograph=False)


def _finite(x, name):
    message = f"{name} has a number that is not finite: give finite numbers."
    check = tf.debugging.Assert(tf.reduce_all(tf.math.is_finite(x)), [message, "Received:", x])
    with tf.control_dependencies([check]):
        return tf.identity(x)
