"""The experiments of "Inverting Visual Representations", by name."""

from tfgen.runs.experiments.experiment import Experiment

_PHOTO_RUN = "tfgen.papers.deepsim.experiments.photo_runs:PhotoRun"
_OPTIONS = "tfgen.papers.deepsim.experiments.options:Options"
EXPERIMENTS = {
    "shallow_features": Experiment(
        "tfgen.papers.inverting.experiments.shallow_features",
        "Inverting, Table 2: HOG, SIFT, LBP, and other methods",
        trains=("inversion",),
    ),
    "recognition": Experiment(
        "tfgen.papers.inverting.experiments.recognition",
        "Inverting, Figures 2, 3: what is drawn at 256 px, recognised",
        takes=_PHOTO_RUN,
        options=_OPTIONS,
    ),
    "layer_errors": Experiment(
        "tfgen.papers.inverting.experiments.layer_errors",
        "Inverting, Figures 4 to 6, 9: every layer, perturbed",
        trains=("inversion",),
    ),
    "feature_space": Experiment(
        "tfgen.papers.inverting.experiments.feature_space",
        "Inverting, Figures 10, 11: between and random features",
        takes=_PHOTO_RUN,
    ),
    "dark_knowledge": Experiment(
        "tfgen.papers.inverting.experiments.dark_knowledge",
        "Inverting, Figures 7, 8: top five scores, turned hues",
        takes=_PHOTO_RUN,
    ),
}
