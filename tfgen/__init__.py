"""Networks that draw images from descriptions: trained, inspected and served."""

__version__ = "0.1.0"
