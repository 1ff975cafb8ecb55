"""A toy paper in one file: outlines are filled with the colour that a word names.

After Isola et al., "Image-to-Image Translation with Conditional Adversarial Networks" (2017), in
small: a U-Net draws, a discriminator of pairs judges, a word beside the picture is heard by both.

    python scripts/train.py --task=tests/papers/toy_paper.py --average=0.9
    python scripts/serve.py --model_base_path=saved_models/colouring
    python scripts/request.py --model_name=colouring --signature=file --input=word=green \
        --input=image_bytes=@outline.png --out=coloured.png

A new paper may start as a copy of this file: settings, data, networks, training, pictures, task.
"""

import dataclasses

import numpy as np
import tensorflow as tf

from tfgen.config.data import DataConfig
from tfgen.config.registry import Entry
from tfgen.config.run import OptimizerConfig, ScheduleConfig, Settings
from tfgen.config.settings import Part, setting
from tfgen.data.feed import make_feed
from tfgen.data.source import Source
from tfgen.errors import InputError
from tfgen.export.image_bytes import image_bytes_input, images_from_bytes
from tfgen.export.servable import DEFAULT_SIGNATURE, Input, Output, Signature
from tfgen.metrics import images
from tfgen.networks import spec
from tfgen.networks.layered import LayeredNetwork
from tfgen.networks.value_range import from_images, to_images
from tfgen.pictures.image_grid import image_grid
from tfgen.pixels import to_uint8
from tfgen.runs.start import by_names
from tfgen.runs.task import Prepared, Task
from tfgen.training.evaluation import JointScorer, example_scorer
from tfgen.training.gallery import Gallery
from tfgen.training.players import Phase, Player
from tfgen.training.trainer import Trainer

COLOURS = {"red": (210, 40, 40), "green": (40, 160, 60), "blue": (50, 70, 200), "gray": (128,) * 3}


@dataclasses.dataclass(frozen=True)
class ColouringConfig(Part):
    """What the paper alone has."""

    words: str = setting("red,green,blue", f"Colours, joined by commas: of {', '.join(COLOURS)}.")
    pictures: int = setting(512, "Number of pictures to train on.", lower=1)
    dropout: float = setting(0.5, "Share of units dropped.", lower=0.0, upper=0.9)
    lambda_l1: float = setting(100.0, "Weight of the absolute error.", lower=0.0)

    def __post_init__(self):
        super().__post_init__()
        for word in self.words.split(","):
            if word not in COLOURS:
                raise InputError(f"`words`={self.words}: {word} is none of {', '.join(COLOURS)}.")


@dataclasses.dataclass(frozen=True)
class ColouringSettings(Settings):
    """All settings; Adam as DCGAN has it."""

    task: str = "colouring"
    data: DataConfig = DataConfig(image_size=32)
    colouring: ColouringConfig = ColouringConfig()
    optimizer: OptimizerConfig = OptimizerConfig(learning_rate=1e-3, beta_1=0.5)
    schedule: ScheduleConfig = ScheduleConfig(
        run_dir="runs/colouring", steps=200, batch_size=16, steps_per_epoch=100
    )

    def __post_init__(self):
        super().__post_init__()
        if self.data.image_size % 8:
            raise InputError(f"`image_size`={self.data.image_size}: give a multiple of 8.")


class Outlines(Source):
    """Outlines of discs, squares and diamonds, and the same filled; nothing is read from disk.

    Columns: image and target [size, size, 3] uint8; word [words] float32, 1 at its place; number.
    """

    def __init__(self, count, size, words, first=0):
        self._numbers, self._size, self._words = first + np.arange(count), size, words
        picture = ((size, size, 3), np.uint8)
        self.spec = {"image": picture, "target": picture, "number": ((), np.int64)}
        self.spec["word"] = ((len(words),), np.float32)

    def __len__(self):
        return len(self._numbers)

    def batch(self, places, random=None):
        """Some examples, each a function of its number."""
        examples = [self._example(number) for number in self._numbers[places]]
        return {
            name: np.array([example[name] for example in examples], dtype)
            for name, (_, dtype) in self.spec.items()
        }

    def _example(self, number):
        rng = np.random.default_rng(number)
        word, norm = rng.integers(len(self._words)), rng.choice([1, 2, np.inf])
        centre, radius = rng.uniform(0.3, 0.7, (2, 1, 1)), rng.uniform(0.15, 0.3)
        places = np.mgrid[: self._size, : self._size] / self._size
        distance = np.linalg.norm(places - centre, norm, axis=0)[..., None]
        image = np.where(abs(distance - radius) < 1 / self._size, 0, 255).repeat(3, axis=-1)
        target = np.where(distance < radius, COLOURS[self._words[word]], image)
        weights = np.eye(len(self._words))[word]
        return {"image": image, "target": target, "word": weights, "number": number}


