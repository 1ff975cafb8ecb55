"""Settings, as frozen dataclasses that check themselves, and the parts that tasks share.

Each field of a `Part` is also a command-line flag of the same name (`tfgen.flags`). A task's
`Settings` are made of parts: those here, perhaps with other defaults, and its own, which stand
beside the task. Defaults here are those of Dosovitskiy et al., "Learning to Generate Chairs, Tables
and Cars with Convolutional Networks", sections 3 and 4.
"""

import dataclasses
import math

from tfgen.errors import InputError


def setting(default, help, *, lower=None, upper=None, above=None, choices=None, may_change=False):
    """A dataclass field with what its flag needs.

    Args:
      default: the default value; its type is the flag's type (tuples hold floats).
      help: one sentence for `--help`.
      lower, upper: inclusive bounds, or None.
      above: exclusive lower bound, or None.
      choices: allowed values, or None.
      may_change: whether a run may go on with another value: how long, how often, how fast, where
        results go.
    """
    rules = {
        "help": help,
        "lower": lower,
        "upper": upper,
        "above": above,
        "choices": choices,
        "may_change": may_change,
    }
    return dataclasses.field(default=default, metadata=rules)


def _check(name, value, rules):
    for number in value if isinstance(value, tuple) else (value,):
        if isinstance(number, float) and not math.isfinite(number):
            raise InputError(f"`{name}`={number} is not a finite number: give a finite one.")
    if rules["choices"] and value not in rules["choices"]:
        options = ", ".join(str(choice) for choice in rules["choices"])
        raise InputError(f"`{name}`={value} is not known: choose one of {options}.")
    if rules["lower"] is not None and value < rules["lower"]:
        raise InputError(f"`{name}`={value} is too small: give at least {rules['lower']}.")
    if rules["above"] is not None and value <= rules["above"]:
        raise InputError(f"`{name}`={value} is too small: give more than {rules['above']}.")
    if rules["upper"] is not None and value > rules["upper"]:
        raise InputError(f"`{name}`={value} is too large: give at most {rules['upper']}.")


class Part:
    """Some settings that belong together, each checked by its rules; raises InputError.

    A subclass is a frozen dataclass, and all its fields are a `setting`.
    """

    def __post_init__(self):
        for field in dataclasses.fields(self):
            _check(field.name, getattr(self, field.name), field.metadata)

    def facts(self):
        """What of it a report tells of a run: a list of words; here, nothing."""
        return []


@dataclasses.dataclass(frozen=True)
class DataConfig(Part):
    """What all data has; a task's own says which data it is."""

    image_size: int = setting(64, "Height and width of the images.", lower=16)
    data_dir: str = setting("data", "Folder where prepared data sets are kept.", may_change=True)

    def facts(self):
        """The size."""
        return [f"{self.image_size} px"]


@dataclasses.dataclass(frozen=True)
class TurntableConfig(DataConfig):
    """Which renderings to train on, and how to make or find them."""

    dataset: str = setting(
        "chairs", "What to learn: names joined by commas; see tfgen.data.datasets.DATASETS."
    )
    models: int = setting(100, "Number of parametric models of each class.", lower=1)
    azimuths: int = setting(
        0, "Azimuth angles in a full turn; 0: as usual for the data set.", lower=0
    )
    elevations: tuple = setting(
        (), "Elevation angles in degrees, joined by commas; empty: as usual for the data set."
    )
    meshes: str = setting("", "Folder of OBJ, GLB, PLY, STL or OFF files (--dataset=meshes).")
    max_meshes: int = setting(
        0, "Use the first so many of the meshes, by name (--dataset=meshes); 0: all.", lower=0
    )
    up: str = setting("auto", "Axis of the meshes that points up.", choices=("auto", "y", "z"))
    yaw: float = setting(0.0, "Degrees by which the meshes are turned about the up axis.")
    rendered_chairs: str = setting(
        "", "Folder rendered_chairs/ of Aubry et al. (--dataset=aubry_chairs)."
    )
    keep: str = setting("", "Text file of the Aubry model ids to keep, one a line; empty: all.")
    samples: int = setting(4, "Rays a pixel along each side when rendering.", lower=1, upper=16)
    margin: float = setting(1.0, "Distance of the camera: 1 fills the frame.", above=0.0)
    data_seed: int = setting(0, "Seed of the parametric models.", lower=0)
    processes: int = setting(0, "Processes that render; 0: one a core.", lower=0, may_change=True)
    beam_runner: str = setting(
        "",
        "Render on Apache Beam instead: DirectRunner, FlinkRunner, SparkRunner, DataflowRunner.",
    )
    beam_options: str = setting("", "Options of the Beam runner, as name=value, joined by commas.")

    def facts(self):
        """Classes, how many models of each, the size."""
        each = [] if "meshes" in self.dataset else [f"{self.models} models each"]
        return [self.dataset.replace(",", " and "), *each, *super().facts()]


