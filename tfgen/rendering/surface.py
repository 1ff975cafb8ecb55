"""What a mesh's surface looks like at points of it: colour, opacity and light of its own."""

import numpy as np

from tfgen.rendering.shading import to_linear

_ROUNDING = np.float32(1e-6)  # what is as opaque as its cutoff is there


class Surface:
    """The colours and textures of one mesh.

    Args:
      mesh: `shapes.mesh.Mesh`.

    Attributes:
      see_through: whether anything can be seen through some of it.
    """

    def __init__(self, mesh):
        self._albedo = to_linear(mesh.colors)
        self._coordinates = mesh.texture_coordinates
        self._texture_of_face = mesh.texture_of_face
        self._textures = [_linear(texture) for texture in mesh.textures]
        self._wraps = mesh.wraps or (("repeat", "repeat"),) * len(mesh.textures)
        self._corners = None if mesh.corner_colors is None else _linear(mesh.corner_colors)
        self._cutoffs = mesh.cutoffs
        self._emission = mesh.emission
        self.see_through = any(texture.shape[-1] == 4 for texture in mesh.textures) or bool(
            self._corners is not None and (self._corners[..., 3] < 1).any()
        )

    def colors(self, hits, w):
        """Linear colour at hit points: [h, 3] float32.

        Args:
          hits: `ray_casting.Hits`.
          w: [h] float32, barycentric coordinate of each face's first corner.
        """
        colors = self._albedo[hits.face]
        if self._corners is not None:
            weights = np.stack([w, hits.u, hits.v], axis=1)
            colors = colors * np.einsum("hc,hcd->hd", weights, self._corners[hits.face, :, :3])
        for here, texels in self._texels(hits, w, self._texture_of_face, self._coordinates):
            colors[here] *= texels[:, :3]
        return colors

    def opacity(self, hits):
        """[h] float32 in [0, 1], of a mesh that is see-through somewhere."""
        w = 1 - hits.u - hits.v
        opacity = np.ones(len(hits.face), np.float32)
        if self._corners is not None:
            weights = np.stack([w, hits.u, hits.v], axis=1)
            opacity = np.einsum("hc,hc->h", weights, self._corners[hits.face, :, 3])
        for here, texels in self._texels(hits, w, self._texture_of_face, self._coordinates):
            if texels.shape[-1] == 4:
                opacity[here] *= texels[:, 3]
        if self._cutoffs is not None:
            cutoff = self._cutoffs[hits.face]
            opacity = np.where(np.isnan(cutoff), opacity, opacity >= cutoff - _ROUNDING)
        return np.clip(opacity, 0, 1)

    def emission(self, hits, w):
        """Linear light sent out at hit points, [h, 3] float32; None of a mesh that sends none."""
        if self._emission is None:
            return None
        light = self._emission.light[hits.face]
        its = self._emission.texture_of_face, self._emission.texture_coordinates
        for here, texels in self._texels(hits, w, *its):
            light[here] *= texels[:, :3]
        return light

    def _texels(self, hits, w, texture_of_face, coordinates):
        """Yields (numbers of hits, their texels [k, 3 or 4]) of each texture."""
        for index, texture in enumerate(self._textures):
            # The nearest texel: the many rays of a pixel do the filtering.
            here = np.flatnonzero(texture_of_face[hits.face] == index)
            if not len(here):
                continue
            corners = coordinates[hits.face[here]]
            weights = np.stack([w[here], hits.u[here], hits.v[here]], axis=1)
            s, t = np.einsum("hc,hcd->dh", weights, corners)
            height, width = texture.shape[:2]
            along_u, along_v = self._wraps[index]
            rows = _places(t, height, along_v, flipped=True)
            yield here, texture[rows, _places(s, width, along_u)]


def _linear(colors):
    """Linear light of sRGB [..., 3 or 4]; opacity stays."""
    if colors.shape[-1] == 3:
        return to_linear(colors)
    return np.concatenate([to_linear(colors[..., :3]), colors[..., 3:]], axis=-1)


def _places(coordinate, size, wrap, flipped=False):
    """Rows or columns of texels; `flipped`, counted from the other end."""
    if wrap == "repeat":
        within = coordinate % 1
        return ((1 - within if flipped else within) * size).astype(int) % size
    if wrap == "mirror":
        coordinate = 1 - np.abs(coordinate % 2 - 1)
    within = np.clip(coordinate, 0, 1)
    places = ((1 - within if flipped else within) * size).astype(int)
    return np.minimum(places, size - 1)
