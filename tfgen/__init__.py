"""tfgen: networks that draw images from descriptions, trained, inspected and served with TensorFlow."""

__version__ = "0.1.0"
