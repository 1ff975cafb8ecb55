"""What all data sets of drawings share: one TFDS builder; subclasses say what is drawn, and how."""

import abc
import contextlib
import io
from pathlib import Path

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds
import tqdm
from google.protobuf import json_format

from tfgen.conditions.description import Condition
from tfgen.data.drawings import prepared
from tfgen.data.drawings.declaration import check_declaration, check_frames
from tfgen.errors import InputError, one_line
from tfgen.files import unwritable
from tfgen.rendering.meshes.remarks import remarks_as_json, remarks_from_json, summary
from tfgen.rendering.processes import Died, in_processes
from tfgen.rendering.turntable import Failure


class RenderingError(Exception):
    """Models that passed the survey and then failed; `failures` are `turntable.Failure`s."""

    def __init__(self, failures):
        super().__init__(", ".join(failure.model for failure in failures))
        self.failures = failures


class DrawingBuilder(tfds.core.GeneratorBasedBuilder, skip_registration=True):
    """Models, each drawn under the same views, as TFDS examples in one split "train".

    Subclasses say which conditions there are beside the model itself, which views, and how a model
    is drawn; their `builder_config` has models (picklable, with name and category) and processes.

    Features of an example: image [h, w, 3] uint8 over white; mask [h, w, 1] uint8; a class label of
    the name `style`, whose names are the models'; one of each further condition, numbers int64,
    degrees float32, vectors [size] float32; category, text.

    Attributes:
      style: name of the condition that says which model it is.
      streams: stream of a generator -> names of the conditions that it hears; those that are not
        named are a stream each.
    """

    VERSION = tfds.core.Version("1.0.0")
    style = "style"
    streams: dict = {}  # noqa: RUF012

    def __init__(self, *args, **kwargs):
        # Models that failed after the survey, left out of the next attempt.
        self.failures = {}
        # Name of a model -> list of `rendering.meshes.remarks.Remark`, what its drawings lack.
        self.remarks = {}
        self.beam = None  # how to prepare on Apache Beam, a `beam.Beam`; None: in processes here
        with self._refusing_damage(kwargs.get("data_dir"), kwargs.get("config")):
            super().__init__(*args, **kwargs)

    @contextlib.contextmanager
    def _refusing_damage(self, data_dir, config):
        """Around reading what is prepared already, which TFDS does when a builder is made."""
        if not data_dir or not config:  # where TFDS looks is its own affair
            yield
            return
        name = getattr(config, "name", config)
        folder = Path(data_dir, self.name, name, str(self.VERSION))
        if (folder / prepared.INFO_FILE).exists():
            reason = prepared.wrong_description(folder)
            if reason:
                raise prepared.refusal(folder, reason)
        try:
            yield
        except json_format.ParseError as error:  # JSON, but not of a data set
            raise prepared.refusal(folder, f"{prepared.INFO_FILE}: {one_line(error)}") from None

    @property
    @abc.abstractmethod
    def image_size(self):
        """Height and width of the images."""

    @abc.abstractmethod
    def further_conditions(self):
        """What a drawing is described by beside its model: tuple of `description.Condition`."""

    @abc.abstractmethod
    def views(self):
        """Of each image of a model its condition values: list of dicts by name."""

    @abc.abstractmethod
    def task(self):
        """A picklable function of a model to its Frames, an image a view, or a Failure."""

    def survey(self):
        """Which models can be used.

        Returns:
          (list of usable models, dict of the others' names and why they cannot be used).
        """
        return list(self.builder_config.models), {}

    @property
    def conditions(self):
        """All conditions of the prepared data set, the style first."""
        names = tuple(self.info.features[self.style].names)
        of_style = dict(self.info.metadata["categories"])
        return self.conditions_of(names, tuple(of_style[name] for name in names))

    def conditions_of(self, names, categories):
        """All conditions, of models of some names and categories."""
        style = Condition(self.style, "one-hot", len(names), names, categories)
        return (style, *self.further_conditions())

    def _info(self):
        check_declaration(self)
        size = self.image_size
        features = {
            "image": tfds.features.Image(shape=(size, size, 3), encoding_format="png"),
            "mask": tfds.features.Image(shape=(size, size, 1), encoding_format="png"),
            # Without names: they are known once the models have been surveyed.
            self.style: tfds.features.ClassLabel(),
            "category": tfds.features.Text(),
        }
        features |= {each.name: _feature(each) for each in self.further_conditions()}
        return tfds.core.DatasetInfo(
            builder=self,
            description="Drawings: every model under every view.",
            features=tfds.features.FeaturesDict(features),
            metadata=tfds.core.MetadataDict(),
        )

    def notes(self):
        """Lines on what the drawings of some models lack."""
        noted = self.info.metadata.get("remarks") or {}
        remarks = self.remarks | remarks_from_json(dict(noted))
        # None, and names that raise, before there is anything prepared.
        count = self.info.features[self.style].num_classes or len(self.builder_config.models)
        return summary(remarks, count)

    def describing_metadata(self):
        """What a subclass keeps beside categories and skipped models."""
        return {}

    def _split_generators(self, dl_manager):
        del dl_manager  # nothing is downloaded
        models, skipped = self.survey()
        models = [model for model in models if model.name not in self.failures]
        skipped |= self.failures
        if not models:
            reasons = "; ".join(f"{name}: {reason}" for name, reason in list(skipped.items())[:3])
            raise InputError(f"none of the {len(skipped)} models can be used ({reasons}).")
        self.info.features[self.style].names = [model.name for model in models]
        self.info.metadata.update(
            **self.describing_metadata(),
            categories={model.name: model.category for model in models},
            skipped=skipped,
            remarks=remarks_as_json(self.remarks),
        )
        if self.beam:
            return {"train": self.beam.examples(models, self.task(), self.style, self.views())}
        return {"train": self._generate_examples(models)}

    def _generate_examples(self, models):
        config = self.builder_config
        views, failures = self.views(), []
        bar = tqdm.tqdm(total=len(models) * len(views), unit="image", desc=self.name)
        with bar:
            for model, frames in in_processes(self.task(), models, config.processes):
                if isinstance(frames, Died):
                    frames = Failure(model.name, "its process died while preparing it")
                if isinstance(frames, Failure):
                    failures.append(frames)
                    continue
                if frames.remarks:
                    noted = remarks_as_json({model.name: frames.remarks})
                    self.info.metadata["remarks"].update(noted)
                yield from examples_of(model, frames, self.style, views)
                bar.update(len(views))
        if failures:
            raise RenderingError(failures)


