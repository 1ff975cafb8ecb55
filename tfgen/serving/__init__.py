"""Serves SavedModels over TensorFlow Serving's own gRPC and REST interfaces.

Knows SavedModels only. `Client` works the same against TensorFlow Serving and against the embedded
server, `server.serve`.
"""

from tfgen.serving.client import Client
from tfgen.serving.prediction_client import PredictionClient

__all__ = ["Client", "PredictionClient"]
