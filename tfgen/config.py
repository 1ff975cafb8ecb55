"""Everything a run can be told, as frozen dataclasses that check themselves.

Each field is also a command-line flag of the same name (`tfgen.flags`), so a setting is added here
and nowhere else. Defaults are the chairs paper's (Dosovitskiy et al., "Learning to Generate Chairs,
Tables and Cars with Convolutional Networks", sections 3 and 4), or the paper's that is named.
"""

import dataclasses
import math

from tfgen.errors import InputError


def setting(default, help, *, lower=None, upper=None, above=None, choices=None):
    """A dataclass field with what its flag needs.

    Args:
      default: the default value; its type is the flag's type (tuples hold floats).
      help: one sentence for `--help`.
      lower, upper: inclusive bounds, or None.
      above: exclusive lower bound, or None.
      choices: allowed values, or None.
    """
    rules = {"help": help, "lower": lower, "upper": upper, "above": above, "choices": choices}
    return dataclasses.field(default=default, metadata=rules)


def _check(name, value, rules):
    for number in value if isinstance(value, tuple) else (value,):
        if isinstance(number, float) and not math.isfinite(number):
            raise InputError(f"--{name}={number} is not a finite number: give a finite one.")
    if rules["choices"] and value not in rules["choices"]:
        options = ", ".join(str(choice) for choice in rules["choices"])
        raise InputError(f"--{name}={value} is not known: choose one of {options}.")
    if rules["lower"] is not None and value < rules["lower"]:
        raise InputError(f"--{name}={value} is too small: give at least {rules['lower']}.")
    if rules["above"] is not None and value <= rules["above"]:
        raise InputError(f"--{name}={value} is too small: give more than {rules['above']}.")
    if rules["upper"] is not None and value > rules["upper"]:
        raise InputError(f"--{name}={value} is too large: give at most {rules['upper']}.")


class _Checked:
    """Checks every field against the rules of its `setting`; raises InputError."""

    def __post_init__(self):
        for field in dataclasses.fields(self):
            if "help" in field.metadata:
                _check(field.name, getattr(self, field.name), field.metadata)


@dataclasses.dataclass(frozen=True)
class DataConfig(_Checked):
    """Which renderings to train on, and how to make or find them."""

    dataset: str = setting(
        "chairs", "What to learn: names joined by commas; see tfgen.data.datasets.DATASETS."
    )
    models: int = setting(100, "Number of parametric models of each class.", lower=1)
    image_size: int = setting(64, "Height and width of the images.", lower=16)
    azimuths: int = setting(
        0, "Azimuth angles in a full turn; 0: as usual for the data set.", lower=0
    )
    elevations: tuple = setting(
        (), "Elevation angles in degrees, joined by commas; empty: as usual for the data set."
    )
    data_dir: str = setting("data", "Folder where prepared data sets are kept.")
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
    processes: int = setting(0, "Processes that render; 0: one a core.", lower=0)
    beam_runner: str = setting(
        "",
        "Render on Apache Beam instead: DirectRunner, FlinkRunner, SparkRunner, DataflowRunner.",
    )
    beam_options: str = setting("", "Options of the Beam runner, as name=value, joined by commas.")


@dataclasses.dataclass(frozen=True)
class PhotoConfig(_Checked):
    """Photographs, for all tasks but the generator; crops of them have the size --image_size."""

    photos: str = setting(
        "", "Folder of JPEG and PNG files, or tfds:NAME/SPLIT for a prepared data set of TFDS."
    )
    photos_test: str = setting(
        "", "The same, of those to be scored; empty: a tenth of the photos is held out."
    )
    photo_size: int = setting(
        0,
        "Shorter side to which photos are shrunk before they are cropped; 0: as they are.",
        lower=0,
    )
    mirror: bool = setting(False, "Whether to mirror half of the crops.")