SHARED = {
    "norm": spec.BatchNorm(momentum=0.9),
    "start": spec.Normal(0.02),
    "image_range": spec.SYMMETRIC,
}


def generator_spec(dropout):
    """A U-Net of three levels that hears the word in its middle."""
    rows = {
        "down1": spec.Conv(16, 4, 2, norm="none"),
        "down2": spec.Conv(32, 4, 2),
        "down3": spec.Conv(64, 4, 2),
        "word": spec.Condition("word", {"embedding": spec.Dense(16, norm="none")}),
        "up3": (spec.TransposedConv(64, 4), spec.Dropout(dropout)),
        "skip2": spec.Skip("down2"),
        "up2": spec.TransposedConv(32, 4),
        "skip1": spec.Skip("down1"),
        "image": spec.TransposedConv(3, 4, norm="none", activation="tanh"),
    }
    return spec.NetworkSpec("Isola et al., section 6.1, in small", rows, 0.2, **SHARED)


def discriminator_spec():
    """Of pairs, patch by patch."""
    rows = {
        "conv1": spec.Conv(16, 4, 2, norm="none"),
        "word": spec.Condition("word", {"embedding": spec.Dense(16, norm="none")}),
        "conv2": spec.Conv(32, 4, 2),
        "logits": spec.Conv(1, 4, norm="none", activation="none"),
    }
    return spec.NetworkSpec("Isola et al., section 6.1, in small", rows, 0.2, **SHARED)


def coloured(generator, image, word, training=False, key=None):
    """Pictures [b, s, s, 3] in [0, 1] of outlines [b, s, s, 3] in [0, 1] and words [b, words]."""
    drawn = generator(from_images(image, spec.SYMMETRIC), training, key, word=word)
    return to_images(drawn, spec.SYMMETRIC)


class ColouringTrainer(Trainer):
    """Two phases a step: the discriminator on real and drawn pairs, then the generator, redrawn."""

    def __init__(self, generator, discriminator, lambda_l1, seed):
        players = {
            "generator": Player(generator),
            "discriminator": Player(discriminator, "loss_discriminator"),
        }
        phases = (Phase(("discriminator",), self.judging), Phase(("generator",), self.losses))
        objectives = ("loss", "loss_adversarial", "loss_l1", "loss_discriminator")
        super().__init__(players, objectives, ("l1", "psnr"), phases, seed)
        self.lambda_l1 = lambda_l1

    def _drawn(self, batch, training):
        key, generator = self.step_key(0) if training else None, self.players["generator"].network
        return coloured(generator, batch["image"], batch["word"], training, key)

    def _cross_entropy(self, batch, target, label):
        """Of the discriminator's logits of pairs, [b]."""
        pairs = from_images(tf.concat([batch["image"], target], axis=-1), spec.SYMMETRIC)
        network = self.players["discriminator"].network
        logits = network(pairs, training=True, word=batch["word"])
        entropy = tf.nn.sigmoid_cross_entropy_with_logits(tf.fill(tf.shape(logits), label), logits)
        return tf.reduce_mean(entropy, axis=(1, 2, 3))

    def judging(self, batch):
        """The discriminator's loss: name -> [b]."""
        drawn = tf.stop_gradient(self._drawn(batch, training=True))
        real = self._cross_entropy(batch, batch["target"], 1.0)
        return {"loss_discriminator": (real + self._cross_entropy(batch, drawn, 0.0)) / 2}

    def losses(self, batch):
        """The generator's: name -> [b]."""
        drawn = self._drawn(batch, training=True)
        adversarial = self._cross_entropy(batch, drawn, 1.0)
        l1 = tf.reduce_mean(abs(drawn - batch["target"]), axis=(1, 2, 3))
        total = adversarial + self.lambda_l1 * l1
        return {"loss": total, "loss_adversarial": adversarial, "loss_l1": l1}

    def scores(self, batch):
        """Of each picture: name -> [b]."""
        drawn, target = self._drawn(batch, training=False), batch["target"]
        l1 = tf.reduce_mean(abs(drawn - target), axis=(1, 2, 3))
        return {"l1": l1, "psnr": images.psnr(target, drawn)}


