"""Training by the variational bound: equation (5) of Dosovitskiy et al., Appendix A."""

import tensorflow as tf

from tfgen.losses import variational_bound
from tfgen.papers.chairs.trainer import GeneratorTrainer


class VariationalTrainer(GeneratorTrainer):
    """Maximises the bound on the log-likelihood of images and masks, one sample of z an image.

    Args:
      generator: `variational.VariationalGenerator`, built.
      pixel_sigma: standard deviation of equation (3).
      lambda_kl: weight of the divergence; 1 is the bound itself.
      free_nats: that each number of z has without cost, see `divergence_from_prior`.
      seed: of the samples, which are functions of it, the step and the replica.
    """

    def __init__(self, generator, pixel_sigma, lambda_kl, seed, free_nats=0.0, **kwargs):
        terms = ("loss_image", "loss_mask", "loss_kl")
        super().__init__(generator, lambda_mask=1.0, terms=terms, seed=seed, **kwargs)
        self.pixel_sigma = pixel_sigma
        self.lambda_kl = lambda_kl
        self.free_nats = free_nats

    def _objective(self, batch, outputs):
        terms = {
            "loss_image": -variational_bound.image_log_probability(
                batch["image"], outputs["image"], self.pixel_sigma
            ),
            "loss_mask": -variational_bound.mask_log_probability(
                batch["mask"], outputs["mask_logits"]
            ),
            "loss_kl": variational_bound.divergence_from_prior(
                outputs["latent_mean"], outputs["latent_log_variance"], self.free_nats
            ),
        }
        loss = terms["loss_image"] + terms["loss_mask"] + self.lambda_kl * terms["loss_kl"]
        return {"loss": loss, **terms}

    def drawn(self, batch):
        """The generator's outputs for one sample of z an image."""
        shape = (tf.shape(batch["image"])[0], self.generator.latent_size)
        noise = tf.random.stateless_normal(shape, self.step_key())
        return self.generator(self.codes(batch) | {"noise": noise}, training=True)