@dataclasses.dataclass(frozen=True)
class PhotoConfig(DataConfig):
    """Photographs; crops of them have the size --image_size."""

    photos: str = setting(
        "",
        "Folder of JPEG and PNG files, or several joined by commas, or tfds:NAME/SPLIT for a "
        "prepared data set of TFDS.",
    )
    photos_test: str = setting(
        "", "The same, of those to be scored; empty: a tenth of the photos is held out."
    )
    photo_size: int = setting(
        0,
        "Shorter side to which photos are shrunk before they are cropped; 0: as they are.",
        lower=0,
    )

    labels: str = setting(
        "folders",
        "Classes of photos: folders, names (what numbers a file left out), or a CSV table with "
        "columns file and label.",
    )

    mirror = False  # no setting here: crops are as they are

    def facts(self):
        """That they are photographs, how they are shrunk, the crops' size."""
        shrunk = [f"shorter side {self.photo_size}"] if self.photo_size else []
        return ["photographs", *shrunk, *super().facts()]


@dataclasses.dataclass(frozen=True)
class CropConfig(PhotoConfig):
    """Photographs of which half of the crops may be mirrored."""

    mirror: bool = setting(False, "Whether to mirror half of the crops.")


@dataclasses.dataclass(frozen=True)
class HoldoutConfig(Part):
    """Which views are kept from training, to be scored (chairs paper, section 5.2)."""

    holdout_azimuths: int = setting(
        0, "Number of azimuths, spread over the turn, held out for all styles.", lower=0
    )
    holdout_views: float = setting(
        0.0, "Share of each style's views held out at random.", lower=0.0, upper=0.9
    )
    holdout_styles: float = setting(
        0.0, "Share of the styles that train on a few views only.", lower=0.0, upper=1.0
    )
    holdout_style_views: int = setting(
        4, "Number of views that those styles train on, spread over the turn.", lower=1
    )
    keep_elevations: str = setting(
        "",
        "Elevations that a category trains on, if not all: chairs:20:30,tables:0:10 (section 5.3).",
    )


@dataclasses.dataclass(frozen=True)
class NetworkConfig(Part):
    """A row of a task's table of architectures, as wide as wanted; tasks give their own default."""

    architecture: str = setting("", "Row of the task's table of architectures.")
    width: float = setting(
        1.0, "Factor on the channels of the network and of its discriminator.", above=0.0
    )

    def facts(self):
        """Architecture, width."""
        wide = [] if self.width == 1 else [f"{self.width:g} times as wide"]
        return [self.architecture, *wide]


@dataclasses.dataclass(frozen=True)
class OptimizerConfig(Part):
    """Adam, the learning rate's steps (section 4.1), and an average of the weights."""

    learning_rate: float = setting(5e-4, "Learning rate at the start.", above=0.0, may_change=True)
    hold_steps: int = setting(
        250_000, "Steps before the learning rate is first halved.", lower=0, may_change=True
    )
    halve_every: int = setting(
        100_000, "Steps between halvings after that.", lower=1, may_change=True
    )
    beta_1: float = setting(0.9, "Adam's decay of the first moment.", lower=0.0, upper=0.9999)
    beta_2: float = setting(0.999, "Adam's decay of the second moment.", lower=0.0, upper=0.999999)
    epsilon: float = setting(1e-6, "Adam's regularisation.", above=0.0)
    average: float = setting(
        0.0,
        "Decay of the exponential moving average of the weights, which is what is scored and "
        "exported; 0: none.",
        lower=0.0,
        upper=0.999999,
    )


