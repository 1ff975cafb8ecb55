"""The probabilistic generator of Dosovitskiy et al., Appendix A: its style is a Gaussian code."""

import keras
import tensorflow as tf

from tfgen.layers.fully_connected import FullyConnected
from tfgen.papers.chairs.generator import UpConvGenerator


class VariationalGenerator(UpConvGenerator):
    """g(z, v, theta) with z drawn from q(z | c) = N(mu, sigma^2), in place of FC-2's activations.

    Two fully connected layers read the stream of the style, as in the plain generator; two linear
    ones then tell the mean and the logarithm of the variance of each of z's numbers.

    Args:
      spec: `spec.GeneratorSpec`.
      latent_size: length of z; 0: that of FC-2, as the paper has it. A few hundred numbers for as
        many styles leave the prior far from every code.
      **kwargs: as of `UpConvGenerator`.

    Inputs and outputs are those of `UpConvGenerator`, and besides:

    Inputs:
      noise: [b, latent_size] float32, standard normal: z = mu + sigma noise. Without it z is mu.
      latent: [b, latent_size] float32: z itself, in place of the style's stream and noise.

    Outputs, unless z was given:
      latent_mean, latent_log_variance: [b, latent_size] float32, mu and log sigma^2.
    """

    def __init__(self, spec, *args, latent_size=0, **kwargs):
        self._given_size = latent_size
        super().__init__(spec, *args, **kwargs)

    @property
    def latent_size(self):
        """Length of z."""
        return self._given_size or self.spec.inputs[self.description.style_stream][-1]

    def _code_sizes(self):
        return super()._code_sizes() | {self.description.style_stream: self.latent_size}

    def _build_weights(self):
        self.latent_heads = tuple(
            FullyConnected(
                self.latent_size,
                # Small at first: q starts close to the prior, whatever the style.
                kernel_initializer=keras.initializers.RandomNormal(stddev=0.01),
                dtype=self.precision,
                name=name,
            )
            for name in ("latent_mean", "latent_log_variance")
        )
        super()._build_weights()

    def infer(self, style):
        """q(z | c) of what the style's stream hears, on turntables styles [b, num_styles].

        Returns:
          (mean, log variance), [b, latent_size] float32.
        """
        index = list(self.spec.inputs).index(self.description.style_stream)
        return self._posterior(self._apply(self.fc12[index], style, {}))

    def _posterior(self, code):
        return tuple(tf.cast(head(code), tf.float32) for head in self.latent_heads)

    def _code(self, name, layers, inputs, seen, outputs, edit):
        if name != self.description.style_stream:
            return super()._code(name, layers, inputs, seen, outputs, edit)
        if "latent" in inputs:
            z = inputs["latent"]
        else:
            mean, log_variance = self._posterior(self._apply(layers, inputs[name], seen, edit))
            outputs["latent_mean"], outputs["latent_log_variance"] = mean, log_variance
            z = mean
            if "noise" in inputs:
                z = mean + tf.exp(0.5 * log_variance) * inputs["noise"]
        z = seen["latent"] = edit("latent", z)
        return tf.cast(z, self.latent_heads[0].compute_dtype)
