"""The client that users take: it asks any model, and draws with those that are generators."""

import collections

import grpc
import numpy as np

from tfgen.conditions.call import morph_inputs, weights_name
from tfgen.conditions.description import Condition, Description
from tfgen.conditions.turntable import numbered_turntable
from tfgen.errors import InputError
from tfgen.serving.prediction_client import PredictionClient
from tfgen.serving.status import RequestError

_MOST_AT_ONCE = 8
_MOST_REPLACEMENTS = 3  # of the model while it draws


class Client(PredictionClient):
    """Asks a served model; call it, if it is a generator, like `export.drawer.Drawer`.

    One class for both, since what a model is shows only when its server has answered. All views of
    a call are of one version: where another replaces it meanwhile, they are drawn anew.

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
        self._described = (None, None)  # a version's number, and its description

    @property
    def description(self):
        """`description.Description`, as far as signatures tell it: kinds, sizes, no names.

        Ordered as one-hot conditions, angles, vectors, each by their names. What has the conditions
        of turntables is taken for some: their transformations have names.
        """
        return self._description_of(self._now())

    def _description_of(self, metadata):
        if self._described[0] != metadata.version:
            self._described = metadata.version, self._describe(metadata.signatures)
        return self._described[1]

    def _describe(self, signatures):
        morph = self._morph(signatures)
        names = sorted(signatures["serving_default"].inputs)
        sizes = {name: _size(info) for name, info in morph.inputs.items()}
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
        return self._morph(self.signatures).outputs["image"].tensor_shape.dim[1].size

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
        drawn = self._views("morph", values, named)
        return tuple(np.concatenate([each[key] for each in drawn]) for key in ("image", "mask"))

    def pngs(self, *values, **named):
        """As a call, but n PNG files (bytes) with the mask as alpha."""
        drawn = self._views("morph_png", values, named)
        return [png for each in drawn for png in each["png_bytes"]]

    def _views(self, signature, values, named):
        """Output name -> array, of each batch; all of one version."""
        for attempt in range(_MOST_REPLACEMENTS + 1):
            known = self._known()
            try:
                arrays = morph_inputs(self._description_of(known), values, named)
                versions, drawn = self._draw(signature, arrays)
            except (InputError, RequestError) as error:
                if attempt == _MOST_REPLACEMENTS or not self._is_replaced(known.version, error):
                    raise
                continue
            if len(versions) == 1:
                return drawn
        raise RequestError(
            grpc.StatusCode.ABORTED,
            f"model {self.model} at {self.address} was replaced {_MOST_REPLACEMENTS + 1} times "
            "while it drew: draw fewer views at once, or of one `version`.",
        )

    def _draw(self, signature, arrays):
        """(version numbers that answered, output name -> array of each batch)."""
        pending, versions, drawn = collections.deque(), set(), []

        def take():
            response = self._wait(pending.popleft())
            versions.add(response.model_spec.version.value)
            drawn.append(self._outputs(response))

        for start in range(0, len(next(iter(arrays.values()))), self._batch_size):
            part = slice(start, start + self._batch_size)
            if len(pending) == _MOST_AT_ONCE:
                take()
            pending.append(self._start({k: a[part] for k, a in arrays.items()}, signature))
        while pending:
            take()
        return versions, drawn

    def _morph(self, signatures):
        if "morph" not in signatures:
            raise RequestError(
                grpc.StatusCode.FAILED_PRECONDITION,
                f'model {self.model} at {self.address} is no generator: no signature is "morph".',
            )
        return signatures["morph"]


def _size(info):
    """Length of a vector [b, n]; None of numbers [b]."""
    dims = info.tensor_shape.dim
    return dims[1].size if len(dims) > 1 else None


def _weights(name, one_hot, sizes):
    """How many values a one-hot condition has."""
    among = Description([Condition(each, "one-hot") for each in one_hot], {"all": one_hot})
    return sizes[weights_name(among, among[name])]
