"""The client that users take: it asks any model, and draws with those that are generators."""

import collections
import functools

import grpc
import numpy as np

from tfgen.conditions.call import morph_inputs, weights_name
from tfgen.conditions.description import Condition, Description
from tfgen.conditions.turntable import numbered_turntable
from tfgen.serving.prediction_client import PredictionClient
from tfgen.serving.status import RequestError

_MOST_AT_ONCE = 8


class Client(PredictionClient):
    """Asks a served model; call it, if it is a generator, like `export.drawer.Drawer`.

    One class for both, since what a model is shows only when its server has answered.

    Args:
      address: "host:port".
      model: its name on the server.
      version: its number; None for the newest.
      timeout: seconds that a request may take, its repetitions included.
      batch_size: views in a request for drawings; several are under way at the same time.
      **certificates: see `prediction_client.PredictionClient`.

    Methods raise:
      RequestError: the server refused, did not answer in time, or is not there; FAILED_PRECONDITION
        where a drawing is wanted of a model that is no generator.
      InputError: a condition of a drawing is missing, unknown or has another shape.
    """

    def __init__(
        self,
        address="localhost:8500",
        model="chairs",
        version=None,
        timeout=10.0,
        batch_size=16,
        **certificates,
    ):
        super().__init__(address, model, version, timeout, **certificates)
        self._batch_size = batch_size

    @functools.cached_property
    def description(self):
        """`description.Description`, as far as signatures tell it: kinds, sizes, no names.

        Ordered as one-hot conditions, angles, vectors, each by their names. What has the conditions
        of turntables is taken for some: their transformations have names.
        """
        self._morph()
        names = sorted(self.signatures["serving_default"].inputs)
        sizes = {name: _size(info) for name, info in self._morph().inputs.items()}
        one_hot = [name for name in names if name not in sizes]
        angles = [name for name in names if name not in one_hot and sizes[name] is None]
        vectors = [name for name in names if name not in (*one_hot, *angles)]
        conditions = (
            *(Condition(name, "one-hot", _weights(name, one_hot, sizes)) for name in one_hot),
            *(Condition(name, "angle", unit="degrees") for name in angles),
            *(Condition(name, "vector", sizes[name]) for name in vectors),
        )
        turntable = numbered_turntable(conditions[0].size if conditions else 0)
        if [(c.name, c.kind, c.size) for c in conditions] == [
            (c.name, c.kind, c.size) for c in turntable.conditions
        ]:
            return turntable
        return Description(conditions, {each.name: (each.name,) for each in conditions})

    @property
    def num_styles(self):
        """Values of the first one-hot condition: the styles that the generator knows."""
        style = self.description.style
        return style.size if style else 0

    @property
    def image_size(self):
        """Height and width of its images."""
        return self._morph().outputs["image"].tensor_shape.dim[1].size

    @property
    def style_names(self):
        """The styles' numbers, as text: names are not part of the protocol."""
        return [str(style) for style in range(self.num_styles)]

    def __call__(self, *values, **named):
        """Draws n views, of chairs by style weights [n, styles], azimuth, elevation, transform.

        Args:
          *values, **named: arrays by condition, see `conditions.call.morph_inputs`.

        Returns:
          (images [n, s, s, 3] over white, masks [n, s, s, 1]), uint8.
        """
        drawn = list(self._views("morph", values, named))
        return tuple(np.concatenate([each[key] for each in drawn]) for key in ("image", "mask"))

    def pngs(self, *values, **named):
        """As a call, but n PNG files (bytes) with the mask as alpha."""
        drawn = self._views("morph_png", values, named)
        return [png for each in drawn for png in each["png_bytes"]]

    def _views(self, signature, values, named):
        arrays = morph_inputs(self.description, values, named)
        pending = collections.deque()
        for start in range(0, len(next(iter(arrays.values()))), self._batch_size):
            part = slice(start, start + self._batch_size)
            if len(pending) == _MOST_AT_ONCE:
                yield self._outputs(self._wait(pending.popleft()))
            pending.append(self._start({k: a[part] for k, a in arrays.items()}, signature))
        for call in pending:
            yield self._outputs(self._wait(call))

    def _morph(self):
        if "morph" not in self.signatures:
            raise RequestError(
                grpc.StatusCode.FAILED_PRECONDITION,
                f'model {self.model} at {self.address} is no generator: no signature is "morph".',
            )
        return self.signatures["morph"]


def _size(info):
    """Length of a vector [b, n]; None of numbers [b]."""
    dims = info.tensor_shape.dim
    return dims[1].size if len(dims) > 1 else None


def _weights(name, one_hot, sizes):
    """How many values a one-hot condition has."""
    among = Description([Condition(each, "one-hot") for each in one_hot], {"all": one_hot})
    return sizes[weights_name(among, among[name])]