@dataclasses.dataclass(frozen=True)
class HoldoutConfig(_Checked):
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
class ModelConfig(_Checked):
    """What is trained."""

    task: str = setting(
        "generator",
        "What to train: a generator of objects, an autoencoder of photographs, an inverter of "
        "their features, or a comparator.",
        choices=("generator", "autoencoder", "inversion", "comparator"),
    )
    architecture: str = setting(
        "1s-S-deep",
        "Row of a table: generators in tfgen.architectures.chairs (chairs paper, Table 1), "
        "autoencoders in tfgen.architectures.deepsim, comparators in "
        "tfgen.architectures.comparators.",
    )
    width: float = setting(
        1.0,
        "Factor on the channels of FC-5 and after; of other networks and their "
        "discriminators on all.",
        above=0.0,
    )
    fc_width: float = setting(1.0, "Factor on the widths of FC-1 to FC-4.", above=0.0)
    encoder_weights: str = setting(
        "",
        "What --architecture=alexnet-vae's encoder starts from: a run of --task=comparator, or a "
        "file of a CaffeNet's weights; empty: from noise.",
    )
    style_stream: str = setting(
        "deterministic",
        "What the style becomes: activations, or a Gaussian code (chairs paper, Appendix A).",
        choices=("deterministic", "variational"),
    )
    precision: str = setting(
        "auto",
        "Arithmetic; auto: mixed_bfloat16 where the hardware has it.",
        choices=("auto", "float32", "mixed_bfloat16"),
    )


@dataclasses.dataclass(frozen=True)
class ObjectiveConfig(_Checked):
    """Equation (1) or (5), and the random transformations T_theta."""

    lambda_mask: float = setting(
        0.0,
        "Weight of the mask's loss; 0: the paper's, 0.1 for Euclidean and 100 for softmax masks.",
        lower=0.0,
    )
    lambda_kl: float = setting(
        1.0, "Weight of the divergence in equation (5) (--style_stream=variational).", lower=0.0
    )
    pixel_sigma: float = setting(
        0.1,
        "Standard deviation of a pixel in equation (3) (--style_stream=variational).",
        above=0.0,
    )
    transform_strength: float = setting(
        1.0, "Factor on the ranges of the random transformations; 0: none.", lower=0.0, upper=2.0
    )


@dataclasses.dataclass(frozen=True)
class PerceptualConfig(_Checked):
    """DeePSiM: image, feature and adversarial losses (Dosovitskiy and Brox, equations 1 to 5)."""

    image_loss: str = setting(
        "squared", "Loss in image space.", choices=("squared", "absolute", "none")
    )
    lambda_img: float = setting(2e-6, "Weight of the loss in image space.", lower=0.0)
    lambda_feat: float = setting(0.0, "Weight of the loss in feature space; 0: none.", lower=0.0)
    lambda_adv: float = setting(0.0, "Weight of the adversarial loss; 0: none.", lower=0.0)
    comparator: str = setting(
        "", "Network of the feature loss: NAME:LAYER (alexnet:conv5, keras.VGG16:block3_conv3)."
    )
    comparator_weights: str = setting(
        "",
        "Its weights: a run of --task=comparator, or a .npy, .npz, .h5 or .safetensors file; "
        "random: none.",
    )
    relative_features: bool = setting(
        False,
        "Whether features are divided by their mean length over photographs, so that --lambda_feat "
        "means the same for all comparators.",
    )
    gate: float = setting(
        0.1, "The discriminator pauses while L_discr / L_adv is less; 0: never.", lower=0.0
    )
    discriminator_rate: float = setting(
        2e-4,
        "Learning rate of the discriminator at the start; halved after as many of its own steps as "
        "the other.",
        above=0.0,
    )


