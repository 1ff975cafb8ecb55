"""What the tasks on photographs share."""

from tfgen.architectures.comparators import COMPARATORS
from tfgen.data.crops import make_photo_feed
from tfgen.errors import InputError
from tfgen.models.comparator import make_comparator, parse
from tfgen.tasks.task import Task
from tfgen.training import distribution
from tfgen.training.checkpoints import restore_network
from tfgen.training.photo_evaluation import crop_scorer
from tfgen.training.run_directory import RunDirectory
from tfgen.weights.networks import load_network


class PhotoTask(Task):
    """A run on crops of photographs."""

    def __init__(self, settings):
        super().__init__(settings)
        self._feed = None

    def open_data(self, prepare=True):
        """Opens the photographs; TFDS data sets are prepared by TFDS' own command."""
        del prepare
        data = self.settings.data
        self._feed = make_photo_feed(data, data.data_dir, data.image_size, self.settings.schedule)
        self._crops = self._feed.evaluated(
            data.image_size, self.settings.schedule.evaluation_images
        )

    def feed(self):
        """`data.crops.PhotoFeed`."""
        return self._feed

    def describe_data(self):
        """A line on the photographs."""
        data = self.settings.data
        size = f", shorter side {data.photo_size}" if data.photo_size else ""
        return [
            f"{data.photos}: {len(self._feed.training)} photographs to train on, "
            f"{len(self._feed.held_out)} held out{size}, crops of {data.image_size} px"
        ]

    def scorers(self, trainer):
        """Of fixed crops."""
        size = self.settings.schedule.batch_size
        return {name: crop_scorer(trainer, crops, size) for name, crops in self._crops.items()}

    def precision(self):
        """The Keras dtype policy."""
        return distribution.choose_precision(self.settings.schedule.precision)


def comparator_from(text, weights, image_size, dtype="float32", flag="comparator"):
    """The comparator that flags name.

    Args:
      text: "caffenet:conv5".
      weights: a run of --task=comparator, a file, or "random".
      image_size: of the images.
      dtype: precision.
      flag: name of the flag that holds `text`; the one for weights has "_weights" after it.

    Raises:
      InputError: it is not known, or the weights are missing or do not fit.
    """
    name, _ = parse(text, flag)
    width, classes = 1.0, None
    run = RunDirectory(weights)
    if weights and run.flags.is_file():
        settings = run.read_config()
        if settings.task != "comparator" or settings.model.architecture != name:
            raise InputError(
                f"--{flag}_weights={weights} is a run of {settings.model.architecture}, and "
                f"--{flag}={text} wants one of {name}."
            )
        width = settings.model.width
        if run.classes.is_file():
            classes = len(run.classes.read_text(encoding="utf-8").splitlines())

    def load(path, spec, network):
        if run.flags.is_file():
            restore_network(run.checkpoints, {"network": network})
        else:
            load_network(path, spec, network)

    return make_comparator(text, image_size, weights, load, width, dtype, flag, classes)


def comparator_spec(name):
    """A row of COMPARATORS; InputError if there is none."""
    if name not in COMPARATORS:
        raise InputError(
            f"--architecture={name} is no comparator: choose one of {', '.join(COMPARATORS)}."
        )
    return COMPARATORS[name]
