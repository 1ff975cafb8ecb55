"""Training by DeePSiM: equation (1) of Dosovitskiy and Brox, with a gated discriminator."""

import keras
import tensorflow as tf

from tfgen.losses import deepsim
from tfgen.losses.variational_bound import divergence_from_prior
from tfgen.metrics import images
from tfgen.training.gate import apply_if, global_mean
from tfgen.training.trainer import Trainer


class DeepSimTrainer(Trainer):
    """Trains what draws images from images by feature, adversarial and image losses.

    Args:
      model: `models.autoencoder.Autoencoder` or `Inverter`, built.
      weights: `settings.deepsim.PerceptualConfig`: kinds and weights of the losses, and the gate.
      compare: function of images to features, the comparator; None without a feature loss.
      discriminator: `models.autoencoder.Discriminator`; None without an adversarial loss.
      lambda_kl: weight of the divergence of a variational model, equation (7).
      seed: of noise and dropout, which are functions of it, the step and the replica.

    Data: images [b, s, s, 3] float32 in [0, 1]; of an Inverter also dicts of image and features.
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
        super().__init__(**kwargs)
        self.model = model
        self.discriminator = discriminator
        self.weighting = weights
        self.lambda_kl = lambda_kl
        self.seed = seed
        self._compare = (compare,)  # in a tuple of a function: not tracked, not trained
        names = ["loss", "loss_image"]
        if compare:
            names.append("loss_feature")
        if discriminator:
            names += ["loss_adversarial", "loss_discriminator", "discriminator_ratio", "paused"]
        if model.variational:
            names.append("loss_kl")
        self.objective_names = (*names, "gradient_norm")
        self.score_names = ("mse", "psnr", "ssim", *(["feature_error"] if compare else []))
        self.trackers = {
            name: keras.metrics.Mean(name=name) for name in self.objective_names + self.score_names
        }

    def compile(self, optimizer, steps_per_execution=1, discriminator_optimizer=None, **kwargs):
        """Sets the optimizers, with their variables made."""
        super().compile(optimizer, steps_per_execution, **kwargs)
        self.discriminator_optimizer = discriminator_optimizer
        if self.discriminator:
            discriminator_optimizer.build(self.discriminator.trainable_variables)

    def optimizers(self):
        """The generator's, which counts the steps, and the discriminator's."""
        found = {"optimizer": self.optimizer}
        if self.discriminator:
            found["discriminator_optimizer"] = self.discriminator_optimizer
        return found

    def networks(self):
        """Name -> network, as checkpoints hold them; the comparator has its own file."""
        found = {"model": self.model}
        if self.discriminator:
            found["discriminator"] = self.discriminator
        return found

    def trained_variables(self):
        """All of the model's; the discriminator has an optimizer of its own."""
        return self.model.trainable_variables

    def call(self, image, training=False):
        """The model's outputs."""
        del training
        return self.model(image)

    def _draw(self, data):
        if not self.model.variational:
            return self.model(data)
        shape = (tf.shape(data)[0], *self.model.code_shape)
        return self.model(data, noise=tf.random.stateless_normal(shape, self.step_key(0)))

    def _model_terms(self, image, outputs):
        """Of the model, without the adversarial one: name -> [b]."""
        drawn, weighting = outputs["image"], self.weighting
        terms = {"loss_image": deepsim.image_loss(weighting.image_loss, image, drawn)}
        total = weighting.lambda_img * terms["loss_image"]
        compare = self._compare[0]
        if compare:
            target = tf.stop_gradient(compare(image))
            terms["loss_feature"] = deepsim.feature_loss(target, compare(drawn))
            total += weighting.lambda_feat * terms["loss_feature"]
        if self.model.variational:
            terms["loss_kl"] = divergence_from_prior(outputs["mean"], outputs["log_variance"])
            total += self.lambda_kl * terms["loss_kl"]
        return {"loss": total, **terms}

    def losses(self, data):
        """What training minimises of a batch: name -> [b].

        "loss" is the model's, "loss_discriminator" the discriminator's; the others are the terms of
        the first.
        """
        image = data["image"] if isinstance(data, dict) else data
        outputs = self._draw(data)
        losses = self._model_terms(image, outputs)
        if self.discriminator:
            told = outputs.get("features")
            real = self.discriminator(image, features=told, key=self.step_key(1))
            generated = self.discriminator(outputs["image"], features=told, key=self.step_key(2))
            losses["loss_adversarial"] = deepsim.adversarial_loss(generated)
            losses["loss"] += self.weighting.lambda_adv * losses["loss_adversarial"]
            losses["loss_discriminator"] = deepsim.discriminator_loss(real, generated)
        return losses

    def train_step(self, data):
        """One step of both optimizers, or of the model's alone while the discriminator pauses."""
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        with tf.GradientTape(persistent=True) as tape:
            losses = self.losses(data)
            # Optimizers add the replicas' gradients up; each replica sees its share of the batch.
            share = tf.reduce_mean(losses["loss"]) / replicas
            if self.discriminator:
                judged_share = tf.reduce_mean(losses["loss_discriminator"]) / replicas
        variables = self.trained_variables()
        gradients = tape.gradient(share, variables)
        if self.discriminator:
            of_discriminator = self.discriminator.trainable_variables
            theirs = tape.gradient(judged_share, of_discriminator)
            ratio = global_mean(tf.reduce_mean(losses["loss_discriminator"])) / global_mean(
                tf.reduce_mean(losses["loss_adversarial"])
            )
            active = ratio >= self.weighting.gate
            apply_if(active, self.discriminator_optimizer, theirs, of_discriminator)
            losses |= {
                "discriminator_ratio": ratio,
                "paused": 1.0 - tf.cast(active, tf.float32),
            }
        del tape
        self.optimizer.apply_gradients(list(zip(gradients, variables, strict=True)))
        norm = tf.linalg.global_norm(gradients) * replicas
        return self.track(gradient_norm=norm, **losses)

    def test_step(self, image):
        """Scores of a batch; codes of variational models are their means."""
        outputs = self.model(image)
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
        return self.track(**scores, **self._model_terms(image, outputs))
