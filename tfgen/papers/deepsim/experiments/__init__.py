"""The experiments of DeePSiM, by name."""

from tfgen.experiments.experiment import Experiment

_PHOTO_RUN = "tfgen.experiments.photo_runs:PhotoRun"
EXPERIMENTS = {
    "autoencoders": Experiment(
        "tfgen.experiments.autoencoders",
        "DeePSiM, Tables 3, 4, Figure 3: four losses",
        trains=("autoencoder", "comparator"),
    ),
    "vae_samples": Experiment(
        "tfgen.experiments.vae_samples",
        "DeePSiM, Figure 4: samples of variational autoencoders",
        takes=_PHOTO_RUN,
    ),
    "inversion_losses": Experiment(
        "tfgen.experiments.inversion_losses",
        "DeePSiM, Figures 7, 10: parts of the loss, comparators",
        trains=("inversion",),
    ),
    "inversion_layers": Experiment(
        "tfgen.experiments.inversion_layers",
        "DeePSiM, Figure 5, Table 8: CONV5 to FC8",
        trains=("inversion",),
    ),
    "reencoding": Experiment(
        "tfgen.experiments.reencoding",
        "DeePSiM, Figures 9, 11 to 13: what inverted features keep",
        takes=_PHOTO_RUN,
    ),
}
