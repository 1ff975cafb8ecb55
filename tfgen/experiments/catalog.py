"""All experiments by name; a new one is a module and a row here."""

import dataclasses
import importlib

import numpy as np

from tfgen.errors import InputError, renamed


@dataclasses.dataclass(frozen=True)
class Experiment:
    """One experiment.

    Attributes:
      module: of `tfgen.experiments`; its `run` does the work and returns a `result.Result`.
      summary: for `--help`.
      takes: what `run` takes before `Options`: "generator", a `trained.Trained`; "photos", a
        `photo_runs.PhotoRun`; empty, if it trains what it needs.
      trains: the tasks that it trains, the main one first: `run` takes the `config.Settings` of
        each, in this order, before `Options`.
    """

    module: str
    summary: str
    takes: str = ""
    trains: tuple = ()


EXPERIMENTS = {
    "architectures": Experiment(
        "architectures", "Table 1, Figure 4: five networks", trains=("generator",)
    ),
    "training_set": Experiment(
        "training_set",
        "Table 2, Figures 5, 6: number of models, augmentation",
        trains=("generator",),
    ),
    "transformations": Experiment(
        "transformations",
        "Figure 7: each transformation, in and beyond its range",
        takes="generator",
    ),
    "view_transfer": Experiment(
        "view_transfer",
        "Figures 8, 9: objects seen from few sides, and transfer",
        trains=("generator",),
    ),
    "elevation_transfer": Experiment(
        "elevation_transfer",
        "Figures 10, 11: elevations known from another class",
        trains=("generator",),
    ),
    "morphing": Experiment(
        "morphing", "Figures 12 to 15: between two and three styles", takes="generator"
    ),
    "arithmetic": Experiment("arithmetic", "Figure 16: sums of feature vectors", takes="generator"),
    "random_objects": Experiment(
        "random_objects", "Figure 17: objects from noise", takes="generator"
    ),
    "latent_space": Experiment("latent_space", "Appendix A: the Gaussian code", takes="generator"),
    "correspondences": Experiment(
        "correspondences", "Table 3: points of one object in another", takes="generator"
    ),
    "units": Experiment("units", "Figures 19, 20, 23: filters and single units", takes="generator"),
    "transformation_units": Experiment(
        "transformation_units", "Figures 21, 22: units of FC-4 that transform", takes="generator"
    ),
    "hidden_maps": Experiment(
        "hidden_maps", "Figures 24, 25: FC-5 masked, uconv-3", takes="generator"
    ),
    "autoencoders": Experiment(
        "autoencoders",
        "DeePSiM, Tables 3, 4, Figure 3: four losses",
        trains=("autoencoder", "comparator"),
    ),
    "vae_samples": Experiment(
        "vae_samples", "DeePSiM, Figure 4: samples of variational autoencoders", takes="photos"
    ),
    "inversion_losses": Experiment(
        "inversion_losses",
        "DeePSiM, Figures 7, 10: parts of the loss, comparators",
        trains=("inversion",),
    ),
    "inversion_layers": Experiment(
        "inversion_layers", "DeePSiM, Figure 5, Table 8: CONV5 to FC8", trains=("inversion",)
    ),
    "reencoding": Experiment(
        "reencoding", "DeePSiM, Figures 9, 11 to 13: what inverted features keep", takes="photos"
    ),
    "shallow_features": Experiment(
        "shallow_features",
        "Inverting, Table 2: HOG, SIFT, LBP, and other methods",
        trains=("inversion",),
    ),
    "layer_errors": Experiment(
        "layer_errors",
        "Inverting, Figures 4 to 6, 9: every layer, perturbed",
        trains=("inversion",),
    ),
    "feature_space": Experiment(
        "feature_space", "Inverting, Figures 10, 11: between and random features", takes="photos"
    ),
    "dark_knowledge": Experiment(
        "dark_knowledge", "Inverting, Figures 7, 8: top five scores, turned hues", takes="photos"
    ),
    "new_objects": Experiment(
        "new_objects", "beyond the paper: unknown objects from a few views", takes="generator"
    ),
}


@dataclasses.dataclass(frozen=True)
class Options:
    """What a user may choose.

    Attributes:
      styles: numbers of the styles to show; () for some.
      azimuth, elevation: of the views, in degrees.
      seed: of what is drawn at random.
      others: paths of further runs, where an experiment compares several.
    """

    styles: tuple = ()
    azimuth: float = 30.0
    elevation: float = 20.0
    seed: int = 0
    others: tuple = ()

    def further(self, kind):
        """`others`, each opened as a `trained.Trained` or a `photo_runs.PhotoRun`; InputError."""
        with renamed(path="others"):
            return [kind(path) for path in self.others]

    @property
    def view(self):
        """Azimuth and elevation by their names, as a generator is told them."""
        return {"azimuth": self.azimuth, "elevation": self.elevation}

    def chosen(self, count, num_styles):
        """`count` styles: those given, or some spread over all; InputError for unknown ones."""
        wrong = [style for style in self.styles if not 0 <= style < num_styles]
        if wrong:
            raise InputError(
                f"`styles`={wrong[0]} does not exist: give numbers from 0 to {num_styles - 1}."
            )
        if self.styles and len(self.styles) < count:
            raise InputError(f"`styles` has {len(self.styles)}, this experiment needs {count}.")
        if num_styles < count:
            raise InputError(f"`model` knows {num_styles} styles, this experiment needs {count}.")
        spread = [round((i + 0.5) * num_styles / count - 0.5) for i in range(count)]
        return list(self.styles or spread)

    def pairs(self, count, num_styles):
        """At most `count` pairs of styles that are all different, drawn by the seed."""
        order = np.random.default_rng(self.seed).permutation(num_styles)
        count = min(count, num_styles // 2)
        return [(int(a), int(b)) for a, b in order[: 2 * count].reshape(count, 2)]


def find(name):
    """(Experiment, its `run`); InputError for an unknown name."""
    if name not in EXPERIMENTS:
        raise InputError(
            f"experiment {name} does not exist: choose one of {', '.join(EXPERIMENTS)}, report."
        )
    experiment = EXPERIMENTS[name]
    return experiment, importlib.import_module(f"tfgen.experiments.{experiment.module}").run


def open_run(takes, path):
    """What an experiment looks at: a `trained.Trained` or a `photo_runs.PhotoRun`; InputError."""
    module, cls = {"generator": ("trained", "Trained"), "photos": ("photo_runs", "PhotoRun")}[takes]
    return getattr(importlib.import_module(f"tfgen.experiments.{module}"), cls)(path)
