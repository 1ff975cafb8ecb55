"""What turntables are described by: style, azimuth and elevation, transformation.

Dosovitskiy et al., "Learning to Generate Chairs, Tables and Cars", section 3: g(c, v, theta). Plain
data: imports no TensorFlow.
"""

from tfgen.conditions.description import Condition, Description

# theta, number by number. Ranges are those of the authors' code: uniform, at strength 1.
THETA = {
    "translate_x": (-0.1, 0.1),  # to the right, fraction of the width
    "translate_y": (-0.1, 0.1),  # downwards, fraction of the height
    "rotation": (-0.2, 0.2),  # counter-clockwise, radians
    "log_zoom_x": None,  # zoom plus stretch, logarithm
    "log_zoom_y": None,  # zoom minus stretch, logarithm
    "log_saturation": (-0.7, 0.7),
    "log_brightness": (-0.7, 0.7),
    "hue": (-1.5, 1.5),  # radians
}
# Which theta may be drawn: any; those that show nothing from beyond the frame, as in the authors'
# code; those that leave of the object nothing beyond it.
KEPT = ("all", "filled", "whole")
# A view to show objects from, in degrees: their front and one side.
USUAL_VIEW = {"azimuth": 30.0, "elevation": 20.0}
# Figure 7: each row one transformation, its extremes at both ends.
SWEEPS = {
    "translate x": {"translate_x": (-0.1, 0.1)},
    "translate y": {"translate_y": (-0.1, 0.1)},
    "rotation": {"rotation": (-0.2, 0.2)},
    "zoom": {"log_zoom_x": (-0.3, 0.3), "log_zoom_y": (-0.3, 0.3)},
    "stretch x": {"log_zoom_x": (-0.1, 0.1), "log_zoom_y": (0.1, -0.1)},
    "stretch y": {"log_zoom_x": (0.1, -0.1), "log_zoom_y": (-0.1, 0.1)},
    "saturation": {"log_saturation": (-0.7, 0.7)},
    "brightness": {"log_brightness": (-0.7, 0.7)},
    "hue": {"hue": (-1.5, 1.5)},
}


def turntable_description(
    style_names, categories=(), azimuths=(), elevations=(), transform_ranges=None
):
    """The Description of turntables.

    Args:
      style_names: one a style.
      categories: one a style, or ().
      azimuths, elevations: degrees that are trained on, ascending; () where that is not known.
      transform_ranges: name in THETA -> (lowest, highest) in training; None for no transformations.
    """
    ranges = transform_ranges or dict.fromkeys(THETA, (0.0, 0.0))
    return Description(
        (
            Condition(
                "style", "one-hot", len(style_names), names=style_names, categories=categories
            ),
            Condition("azimuth", "angle", values=map(float, azimuths), unit="degrees"),
            Condition("elevation", "angle", values=map(float, elevations), unit="degrees"),
            Condition(
                "transform",
                "vector",
                len(ranges),
                names=ranges,
                ranges=ranges.values(),
                sweeps=SWEEPS,
            ),
        ),
        {
            "style": ("style",),
            "viewpoint": ("azimuth", "elevation"),
            "transform": ("transform",),
        },
    )


def numbered_turntable(num_styles):
    """The Description of turntables of so many styles that have no names."""
    return turntable_description([str(style) for style in range(num_styles)])


def description_of_labels(facts):
    """The Description that a labels.json tells, the file of exports before model.json.

    Args:
      facts: dict, as `export.labels.Labels` has the fields.

    Raises:
      KeyError: a field is missing.
    """
    fields = ("style_names", "categories", "azimuths", "elevations", "transform_ranges")
    return turntable_description(*(facts[field] for field in fields))
