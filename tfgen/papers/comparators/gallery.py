"""Pictures of a network that learns to tell images apart."""

import numpy as np

from tfgen.pictures.image_grid import image_grid
from tfgen.training.gallery import Gallery


class FilterGallery(Gallery):
    """The filters of a network's first convolution.

    Args:
      network: `networks.layered.LayeredNetwork`.
    """

    def __init__(self, network):
        self._network = network

    def pictures(self, step):
        """Name -> [h, w, 3] uint8."""
        del step
        kernels = np.moveaxis(np.asarray(self._network.body[0].kernel, np.float32), -1, 0)
        low, high = (f(kernels, axis=(1, 2, 3), keepdims=True) for f in (np.min, np.max))
        kernels = (255 * (kernels - low) / np.maximum(high - low, 1e-9)).round().astype(np.uint8)
        kernels = kernels.repeat(4, axis=1).repeat(4, axis=2)[:96]
        return {
            "filters": image_grid([list(kernels[i : i + 12]) for i in range(0, len(kernels), 12)])
        }
