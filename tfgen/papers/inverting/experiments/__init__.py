"""The experiments of "Inverting Visual Representations", by name."""

from tfgen.experiments.experiment import Experiment

_PHOTO_RUN = "tfgen.experiments.photo_runs:PhotoRun"
EXPERIMENTS = {
    "shallow_features": Experiment(
        "tfgen.experiments.shallow_features",
        "Inverting, Table 2: HOG, SIFT, LBP, and other methods",
        trains=("inversion",),
    ),
    "layer_errors": Experiment(
        "tfgen.experiments.layer_errors",
        "Inverting, Figures 4 to 6, 9: every layer, perturbed",
        trains=("inversion",),
    ),
    "feature_space": Experiment(
        "tfgen.experiments.feature_space",
        "Inverting, Figures 10, 11: between and random features",
        takes=_PHOTO_RUN,
    ),
    "dark_knowledge": Experiment(
        "tfgen.experiments.dark_knowledge",
        "Inverting, Figures 7, 8: top five scores, turned hues",
        takes=_PHOTO_RUN,
    ),
}