@dataclasses.dataclass(frozen=True)
class FeatureConfig(_Checked):
    """What is inverted (--task=inversion), and how comparators learn (--task=comparator)."""

    feature: str = setting(
        "",
        "Feature to invert: hog, lbp, sift, NAME:LAYER of a network (caffenet:fc6), your own "
        "FILE.py:FUNCTION of [b, s, s, 3] float32 arrays, or FILE.npy with a row for each photo.",
    )
    feature_weights: str = setting(
        "", "Weights of that network, as --comparator_weights takes them."
    )
    finetune: bool = setting(
        False, "Whether that network is trained along, as the encoder of an autoencoder."
    )
    learn_by: str = setting(
        "exemplars",
        "How a comparator learns: folders of photos as classes, patches of photos as classes, or "
        "folders as videos of which neighbouring frames are alike.",
        choices=("classes", "exemplars", "videos"),
    )
    exemplars: int = setting(1000, "Number of patches (--learn_by=exemplars).", lower=2)
    video_margin: float = setting(
        0.5,
        "By how much other videos' frames are to be further away (--learn_by=videos).",
        above=0.0,
    )


@dataclasses.dataclass(frozen=True)
class OptimizerConfig(_Checked):
    """Adam and the learning rate's steps (chairs paper, section 4.1)."""

    learning_rate: float = setting(5e-4, "Learning rate at the start.", above=0.0)
    hold_steps: int = setting(250_000, "Steps before the learning rate is first halved.", lower=0)
    halve_every: int = setting(100_000, "Steps between halvings after that.", lower=1)
    beta_1: float = setting(0.9, "Adam's decay of the first moment.", lower=0.0, upper=0.9999)
    beta_2: float = setting(0.999, "Adam's decay of the second moment.", lower=0.0, upper=0.999999)
    epsilon: float = setting(1e-6, "Adam's regularisation.", above=0.0)


@dataclasses.dataclass(frozen=True)
class ScheduleConfig(_Checked):
    """How long to train, on what, and what to leave behind."""

    run_dir: str = setting("runs/chairs", "Folder of the run: flags, checkpoints, logs, previews.")
    steps: int = setting(500_000, "Mini-batches to train on.", lower=1)
    batch_size: int = setting(128, "Images in a mini-batch, over all replicas.", lower=1)
    steps_per_epoch: int = setting(
        1000, "Steps between evaluations, previews and checkpoints.", lower=1
    )
    steps_per_execution: int = setting(10, "Steps run by one call into TensorFlow.", lower=1)
    seed: int = setting(0, "Seed of the weights, the order and the transformations.", lower=0)
    replicas: int = setting(
        0, "Replicas; 0: all GPUs, or one. Without GPUs, logical CPU devices.", lower=0
    )
    cache_gb: float = setting(
        4.0, "Decoded images up to this size, in GiB, stay in memory; else they stream.", lower=0.0
    )
    evaluation_images: int = setting(
        1024, "Images scored after each epoch, training and held-out each.", lower=1
    )
    keep_checkpoints: int = setting(3, "Checkpoints kept.", lower=1)
    profile: int = setting(0, "Steps to profile for TensorBoard, after the first ones.", lower=0)
    export_dir: str = setting("saved_models", "Folder to export to; empty: no export.")
    export_name: str = setting("", "Name of the exported model; empty: the run's.")


@dataclasses.dataclass(frozen=True)
class RunConfig:
    """All settings of a training run."""

    data: DataConfig = DataConfig()
    photos: PhotoConfig = PhotoConfig()
    holdout: HoldoutConfig = HoldoutConfig()
    model: ModelConfig = ModelConfig()
    objective: ObjectiveConfig = ObjectiveConfig()
    perceptual: PerceptualConfig = PerceptualConfig()
    features: FeatureConfig = FeatureConfig()
    optimizer: OptimizerConfig = OptimizerConfig()
    schedule: ScheduleConfig = ScheduleConfig()

    def __post_init__(self):
        schedule = self.schedule
        if schedule.batch_size % max(schedule.replicas, 1):
            raise InputError(
                f"--batch_size={schedule.batch_size} cannot be split over "
                f"--replicas={schedule.replicas}: give a multiple of {schedule.replicas}."
            )
        for name in ("steps", "steps_per_epoch"):
            if getattr(schedule, name) % schedule.steps_per_execution:
                raise InputError(
                    f"--{name}={getattr(schedule, name)} is no multiple of "
                    f"--steps_per_execution={schedule.steps_per_execution}: make it one."
                )


PARTS = {field.name: field.type for field in dataclasses.fields(RunConfig)}


