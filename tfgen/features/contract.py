"""What is asked of anything that turns images into features."""

import abc


class FeatureExtractor(abc.ABC):
    """Images to features: a network's layer, a hand-made descriptor, rows of an array.

    Attributes:
      feature_shape: of one image's features, a tuple.
      in_graph: whether it is made of TensorFlow's operations, and so can be exported and
        differentiated.
      variables: the weights that it reads, a list; none unless it is a network.
      mixes_units: whether its channels are of different units, and so each has a scale of its own.
    """

    in_graph = True
    mixes_units = False
    feature_shape = ()

    @property
    def variables(self):
        """The weights that it reads."""
        return []

    @abc.abstractmethod
    def __call__(self, images):
        """Features [b, *feature_shape] float32 of images [b, s, s, 3] float32 in [0, 1], RGB."""
