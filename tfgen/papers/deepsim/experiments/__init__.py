"""The experiments of DeePSiM, by name."""

from tfgen.runs.experiments.experiment import Experiment

_PHOTO_RUN = "tfgen.papers.deepsim.experiments.photo_runs:PhotoRun"
EXPERIMENTS = {
    "autoencoders": Experiment(
        "tfgen.papers.deepsim.experiments.autoencoders",
        "DeePSiM, Tables 3, 4, Figure 3: four losses",
        trains=("autoencoder", "comparator"),
    ),
    "classification": Experiment(
        "tfgen.papers.deepsim.experiments.classification",
        "DeePSiM, Table 4: labelled photographs classified by codes",
        takes=_PHOTO_RUN,
        options="tfgen.papers.deepsim.experiments.options:Options",
    ),
    "vae_samples": Experiment(
        "tfgen.papers.deepsim.experiments.vae_samples",
        "DeePSiM, Figure 4: samples of variational autoencoders",
        takes=_PHOTO_RUN,
    ),
    "inversion_losses": Experiment(
        "tfgen.papers.deepsim.experiments.inversion_losses",
        "DeePSiM, Figures 7, 10: parts of the loss, comparators",
        trains=("inversion",),
    ),
    "inversion_layers": Experiment(
        "tfgen.papers.deepsim.experiments.inversion_layers",
        "DeePSiM, Figure 5, Table 8: CONV5 to FC8",
        trains=("inversion",),
    ),
    "reencoding": Experiment(
        "tfgen.papers.deepsim.experiments.reencoding",
        "DeePSiM, Figures 9, 11 to 13: what inverted features keep",
        takes=_PHOTO_RUN,
    ),
}