def examples_of(model, frames, style, views):
    """Yields (key, TFDS example) of each view of a model.

    Args:
      model: has name and category.
      frames: `rendering.turntable.Frames`.
      style: name of the condition that says which model it is.
      views: condition values of each, by name.
    """
    check_frames(model, frames, views)
    for number, view in enumerate(views):
        example = {
            "image": io.BytesIO(frames.images[number]),
            "mask": io.BytesIO(frames.masks[number]),
            style: model.name,
            "category": model.category,
        }
        yield f"{model.name}/{number}", example | view


def _feature(condition):
    if condition.kind == "one-hot":
        return np.int64
    if condition.kind == "angle":
        return np.float32
    return tfds.features.Tensor(shape=(condition.size,), dtype=np.float32)


def prepare(builder, beam=None):
    """Prepares a data set, unless it is there already; models that fail are left out.

    A preparation that is stopped leaves nothing that a later one would take for whole. If another
    process prepares the same, it is waited for, and what it has prepared is used.

    Args:
      builder: DrawingBuilder.
      beam: `beam.Beam`, to prepare on Apache Beam; None: in processes of this machine.

    Returns:
      The prepared builder.

    Raises:
      InputError: no model can be used, the disk is full, or what has been prepared is damaged.
    """
    tfds.disable_progress_bar()  # of TFDS' many bars: ours shows what takes the time
    root = Path(builder.data_dir).parents[2]  # <root>/<builder>/<configuration>/<version>
    if not builder.is_prepared():
        try:
            with prepared.alone(Path(builder.data_dir).parent) as waited:
                if waited:
                    builder = _anew(builder, root)
                builder = _prepared(builder, beam, root)
        except (OSError, RuntimeError, tf.errors.OpError) as error:
            of_disk = _of_disk(error)
            if of_disk is None:
                raise
            raise unwritable(f"`data_dir`={root}", of_disk) from None
    prepared.check(builder)
    return builder


def _of_disk(error):
    """The error of the disk behind one of TFDS', which wraps them; None if there is none."""
    while error is not None and not isinstance(error, (OSError, tf.errors.OpError)):
        error = error.__cause__
    return error


def _anew(builder, root):
    """A builder of the same, which reads what there is by now."""
    return type(builder)(config=builder.builder_config, data_dir=str(root))


def _prepared(builder, beam, root):
    config = tfds.download.DownloadConfig(
        try_download_gcs=False, **(beam.download_options() if beam else {})
    )
    while True:
        try:
            builder.beam = beam
            builder.download_and_prepare(download_config=config)
            return builder
        except RenderingError as error:
            # Labels cannot be renamed: a fresh builder tries again without these models.
            failures = {failure.model: failure.reason for failure in error.failures}
            failures |= builder.failures
            builder = _anew(builder, root)
            builder.failures = failures
