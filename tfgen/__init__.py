"""Networks that draw images from descriptions: trained, inspected and served."""

import os

__version__ = "0.1.0"

# Read once, when TensorFlow is imported. On some processors it leaves oneDNN off, where then
# up-convolutions of small maps of many channels take up to a hundred times as long.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
