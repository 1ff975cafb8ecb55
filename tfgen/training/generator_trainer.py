"""Supervised training of generators: equation (1) of Dosovitskiy et al."""

import keras
import tensorflow as tf

from tfgen.losses.reconstruction import reconstruction_terms
from tfgen.metrics import images
from tfgen.training.trainer import Trainer


class GeneratorTrainer(Trainer):
    """Minimises L_RGB + lambda L_segm over masked images and masks.

    Args:
      generator: `models.generator.UpConvGenerator`, built.
      lambda_mask: lambda of equation (1).
    """

    objective_names = ("loss", "loss_image", "loss_mask", "gradient_norm")
    score_names = ("mse", "object_mse", "psnr", "mask_iou")

    def __init__(self, generator, lambda_mask, **kwargs):
        super().__init__(**kwargs)
        self.generator = generator
        self.lambda_mask = lambda_mask
        names = self.objective_names + self.score_names
        self.trackers = {name: keras.metrics.Mean(name=name) for name in names}

    def networks(self):
        """Name -> network, as checkpoints hold them."""
        return {"generator": self.generator}

    def trained_variables(self):
        """All of the generator's."""
        return self.generator.trainable_variables

    def call(self, inputs, training=False):
        """The generator's outputs."""
        return self.generator(inputs, training=training)

    def _objective(self, targets, outputs):
        terms = reconstruction_terms(targets, outputs)
        loss = terms["image"] + self.lambda_mask * terms["mask"]
        return {"loss": loss, "loss_image": terms["image"], "loss_mask": terms["mask"]}

    def _trained_outputs(self, inputs):
        """The generator's outputs that a training step compares with the targets."""
        return self.generator(inputs, training=True)

    def losses(self, data):
        """What training minimises, "loss", and its terms, of a batch: name -> [b]."""
        inputs, targets = data
        return self._objective(targets, self._trained_outputs(inputs))

    def train_step(self, data):
        """One step of the optimizer on a batch of (inputs, targets)."""
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        with tf.GradientTape() as tape:
            losses = self.losses(data)
            # Optimizers add the replicas' gradients up; each replica sees its share of the batch.
            share = tf.reduce_mean(losses["loss"]) / replicas
        variables = self.trained_variables()
        gradients = tape.gradient(share, variables)
        self.optimizer.apply_gradients(list(zip(gradients, variables, strict=True)))
        # Of each replica's own gradient of its mean loss, averaged over replicas.
        norm = tf.linalg.global_norm(gradients) * replicas
        return self.track(gradient_norm=norm, **losses)

    def test_step(self, data):
        """Losses and scores of a batch of (inputs, targets)."""
        inputs, targets = data
        outputs = self.generator(inputs, training=False)
        white = images.over_white(targets["image"], targets["mask"])
        drawn = images.over_white(outputs["image"], outputs["mask"])
        return self.track(
            mse=images.mean_squared_error(white, drawn),
            object_mse=images.object_squared_error(white, drawn, targets["mask"]),
            psnr=images.psnr(white, drawn),
            mask_iou=images.mask_iou(targets["mask"], outputs["mask"]),
            **self._objective(targets, outputs),
        )
