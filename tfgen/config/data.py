"""The parts of settings that say what is trained on: drawings, photographs, what is held out."""

import dataclasses

from tfgen.config.settings import Part, setting


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
        "chairs",
        "What to learn: names joined by commas; see tfgen.data.drawings.datasets.DATASETS.",
    )
    models: int = setting(100, "Number of parametric models of each class.", lower=1)
    azimuths: int = setting(
        0, "Azimuth angles in a full turn; 0: as usual for the data set.", lower=0
    )
    elevations: tuple = setting(
        (), "Elevation angles in degrees, joined by commas; empty: as usual for the data set."
    )
    meshes: str = setting(
        "", "OBJ, GLB, PLY, STL or OFF: a folder, a ZIP archive or a file (--dataset=meshes)."
    )
    max_meshes: int = setting(
        0, "Use the first so many of the meshes, by name (--dataset=meshes); 0: all.", lower=0
    )
    up: str = setting(
        "auto",
        "Axis of the meshes that points up; auto: as formats say, else as most stand best.",
        choices=("auto", "y", "z", "x", "-y", "-z", "-x"),
    )
    yaw: str = setting(
        "0.0",
        "Degrees by which the meshes are turned about the up axis; auto: by their symmetry.",
    )
    orientations: str = setting(
        "", "Text file of single meshes' own up and yaw, as `horse.ply z 90`, one a line."
    )
    rendered_chairs: str = setting(
        "", "Folder rendered_chairs/ of Aubry et al. (--dataset=aubry_chairs)."
    )
    keep: str = setting("", "Text file of the Aubry model ids to keep, one a line; empty: all.")
    samples: int = setting(4, "Rays a pixel along each side when rendering.", lower=1, upper=16)
    margin: float = setting(1.0, "Distance of the camera: 1 fills the frame.", above=0.0)
    data_seed: int = setting(0, "Seed of the parametric models.", lower=0)
    evenly: str = setting(
        "views",
        "What is seen equally often in training: views, or styles or classes, however few views "
        "they have.",
        choices=("views", "styles", "classes"),
    )
    processes: int = setting(0, "Processes that render; 0: one a core.", lower=0, may_change=True)
    beam_runner: str = setting(
        "",
        "Render on Apache Beam instead: DirectRunner, FlinkRunner, SparkRunner, DataflowRunner.",
    )
    beam_options: str = setting("", "Options of the Beam runner, as name=value, joined by commas.")

    def facts(self):
        """Classes, how many models of each, the size, what is seen evenly."""
        each = [] if "meshes" in self.dataset else [f"{self.models} models each"]
        evenly = [f"{self.evenly} seen evenly"] if self.evenly != "views" else []
        return [self.dataset.replace(",", " and "), *each, *super().facts(), *evenly]


@dataclasses.dataclass(frozen=True)
class PhotoConfig(DataConfig):
    """Photographs; crops of them have the size --image_size."""

    photos: str = setting(
        "",
        "Folder of picture files, or several joined by commas, or tfds:NAME/SPLIT for a prepared "
        "data set of TFDS.",
    )
    photos_test: str = setting(
        "", "The same, of those to be scored; empty: a tenth of the photos is held out."
    )
    photo_size: int = setting(
        0,
        "Shorter side to which photos are shrunk before they are cropped; 0: as they are.",
        lower=0,
    )
    max_megapixels: float = setting(
        100.0,
        "Most million pixels of a picture file; larger ones are left out.",
        above=0.0,
    )

    labels: str = setting(
        "folders",
        "Classes of photos: folders, names (what numbers a file left out), or a CSV table with "
        "columns file and label.",
    )

    mirror, crop_zoom = False, 1.0  # no settings here: crops are as they are

    def facts(self):
        """That they are photographs, how they are shrunk, the crops' size."""
        shrunk = [f"shorter side {self.photo_size}"] if self.photo_size else []
        return ["photographs", *shrunk, *super().facts()]


@dataclasses.dataclass(frozen=True)
class CropConfig(PhotoConfig):
    """Photographs of which half of the crops may be mirrored."""

    mirror: bool = setting(False, "Whether to mirror half of the crops.")
    crop_zoom: float = setting(
        1.0,
        "Crops are cut from squares of one to so many times their size, and shrunk: what is drawn "
        "then is drawn at many scales.",
        lower=1.0,
    )


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
