"""The one place where the library's images, [0, 1], meet the ranges that networks want.

A range is (lowest, highest), as `spec.NetworkSpec.image_range` declares it.
"""


def from_images(images, image_range):
    """Images in [0, 1], of any shape, in a network's range."""
    lowest, highest = image_range
    return _scaled(images, highest - lowest) + lowest


def to_images(values, image_range):
    """What a network gives in its range, as images about [0, 1]; nothing is clipped."""
    lowest, highest = image_range
    return _scaled(values - lowest, 1.0 / (highest - lowest))


def _scaled(values, factor):
    return values if factor == 1 else values * factor
