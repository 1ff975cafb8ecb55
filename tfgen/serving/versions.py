"""The versions of one model: found on disk, loaded, and unloaded after their last request."""

import asyncio
import contextlib
import dataclasses
import logging
import time
from pathlib import Path

import grpc
from tensorflow_serving.apis import get_model_status_pb2

from tfgen.serving.status import RequestError, as_request_error

State = get_model_status_pb2.ModelVersionStatus.State
_log = logging.getLogger("tfgen.serving")


@dataclasses.dataclass(eq=False)
class Version:
    """A version and what became of it.

    Attributes:
      number: its folder's name.
      state: of `ModelVersionStatus`.
      error: RequestError if it could not be loaded, else None.
      fingerprint: of its files when loading began.
      loaded: `loading.LoadedModel` while it is in memory.
    """

    number: int
    state: int = State.START
    error: RequestError | None = None
    fingerprint: tuple = ()
    loaded: object = None
    _users: int = 0
    _unused: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)

    @contextlib.contextmanager
    def in_use(self):
        """Keeps the version in memory; its `loaded`."""
        self._users += 1
        try:
            yield self.loaded
        finally:
            self._users -= 1
            if not self._users:
                self._unused.set()

    async def until_unused(self):
        """Waits for its last request."""
        while self._users:
            self._unused.clear()
            await self._unused.wait()


class Model:
    """A model by name, with those of its versions that its policy wants.

    Args:
      config: `ModelConfig` of TensorFlow Serving: name, base path, version policy, labels.
      load: coroutine function of a version's path to a `loading.LoadedModel`.
    """

    def __init__(self, config, load):
        self.name = config.name
        self.config = config
        self.versions = {}
        self._load = load
        self._unloading = set()

    @property
    def available(self):
        """Version numbers that take requests, ascending."""
        return sorted(n for n, v in self.versions.items() if v.state == State.AVAILABLE)

    def version(self, spec):
        """The Version that a `ModelSpec` asks for.

        Raises:
          RequestError: NOT_FOUND; INVALID_ARGUMENT for an unknown label.
        """
        available = self.available
        served = f"served are {', '.join(map(str, available)) or 'none'}"
        wanted = None
        if spec.HasField("version"):
            wanted = spec.version.value
        elif spec.HasField("version_label"):
            wanted = self.config.version_labels.get(spec.version_label)
            if wanted is None:
                raise RequestError(
                    grpc.StatusCode.INVALID_ARGUMENT,
                    f"Unrecognized servable version label: {spec.version_label}.",
                )
        if wanted is None:
            if not available:
                raise RequestError(
                    grpc.StatusCode.NOT_FOUND,
                    f"Servable not found for request: Latest({spec.name}): no version is served.",
                )
            wanted = available[-1]
        if wanted not in available:
            raise RequestError(
                grpc.StatusCode.NOT_FOUND,
                f"Servable not found for request: Specific({spec.name}, {wanted}): {served}.",
            )
        return self.versions[wanted]

    async def refresh(self):
        """Loads the versions that are wanted and new, then unloads those that are not wanted.

        Nothing is unloaded while no wanted version is served: a broken or vanished one leaves the
        last good one at work.
        """
        wanted = self._wanted()
        for number in wanted:
            if self._should_start(number):
                await self._start(number)
        if not any(self.versions[number].state == State.AVAILABLE for number in wanted):
            return
        for number in self.available:
            if number not in wanted:
                self._stop(self.versions[number])

    async def close(self):
        """Unloads all versions, each after its last request."""
        for number in self.available:
            self._stop(self.versions[number])
        if self._unloading:
            await asyncio.gather(*self._unloading)

    def _path(self, number):
        base = Path(self.config.base_path)
        names = [child.name for child in base.iterdir() if _is_version(child, number)]
        return base / (min(names, key=len) if names else str(number))

    def _wanted(self):
        """Version numbers that the policy asks for, ascending."""
        try:
            children = list(Path(self.config.base_path).iterdir())
        except OSError:
            return []
        available = sorted({int(child.name) for child in children if _is_version(child)})
        policy = self.config.model_version_policy
        if policy.HasField("all"):
            return available
        if policy.HasField("specific"):
            return [number for number in available if number in policy.specific.versions]
        return available[-max(1, policy.latest.num_versions) :]

    def _should_start(self, number):
        version = self.versions.get(number)
        if version is None or version.state != State.END:
            return version is None
        # Unloaded and wanted again; or broken, and somebody is mending it.
        return version.error is None or version.fingerprint != _fingerprint(self._path(number))

    async def _start(self, number):
        path = self._path(number)
        version = Version(number, State.LOADING, fingerprint=_fingerprint(path))
        self.versions[number] = version
        start = time.perf_counter()
        try:
            version.loaded = await self._load(path)
        except Exception as error:
            version.error = as_request_error(error, log=False)
            version.state = State.END
            kept = ", ".join(str(n) for n in self.available) or "none"
            _log.error(
                "%s: version %d cannot be served (%s); served: %s",
                *(self.name, number, version.error.message, kept),
            )
        else:
            version.state = State.AVAILABLE
            seconds = time.perf_counter() - start
            _log.info("%s: version %d takes requests (ready in %.1f s)", self.name, number, seconds)

    def _stop(self, version):
        """Takes a version out of service; it is unloaded in the background."""
        version.state = State.UNLOADING
        task = asyncio.get_running_loop().create_task(self._unload(version))
        self._unloading.add(task)
        task.add_done_callback(self._unloading.discard)

    async def _unload(self, version):
        await version.until_unused()
        loaded, version.loaded = version.loaded, None
        await loaded.close()
        version.state = State.END
        _log.info("%s: version %d is unloaded", self.name, version.number)


def _is_version(path, number=None):
    name = path.name
    is_number = name.isascii() and name.isdigit() and path.is_dir()
    return is_number and number in (None, int(name))


def _fingerprint(path):
    """Names, sizes and times of a version's files: when a broken one changes, it is tried again."""
    facts = []
    for file in sorted(path.rglob("*")):
        with contextlib.suppress(OSError):
            stat = file.stat()
            facts.append((str(file), stat.st_size, stat.st_mtime_ns))
    return tuple(facts)
