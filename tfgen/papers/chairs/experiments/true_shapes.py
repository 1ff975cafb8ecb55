"""What a parametric style looks like in truth, and what lies between such styles."""

import numpy as np

from tfgen.errors import InputError
from tfgen.rendering.renderer import Renderer
from tfgen.shapes.blending import blended, same_build
from tfgen.shapes.classes import SHAPES, ParametricModel


class TrueShapes:
    """The meshes of a model's styles.

    Args:
      trained: `trained.Trained`, a run.

    Attributes:
      meshes: of all styles, `shapes.mesh.ParametricMesh`.
      builds: lists of styles that are of one build, as `shapes.blending.same_build` finds them.

    Raises:
      InputError: a style is no parametric shape.
    """

    def __init__(self, trained):
        self._data = trained.settings.data
        self.meshes = [_model(trained, name).load() for name in trained.labels.style_names]
        self.builds = same_build(self.meshes)

    def pairs(self, count, seed):
        """At most `count` pairs of styles of one build, drawn by the seed."""
        pairs = [(a, b) for build in self.builds for a in build for b in build if a < b]
        order = np.random.default_rng(seed).permutation(len(pairs))
        return [pairs[i] for i in order[:count]]

    def triples(self, count, seed):
        """At most `count` triples of different styles of one build, a before c."""
        triples = [
            (a, b, c)
            for build in self.builds
            for a in build
            for b in build
            for c in build
            if len({a, b, c}) == 3 and a < c
        ]
        order = np.random.default_rng(seed).permutation(len(triples))
        return [triples[i] for i in order[:count]]

    def of_one_build(self, styles):
        """Whether some styles are."""
        return any(set(styles) <= set(build) for build in self.builds)

    def render(self, styles, weights, view):
        """The shape at a weighted sum of styles of one build.

        Args:
          styles: their numbers.
          weights: of each, of sum 1.
          view: azimuth and elevation by their names, in degrees.

        Returns:
          (image [s, s, 3] over white, mask [s, s, 1]), uint8.
        """
        mesh = blended([self.meshes[style] for style in styles], weights)
        data = self._data
        size, samples, margin = data.image_size, data.samples, data.margin
        return Renderer(mesh).render(view["azimuth"], view["elevation"], size, samples, margin)


def parametric(trained):
    """Whether all styles of a `trained.Trained` are parametric shapes."""
    return all(_parsed(name) for name in trained.labels.style_names)


def _parsed(name):
    category, _, seed = name.rpartition("_")
    return (category, int(seed)) if category in SHAPES and seed.isdigit() else None


def _model(trained, name):
    parsed = _parsed(name)
    if not parsed:
        raise InputError(
            f"`model`={trained.path} knows {name}, which is no parametric shape: only of those is "
            "it known what lies between them."
        )
    return ParametricModel(*parsed)
