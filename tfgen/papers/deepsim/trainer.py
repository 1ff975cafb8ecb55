"""Training by DeePSiM: equation (1) of Dosovitskiy and Brox, with a gated discriminator."""

import tensorflow as tf

from tfgen.losses.variational_bound import divergence_from_prior
from tfgen.metrics import images
from tfgen.papers.deepsim.losses import (
    adversarial_loss,
    discriminator_loss,
    feature_loss,
    image_loss,
)
from tfgen.training.players import Player
from tfgen.training.trainer import Trainer


class DeepSimTrainer(Trainer):
    """Trains what draws images from images by feature, adversarial and image losses.

    Args:
      model: `autoencoder.Autoencoder` or `Inverter`, built.
      weights: `settings.PerceptualConfig`: kinds and weights of the losses, and the gate.
      compare: function of images to features, the comparator; None without a feature loss.
      discriminator: `discriminator.Discriminator`; None without an adversarial loss.
      lambda_kl: weight of the divergence of a variational model, equation (7).
      seed: of noise and dropout, which are functions of it, the step and the replica.

    Batches: dicts of image [b, s, s, 3] float32 in [0, 1]; of an Inverter also of features, where
    they have been extracted.
    """

    def __init__(
        self,
        model,
        weights,
        compare=None,
        discriminator=None,
        lambda_kl=0.0,
        seed=0,
        **kwargs,
    ):
        names = ["loss", "loss_image"]
        if compare:
            names.append("loss_feature")
        if discriminator:
            names += ["loss_adversarial", "loss_discriminator", "discriminator_ratio", "paused"]
        if model.variational:
            names.append("loss_kl")
        players = {"model": Player(model)}
        if discriminator:
            players["discriminator"] = Player(
                discriminator, "loss_discriminator", self._gate, weights.discriminator_decay
            )
        scores = ("mse", "psnr", "ssim", *(["feature_error"] if compare else []))
        super().__init__(players, names, scores, seed=seed, **kwargs)
        self.model = model
        self.discriminator = discriminator
        self.weighting = weights
        self.lambda_kl = lambda_kl
        self._compare = (compare,)  # in a tuple of a function: not tracked, not trained

    def _gate(self, means):
        """The discriminator pauses while it is too strong (section 3.3)."""
        ratio = means["loss_discriminator"] / means["loss_adversarial"]
        active = ratio >= self.weighting.gate
        paused = 1.0 - tf.cast(active, tf.float32)
        return active, {"discriminator_ratio": ratio, "paused": paused}

    def _draw(self, batch):
        noise = None
        if self.model.variational:
            shape = (tf.shape(batch["image"])[0], *self.model.code_shape)
            noise = tf.random.stateless_normal(shape, self.step_key(0))
        return self.model(batch["image"], features=batch.get("features"), noise=noise)

    def _model_terms(self, image, outputs):
        """Of the model, without the adversarial one: name -> [b]."""
        drawn, weighting = outputs["image"], self.weighting
        terms = {"loss_image": image_loss(weighting.image_loss, image, drawn)}
        total = weighting.lambda_img * terms["loss_image"]
        compare = self._compare[0]
        if compare:
            target = tf.stop_gradient(compare(image))
            terms["loss_feature"] = feature_loss(target, compare(drawn))
            total += weighting.lambda_feat * terms["loss_feature"]
        if self.model.variational:
            terms["loss_kl"] = divergence_from_prior(outputs["mean"], outputs["log_variance"])
            total += self.lambda_kl * terms["loss_kl"]
        return {"loss": total, **terms}

    def losses(self, batch):
        """What training minimises of a batch: name -> [b].

        "loss" is the model's, "loss_discriminator" the discriminator's; the others are the terms of
        the first.
        """
        image, outputs = batch["image"], self._draw(batch)
        losses = self._model_terms(image, outputs)
        if self.discriminator:
            drawn, features = outputs["image"], outputs.get("features")
            if features is not None:
                # A condition: an encoder that is trained along is not to please the discriminator.
                features = tf.stop_gradient(features)
            real = self.discriminator(image, features=features, key=self.step_key(1))
            generated = self.discriminator(drawn, features=features, key=self.step_key(2))
            losses["loss_adversarial"] = adversarial_loss(generated)
            losses["loss"] += self.weighting.lambda_adv * losses["loss_adversarial"]
            losses["loss_discriminator"] = discriminator_loss(real, generated)
        return losses

    def scores(self, batch):
        """Scores of a batch, name -> [b]; codes of variational models are their means."""
        image = batch["image"]
        outputs = self.model(image, features=batch.get("features"))
        drawn = tf.clip_by_value(outputs["image"], 0.0, 1.0)
        scores = {
            "mse": images.mean_squared_error(image, drawn),
            "psnr": images.psnr(image, drawn),
            "ssim": tf.image.ssim(image, drawn, max_val=1.0),
        }
        compare = self._compare[0]
        if compare:
            a, b = compare(image), compare(drawn)
            axes = tuple(range(1, a.shape.rank))
            difference = tf.reduce_sum(tf.square(a - b), axis=axes)
            scores["feature_error"] = tf.sqrt(difference / tf.reduce_sum(tf.square(a), axis=axes))
        return {**scores, **self._model_terms(image, outputs)}