class ColourScorer:
    """Of a set: Fréchet's distance of pictures' mean colours, each channel by itself (as FID)."""

    def __init__(self, draw, examples):
        self._draw, self._examples = draw, examples

    def scores(self):
        """Name -> float; 0 where mean and deviation over the set agree."""
        sets = np.stack([self._examples["target"], self._draw(self._examples)])
        colours = (sets / 255.0).mean(axis=(2, 3))  # [2, n, 3]
        moments = np.stack([colours.mean(axis=1), colours.std(axis=1)])
        return {"colour_distance": float(np.square(moments[:, 0] - moments[:, 1]).sum())}


class ColouringGallery(Gallery):
    """Outlines, what is drawn of them, and what was to be drawn."""

    def __init__(self, draw, examples):
        self._draw, self._examples = draw, {name: each[:8] for name, each in examples.items()}

    def pictures(self, step):
        """Name -> [h, w, 3] uint8."""
        del step
        rows = self._examples["image"], self._draw(self._examples), self._examples["target"]
        return {
            "colourings": image_grid([list(row) for row in rows], ("outline", "drawn", "target"))
        }


class ColouringTask(Task):
    """Outlines and a word to coloured pictures."""

    kind = "colouring"

    def prepare(self, devices, dry=False):
        """Opens the data and builds both networks; see `runs.task.Task`."""
        del dry  # nothing is written
        settings, schedule = self.settings.colouring, self.settings.schedule
        size, facts = self.settings.data.image_size, {"words": settings.words.split(",")}
        count = schedule.evaluation_images
        source = Outlines(settings.pictures, size, facts["words"])
        unseen = Outlines(count, size, facts["words"], first=settings.pictures)
        scored = {"training": source.spread(count), "held_out": unseen.spread(count)}
        with devices.building():
            generator = self.networks(facts, devices.precision)["generator"]
            discriminator = self._network(discriminator_spec(), 6, facts, devices.precision)
            trainer = ColouringTrainer(generator, discriminator, settings.lambda_l1, schedule.seed)
            self.compile(trainer)

        def draw(examples):
            """[n, s, s, 3] uint8 of columns of examples."""
            return to_uint8(
                coloured(generator, examples["image"] / 255.0, examples["word"])
            ).numpy()

        scorers = {}
        for split, examples in scored.items():
            of_each = example_scorer(trainer, examples, schedule.batch_size)
            scorers[split] = JointScorer(of_each, ColourScorer(draw, examples.columns))
        gallery = ColouringGallery(draw, scored["held_out"].columns)
        lines = [f"{len(source)} outlines of {size} px, to be filled: {settings.words}"]
        feed = make_feed(source, schedule, scored)
        return Prepared(feed, trainer, scorers, gallery, facts, lines)

    def networks(self, facts, dtype="float32"):
        """The generator."""
        rows = generator_spec(self.settings.colouring.dropout)
        return {"generator": self._network(rows, 3, facts, dtype)}

    def _network(self, rows, channels, facts, dtype):
        size = self.settings.data.image_size
        return LayeredNetwork(rows, (size, size, channels), dtype, {"word": (len(facts["words"]),)})

    def signatures(self, networks, facts):
        """A word and a picture (pixels, a file, or floats, with a gradient) to a picture."""
        size, words = self.settings.data.image_size, facts["words"]
        word = Input("word", (), tf.string, choices=words)
        pixels, floats = (
            ((size, size, 3), tf.uint8, (0, 255)),
            ((size, size, 3), tf.float32, (0, 1)),
        )

        def drawn(word, image):
            weights = tf.cast(word[:, None] == tf.constant(words), tf.float32)
            return coloured(networks["generator"], image, weights)

        def of_pixels(word, image):
            return {"image": to_uint8(drawn(word, tf.cast(image, tf.float32) / 255.0))}

        def of_file(word, image_bytes):
            return of_pixels(word, images_from_bytes(image_bytes, size))

        def of_floats(word, image):
            return {"image": drawn(word, image)}

        inputs, outputs = (word, Input("image", *pixels)), (Output("image", *pixels),)
        linear = (word, Input("image", *floats)), of_floats, (Output("image", *floats),)
        return {
            DEFAULT_SIGNATURE: Signature(inputs, of_pixels, outputs),
            "file": Signature((word, image_bytes_input()), of_file, outputs),
            "linear": Signature(*linear),
        }

    def manifest(self, networks, facts):
        """Size, words, and that the data are nobody's."""
        del networks
        size = self.settings.data.image_size
        return {"image_size": size, "data_licence": "CC0 1.0", "details": facts}

    def adopted(self, name, earlier, value, earlier_facts, facts):
        """Of another run's weights those of the words that both know."""
        del name
        return by_names(earlier, value, earlier_facts.get("words", []), facts["words"])


TASK = Entry(settings=ColouringSettings, task=ColouringTask)
