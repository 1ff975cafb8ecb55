"""All models of a server: configured, kept up to date, and found by what a request asks for."""

import asyncio
import contextlib
import dataclasses
import logging
from pathlib import Path

import grpc

from tfgen.serving.servable import DEFAULT_SIGNATURE
from tfgen.serving.status import RequestError, as_request_error, invalid_argument
from tfgen.serving.versions import Model

_log = logging.getLogger("tfgen.serving")


@dataclasses.dataclass(frozen=True)
class Handle:
    """What a request asked for, in memory while the request lasts.

    Attributes:
      name: the model's name as the request has it.
      version: its number.
      loaded: `loading.LoadedModel`.
      default_signature: used where a request names none.
    """

    name: str
    version: int
    loaded: object
    default_signature: str


class Models:
    """The models of a server by name.

    Every signature is also a model of its own, `<model>.<signature>`, for clients that cannot
    choose one.

    Args:
      load: coroutine function of a version's path to a `loading.LoadedModel`.
      version_zero_is_latest: read version 0 as the newest, for clients that always send a number.
      labels_may_wait: a new label may stand for a version that is not served yet.
    """

    def __init__(self, load, version_zero_is_latest=False, labels_may_wait=False):
        self._load = load
        self._version_zero_is_latest = version_zero_is_latest
        self._labels_may_wait = labels_may_wait
        self._models = {}
        self._lock = asyncio.Lock()

    async def configure(self, config):
        """Serves the models of a `ModelServerConfig`, and no others.

        Models that stay keep serving; new ones are loaded before this returns.

        Raises:
          RequestError: INVALID_ARGUMENT if the configuration makes no sense, FAILED_PRECONDITION
            if a label stands for a version that is not served (nothing is changed in both cases),
            or if a model of it has no version that can be served.
        """
        wanted = _checked(config)
        async with self._lock:
            for name, each in wanted.items():
                if self._goes_on(self._models.get(name), each):
                    self._check_labels(self._models[name], each)
            new = await self._load_new(wanted)
            models = {}
            for name, each in wanted.items():
                models[name] = new.get(name) or self._models[name]
                models[name].config = each
                if name not in new:
                    await models[name].refresh()
            before, self._models = self._models, models
            for name, model in before.items():
                if models.get(name) is not model:
                    await model.close()
        for model in self._models.values():
            if not model.available:
                raise RequestError(grpc.StatusCode.FAILED_PRECONDITION, _why_none(model))

    async def refresh(self):
        """Picks up new versions."""
        async with self._lock:
            for model in list(self._models.values()):
                try:
                    await model.refresh()
                except Exception as error:  # a folder that changed under our hands: next time
                    _log.warning("%s: %s", model.name, as_request_error(error).message)

    async def close(self):
        """Unloads everything."""
        async with self._lock:
            await asyncio.gather(*(model.close() for model in self._models.values()))

    def names(self):
        """Names of the models."""
        return list(self._models)

    def model(self, spec):
        """The `versions.Model` of a `ModelSpec`, without regard to versions; None if unknown."""
        self._read_zero(spec)
        return self._find(spec.name)[0]

    @contextlib.contextmanager
    def use(self, spec):
        """The Handle of a `ModelSpec`, kept in memory inside the `with`.

        Raises:
          RequestError: NOT_FOUND; INVALID_ARGUMENT for an unknown label.
        """
        model, signature = self._find(spec.name)
        if model is None:
            kind = f"Latest({spec.name})"
            if spec.HasField("version"):
                kind = f"Specific({spec.name}, {spec.version.value})"
            raise RequestError(
                grpc.StatusCode.NOT_FOUND,
                f"Servable not found for request: {kind}: models are {', '.join(self._models)}.",
            )
        self._read_zero(spec)
        version = model.version(spec)
        with version.in_use() as loaded:
            yield Handle(spec.name, version.number, loaded, signature)

    def _read_zero(self, spec):
        """Makes version 0 no version, if it stands for the newest."""
        if self._version_zero_is_latest and spec.HasField("version") and not spec.version.value:
            spec.ClearField("version")

    def _find(self, name):
        """(Model or None, its default signature)."""
        if name in self._models:
            return self._models[name], DEFAULT_SIGNATURE
        base, _, signature = name.rpartition(".")
        model = self._models.get(base)
        if model and model.available:
            newest = model.versions[model.available[-1]]
            if signature in newest.loaded.servable.signatures:
                return model, signature
        return None, ""

    def _goes_on(self, model, config):
        """Whether a Model, or None, is what a ModelConfig describes."""
        return model is not None and model.config.base_path == config.base_path

    async def _load_new(self, wanted):
        """Model name -> Model, of those that there are not yet; all or none."""
        new = {}
        try:
            for name, config in wanted.items():
                if not self._goes_on(self._models.get(name), config):
                    new[name] = Model(config, self._load)
                    await new[name].refresh()
                    if new[name].available:  # else it is said that there is no version
                        self._check_labels(new[name], config)
        except BaseException:
            await asyncio.gather(*(model.close() for model in new.values()))
            raise
        return new

    def _check_labels(self, model, config):
        """RequestError (FAILED_PRECONDITION) if a label stands for a version not served."""
        for label, number in config.version_labels.items():
            before = model.config.version_labels.get(label, number)
            if number in model.available or (self._labels_may_wait and before == number):
                continue
            raise RequestError(
                grpc.StatusCode.FAILED_PRECONDITION,
                f"Request to assign label to version {number} of model {config.name}, which is not "
                f"currently available for inference: label {label}; served are "
                f"{', '.join(map(str, model.available)) or 'none'}.",
            )


def _checked(config):
    """Model name -> ModelConfig; RequestError if the ModelServerConfig makes no sense."""
    if config.WhichOneof("config") != "model_config_list":
        raise invalid_argument("the configuration needs a model_config_list.")
    wanted = {}
    for model in config.model_config_list.config:
        if not model.name or not model.base_path:
            raise invalid_argument("each model of the configuration needs a name and a base_path.")
        if model.name in wanted:
            raise invalid_argument(f"model {model.name} is configured twice.")
        if model.model_platform not in ("", "tensorflow"):
            raise invalid_argument(
                f'model {model.name} has model_platform "{model.model_platform}": only '
                '"tensorflow" is served.'
            )
        if not Path(model.base_path).is_dir():
            raise invalid_argument(
                f"model {model.name} has base_path {model.base_path}, which is no folder."
            )
        wanted[model.name] = model
    return wanted


def _why_none(model):
    broken = [version for version in model.versions.values() if version.error]
    if broken:
        number, error = broken[-1].number, broken[-1].error
        return f"model {model.name}: version {number} cannot be served: {error.message}"
    return (
        f"model {model.name}: {model.config.base_path} has no version to serve: export one there, "
        "as <base path>/<number>/saved_model.pb."
    )
