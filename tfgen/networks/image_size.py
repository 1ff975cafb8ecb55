"""Drawings brought to the size of the images that they are compared with."""

import tensorflow as tf


def fitted(images, size):
    """Images cut to their middle, or enlarged bilinearly, as the papers do before they compare."""
    if images.shape[1] >= size:
        return central_crop(images, size)
    return tf.image.resize(images, (size, size))


def central_crop(images, size):
    """The middle of images; the one before the middle where it is between two pixels."""
    start = (images.shape[1] - size) // 2
    return images[:, start : start + size, start : start + size]
