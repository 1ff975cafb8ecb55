"""What all turntable data sets share: one TFDS builder; subclasses say which models there are."""

import dataclasses
import functools
import io
import shutil
import time
from pathlib import Path

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds
import tqdm

from tfgen.errors import InputError
from tfgen.rendering.processes import Died, in_processes
from tfgen.rendering.turntable import Failure, Turntable, render_model

# An unfinished data set that has not grown for so long belongs to a preparation that was killed.
_ABANDONED_SECONDS = 600


@dataclasses.dataclass(eq=False, repr=False)
class TurntableConfig(tfds.core.BuilderConfig):
    """A TFDS configuration of turntables.

    Attributes:
      turntable: `rendering.turntable.Turntable`, the views of every model.
      models: tuple of picklable models with name, category and load().
      processes: that render; 0 for one a core.
    """

    turntable: Turntable | None = None
    models: tuple = ()
    processes: int = 0

    def __repr__(self):
        return self.name  # TFDS logs configurations: thousands of models would be too much


class RenderingError(Exception):
    """Models that passed the survey and then failed; `failures` are `turntable.Failure`s."""

    def __init__(self, failures):
        super().__init__(", ".join(failure.model for failure in failures))
        self.failures = failures


class TurntableBuilder(tfds.core.GeneratorBasedBuilder, skip_registration=True):
    """Turntables as TFDS examples, in one split "train".

    Features of an example: image [h, w, 3] uint8 over white; mask [h, w, 1] uint8; style, a class
    label whose names are the models'; azimuth and elevation, float32 in degrees; category, text.

    `info.metadata` holds azimuths, elevations, categories (style -> category) and skipped
    (model -> why it was left out).
    """

    VERSION = tfds.core.Version("1.0.0")

    def __init__(self, *args, **kwargs):
        # Models that failed after the survey, left out of the next attempt.
        self.failures = {}
        self.beam = None  # how to prepare on Apache Beam, a `beam.Beam`; None: in processes here
        super().__init__(*args, **kwargs)

    def survey(self):
        """Which models can be used.

        Returns:
          (list of usable models, dict of the others' names and why they cannot be used).
        """
        return list(self.builder_config.models), {}

    def task(self):
        """A picklable function of a model to its Frames or a Failure."""
        return functools.partial(render_model, turntable=self.builder_config.turntable)

    def _info(self):
        size = self.builder_config.turntable.image_size
        features = {
            "image": tfds.features.Image(shape=(size, size, 3), encoding_format="png"),
            "mask": tfds.features.Image(shape=(size, size, 1), encoding_format="png"),
            # Without names: they are known once the models have been surveyed.
            "style": tfds.features.ClassLabel(),
            "azimuth": np.float32,
            "elevation": np.float32,
            "category": tfds.features.Text(),
        }
        return tfds.core.DatasetInfo(
            builder=self,
            description="Turntables: every model seen from every view.",
            features=tfds.features.FeaturesDict(features),
            metadata=tfds.core.MetadataDict(),
        )

    def _split_generators(self, dl_manager):
        del dl_manager  # nothing is downloaded
        models, skipped = self.survey()
        models = [model for model in models if model.name not in self.failures]
        skipped |= self.failures
        if not models:
            reasons = "; ".join(f"{name}: {reason}" for name, reason in list(skipped.items())[:3])
            raise InputError(f"none of the {len(skipped)} models can be used ({reasons}).")
        turntable = self.builder_config.turntable
        self.info.features["style"].names = [model.name for model in models]
        self.info.metadata.update(
            azimuths=list(turntable.azimuths),
            elevations=list(turntable.elevations),
            categories={model.name: model.category for model in models},
            skipped=skipped,
        )
        if self.beam:
            return {"train": self.beam.examples(models, self.task(), turntable.views)}
        return {"train": self._generate_examples(models)}

    def _generate_examples(self, models):
        config = self.builder_config
        views, failures = config.turntable.views, []
        bar = tqdm.tqdm(total=len(models) * len(views), unit="image", desc=self.name)
        with bar:
            for model, frames in in_processes(self.task(), models, config.processes):
                if isinstance(frames, Died):
                    frames = Failure(model.name, "its process died while preparing it")
                if isinstance(frames, Failure):
                    failures.append(frames)
                    continue
                yield from examples_of(model, frames, views)
                bar.update(len(views))
        if failures:
            raise RenderingError(failures)


def examples_of(model, frames, views):
    """Yields (key, TFDS example) of each view of a model.

    Args:
      model: has name and category.
      frames: `rendering.turntable.Frames`.
      views: (azimuth, elevation) of each.
    """
    for number, (azimuth, elevation) in enumerate(views):
        example = {
            "image": io.BytesIO(frames.images[number]),
            "mask": io.BytesIO(frames.masks[number]),
            "style": model.name,
            "azimuth": azimuth,
            "elevation": elevation,
            "category": model.category,
        }
        yield f"{model.name}/{number}", example


def _remove_abandoned(folder):
    """Removes what killed preparations left: unfinished folders that nobody writes to any more."""
    for unfinished in folder.glob("incomplete.*"):
        written = [path.stat().st_mtime for path in (unfinished, *unfinished.rglob("*"))]
        if time.time() - max(written) > _ABANDONED_SECONDS:
            shutil.rmtree(unfinished, ignore_errors=True)


def prepare(builder, beam=None):
    """Prepares a data set, unless it is there already; models that fail are left out.

    A preparation that is stopped leaves nothing that a later one would take for whole.

    Args:
      builder: TurntableBuilder.
      beam: `data.beam.Beam`, to prepare on Apache Beam; None: in processes of this machine.

    Returns:
      The prepared builder.

    Raises:
      InputError: no model can be used, or the disk is full.
    """
    tfds.disable_progress_bar()  # of TFDS' many bars: ours shows what takes the time
    config = tfds.download.DownloadConfig(
        try_download_gcs=False, **(beam.download_options() if beam else {})
    )
    builder.beam = beam
    _remove_abandoned(Path(builder.data_dir).parent)
    root = Path(builder.data_dir).parents[2]  # <root>/<builder>/<configuration>/<version>
    while True:
        try:
            builder.download_and_prepare(download_config=config)
            return builder
        except RenderingError as error:
            # Labels cannot be renamed: a fresh builder tries again without these models.
            failures = {failure.model: failure.reason for failure in error.failures}
            failures |= builder.failures
            builder = type(builder)(config=builder.builder_config, data_dir=str(root))
            builder.failures = failures
            builder.beam = beam
        except (OSError, tf.errors.OpError) as error:
            reason = str(error).splitlines()[0]
            raise InputError(
                f"--data_dir={root} cannot be written ({reason}): free some space or choose "
                "another."
            ) from None
