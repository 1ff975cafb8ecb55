"""From a version's folder to something that takes requests: loaded, warm, with its queues."""

import asyncio
import concurrent.futures
import gc

import grpc
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

from tfgen import checksums
from tfgen.serving import tensors
from tfgen.serving.batching import Batcher
from tfgen.serving.servable import Servable
from tfgen.serving.status import RequestError

# Requests recorded in the SavedModel; TensorFlow Serving replays the same file.
WARM_UP_FILE = "assets.extra/tf_serving_warmup_requests"


class LoadedModel:
    """A `Servable` with a queue for each signature.

    Args:
      servable: the Servable.
      parameters: `batching_parameters.BatchingParameters`.
      threads: `turns.Threads`.
    """

    def __init__(self, servable, parameters, threads):
        self.servable = servable
        self._batchers = {
            name: Batcher(signature, parameters, threads)
            for name, signature in servable.signatures.items()
        }

    async def run(self, signature, arrays, size, timeout, keep, most_bytes):
        """Runs a `Signature` of the servable; the rest is `batching.Batcher`'s.

        Args:
          signature: the Signature.
          arrays, size: input name -> array, and what its `check` said of them.
          timeout, keep, most_bytes: see `batching.Batcher`.

        Returns:
          Output name -> array.

        Raises:
          RequestError: too many requests wait, or the network refuses them.
        """
        batcher = self._batchers[signature.name]
        return await batcher(arrays, size, timeout, keep, most_bytes)

    async def close(self):
        """Frees the memory; the last request must be over."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self.servable.close)
        self.servable, self._batchers = None, {}
        # A graph and its operations know each other: by itself Python comes to them late. Twice:
        # what the first time ends lets go of more.
        for _ in range(2):
            await loop.run_in_executor(None, gc.collect)


class Loader:
    """Loads versions, one at a time, in a thread of its own.

    Args:
      parameters: `batching_parameters.BatchingParameters`.
      threads: `turns.Threads`.
      warm_up: replay the recorded requests before the version takes any other.
      max_bytes: most bytes of one input.
      **servable_options: see `servable.Servable`.
    """

    def __init__(self, parameters, threads, warm_up=True, max_bytes=None, **servable_options):
        self._parameters = parameters
        self._threads = threads
        self._warm_up = warm_up
        self._max_bytes = max_bytes
        self._servable_options = servable_options
        self._pool = concurrent.futures.ThreadPoolExecutor(1, "tfgen-load")

    async def __call__(self, path):
        """The LoadedModel of a version's folder; tf.errors.OpError, … if it cannot be used.

        Raises:
          RequestError: DATA_LOSS; a file of it is not what was exported.
        """
        loop = asyncio.get_running_loop()
        servable = await loop.run_in_executor(self._pool, self._load, path)
        return LoadedModel(servable, self._parameters, self._threads)

    def close(self):
        """Ends the thread."""
        self._pool.shutdown(wait=False)

    def _load(self, path):
        # TensorFlow reads a graph or an asset with another byte in it without a word.
        if checksums.exist(path) and (damage := checksums.damage(path)):
            text = f"{damage}: export it again, or restore its files."
            raise RequestError(grpc.StatusCode.DATA_LOSS, text)
        servable = Servable(path, **self._servable_options)
        try:
            if self._warm_up:
                self._replay(servable)
        except BaseException:
            servable.close()
            raise
        return servable

    def _replay(self, servable):
        file = servable.path / WARM_UP_FILE
        if not file.is_file():
            return
        for record in tf.data.TFRecordDataset(str(file)).as_numpy_iterator():
            request = prediction_log_pb2.PredictionLog.FromString(record).predict_log.request
            signature = servable.signature(request.model_spec.signature_name)
            arrays = {
                name: tensors.decode(name, proto, self._max_bytes)
                for name, proto in request.inputs.items()
            }
            signature.check(arrays)
            signature(arrays)
