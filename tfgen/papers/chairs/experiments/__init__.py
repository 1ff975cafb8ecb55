"""The experiments of "Learning to Generate Chairs, Tables and Cars", by name."""

from tfgen.runs.experiments.experiment import Experiment

_HERE = "tfgen.papers.chairs.experiments"
_TRAINED = f"{_HERE}.trained:Trained"


def _experiment(module, summary, **details):
    return Experiment(f"{_HERE}.{module}", summary, options=f"{_HERE}.options:Options", **details)


EXPERIMENTS = {
    "architectures": _experiment(
        "architectures",
        "Table 1, Figure 4: five networks",
        trains=("generator",),
    ),
    "training_set": _experiment(
        "training_set",
        "Table 2, Figures 5, 6: number of models, augmentation",
        trains=("generator",),
    ),
    "transformations": _experiment(
        "transformations",
        "Figure 7: each transformation, in and beyond its range",
        takes=_TRAINED,
    ),
    "view_transfer": _experiment(
        "view_transfer",
        "Figures 8, 9: objects seen from few sides, and transfer",
        trains=("generator",),
    ),
    "elevation_transfer": _experiment(
        "elevation_transfer",
        "Figures 10, 11: elevations known from another class",
        trains=("generator",),
    ),
    "morphing": _experiment(
        "morphing",
        "Figures 12 to 15: between two and three styles",
        takes=_TRAINED,
    ),
    "arithmetic": _experiment(
        "arithmetic",
        "Figure 16: sums of feature vectors",
        takes=_TRAINED,
    ),
    "random_objects": _experiment(
        "random_objects",
        "Figure 17: objects from noise",
        takes=_TRAINED,
    ),
    "latent_space": _experiment(
        "latent_space",
        "Appendix A: the Gaussian code",
        takes=_TRAINED,
    ),
    "correspondences": _experiment(
        "correspondences",
        "Table 3: points of one object in another",
        takes=_TRAINED,
    ),
    "units": _experiment(
        "units",
        "Figures 19, 20, 23: filters and single units",
        takes=_TRAINED,
    ),
    "transformation_units": _experiment(
        "transformation_units",
        "Figures 21, 22: units of FC-4 that transform",
        takes=_TRAINED,
    ),
    "hidden_maps": _experiment(
        "hidden_maps",
        "Figures 24, 25: FC-5 masked, uconv-3",
        takes=_TRAINED,
    ),
    "new_objects": _experiment(
        "new_objects",
        "beyond the paper: unknown objects from a few views",
        takes=_TRAINED,
    ),
}
