"""Rays through surfaces that can be seen through: glass, leaves cut out of squares."""

import numpy as np

from tfgen.rendering.ray_casting import Hits

# Surfaces that a ray passes at most on its way to the eye, and to a light.
_MOST, _MOST_TO_LIGHT = 64, 8
# What lets less through hides what is behind it.
_LEAST = 1 / 512
# A ray goes on so far behind a surface: beyond the other side of a sheet, not beyond the next one.
_STEP = np.float32(1e-4)


def surfaces_along(caster, opacity, origins, directions, limit=None, most=_MOST):
    """The surfaces that rays meet one after another, until nothing can be seen behind them.

    Args:
      caster: `ray_casting.RayCaster`.
      opacity: function of Hits to [h] float32 in [0, 1].
      origins, directions: [n, 3] float32.
      limit: distance beyond which nothing counts, or None.
      most: surfaces that are looked for.

    Yields:
      (Hits, weight): of each next surface; `ray` and `distance` count from the rays given; weight
      [h] float32 in (0, 1] is the share of the ray's light that comes from there.
    """
    left = np.ones(len(origins), np.float32)
    travelled = np.zeros(len(origins), np.float32)
    rays = np.arange(len(origins))
    for _ in range(most):
        if not len(rays):
            return
        starts = origins[rays] + travelled[rays, None] * directions[rays]
        met = caster.first_hits(starts, directions[rays])
        here = rays[met.ray]
        distance = travelled[here] + met.distance
        near = slice(None) if limit is None else distance < limit
        hits = Hits(here[near], met.face[near], met.u[near], met.v[near], distance[near])
        opaque = opacity(hits)
        weight = left[hits.ray] * opaque
        seen = opaque > 0
        if seen.any():
            yield taken(hits, seen), weight[seen]
        left[hits.ray] -= weight
        travelled[hits.ray] = hits.distance + _STEP
        rays = hits.ray[left[hits.ray] > _LEAST]


def light_through(caster, opacity, origins, directions, limit=None):
    """The share of light that reaches each ray's origin from its direction: [n] float32."""
    through = np.ones(len(origins), np.float32)
    several = surfaces_along(caster, opacity, origins, directions, limit, _MOST_TO_LIGHT)
    for hits, weight in several:
        through[hits.ray] -= weight
    return np.maximum(through, 0)


def taken(hits, which):
    """Some of Hits."""
    return Hits(
        hits.ray[which], hits.face[which], hits.u[which], hits.v[which], hits.distance[which]
    )
