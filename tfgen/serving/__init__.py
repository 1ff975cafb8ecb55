"""Serves SavedModels over TensorFlow Serving's own gRPC and REST interfaces.

Knows SavedModels only. `Client` works the same against TensorFlow Serving and against the embedded
server, `server.serve`.
"""

__all__ = ["Client", "PredictionClient"]


def __getattr__(name):
    """The clients, imported when they are used: TensorFlow takes seconds to import."""
    if name == "Client":
        from tfgen.serving.client import Client

        return Client
    if name == "PredictionClient":
        from tfgen.serving.prediction_client import PredictionClient

        return PredictionClient
    raise AttributeError(f"module tfgen.serving has no attribute {name}")
