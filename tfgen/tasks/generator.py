"""The main job: turntables in, a generator of objects out."""

from tfgen.data import datasets, pipeline
from tfgen.data.collection import collect
from tfgen.data.feed import Feed, make_feed
from tfgen.data.transforms import TransformRanges
from tfgen.export.generator_signatures import generator_signatures
from tfgen.export.labels import Labels
from tfgen.export.manifest import Manifest
from tfgen.export.restore import restore_generator
from tfgen.export.saved_model import publish
from tfgen.models.catalog import make_generator, spec_of
from tfgen.tasks import check
from tfgen.tasks.task import Task
from tfgen.training import distribution
from tfgen.training.evaluation import Scorer
from tfgen.training.generator_gallery import GeneratorGallery
from tfgen.training.generator_trainer import GeneratorTrainer
from tfgen.training.run_directory import write_text
from tfgen.training.variational_trainer import VariationalTrainer
from tfgen.turntable_conditions import numbered_turntable


class GeneratorTask(Task):
    """Up-convolutional generators of Dosovitskiy et al., by equation (1) or (5)."""

    def __init__(self, settings):
        super().__init__(settings)
        spec_of(settings.model, settings.data.image_size)  # mistakes are told before the work
        strength = settings.objective.transform_strength
        self._ranges = TransformRanges.of_strength(strength) if strength else None
        self._feed = self._collection = None

    def open_data(self, prepare=True):
        """Collects the turntables; without `prepare`, ones that are not rendered are surveyed."""
        data, holdout = self.settings.data, self.settings.holdout
        builders = datasets.prepare(data) if prepare else datasets.builders(data)
        if all(builder.is_prepared() for builder in builders):
            self._collection = collect(builders, holdout)
            self._lines = check.describe_data(self._collection)
            self._num_styles = len(self._collection.style_names)
            return
        self._lines, self._num_styles, examples = [], 0, 0
        for builder in builders:
            lines, models, of_builder = check.describe_unprepared(builder, holdout)
            self._lines += lines
            self._num_styles += models
            examples += of_builder
        self._feed = self._stand_in_feed(examples)

    def _stand_in_feed(self, trained_examples):
        """Random examples, to time steps with before the real ones have been rendered."""
        size, schedule = self.settings.data.image_size, self.settings.schedule
        examples = check.random_examples(512, size, self._num_styles)

        def batches(start_step):
            return pipeline.training_batches(
                examples,
                self._num_styles,
                schedule.batch_size,
                self._ranges,
                schedule.seed,
                start_step,
            )

        return Feed(batches, {}, trained_examples, trained_examples * size**2 * 4)

    def feed(self):
        """`data.feed.Feed`."""
        if self._feed is None:
            self._feed = make_feed(self._collection, self.settings.schedule, self._ranges)
        return self._feed

    def trainer(self):
        """A GeneratorTrainer or a VariationalTrainer."""
        model, objective = self.settings.model, self.settings.objective
        schedule = self.settings.schedule
        precision = distribution.choose_precision(model.precision)
        size = self.settings.data.image_size
        generator = make_generator(model, size, self._description(), precision)
        if model.style_stream == "variational":
            trainer = VariationalTrainer(
                generator, objective.pixel_sigma, objective.lambda_kl, schedule.seed
            )
        else:
            lambda_mask = objective.lambda_mask or generator.spec.lambda_mask
            trainer = GeneratorTrainer(generator, lambda_mask)
        trainer.compile(self.adam(), schedule.steps_per_execution)
        return trainer

    def describe_data(self):
        """A line a data set, and what was left out of it."""
        return self._lines

    def describe_network(self, trainer):
        """Architecture, parameters, precision."""
        generator = trainer.generator
        return [
            f"{self.settings.model.architecture}: {generator.count_params() / 1e6:.2f}M parameters "
            f"({generator.spec.expanding_parameters / 1e6:.2f}M of them in the expanding part), "
            f"{generator.precision}"
        ]

    def _description(self):
        if self._collection is None:  # not rendered yet: only how many styles there are is known
            return numbered_turntable(self._num_styles)
        return self._labels().description

    def _labels(self):
        return Labels.of(self._collection, self._ranges)

    def begin(self, directory):
        """Writes the labels."""
        write_text(directory.labels, self._labels().to_json())

    def scorers(self, trainer):
        """`training.evaluation.Scorer`s."""
        return {
            name: Scorer(trainer, examples, self._num_styles, self.settings.schedule.batch_size)
            for name, examples in self.feed().evaluated.items()
        }

    def gallery(self, trainer):
        """`training.generator_gallery.GeneratorGallery`."""
        return GeneratorGallery(
            trainer.generator, self.feed().evaluated, self._collection.held_out_azimuths
        )

    @staticmethod
    def export(run_dir, export_dir, name, checkpoint=None):
        """Exports the generator with its signatures."""
        generator, labels = restore_generator(run_dir, checkpoint)
        signatures = generator_signatures(generator, labels.description)
        manifest = Manifest.of_labels(labels)
        return publish(generator.variables, signatures, manifest, export_dir, name)