@dataclasses.dataclass(frozen=True)
class ScheduleConfig(Part):
    """How long to train, on what, and what to leave behind."""

    run_dir: str = setting(
        "runs/chairs", "Folder of the run: flags, checkpoints, logs, previews.", may_change=True
    )
    steps: int = setting(500_000, "Mini-batches to train on.", lower=1, may_change=True)
    batch_size: int = setting(128, "Images in a mini-batch, over all replicas.", lower=1)
    steps_per_epoch: int = setting(
        1000, "Steps between evaluations, previews and checkpoints.", lower=1, may_change=True
    )
    steps_per_execution: int = setting(10, "Steps run by one call into TensorFlow.", lower=1)
    seed: int = setting(0, "Seed of the weights, the order and the transformations.", lower=0)
    replicas: int = setting(
        0,
        "Replicas; 0: all GPUs, or one. Without GPUs, logical CPU devices.",
        lower=0,
        may_change=True,
    )
    precision: str = setting(
        "auto",
        "Arithmetic; auto: mixed_bfloat16 where the hardware has it.",
        choices=("auto", "float32", "mixed_bfloat16"),
    )
    cache_gb: float = setting(
        4.0,
        "Decoded images up to this size, in GiB, stay in memory; else they stream.",
        lower=0.0,
        may_change=True,
    )
    evaluation_images: int = setting(
        1024,
        "Images scored after each epoch, training and held-out each.",
        lower=1,
        may_change=True,
    )
    keep_checkpoints: int = setting(3, "Checkpoints kept.", lower=1, may_change=True)
    profile: int = setting(
        0, "Steps to profile for TensorBoard, after the first ones.", lower=0, may_change=True
    )
    export_dir: str = setting(
        "saved_models", "Folder to export to; empty: no export.", may_change=True
    )
    export_name: str = setting("", "Name of the exported model; empty: the run's.", may_change=True)
    init_from: str = setting(
        "",
        "Folder of a run whose weights a new run starts from, as far as names and shapes agree; "
        "empty: from noise.",
    )

    def facts(self):
        """How long."""
        return [f"{self.steps} steps of {self.batch_size}"]


@dataclasses.dataclass(frozen=True)
class Settings:
    """All settings of a run: the name of its task, and parts.

    A task's subclass gives the name, and adds or replaces parts; every part has a default, which
    may be an instance with other defaults than its class:

        @dataclasses.dataclass(frozen=True)
        class FacesSettings(Settings):
            task: str = "faces"
            data: PhotoConfig = PhotoConfig(image_size=32)
            optimizer: OptimizerConfig = OptimizerConfig(learning_rate=2e-4, beta_1=0.5)

    Raises:
      InputError: settings that do not suit each other.
    """

    task: str = ""
    data: DataConfig = DataConfig()
    optimizer: OptimizerConfig = OptimizerConfig()
    schedule: ScheduleConfig = ScheduleConfig()

    def __post_init__(self):
        schedule = self.schedule
        if schedule.batch_size % max(schedule.replicas, 1):
            raise InputError(
                f"`batch_size`={schedule.batch_size} cannot be split over "
                f"`replicas`={schedule.replicas}: give a multiple of {schedule.replicas}."
            )
        for name in ("steps", "steps_per_epoch"):
            if getattr(schedule, name) % schedule.steps_per_execution:
                raise InputError(
                    f"`{name}`={getattr(schedule, name)} is no multiple of "
                    f"`steps_per_execution`={schedule.steps_per_execution}: make it one."
                )

    @classmethod
    def parts(cls):
        """Name -> default, a `Part`; those that every task has enclose the task's own."""
        fields = sorted(dataclasses.fields(cls), key=lambda f: f.name in ("optimizer", "schedule"))
        return {field.name: field.default for field in fields if isinstance(field.default, Part)}

    @classmethod
    def changeable(cls):
        """Names of the settings that may change when a run goes on."""
        fields = [field for part in cls.parts().values() for field in dataclasses.fields(part)]
        return {field.name for field in fields if field.metadata["may_change"]}

    def flat(self):
        """Every setting by name, the task first."""
        flat = {"task": self.task}
        for part in self.parts():
            flat |= dataclasses.asdict(getattr(self, part))
        return flat

    def facts(self):
        """What a report tells of the run: a list of words on data, network and training."""
        return [fact for part in self.parts() for fact in getattr(self, part).facts()]
