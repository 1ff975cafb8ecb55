"""The parts that all tasks share, and the settings of a task, which are made of parts.

Defaults are those of Dosovitskiy et al., "Learning to Generate Chairs, Tables and Cars with
Convolutional Networks", section 4.
"""

import dataclasses

from tfgen.config.data import DataConfig
from tfgen.config.settings import Part, setting
from tfgen.errors import InputError


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
    decay: str = setting(
        "halve",
        "How the rate falls: halve, again and again, or linear, to zero at --steps.",
        choices=("halve", "linear"),
    )
    hold_steps: int = setting(
        250_000, "Steps before the learning rate first falls.", lower=0, may_change=True
    )
    halve_every: int = setting(
        100_000, "Steps between halvings after that (--decay=halve).", lower=1, may_change=True
    )
    beta_1: float = setting(0.9, "Adam's decay of the first moment.", lower=0.0, upper=0.9999)
    beta_2: float = setting(0.999, "Adam's decay of the second moment.", lower=0.0, upper=0.999999)
    epsilon: float = setting(1e-6, "Adam's regularisation.", above=0.0)
    weight_decay: float = setting(
        0.0,
        "Decay of the weights beside Adam (AdamW): a step takes so much of the rate off; 0: none.",
        lower=0.0,
        upper=10.0,
    )
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
