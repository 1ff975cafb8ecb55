"""Supervised training of generators: equation (1) of Dosovitskiy et al."""

from tfgen.metrics import images
from tfgen.networks.conditioning import stream_codes
from tfgen.papers.chairs.losses import reconstruction_terms, white_squared_error
from tfgen.training.players import Player
from tfgen.training.trainer import Trainer


class GeneratorTrainer(Trainer):
    """Minimises L_RGB + lambda L_segm over masked images and masks, and the error over white.

    Args:
      generator: `generator.UpConvGenerator`, built.
      lambda_mask: lambda of equation (1).
      lambda_white: weight of `losses.white_squared_error`; 0: equation (1) as it stands.
      terms: names of the loss's terms.

    Batches: dicts of image [b, s, s, 3], over black, and mask [b, s, s, 1], float32 in [0, 1]; and
    of each condition of the generator's description, as `networks.conditioning.encode` takes it.
    """

    def __init__(
        self,
        generator,
        lambda_mask,
        lambda_white=0.0,
        terms=("loss_image", "loss_mask"),
        **kwargs,
    ):
        terms = (*terms, *(["loss_white"] if lambda_white else []))
        scores = ("mse", "image_mse", "object_mse", "outline_mse", "psnr", "mask_iou")
        super().__init__({"generator": Player(generator)}, ("loss", *terms), scores, **kwargs)
        self.generator = generator
        self.lambda_mask = lambda_mask
        self.lambda_white = lambda_white

    def _objective(self, batch, outputs):
        terms = reconstruction_terms(batch, outputs)
        loss = terms["image"] + self.lambda_mask * terms["mask"]
        named = {"loss_image": terms["image"], "loss_mask": terms["mask"]}
        if self.lambda_white:
            named["loss_white"] = white_squared_error(batch, outputs)
            loss += self.lambda_white * named["loss_white"]
        return {"loss": loss, **named}

    def codes(self, batch):
        """What the generator's streams hear: name -> [b, n] float32."""
        return stream_codes(self.generator.description, batch)

    def drawn(self, batch):
        """The generator's outputs that a training step compares with the batch."""
        return self.generator(self.codes(batch), training=True)

    def losses(self, batch):
        """What training minimises, "loss", and its terms, of a batch: name -> [b]."""
        return self._objective(batch, self.drawn(batch))

    def scores(self, batch):
        """Losses and scores of a batch: name -> [b]."""
        outputs = self.generator(self.codes(batch), training=False)
        white = images.over_white(batch["image"], batch["mask"])
        drawn = images.over_white(outputs["image"], outputs["mask"])
        return {
            "mse": images.mean_squared_error(white, drawn),
            # As Table 1 has it: of the image that equation (1) compares, over black.
            "image_mse": images.mean_squared_error(batch["image"], outputs["image"]),
            "object_mse": images.object_squared_error(white, drawn, batch["mask"]),
            "outline_mse": images.outline_squared_error(white, drawn, batch["mask"]),
            "psnr": images.psnr(white, drawn),
            "mask_iou": images.mask_iou(batch["mask"], outputs["mask"]),
            **self._objective(batch, outputs),
        }
