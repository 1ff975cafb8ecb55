"""What is asked of a network that draws photographs."""

import keras


class PhotoModel(keras.Model):
    """Photographs to photographs, by way of a code or of features.

    Call: image [b, s, s, 3] float32 in [0, 1] and, for a variational one in training, noise to a
    dict with image [b, s, s, 3] float32, linear, at least.

    Attributes:
      image_size: s, height and width.
      variational: whether its code is Gaussian, with a mean and a variance.
      code_shape: of one code that it draws from; None where it draws from features.
      feature_shape: of one image's features that it draws from; None where it draws from a code.
    """

    image_size = 0
    variational = False
    code_shape = None
    feature_shape = None

    def all_variables(self):
        """All that its functions read, variables of networks that are not its own included."""
        return list(self.variables)
