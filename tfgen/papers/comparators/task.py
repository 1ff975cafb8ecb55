"""Comparators trained by us: nothing has to be downloaded (DeePSiM, section 3.1)."""

from tfgen.data.crops import Crops, divided_photographs
from tfgen.data.feed import make_feed
from tfgen.data.photos import Relabelled
from tfgen.errors import InputError, renamed
from tfgen.papers.comparators.comparator import Comparator
from tfgen.papers.comparators.exemplars import Exemplars
from tfgen.papers.comparators.gallery import FilterGallery
from tfgen.papers.comparators.opening import comparator_spec, facts_of
from tfgen.papers.comparators.retrieval import RetrievalScorer
from tfgen.papers.comparators.signatures import comparator_signatures
from tfgen.papers.comparators.trainer import ClassTrainer, VideoTrainer
from tfgen.papers.comparators.videos import FramePairs
from tfgen.runs.check import describe_photographs
from tfgen.runs.task import Prepared, Task
from tfgen.training.evaluation import JointScorer, drawn_scorer

# What held-out batches are drawn by: other crops, transformations and pairs than in training.
_HELD_OUT_SEED = 1_000_003


class ComparatorTask(Task):
    """A network that learns by classes, exemplars or videos."""

    kind = "comparator"

    def __init__(self, settings):
        super().__init__(settings)
        self._spec = comparator_spec(settings.model.architecture)

    def prepare(self, devices, dry=False):
        """Opens the photographs as what `learn_by` makes of them; see `runs.task.Task`."""
        del dry  # TFDS data sets are prepared by TFDS' own command
        data, schedule = self.settings.data, self.settings.schedule
        photographs = divided_photographs(data, schedule)
        sources, classes = self._sources(photographs)
        # What is trained here has inputs of unit variance: Adam's steps are of one size for all
        # weights, and would be many times a start that is small enough for levels.
        facts = {"classes": classes, "unit": self._spec.levels}
        with devices.building():
            comparator = self._comparator(facts, devices.precision)
            trainer = self.compile(self._trainer(comparator))
        scorers = self._scorers(photographs, sources, comparator, trainer)
        what = f"{len(classes)} classes" if classes else "neighbouring frames"
        network = comparator.network
        lines = [
            *describe_photographs(data, photographs),
            f"{self.settings.model.architecture}: {network.count_params() / 1e6:.2f}M parameters, "
            f"{network.precision}, learns by {what}",
        ]
        feed = make_feed(sources["training"], schedule, {})
        gallery = FilterGallery(network)
        return Prepared(feed, trainer, scorers, gallery, facts, lines, photographs.lines_left_out)

    def _scorers(self, photographs, sources, comparator, trainer):
        """Split -> scorer: how well it learns; of exemplars also how well it knows others again."""
        schedule, learning = self.settings.schedule, self.settings.learning
        count = max(1, schedule.evaluation_images // schedule.batch_size)
        scorers = {
            split: drawn_scorer(trainer, source, schedule.batch_size, count, _HELD_OUT_SEED)
            for split, source in sources.items()
        }
        if learning.learn_by != "exemplars":
            return scorers
        size = self.settings.data.image_size
        others = Exemplars(photographs.held_out, size, learning.exemplars)
        retrieval = {
            split: RetrievalScorer(comparator, patches, schedule.evaluation_images, _HELD_OUT_SEED)
            for split, patches in (("training", sources["training"]), ("held_out", others))
        }
        # Patches of other photographs are no classes: all that can be asked is to know them again.
        learned = JointScorer(scorers["training"], retrieval["training"])
        return {"training": learned, "held_out": retrieval["held_out"]}

    def _sources(self, photographs):
        """(split -> `data.source.Source`, names of the classes)."""
        size, learning = self.settings.data.image_size, self.settings.learning
        splits = {"training": photographs.training, "held_out": photographs.held_out}
        if learning.learn_by == "exemplars":
            exemplars = Exemplars(photographs.training, size, learning.exemplars)
            classes = [f"exemplar {i}" for i in range(len(exemplars))]
            return {"training": exemplars}, classes
        if learning.learn_by == "videos":
            return {name: FramePairs(photos, size) for name, photos in splits.items()}, []
        classes = photographs.training.class_names
        if len(classes) < 2:
            raise InputError(
                f"`photos`={self.settings.data.photos} has one class: give a folder of folders, "
                "`labels`, or `learn_by`=exemplars."
            )
        with renamed(photos="photos_test"):  # others are of the same classes already
            splits["held_out"] = Relabelled(photographs.held_out, classes)
        return {name: Crops(photos, size) for name, photos in splits.items()}, classes

    def _comparator(self, facts, dtype="float32", network=None):
        """Up to the logits where there are classes, else to the embedding."""
        classes = len(facts["classes"])
        spec = self._spec.narrowed(self.settings.model.width, classes or None)
        spec = spec.in_units_of(facts.get("unit", 1.0))
        layer = spec.logits if classes else spec.embedding
        return Comparator(spec, layer, self.settings.data.image_size, dtype, network)

    def _trainer(self, comparator):
        seed, learning = self.settings.schedule.seed, self.settings.learning
        if learning.learn_by == "videos":
            return VideoTrainer(comparator, learning.video_margin, seed)
        return ClassTrainer(comparator, seed)

    def networks(self, facts, dtype="float32"):
        """The network, up to its logits or its embedding."""
        return {"network": self._comparator(facts, dtype).network}

    def signatures(self, networks, facts):
        """All layers' features, the classes' probabilities last if there are classes."""
        comparator = self._comparator(facts, network=networks["network"])
        return comparator_signatures(comparator, classifies=bool(facts["classes"]))

    def manifest(self, networks, facts):
        """Its layers and classes."""
        del networks
        return {
            "image_size": self.settings.data.image_size,
            "details": {"classes": facts["classes"]},
        }

    def earlier_facts(self, directory):
        """From classes.txt, which runs that learn by videos never had."""
        return facts_of(directory)
