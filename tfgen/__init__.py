"""Networks that draw images from descriptions: trained, inspected and served.

`load(path)` opens a run or an export, `Client(address, model)` a model on a server.
"""

import os

__version__ = "0.1.0"
__all__ = ["Client", "load"]

# Read once, when TensorFlow is imported. On some processors it leaves oneDNN off, where then
# up-convolutions of small maps of many channels take up to a hundred times as long.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


def __getattr__(name):
    """The front door, opened when it is used: TensorFlow takes seconds to import."""
    if name == "load":
        from tfgen.loading import load

        return load
    if name == "Client":
        from tfgen.serving.client import Client

        return Client
    raise AttributeError(f"module tfgen has no attribute {name}")
