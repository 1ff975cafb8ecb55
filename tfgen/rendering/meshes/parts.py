"""Parts of a model, each with its own material, put together to one mesh."""

import numpy as np

from tfgen.errors import InputError
from tfgen.rendering.meshes import textures
from tfgen.rendering.meshes.remarks import Remark
from tfgen.shapes.mesh import Emission, Mesh

MAX_FACES = 20_000_000
_SMALLEST = 1e-12
_CORNERS = 3
# Grey of surfaces that have no colour of their own.
PLAIN = np.array([0.7, 0.7, 0.72], np.float32)


class Parts:
    """Gathers what a reader finds.

    Args:
      beside: `sources.Beside`, for pictures; None where a format has none.
    """

    def __init__(self, beside=None):
        self.beside = beside
        self._columns = {name: [] for name in _COLUMNS}
        self._textures, self._wraps, self._places = [], [], {}
        self._vertices = 0
        self._faces = 0
        self.remarks = []

    def remark(self, kind, text):
        """Notes what will not be seen; see `remarks.Remark`."""
        remark = Remark(kind, text)
        if remark not in self.remarks:
            self.remarks.append(remark)

    def remark_on_lines(self, sizes):
        """Notes faces that are lines or points, from how many corners each has."""
        few = int((np.asarray(sizes) < _CORNERS).sum())
        if few:
            self.remark("faces", f"{few} of {len(sizes)} have less than three corners")

    def find(self, name, kind):
        """The bytes of the file that a name means, or None and a remark of that kind."""
        path = self.beside.find(name)
        if path is None:
            self.remark(kind, f"{name} is not found")
            return None
        try:
            return self.beside.read(path)
        except (InputError, OSError) as error:
            self.remark(kind, f"{name} cannot be read ({getattr(error, 'strerror', error)})")
            return None

    def picture(self, name):
        """The pixels of a picture beside the model, [h, w, 4] float32, or None and a remark."""
        data = self.find(name, "texture")
        return None if data is None else self.decoded(data, name)

    def decoded(self, data, name):
        """The pixels of a picture's bytes, or None and a remark."""
        try:
            return textures.decode(data)
        except InputError as error:
            self.remark("texture", f"{name}: {error}")
            return None

    def texture(self, key, make, wrap=("repeat", "repeat")):
        """The number of a texture, the same for the same key.

        Args:
          key: hashable.
          make: function without arguments, to [h, w, 3 or 4] float32, or None.
          wrap: as in `Mesh.wraps`.

        Returns:
          int; -1 where `make` gives None.
        """
        if key not in self._places:
            pixels = make()
            self._places[key] = -1 if pixels is None else len(self._textures)
            if pixels is not None:
                self._textures.append(_without_full_opacity(pixels))
                self._wraps.append(wrap)
        return self._places[key]

    def add(
        self,
        vertices,
        faces,
        colors=None,
        texture=-1,
        coordinates=None,
        emission=None,
        cutoff=np.nan,
    ):
        """Adds a part.

        Args:
          vertices: [n, 3] float.
          faces: [m, 3] int.
          colors: sRGB and opacity, [4], [m, 4] or [m, 3, 4] float; None or nan: of no colour.
          texture: number of its texture, -1 for none.
          coordinates: [m, 3, 2] float, u right and v up.
          emission: (linear light [3], texture, coordinates) or None.
          cutoff: as in `Mesh.cutoffs`.

        Raises:
          InputError: a face names a vertex that there is not, or there are too many.
        """
        count = len(faces)
        if not count:
            return
        self._faces += count
        if self._faces > MAX_FACES:
            raise InputError(f"it has more than {MAX_FACES} faces")
        if faces.min() < 0 or faces.max() >= len(vertices):
            wrong = faces.max() if faces.max() >= len(vertices) else faces.min()
            raise InputError(
                f"a face has the vertex index {wrong}, and there are {len(vertices)} from 0"
            )
        light, of_light, coordinates_of_light = emission or ((0, 0, 0), -1, None)
        self._put("vertices", np.asarray(vertices, float))
        self._put("faces", np.asarray(faces, np.int64) + self._vertices)
        self._put("colors", _of_corners(colors, count))
        self._put("cutoffs", np.full(count, cutoff, np.float32))
        self._put("texture", np.full(count, texture, np.int32))
        self._put("coordinates", _coordinates(coordinates, count))
        self._put("light", np.tile(np.asarray(light, np.float32), (count, 1)))
        self._put("texture_of_light", np.full(count, of_light, np.int32))
        self._put("coordinates_of_light", _coordinates(coordinates_of_light, count))
        self._vertices += len(vertices)

    def _put(self, name, values):
        self._columns[name].append(values)

    def mesh(self):
        """The Mesh of all parts; faces that cannot be drawn are left out, with a remark.

        Raises:
          InputError: there are no faces, or none that can be drawn.
        """
        if not self._faces:
            raise InputError("it has no faces")
        columns = {name: np.concatenate(values) for name, values in self._columns.items()}
        vertices, good = columns.pop("vertices"), self._drawable(columns)
        for name in columns:
            columns[name] = columns[name][good]
        used, faces = np.unique(columns["faces"], return_inverse=True)
        vertices = vertices[used]
        largest = np.abs(vertices).max()
        if not _SMALLEST < largest < 1 / _SMALLEST:  # beyond what areas can be computed of
            vertices = vertices / largest
        colors = columns["colors"]
        own = ~np.isnan(colors[..., :3]).any(axis=2)
        colors[..., :3] = np.where(own[..., None], colors[..., :3], PLAIN)
        alike = (colors == colors[:, :1]).all() and (colors[..., 3] == 1).all()
        emission = None
        if columns["light"].any():
            emission = Emission(
                columns["light"], columns["coordinates_of_light"], columns["texture_of_light"]
            )
        return Mesh(
            vertices,
            faces.reshape(-1, 3).astype(np.int32),
            colors[:, 0, :3].copy() if alike else np.ones((len(colors), 3), np.float32),
            columns["coordinates"],
            columns["texture"],
            tuple(self._textures),
            tuple(self._wraps),
            None if alike else colors,
            None if np.isnan(columns["cutoffs"]).all() else columns["cutoffs"],
            emission,
            remarks=tuple(self.remarks),
        )

    def _drawable(self, columns):
        """Which faces have a place and an area."""
        vertices = np.concatenate(self._columns["vertices"])
        corners = vertices[columns["faces"]]
        finite = np.isfinite(corners).all(axis=(1, 2))
        largest = np.abs(corners[finite]).max(initial=0)
        with np.errstate(all="ignore"):
            a, b, c = np.moveaxis(corners / (largest or 1.0), 1, 0)
            area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
        good = finite & (area > 0)
        if not good.any():
            reason = "has an area" if finite.any() else "has finite coordinates"
            raise InputError(f"none of its faces {reason}")
        if not finite.all():
            self.remark("faces", f"{(~finite).sum()} of {len(finite)} have no place (not finite)")
        return good


_COLUMNS = (
    "vertices",
    "faces",
    "colors",
    "cutoffs",
    "texture",
    "coordinates",
    "light",
    "texture_of_light",
    "coordinates_of_light",
)


def _of_corners(colors, count):
    if colors is None:
        colors = [np.nan, np.nan, np.nan, 1]
    colors = np.asarray(colors, np.float32)
    if colors.ndim == 2:
        colors = colors[:, None]
    return np.clip(np.broadcast_to(colors, (count, 3, 4)), 0, 1)  # nan stays


def _coordinates(coordinates, count):
    if coordinates is None:
        return np.zeros((count, 3, 2), np.float32)
    with np.errstate(all="ignore"):
        return np.nan_to_num(np.asarray(coordinates[..., :2], np.float32), posinf=0, neginf=0)


def _without_full_opacity(pixels):
    """[h, w, 3] of a picture that is opaque all over: nothing has to look through it."""
    opaque = pixels.shape[-1] == 3 or pixels[..., 3].min() == 1
    return np.ascontiguousarray(pixels[..., :3]) if opaque else pixels
