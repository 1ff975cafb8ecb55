"""Comparators trained by us: nothing has to be downloaded (DeePSiM, section 3.1)."""

from tfgen.data.crops import crop_batches
from tfgen.data.exemplars import Exemplars
from tfgen.data.videos import FramePairs
from tfgen.errors import InputError
from tfgen.export.manifest import Manifest
from tfgen.export.photo_signatures import comparator_signatures
from tfgen.export.saved_model import publish
from tfgen.models.comparator import Comparator
from tfgen.tasks.photos import PhotoTask, comparator_from, comparator_spec
from tfgen.training.comparator_trainer import ClassTrainer, VideoTrainer
from tfgen.training.photo_evaluation import FilterGallery, batch_scorer
from tfgen.training.run_directory import RunDirectory, write_text

# What held-out batches are drawn by: other crops, transformations and pairs than in training.
_HELD_OUT_SEED = 1_000_003


class ComparatorTask(PhotoTask):
    """A network that learns by classes, exemplars or videos."""

    def __init__(self, settings):
        super().__init__(settings)
        self._spec = comparator_spec(settings.model.architecture)
        self._sources = {}

    def open_data(self, prepare=True):
        """Opens the photographs as what `--learn_by` makes of them."""
        super().open_data(prepare)
        learn_by, size = self.settings.features.learn_by, self.settings.data.image_size
        photos = {"training": self._feed.training, "held_out": self._feed.held_out}
        if learn_by == "exemplars":
            exemplars = Exemplars(self._feed.training, size, self.settings.features.exemplars)
            # The same patches, transformed in other ways.
            self._sources = {"training": exemplars.batches, "held_out": exemplars.batches}
            self._classes = [f"exemplar {i}" for i in range(len(exemplars))]
        elif learn_by == "videos":
            self._sources = {name: FramePairs(some, size).batches for name, some in photos.items()}
            self._classes = None
        else:
            self._classes = self._feed.training.class_names
            if len(self._classes) < 2:
                raise InputError(
                    f"--photos={self.settings.photos.photos} has one class: give a folder of "
                    "folders, or --learn_by=exemplars."
                )
            self._sources = {name: _labelled(some, size) for name, some in photos.items()}

    def feed(self):
        """The photographs, with batches of what is learned by."""
        return _ComparatorFeed(self._feed, self._sources["training"], self.settings.schedule)

    def trainer(self):
        """A ClassTrainer or a VideoTrainer."""
        schedule, features = self.settings.schedule, self.settings.features
        classes = len(self._classes) if self._classes else None
        spec = self._spec.narrowed(self.settings.model.width, classes)
        layer = spec.embedding if features.learn_by == "videos" else spec.logits
        comparator = Comparator(spec, layer, self.settings.data.image_size, self.precision())
        if features.learn_by == "videos":
            trainer = VideoTrainer(comparator, features.video_margin, schedule.seed)
        else:
            trainer = ClassTrainer(comparator, schedule.seed)
        trainer.compile(self.adam(), schedule.steps_per_execution)
        return trainer

    def describe_network(self, trainer):
        """Architecture, parameters, what it learns by."""
        what = f"{len(self._classes)} classes" if self._classes else "neighbouring frames"
        count = trainer.network.count_params() / 1e6
        return [
            f"{self.settings.model.architecture}: {count:.2f}M parameters, "
            f"{trainer.network.precision}, learns by {what}"
        ]

    def begin(self, directory):
        """Writes the names of the classes, if there are any."""
        if self._classes:
            write_text(directory.classes, "\n".join(self._classes) + "\n")

    def scorers(self, trainer):
        """Of batches that training does not draw."""
        schedule = self.settings.schedule
        count = max(1, schedule.evaluation_images // schedule.batch_size)
        return {
            name: batch_scorer(trainer, source(schedule.batch_size, _HELD_OUT_SEED), count)
            for name, source in self._sources.items()
        }

    def gallery(self, trainer):
        """The first filters."""
        return FilterGallery(trainer.network)

    @staticmethod
    def export(run_dir, export_dir, name, checkpoint=None):
        """Exports the network, which gives all its layers."""
        run = RunDirectory(run_dir)
        settings = run.read_config()
        spec = comparator_spec(settings.model.architecture)
        layer = list(spec.network.rows)[-1] if run.classes.is_file() else spec.embedding
        text = f"{settings.model.architecture}:{layer}"
        comparator = comparator_from(text, str(run_dir), settings.data.image_size)
        signatures = comparator_signatures(comparator)
        manifest = Manifest("comparator", comparator.image_size)
        return publish(comparator.variables, signatures, manifest, export_dir, name)


class _ComparatorFeed:
    """As `data.crops.PhotoFeed`, with other batches."""

    def __init__(self, photos, source, schedule):
        self.batches = lambda step: source(schedule.batch_size, schedule.seed, step)
        self.trained_examples = photos.trained_examples
        self.in_memory = photos.in_memory


def _labelled(photos, size):
    def batches(batch_size, seed, start_step=0):
        return crop_batches(photos, size, batch_size, seed, start_step, labelled=True)

    return batches
