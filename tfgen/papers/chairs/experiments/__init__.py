"""The experiments of "Learning to Generate Chairs, Tables and Cars", by name."""

from tfgen.runs.experiments.experiment import Experiment

_TRAINED = "tfgen.papers.chairs.experiments.trained:Trained"
EXPERIMENTS = {
    "architectures": Experiment(
        "tfgen.papers.chairs.experiments.architectures",
        "Table 1, Figure 4: five networks",
        trains=("generator",),
    ),
    "training_set": Experiment(
        "tfgen.papers.chairs.experiments.training_set",
        "Table 2, Figures 5, 6: number of models, augmentation",
        trains=("generator",),
    ),
    "transformations": Experiment(
        "tfgen.papers.chairs.experiments.transformations",
        "Figure 7: each transformation, in and beyond its range",
        takes=_TRAINED,
    ),
    "view_transfer": Experiment(
        "tfgen.papers.chairs.experiments.view_transfer",
        "Figures 8, 9: objects seen from few sides, and transfer",
        trains=("generator",),
    ),
    "elevation_transfer": Experiment(
        "tfgen.papers.chairs.experiments.elevation_transfer",
        "Figures 10, 11: elevations known from another class",
        trains=("generator",),
    ),
    "morphing": Experiment(
        "tfgen.papers.chairs.experiments.morphing",
        "Figures 12 to 15: between two and three styles",
        takes=_TRAINED,
    ),
    "arithmetic": Experiment(
        "tfgen.papers.chairs.experiments.arithmetic",
        "Figure 16: sums of feature vectors",
        takes=_TRAINED,
    ),
    "random_objects": Experiment(
        "tfgen.papers.chairs.experiments.random_objects",
        "Figure 17: objects from noise",
        takes=_TRAINED,
    ),
    "latent_space": Experiment(
        "tfgen.papers.chairs.experiments.latent_space",
        "Appendix A: the Gaussian code",
        takes=_TRAINED,
    ),
    "correspondences": Experiment(
        "tfgen.papers.chairs.experiments.correspondences",
        "Table 3: points of one object in another",
        takes=_TRAINED,
    ),
    "units": Experiment(
        "tfgen.papers.chairs.experiments.units",
        "Figures 19, 20, 23: filters and single units",
        takes=_TRAINED,
    ),
    "transformation_units": Experiment(
        "tfgen.papers.chairs.experiments.transformation_units",
        "Figures 21, 22: units of FC-4 that transform",
        takes=_TRAINED,
    ),
    "hidden_maps": Experiment(
        "tfgen.papers.chairs.experiments.hidden_maps",
        "Figures 24, 25: FC-5 masked, uconv-3",
        takes=_TRAINED,
    ),
    "new_objects": Experiment(
        "tfgen.papers.chairs.experiments.new_objects",
        "beyond the paper: unknown objects from a few views",
        takes=_TRAINED,
    ),
}
